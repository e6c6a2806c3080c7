import { expect } from 'chai';
import { Libraries } from '../../app/libraries.ts';

describe('text builder', () => {
  let device: Libraries;
  before(async () => {
    device = await Libraries.create();
  });
  const number = (text: string, from: number) => device.withBytes('numberAt', Buffer.from(text), from);

  for (const [text, from, value] of [
    ['0', 0, 0],
    ['x12,', 1, 12],
    ['9999999', 0, 9_999_999],
    ['10000000', 0, -1],
    ['', 0, -1],
    ['12', 2, -1],
    ['-1', 0, -1],
    ['a', 0, -1],
    ['007', 0, 7],
  ] as const) {
    it(`the number at ${from} of "${text}" => ${value}`, () => expect(number(text, from)).equal(value));
  }

  it('knows what follows a number', () => {
    const ends = (text: string, from: number, rest: number) =>
      device.withBytes('endsAt', Buffer.from(text), from, rest) === 1;
    expect(ends('x12:', 1, 1)).equal(true);
    expect(ends('x12', 1, 0)).equal(true);
    expect(ends('x12,5:', 1, 1)).equal(false);
    expect(ends('', 0, 0)).equal(true);
  });

  it('writes decimals of every size', () => {
    const decimal = (value: bigint) => {
      device.bench.free();
      const out = device.bench.alloc(32);
      const length = device.call('decimal', out, Number(value >> 32n), Number(value & 0xffff_ffffn));
      return device.bench.get(out, length).toString();
    };
    for (const value of [0n, 9n, 10n, 4_294_967_296n, 1_767_225_600_000n, 2n ** 64n - 1n])
      expect(decimal(value)).equal(String(value));
  });

  it('what does not fit is cut off, never written beyond, and has no length', () => {
    device.bench.free();
    const out = device.bench.alloc(16);
    const from = device.bench.put(Buffer.from('a"b'));
    const guard = device.bench.get(out, 16);
    expect(device.call('quoted', out, 6, from, 3)).equal(6);
    expect(device.bench.get(out, 6).toString()).equal('"a\\"b"');
    device.bench.memory.set(guard, out);
    expect(device.call('quoted', out, 5, from, 3)).equal(-1);
    expect(device.bench.get(out + 5, 11)).deep.equal(guard.subarray(5));
  });
});
