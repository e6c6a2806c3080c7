import { expect } from 'chai';
import { Fuzzer, minimize, type Target } from '../../scripts/fuzz/engine.ts';
import { TARGETS } from '../../scripts/fuzz/targets.ts';
import { fuzz } from '../../scripts/fuzz.ts';

/** Fails on two equal letters with a digit somewhere behind them. */
class Toy implements Target {
  readonly name = 'toy';
  readonly seeds = [Buffer.from('abcdefgh')];
  readonly words = [Buffer.from('7')];
  readonly maxBytes = 64;
  resets = 0;

  run(input: Uint8Array): string {
    const text = Buffer.from(input).toString('latin1');
    if (/([a-h])\1.*\d/s.test(text)) throw new RangeError('a pair and a digit');
    return `${/([a-h])\1/.test(text)} ${/\d/.test(text)} ${Math.min(text.length, 4)}`;
  }

  reset(): void {
    this.resets += 1;
  }

  pages(): number {
    return 1;
  }
}

function firstFailure(seed: number) {
  const fuzzer = new Fuzzer(new Toy(), seed);
  for (;;) {
    const failure = fuzzer.execute(fuzzer.next());
    if (failure) return { fuzzer, failure };
    if (fuzzer.executions > 200_000) throw new Error('nothing found');
  }
}

describe('fuzzer', () => {
  it('finds a planted failure, the same one for the same seed, and makes it as small as can be', () => {
    const { fuzzer, failure } = firstFailure(3);
    const again = firstFailure(3);
    expect(again.fuzzer.executions).equal(fuzzer.executions);
    expect(Buffer.from(again.failure.input).equals(failure.input)).equal(true);
    expect(failure.message).equal('RangeError: a pair and a digit');
    expect(minimize(new Toy(), failure).input).length(3);
    expect(Buffer.from(firstFailure(4).failure.input).equals(failure.input)).equal(false);
  });

  it('keeps what brings a new outcome, and only that', () => {
    const fuzzer = new Fuzzer(new Toy(), 1);
    fuzzer.execute(Buffer.from('abcd'));
    fuzzer.execute(Buffer.from('abce'));
    fuzzer.execute(Buffer.from('aabc'));
    expect(fuzzer.outcomes.size).equal(2);
    expect(fuzzer.corpus).length(3);
  });

  it('a failure that a fresh module does not show is left as it was found', () => {
    const target = new Toy();
    const failure = { input: Buffer.from('harmless'), message: 'RangeError: a pair and a digit' };
    expect(minimize(target, failure)).equal(failure);
  });

  it('the thread reports executions, and replays one input', async () => {
    const lines: string[] = [];
    const options = { seconds: 60, executions: 500, seed: 1, corpus: undefined, replay: undefined };
    expect(await fuzz('sntp', options, (line) => lines.push(line))).equal(true);
    expect(lines.join()).match(/^sntp: 500 executions in .* s, \d+\/s, \d+ outcomes/);
    expect(await fuzz('sntp', { ...options, replay: Buffer.alloc(3) }, (line) => lines.push(line))).equal(true);
    expect(lines[1]).match(/^sntp: 1 executions/);
  });

  // The short pass of every run: what each target promises holds for so many inputs of a fixed seed.
  for (const [name, executions, outcomes] of [
    ['at', 4000, 100],
    ['mqtt', 8000, 30],
    ['sntp', 8000, 6],
    ['tls-records', 3000, 10],
    ['tls-handshake', 60, 8],
    ['tls-open', 3000, 5],
    ['x509', 5000, 20],
    ['rsa', 600, 7],
    ['service', 3000, 6],
    ['roots', 5000, 3],
    ['image', 400, 5],
    ['configuration', 3000, 2],
    ['command', 600, 6],
  ] as const) {
    it(`${name}: ${executions} inputs, none traps, hangs, grows or breaks a promise`, async () => {
      const target = await TARGETS[name]!();
      const fuzzer = new Fuzzer(target, 27);
      const pages = target.pages();
      while (fuzzer.executions < executions) {
        const input = fuzzer.next();
        const failure = fuzzer.execute(input);
        expect(failure, `${failure?.message}: ${Buffer.from(input).toString('hex')}`).equal(undefined);
      }
      expect(target.pages()).equal(pages);
      // A target that refuses everything at once would promise anything.
      expect(fuzzer.outcomes.size).least(outcomes);
    });
  }

  it('every target has its pass', () => {
    expect(Object.keys(TARGETS)).length(13);
  });
});
