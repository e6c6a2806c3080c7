/** The engine on a whole device in its world: what it looks at is what a cut leaves, every scenario ends well whatever is cut, and a device that does not is found. */
import { expect } from 'chai';
import { controlNamed } from '../../../../harness/campaign/named-control.ts';
import { runCampaign } from '../../../../harness/campaign/powercut/campaign.ts';
import { type CutMode, MODES } from '../../../../harness/campaign/powercut/case.ts';
import { Explorer } from '../../../../harness/campaign/powercut/explorer.ts';
import { worldScenarioNamed } from '../../../../harness/campaign/powercut/scenarios.ts';
import { type WorldState, WorldSubject } from '../../../../harness/campaign/powercut/world-subject.ts';
import { DEFAULT_DEVICE } from '../../../../harness/cli/defaults.ts';
import { Profile } from '../../../../harness/profile/profile.ts';
import { loadUpdater } from '../../../../harness/profile/updater.ts';
import { LabFactory } from '../../../../harness/requirements/lab-factory.ts';
import { proofboard } from '../../cli/command.ts';

interface Explored {
  readonly explorer: Explorer<WorldState>;
  readonly operations: number;
  /** What the device was found as. */
  readonly found: ReadonlySet<string>;
}

describe('the power-cut campaign on a device in its world', () => {
  const profile = Profile.load(DEFAULT_DEVICE);
  let sound: LabFactory;
  before(async () => {
    sound = await LabFactory.create({ profile, board: 'native_sim', seed: 1, recordTo: undefined });
  });

  const subjectOf = async (id: string, factory = sound) =>
    WorldSubject.create(factory, worldScenarioNamed(id)!, {
      profile,
      updater: await loadUpdater(profile),
      fillBytes: 0,
    });

  /** Cuts at so many of the last operations, or at all. */
  const explore = async (id: string, last = Number.POSITIVE_INFINITY, factory = sound): Promise<Explored> => {
    const explorer: Explorer<WorldState> = new Explorer(await subjectOf(id, factory), {
      stopped: () => explorer.failed > 0,
    });
    const operations = await explorer.clean();
    await explorer.explore(Math.max(1, operations - last + 1), operations, 1);
    return { explorer, operations, found: new Set([...explorer.met.values()].map(({ first }) => first)) };
  };

  it('what is seen without cutting is what a cut leaves, with what the service knew then', async () => {
    const subject = await subjectOf('log');
    const looked: [number, CutMode, string][] = [];
    const found = (operation: number, mode: CutMode, hash: string) => looked.push([operation, mode, hash]);
    const { operations } = await subject.live(subject.start, { first: 1, last: 1000, modes: MODES, found });
    expect(looked).length(operations * MODES.length);
    for (const [operation, mode, hash] of looked)
      expect((await subject.cut(subject.start, operation, mode))?.hash, `${operation} ${mode}`).equal(hash);
    expect(await subject.cut(subject.start, operations + 1, 'before')).equal(undefined);
  });

  for (const id of ['configuration', 'log', 'wipe', 'reprovision']) {
    it(`${id}: every single cut ends well, and leaves the old and the new`, async () => {
      const { explorer, operations, found } = await explore(id);
      expect(explorer).include({ failed: 0, cases: operations * MODES.length });
      expect(operations).greaterThan(3);
      expect([...found]).have.members(['old', 'new']);
    });
  }

  for (const [id, last, outcomes] of [
    ['roots', 8, ['old', 'new']],
    ['rotation', 20, ['old', 'new']],
    ['wipe-waiting', 10, ['new']],
    ['wipe-rotated', 10, ['new']],
    ['download', 10, ['old', 'new']],
    ['update-told', 12, ['untold', 'told']],
    ['update-refused', 12, ['untold', 'told']],
    ['update-installed', 8, ['untold', 'told']],
    // Among them the change of the option bytes.
    ['provisioning', 15, ['open', 'closed']],
  ] as const) {
    it(`${id}: its last ${last} operations, which leave it ${outcomes.join(' and ')}`, async () => {
      const { explorer, found } = await explore(id, last);
      expect(explorer).include({ failed: 0, cases: last * MODES.length });
      expect([...found]).have.members([...outcomes]);
    });
  }

  const FOUND: [id: string, control: string, why: RegExp][] = [
    ['configuration', 'configuration-in-two-records', /^expected readings of one side \(when power came\)/],
    ['log', 'log-torn-entry-counts', /^expected a log entry .* got nothing/],
    ['wipe-waiting', 'wipe-resumes-for-the-key-in-use', /^expected nothing of it in flash \(wiped\)/],
  ];
  for (const [id, control, why] of FOUND) {
    it(`${id} finds ${control}, by one cut`, async () => {
      const { explorer } = await explore(id, undefined, await sound.sabotaged(controlNamed(profile, control)));
      expect(explorer.shortest!.cuts).length(1);
      const smallest = await explorer.minimize(explorer.shortest!.cuts);
      expect(smallest!.why).match(why);
    });
  }

  it('a sample: so many sequences of losses, the same whoever makes them', async () => {
    const sample = async (jobs: number) => {
      const { cpuSeconds, lives, ...rest } = await runCampaign({
        ...{ device: DEFAULT_DEVICE, scenario: 'log', fillBytes: 0, seed: 1, control: undefined },
        ...{ depth: 2, modes: MODES, jobs, sample: 5, shard: { index: 1, count: 1 } },
      });
      return rest;
    };
    const first = await sample(1);
    expect(first).include({ sample: 5, share: 5, failed: 0, complete: true });
    expect(first.cases).within(5, 10);
    expect(await sample(2)).deep.equal(first);
  });

  it('`--case` replays one case and says what its cuts fall on', async () => {
    const { code, out } = await proofboard('powercut', 'configuration', '--case', '10t,3b');
    const at =
      /^configuration --case 10t,3b \((program|erase) 0x081c[0-9a-f]{4}, (program|erase) 0x081c[0-9a-f]{4}\): holds$/;
    expect(out).match(at);
    expect(code).equal(0);
  });
});
