import { expect } from 'chai';
import { type GeneratorShape, predict } from '../../../harness/observe/generator.ts';
import { HmacDrbg } from '../../../harness/observe/hmac-drbg.ts';
import type { TraceEntry } from '../../../harness/trace/trace.ts';

const shape: GeneratorShape = {
  entropyWords: 3,
  nonceWords: 1,
  reseed: { afterRequests: 2, words: 1 },
  module: 1,
  draws: [
    { fn: 2, bytes: 'answer' },
    { fn: 4, bytes: 32 },
  ],
};
const ID = Buffer.from('a-device');
const bytes = (value: number) => Buffer.alloc(4, value);
const entry = (what: string, fields: TraceEntry['fields'], data?: Uint8Array): TraceEntry => ({
  atNs: 0,
  lane: 'hal',
  what,
  fields,
  data,
});
const word = (value: number) => entry('call', { call: 'entropy_word', in: 0, result: 0 }, bytes(value));
const noWord = entry('call', { call: 'entropy_word', in: 0, result: -48 }, new Uint8Array(0));
const request = (fn: number, answer: Buffer | number) =>
  typeof answer === 'number'
    ? entry('call', { call: 'call', module: 1, fn, in: 2, result: answer }, bytes(0).subarray(0, 2))
    : entry(
        'call',
        { call: 'call', module: 1, fn, in: 2, result: answer.length },
        Buffer.concat([Buffer.alloc(2), answer]),
      );
const words = (...values: number[]) => values.map(word);

describe('prediction of a generator', () => {
  const honest = new HmacDrbg(Buffer.concat([bytes(1), bytes(2), bytes(3)]), bytes(4), ID);
  const first = honest.generate(8);
  honest.generate(32);
  honest.reseed(bytes(9));
  const third = honest.generate(8);

  it('follows seeding, requests that show nothing, and reseeding', () => {
    const found = predict(
      [
        entry('start', {}),
        ...words(1, 2, 3, 4),
        request(2, first),
        request(4, Buffer.alloc(64)),
        word(9),
        request(2, third),
      ],
      shape,
      ID,
    );
    expect(found).deep.include({ requests: 3, seedings: 1, reseedings: 1, unseeded: 0 });
    expect(found.answers.map(({ expected, answer }) => expected.equals(answer))).deep.equal([true, true]);
  });

  it('a word more, another personalization or another answer does not fit', () => {
    const fits = (entries: TraceEntry[], id = ID) =>
      predict(entries, shape, id).answers.every(({ expected, answer }) => expected.equals(answer));
    expect(fits([...words(1, 2, 3, 4), request(2, first)])).equal(true);
    expect(fits([...words(1, 2, 3, 5), request(2, first)])).equal(false);
    expect(fits([...words(1, 2, 3, 4), request(2, first)], Buffer.from('b-device'))).equal(false);
    expect(fits([...words(1, 2, 3, 4), request(2, third)])).equal(false);
  });

  it('counts what is answered without enough words', () => {
    expect(predict([...words(1, 2, 3), request(2, first)], shape, ID)).include({ requests: 1, unseeded: 1 });
    expect(predict([...words(1, 2), noWord, ...words(3, 4), request(2, first)], shape, ID)).include({ unseeded: 1 });
  });

  it('a failed reseeding ends the generator; the next request seeds it anew', () => {
    const again = new HmacDrbg(Buffer.concat([bytes(6), bytes(7), bytes(8)]), bytes(5), ID).generate(8);
    const found = predict(
      [
        ...words(1, 2, 3, 4),
        request(2, first),
        request(4, Buffer.alloc(64)),
        ...words(9),
        request(2, -50),
        ...words(6, 7, 8, 5),
        request(2, again),
      ],
      shape,
      ID,
    );
    expect(found).include({ seedings: 2, reseedings: 0, unseeded: 0 });
    expect(found.answers.at(-1)!.expected.equals(again)).equal(true);
  });

  it('a reset ends it as well', () => {
    expect(predict([...words(1, 2, 3, 4), entry('start', {}), request(2, first)], shape, ID)).include({ unseeded: 1 });
  });
});
