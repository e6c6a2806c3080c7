import { expect } from 'chai';
import fc from 'fast-check';
import { readLog } from '../../../../harness/world/service/log.ts';

const message = (text: string, atNs = 0) => ({ topic: 't', payload: Buffer.from(text), atNs }) as never;
const entry = (n: number, rest: object = {}) => ({ n, t: 0, event: 'e', reason: 'r', value: 3, ...rest });
const log = (...entries: object[]) => JSON.stringify({ log: entries });

describe("the service's view of a log", () => {
  it('each number once, in order, whatever came twice or late', () => {
    const { entries, repeated, unreadable } = readLog([
      message(log(entry(2), entry(3))),
      message(log(entry(3), entry(4, { t: 7 }))),
      message(log(entry(1))),
    ]);
    expect(entries.map(({ number }) => number)).deep.equal([1, 2, 3, 4]);
    expect(entries.map(({ timeMs }) => timeMs)).deep.equal([undefined, undefined, undefined, 7000]);
    expect([repeated, unreadable.length]).deep.equal([1, 0]);
  });

  it('a number with two contents is told, and the first one counts', () => {
    const { entries, unreadable } = readLog([message(log(entry(1))), message(log(entry(1, { reason: 'other' })))]);
    expect(entries.map(({ reason }) => reason)).deep.equal(['r']);
    expect(unreadable).length(1);
  });

  for (const text of [
    '',
    '[]',
    '{"log":{}}',
    '{"log":[1]}',
    log({ n: '1' }),
    log(entry(1, { t: null })),
    log(entry(1, { event: 5 })),
  ]) {
    it(`no log: ${text || 'nothing'}`, () => {
      const { entries, unreadable } = readLog([message(text)]);
      expect([entries.length, unreadable.length]).deep.equal([0, 1]);
    });
  }

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readLog([{ topic: 't', payload: bytes, atNs: 0 } as never]).entries).length(0);
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});
