/** The engine on a whole device in its world: what it looks at is what a cut leaves, every scenario ends well whatever is cut, and a device that does not is found. */
import { expect } from 'chai';
import { openBench } from '../../../../harness/campaign/powercut/bench.ts';
import { runCampaign } from '../../../../harness/campaign/powercut/campaign.ts';
import { type CutMode, formatCase, MODES } from '../../../../harness/campaign/powercut/case.ts';
import { DEFAULT_DEVICE } from '../../../../harness/cli/defaults.ts';
import { proofboard } from '../../cli/command.ts';

const setup = (scenario: string, control?: string) => ({
  device: DEFAULT_DEVICE,
  scenario,
  fillBytes: 0,
  seed: 1,
  control,
});

interface Wanted {
  readonly control?: string;
  readonly modes?: readonly CutMode[];
  readonly shard?: { index: number; count: number };
}

const run = (scenario: string, { control, modes = MODES, shard = { index: 1, count: 1 } }: Wanted = {}) =>
  runCampaign({ ...setup(scenario, control), depth: 1, modes, jobs: 2, shard });

describe('the power-cut campaign on a device in its world', () => {
  it('what is seen without cutting is what a cut leaves, with what the service knew then', async () => {
    const { subject } = await openBench(setup('log'));
    const looked: [number, CutMode, string][] = [];
    const found = (operation: number, mode: CutMode, hash: string) => looked.push([operation, mode, hash]);
    const { operations } = await subject.live(subject.start, { first: 1, last: 1000, modes: MODES, found });
    expect(looked).length(operations * MODES.length);
    for (const [operation, mode, hash] of looked)
      expect((await subject.cut(subject.start, operation, mode))?.hash, `${operation} ${mode}`).equal(hash);
    expect(await subject.cut(subject.start, operations + 1, 'before')).equal(undefined);
    await subject.close();
  });

  for (const scenario of ['configuration', 'log', 'wipe', 'reprovision']) {
    it(`${scenario}: every single cut ends well, and leaves the old and the new`, async () => {
      const result = await run(scenario);
      expect(result).include({ complete: true, failed: 0, cases: 3 * result.operations });
      expect(Object.keys(result.found)).deep.equal(['old', 'new']);
      expect(result.found.old).greaterThan(0);
      expect(result.found.new).greaterThan(0);
    });
  }

  for (const [scenario, count] of [
    ['roots', 2],
    ['rotation', 2],
    ['download', 16],
  ] as const) {
    it(`${scenario}: its last operations, which leave the old and the new`, async () => {
      const result = await run(scenario, { shard: { index: count, count } });
      expect(result).include({ complete: true, failed: 0, cases: 3 * result.share });
      expect(Object.keys(result.found)).deep.equal(['old', 'new']);
      expect(result.found.new).greaterThan(0);
    });
  }

  it('provisioning: its last operations, among them the change of the option bytes', async () => {
    const { operations } = await run('provisioning', { shard: { index: 999, count: 999 } });
    const count = Math.ceil(operations / 24);
    const result = await run('provisioning', { shard: { index: count, count } });
    expect(result).include({ complete: true, failed: 0, cases: 3 * result.share });
    expect(result.found.open).greaterThan(0);
    expect(result.found.closed).greaterThan(0);
  });

  const FOUND: [scenario: string, control: string, why: RegExp][] = [
    ['configuration', 'configuration-in-two-records', /^expected readings of one side \(when power came\)/],
    ['log', 'log-torn-entry-counts', /^expected a log entry .* got nothing/],
  ];
  for (const [scenario, control, why] of FOUND) {
    it(`${scenario} finds ${control}, by one cut`, async () => {
      const { failure, found } = await run(scenario, { control });
      expect(failure!.cuts).length(1);
      expect(failure!.why).match(why);
      expect(found).an('object');
    });
  }

  it('a sample: so many sequences of losses, the same for the same seed', async () => {
    const sample = async () => {
      const { cpuSeconds, lives, ...rest } = await runCampaign({
        ...setup('log'),
        depth: 2,
        modes: MODES,
        jobs: 2,
        sample: 4,
        shard: { index: 1, count: 1 },
      });
      return rest;
    };
    const first = await sample();
    expect(first).include({ sample: 4, share: 4, failed: 0, complete: true });
    expect(first.cases).within(4, 8);
    expect(await sample()).deep.equal(first);
  });

  it('`--case` replays one case and says what its cuts fall on', async () => {
    const { code, out } = await proofboard('powercut', 'configuration', '--case', '10t,3b');
    expect(out).match(
      /^configuration --case 10t,3b \((program|erase) 0x081c[0-9a-f]{4}, (program|erase) 0x081c[0-9a-f]{4}\): holds$/,
    );
    expect(code).equal(0);
    expect(formatCase([])).equal('clean');
  });
});
