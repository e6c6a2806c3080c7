import { expect } from 'chai';
import fc from 'fast-check';
import { FN, Libraries } from '../../app/libraries.ts';
import { bytes } from '../hacl/pseudo-random.ts';

const RESULT = {
  OK: 0,
  LENGTH: 1,
  MODE: 2,
  VERSION: 3,
  LEAP: 4,
  KISS: 5,
  STRATUM: 6,
  ORIGINATE: 7,
  ZERO: 8,
  UNSOLICITED: 10,
  ROOT: 11,
} as const;
const NTP_OFFSET = 2_208_988_800;
const NOW_MS = Date.UTC(2026, 0, 1, 12, 30, 15, 250);

/** An answer of RFC 4330 5 to the question, for a moment. */
function answerTo(question: Buffer, unixMs = NOW_MS): Buffer {
  const answer = Buffer.alloc(48);
  answer[0] = (4 << 3) | 4;
  answer[1] = 2;
  question.copy(answer, 24, 40, 48);
  for (const at of [16, 32, 40]) {
    answer.writeUInt32BE((Math.floor(unixMs / 1000) + NTP_OFFSET) % 2 ** 32, at);
    answer.writeUInt32BE(Math.floor(((unixMs % 1000) / 1000) * 2 ** 32), at + 4);
  }
  return answer;
}

/** Runs for its effect. */
function done(_result: unknown): undefined {}

/** The same answer with one byte changed. */
function set(answer: Buffer, at: number, value: number): undefined {
  answer[at] = value;
}

describe('SNTP client', () => {
  let device: Libraries;
  let draws = 0;
  before(async () => {
    device = await Libraries.create();
  });
  beforeEach(() => {
    device.reset();
    device.vault = (fn, request) => (fn === FN.RANDOM ? bytes(`draw ${draws++}`, request[0]!) : -1);
  });

  const ask = () => {
    device.bench.free();
    const out = device.bench.alloc(48);
    expect(device.call('sntpRequest', out)).equal(0);
    return device.bench.get(out, 48);
  };
  const answer = (datagram: Uint8Array) => device.withBytes('sntpAnswer', datagram);

  it('asks as version 4, mode 3, with 64 random bits and nothing of its own clock (RFC 4330 5)', () => {
    const [first, second] = [ask(), ask()];
    expect(first[0]).equal(0x23);
    expect(first.subarray(1, 40)).deep.equal(Buffer.alloc(39));
    expect(first.subarray(40)).not.deep.equal(second.subarray(40));
    expect(new Set(first.subarray(40)).size).greaterThan(4);
  });

  it('takes the time of a good answer, to the millisecond', () => {
    expect(answer(answerTo(ask()))).equal(RESULT.OK);
    expect(device.call('sntpTimeMs')).within(NOW_MS - 1, NOW_MS);
  });

  it('an answer with a signature behind it is one as well', () => {
    expect(answer(Buffer.concat([answerTo(ask()), Buffer.alloc(20)]))).equal(RESULT.OK);
  });

  const CASES: readonly (readonly [what: string, result: number, change: (answer: Buffer) => Buffer | undefined])[] = [
    ['a byte short', RESULT.LENGTH, (a) => a.subarray(0, 47)],
    ['empty', RESULT.LENGTH, () => Buffer.alloc(0)],
    ['mode client', RESULT.MODE, (a) => set(a, 0, (4 << 3) | 3)],
    ['mode broadcast', RESULT.MODE, (a) => set(a, 0, (4 << 3) | 5)],
    ['version 3', RESULT.VERSION, (a) => set(a, 0, (3 << 3) | 4)],
    ['version 5', RESULT.VERSION, (a) => set(a, 0, (5 << 3) | 4)],
    ['leap 3: not synchronized', RESULT.LEAP, (a) => set(a, 0, a[0]! | (3 << 6))],
    ['stratum 0: kiss of death', RESULT.KISS, (a) => set(a, 1, 0)],
    ['stratum 16', RESULT.STRATUM, (a) => set(a, 1, 16)],
    ['stratum 255', RESULT.STRATUM, (a) => set(a, 1, 255)],
    ['the first bit of the originate timestamp', RESULT.ORIGINATE, (a) => set(a, 24, a[24]! ^ 0x80)],
    ['the last bit of the originate timestamp', RESULT.ORIGINATE, (a) => set(a, 31, a[31]! ^ 1)],
    ['no originate timestamp', RESULT.ORIGINATE, (a) => done(a.fill(0, 24, 32))],
    ['no transmit timestamp', RESULT.ZERO, (a) => done(a.fill(0, 40, 48))],
    ['a root delay of a second', RESULT.ROOT, (a) => done(a.writeUInt32BE(0x1_0000, 4))],
    ['a negative root delay', RESULT.ROOT, (a) => done(a.writeInt32BE(-1, 4))],
    ['a root dispersion of a second', RESULT.ROOT, (a) => done(a.writeUInt32BE(0x1_0000, 8))],
  ];
  for (const [what, result, change] of CASES) {
    it(`${what} => ${Object.entries(RESULT).find(([, value]) => value === result)![0]}; its twin without the change is taken`, () => {
      const twin = answerTo(ask());
      const hostile = Buffer.from(twin);
      expect(answer(change(hostile) ?? hostile)).equal(result);
      expect(device.call('sntpTimeMs')).equal(0);
      // A kiss of death that bears our nonce ends the question (RFC 4330 8): the twin comes too late.
      expect(answer(twin)).equal(result === RESULT.KISS ? RESULT.UNSOLICITED : RESULT.OK);
    });
  }

  it('1, 15: the strata that may be; leap 1 and 2 announce a second and are fine', () => {
    for (const [leap, stratum] of [
      [0, 1],
      [1, 2],
      [2, 15],
    ] as const) {
      const good = answerTo(ask());
      good[0]! |= leap << 6;
      good[1] = stratum;
      expect(answer(good)).equal(RESULT.OK);
    }
  });

  for (const unixMs of [
    Date.UTC(2025, 5, 1),
    Date.UTC(2036, 1, 7, 6, 28, 15),
    Date.UTC(2036, 1, 7, 6, 28, 16),
    Date.UTC(2040, 0, 1),
    Date.UTC(2103, 11, 31),
  ]) {
    it(`${new Date(unixMs).toISOString()}: the era follows from the top bit (RFC 4330 3)`, () => {
      const good = answerTo(ask(), unixMs);
      // The fraction makes the timestamp of the era's first second different from "none".
      good.writeUInt32BE(0x8000_0000, 44);
      expect(answer(good)).equal(RESULT.OK);
      expect(device.call('sntpTimeMs')).equal(unixMs + 500);
    });
  }

  it('unasked, twice, or to an older question: not taken', () => {
    expect(answer(answerTo(Buffer.alloc(48)))).equal(RESULT.UNSOLICITED);
    const old = answerTo(ask());
    const fresh = answerTo(ask(), NOW_MS + 5000);
    expect(answer(old)).equal(RESULT.ORIGINATE);
    expect(answer(fresh)).equal(RESULT.OK);
    expect(answer(fresh)).equal(RESULT.UNSOLICITED);
    const late = answerTo(ask());
    device.call('sntpForget');
    expect(answer(late)).equal(RESULT.UNSOLICITED);
  });

  it('without random bits there is no question', () => {
    device.vault = () => -48;
    const out = device.bench.alloc(48);
    expect(device.call('sntpRequest', out)).equal(-48);
    expect(answer(answerTo(device.bench.get(out, 48)))).equal(RESULT.UNSOLICITED);
  });

  it('whatever comes: no trap, and no time but from an answer with our nonce', () => {
    const question = ask();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (datagram, knowing) => {
        const sent = Buffer.from(datagram);
        if (knowing && sent.length >= 48) question.copy(sent, 24, 40, 48);
        const result = answer(sent);
        if (result === RESULT.OK || result === RESULT.KISS) question.set(ask());
        if (result === RESULT.OK) {
          expect(knowing).equal(true);
          expect(device.call('sntpTimeMs')).greaterThan(0);
        }
      }),
      { numRuns: 2000, seed: 5 },
    );
  });
});
