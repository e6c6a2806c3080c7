import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import { FakeHal } from '../fake-hal.ts';
import { WasmBench } from '../wasm-bench.ts';
import { bytes } from './hacl/pseudo-random.ts';

describe('lib/mem', () => {
  let bench: WasmBench;
  const hal = new FakeHal();
  before(async () => {
    const entry = fileURLToPath(new URL('../../fixtures/store/firmware/entry.ts', import.meta.url));
    bench = await WasmBench.create({ name: 'store-test', entry, pages: 2 }, hal.hal);
  });
  beforeEach(() => {
    hal.console = '';
    bench.free();
  });

  it('crc32 is that of IEEE 802.3', () => {
    expect(bench.call('crc32', bench.put(Buffer.from('123456789')), 9) >>> 0).equal(0xcbf4_3926);
    for (const length of [0, 1, 100, 4096]) {
      const data = bytes('crc', length);
      const reference = crc32(data);
      expect(bench.call('crc32', bench.put(data), length) >>> 0).equal(reference);
      bench.free();
    }
  });

  it('big-endian values at any address', () => {
    const at = bench.put(Buffer.from('00112233445566778899', 'hex')) + 1;
    expect(bench.call('getU16be', at)).equal(0x1122);
    expect(bench.call('getU24be', at)).equal(0x112233);
    expect(bench.call('getU32be', at)).equal(0x11223344);
    bench.call('putU16be', at, 0xabcd);
    bench.call('putU24be', at + 2, 0xef0123);
    bench.call('putU32be', at + 5, 0x456789ab);
    expect(bench.get(at, 9).toString('hex')).equal('abcdef0123456789ab');
  });

  it('comparisons look at every byte', () => {
    const a = bytes('a', 32);
    for (const at of [0, 15, 31]) {
      const b = Buffer.from(a);
      expect(bench.call('equalConstantTime', bench.put(a), bench.put(b), 32)).equal(1);
      b[at]! ^= 0x80;
      expect(bench.call('equalConstantTime', bench.put(a), bench.put(b), 32)).equal(0);
    }
    expect(bench.call('filledWith', bench.put(Buffer.alloc(9, 7)), 9, 7)).equal(1);
    expect(bench.call('filledWith', bench.put(Buffer.from([7, 7, 8])), 3, 7)).equal(0);
  });

  it('a console line: numbers, hex, bytes; control characters cannot forge a line; what is too long is cut', () => {
    for (const value of [0n, 9n, 10n, 1234567890n, 2n ** 64n - 1n]) {
      bench.call('printNumber', BigInt.asIntN(64, value));
      bench.call('printEnd');
    }
    bench.call('printSigned', -40n);
    bench.call('printEnd');
    bench.call('printHex', bench.put(Buffer.from([0, 0x9a, 0xff])), 3);
    bench.call('printEnd');
    bench.call('printBytes', bench.put(Buffer.from('a\r\nb\0\u00e9', 'latin1')), 6);
    bench.call('printEnd');
    expect(hal.console.split('\r\n')).deep.equal([
      '0',
      '9',
      '10',
      '1234567890',
      '18446744073709551615',
      '-40',
      '009aff',
      'a??b??',
      '',
    ]);
    hal.console = '';
    bench.call('printBytes', bench.put(Buffer.alloc(400, 0x78)), 400);
    bench.call('printEnd');
    expect(hal.console).equal(`${'x'.repeat(254)}\r\n`);
  });
});
