import { expect } from 'chai';
import { execa } from 'execa';
import { loopModule, loopWorkload } from '../../../platforms/runtime/bench/loop.ts';
import { missed, tableOf } from '../../../scripts/bench-interp.ts';

const ROWS = [{ name: 'P-256 verify', instructions: 2_399_999_999, ops: 240_000_000, cpuSeconds: undefined }];
const NOTHING = { write: async () => {}, read: async () => new Uint8Array() };

describe('bench:interp', () => {
  it('has an integer loop with the right answer in V8', async () => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(loopModule())), {});
    const loop = exports.loop as unknown as (rounds: number) => number;
    const machine = { ...NOTHING, call: async (_name: string, [rounds = 0]: number[]) => loop(rounds) };
    expect(await loopWorkload(1000).run(machine, 0)).to.equal(true);
  });

  it('sees a wrong answer of the integer loop', async () => {
    expect(await loopWorkload(1000).run({ ...NOTHING, call: async () => 1 }, 0)).to.equal(false);
  });

  it('misses no bound just below each', () => {
    expect(missed(ROWS, 32 * 1024 - 1, 0)).to.deep.equal([]);
  });

  const over: [what: string, problems: string[]][] = [
    ['P-256 verify', missed([{ ...ROWS[0]!, instructions: 2.4e9 }], 0, 0)],
    ['text', missed(ROWS, 32 * 1024, 0)],
    ['RAM', missed(ROWS, 0, 1)],
  ];
  for (const [what, problems] of over) {
    it(`names ${what} when it is at its bound`, () => {
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(new RegExp(`^${what}: .*expected`));
    });
  }

  it('prints a table', () => {
    expect(tableOf({ rows: ROWS, textBytes: 27_000, ramBytes: 0, problems: [] })).to.match(
      /^workload .*\nP-256 verify +2,399,999,999 +240,000,000 +10\.00 +-\ntext of the engine 27,000 bytes, RAM for code 0 bytes\n$/,
    );
  });

  it('ends with 3 and the fix without Renode', async () => {
    const env = { PATH: '/nonexistent', HOME: '/nonexistent', XDG_CACHE_HOME: '/nonexistent', RENODE: '' };
    const script = new URL('../../../scripts/bench-interp.ts', import.meta.url).pathname;
    const run = await execa(process.execPath, ['--import', 'tsx', script], { env, extendEnv: false, reject: false });
    expect(run.exitCode).to.equal(3);
    expect(run.stderr).to.contain('expected Renode, found none').and.contain('renode install');
  });
});
