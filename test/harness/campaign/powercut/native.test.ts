/** The engine on the board native_sim: shortcuts change nothing, and the command line shows what it found. */
import { expect } from 'chai';
import { openBench } from '../../../../harness/campaign/powercut/bench.ts';
import { runCampaign } from '../../../../harness/campaign/powercut/campaign.ts';
import { MODES } from '../../../../harness/campaign/powercut/case.ts';
import type { FlashState } from '../../../../harness/campaign/powercut/subject.ts';
import { DEFAULT_DEVICE } from '../../../../harness/cli/defaults.ts';
import { PowercutProgress } from '../../../../harness/cli/powercut-progress.ts';
import { proofboard } from '../../cli/command.ts';

const setup = (scenario: string) => ({ device: DEFAULT_DEVICE, scenario, fillBytes: 0, seed: 1, control: undefined });

describe('the power-cut campaign on native_sim', () => {
  for (const scenario of ['install', 'revert', 'refuse']) {
    it(`${scenario}: a life that ends as an earlier one did ends as it would have by itself`, async () => {
      const { subject: warm } = await openBench(setup(scenario));
      const { operations } = await warm.live(warm.start);
      const states: FlashState[] = [];
      const first = Math.max(1, operations >> 1);
      await warm.live(warm.start, {
        first,
        last: first + 3,
        modes: MODES,
        found: (_, __, ___, take) => states.push(take()),
      });
      for (const state of states) await warm.live(state);
      for (const state of states) {
        const { subject: fresh } = await openBench(setup(scenario));
        expect(await warm.live(state)).deep.equal(await fresh.live(state));
        await fresh.close();
      }
      await warm.close();
    });
  }

  it('what is seen without cutting is what a cut leaves', async () => {
    const { subject } = await openBench(setup('install'));
    const looked: [number, (typeof MODES)[number], string][] = [];
    await subject.live(subject.start, {
      first: 1,
      last: 12,
      modes: MODES,
      found: (operation, mode, hash) => looked.push([operation, mode, hash]),
    });
    expect(looked).length(36);
    for (const [operation, mode, hash] of looked) {
      expect((await subject.cut(subject.start, operation, mode))?.hash, `${operation} ${mode}`).equal(hash);
    }
    await subject.close();
  });

  it('two shards find what the whole finds', async () => {
    const run = (index: number, count: number) =>
      runCampaign({ ...setup('install'), depth: 1, modes: ['torn'], jobs: 2, shard: { index, count } });
    const [whole, one, two] = [await run(1, 1), await run(1, 2), await run(2, 2)];
    expect(whole).include({ complete: true, failed: 0, cases: whole.operations, share: whole.operations });
    expect(one.cases + two.cases).equal(whole.cases);
    expect(one.share + two.share).equal(whole.operations);
    expect(one.states + two.states).least(whole.states);
    expect(whole.found.old).greaterThan(0);
    expect(whole.found.new).greaterThan(0);
  });

  it('what is done when it is stopped is the result', async () => {
    const stop = new AbortController();
    const result = await runCampaign({
      ...setup('install'),
      depth: 2,
      modes: MODES,
      jobs: 1,
      shard: { index: 1, count: 1 },
      signal: stop.signal,
      onProgress: ({ cases }) => {
        if (cases > 0) stop.abort();
      },
    });
    // Of the part that was under way as well.
    expect(result).include({ complete: false, done: 0 });
    expect(result.cases).greaterThan(0);
    expect(result.states).greaterThan(0);
  });

  it('`--case` replays one case, in text and as JSON', async () => {
    const text = await proofboard('powercut', 'install', '--case', '3t');
    expect(text.out).match(/^install --case 3t \((erase|program) 0x08[0-9a-f]{6}\): holds$/);
    expect(text.code).equal(0);
    const { code, out } = await proofboard('powercut', 'install', '--case', '5b,2t', '--json');
    const { cutAt, ...rest } = JSON.parse(out) as { cutAt: string[] };
    expect([code, rest]).deep.equal([0, { scenario: 'install', case: '5b,2t', holds: true }]);
    expect(cutAt).length(2);
  });

  it('`confirm --json` prints what a machine reads', async () => {
    const { code, out } = await proofboard('powercut', 'confirm', '--json', '--jobs', '1', '--depth', '2');
    expect(code).equal(0);
    expect(JSON.parse(out)).include({ scenario: 'confirm', depth: 2, complete: true, failed: 0 });
  });

  it('store: the journal makes room, and nothing is lost whatever is cut twice', async () => {
    const { code, out } = await proofboard('powercut', 'store', '--json', '--depth', '2');
    expect(code).equal(0);
    const result = JSON.parse(out) as { operations: number; cases: number };
    expect(result).include({ scenario: 'store', depth: 2, complete: true, failed: 0 });
    expect(result.cases).greaterThan(3 * result.operations);
  });

  it('`--image-bytes` is the size of the image, up to a block of the filling', async () => {
    for (const bytes of [4096, 5000, 20_000]) {
      const { out } = await proofboard(
        'powercut',
        'install',
        '--json',
        '--image-bytes',
        `${bytes}`,
        '--shard',
        '1/999',
      );
      expect((JSON.parse(out) as { imageBytes: number }).imageBytes).within(bytes - 31, bytes);
    }
  });

  it('`--grow` has a line for each size, with more operations where the image is larger', async () => {
    const { code, out } = await proofboard(
      'powercut',
      'install',
      '--grow',
      '4096,16384',
      '--seconds',
      '1',
      '--jobs',
      '1',
    );
    const rows = out
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/ +/).map(Number));
    expect(code).equal(0);
    expect(rows.map(([bytes]) => bytes! > 4000)).deep.equal([true, true]);
    expect(rows[1]![1]).greaterThan(rows[0]![1]!);
  });

  it('`--image-bytes` of a download is the size of the image that is fetched', async () => {
    const args = ['powercut', 'download', '--json', '--image-bytes', '20000', '--shard', '999/999', '--jobs', '1'];
    const { out, err } = await proofboard(...args);
    expect((JSON.parse(out) as { imageBytes: number }).imageBytes).within(20_000 - 31, 20_000);
    expect(err).match(/^shard 999\/999 has no operations: the \d+ of download are in the other shards$/m);
  });

  it('`--grow` of firmware that fails a case: exit 1, and how to see it', async () => {
    const args = ['powercut', 'confirm', '--grow', '4096', '--seconds', '5', '--jobs', '1'];
    const { code, err } = await proofboard(...args, '--control', 'naive-trailer-out-of-order');
    expect(err).match(/^confirm: a case fails; run it without --grow$/m);
    expect(code).equal(1);
  });

  const WRONG: [args: string[], says: RegExp][] = [
    [['powercut', 'no-such'], /scenario "no-such": expected one of install/],
    [['powercut', 'install', '--mode', 'before,now'], /expected some of before,torn,after, got "now"/],
    [['powercut', 'install', '--shard', '3/2'], /expected i\/n/],
    [['powercut', 'install', '--image-bytes', '5'], /whole number from 4096/],
    [['powercut', 'install', '--grow', '8192,9'], /whole number from 4096/],
    [
      ['powercut', 'store', '--image-bytes', '20000'],
      /store installs no image: sizes of images are for install, .*download$/m,
    ],
    [['powercut', 'configuration', '--grow', '8192'], /configuration installs no image/],
    [['powercut', 'install', '--image-bytes', '20000', '--fill', '1'], /cannot be used with option '--fill/],
    [['powercut', 'install', '--grow', '8192', '--json'], /cannot be used with option '--json/],
    [['powercut', 'install', '--grow', '8192', '--shard', '1/2'], /cannot be used with option '--shard/],
    [['powercut', 'install', '--case', '1t', '--depth', '2'], /cannot be used with option '--depth/],
    [['powercut', 'install', '--case', '1t', '--shard', '1/2'], /cannot be used with option '--shard/],
    [['powercut', 'install', '--case', '1t', '--sample', '5'], /cannot be used with option '--sample/],
    [['powercut', 'install', '--depth', '3'], /whole number from 1 to 2/],
    [['powercut', 'install', '--case', '17x'], /case "17x"/],
    [['powercut', 'install', '--control', 'update-is-not-verifeid'], /is it update-is-not-verified\?/],
  ];
  for (const [args, says] of WRONG) {
    it(`proofboard ${args.join(' ')}: exit 2`, async () => {
      const { code, err } = await proofboard(...args);
      expect(err).match(says);
      expect(code).equal(2);
    });
  }
});

describe('progress of a campaign', () => {
  it('is a line at every tenth where nobody sees it live, with the time that is left', () => {
    const lines: string[] = [];
    let nowMs = 0;
    const progress = new PowercutProgress({ write: (text) => lines.push(text) }, () => nowMs);
    for (let done = 0; done <= 100; done++) {
      progress.show({ unit: 'operations', total: 100, done, cases: done * 3, failed: done > 50 ? 1 : 0 });
      nowMs += 100;
    }
    expect(lines).length(10);
    expect(lines[0]).equal('10/100 operations, 30 cases, 30 cases/s, 9 s left\n');
    expect(lines[9]).equal('100/100 operations, 300 cases, 1 failed, 30 cases/s\n');
  });

  it('is one live line on a terminal, and leaves nothing behind', () => {
    let text = '';
    let nowMs = 0;
    const progress = new PowercutProgress({ isTTY: true, columns: 30, write: (part) => (text += part) }, () => nowMs);
    nowMs = 1000;
    progress.show({ unit: 'operations', total: 9, done: 0, cases: 1000000, failed: 0 });
    progress.end();
    expect(text).equal('\r\x1b[K0/9 operations, 1000000 cases\r\x1b[K');
  });
});
