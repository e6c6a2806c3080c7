import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { expect } from 'chai';
import type { WasmBench } from '../../wasm-bench.ts';
import { haclBench } from './hacl-bench.ts';
import { bytes } from './pseudo-random.ts';

const LENGTHS = [0, 1, 3, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 1000];

describe('firmware hashes (HACL in Wasm against node:crypto)', () => {
  let bench: WasmBench;
  before(async () => {
    bench = await haclBench();
  });
  beforeEach(() => bench.free());

  for (const [name, size, state] of [
    ['sha256', 32, 'SHA256_STATE'],
    ['sha384', 48, 'SHA512_STATE'],
    ['sha512', 64, 'SHA512_STATE'],
  ] as const) {
    it(`${name} in one call`, () => {
      for (const length of LENGTHS) {
        const data = bytes(`${name}-${length}`, length);
        const out = bench.alloc(size);
        bench.call(name, bench.put(data), length, out);
        expect(bench.get(out, size).toString('hex')).equal(createHash(name).update(data).digest('hex'));
      }
    });

    it(`${name} running: read at every point, goes on afterwards`, () => {
      const at = bench.alloc(state === 'SHA256_STATE' ? 112 : 208);
      const out = bench.alloc(size);
      const reference = createHash(name);
      bench.call(`${name}Init`, at);
      for (const length of LENGTHS) {
        const data = bytes(`${name}-run-${length}`, length);
        bench.call(`${name}Update`, at, bench.put(data), length);
        reference.update(data);
        bench.call(`${name}Finish`, at, out);
        expect(bench.get(out, size).toString('hex')).equal(reference.copy().digest('hex'));
      }
    });
  }

  it('a running sha256 forks', () => {
    const [a, b, out] = [bench.alloc(112), bench.alloc(112), bench.alloc(32)];
    bench.call('sha256Init', a);
    bench.call('sha256Update', a, bench.put(Buffer.from('common')), 6);
    bench.call('sha256Copy', b, a);
    bench.call('sha256Update', a, bench.put(Buffer.from('left')), 4);
    bench.call('sha256Update', b, bench.put(Buffer.from('right')), 5);
    for (const [state, text] of [
      [a, 'commonleft'],
      [b, 'commonright'],
    ] as const) {
      bench.call('sha256Finish', state, out);
      expect(bench.get(out, 32).toString('hex')).equal(createHash('sha256').update(text).digest('hex'));
    }
  });

  it('hmac-sha256', () => {
    for (const [keyLength, length] of [
      [1, 0],
      [32, 0],
      [32, 5],
      [64, 64],
      [65, 200],
      [131, 999],
    ] as const) {
      const [key, data] = [bytes(`key-${keyLength}`, keyLength), bytes(`data-${length}`, length)];
      const out = bench.alloc(32);
      bench.call('hmacSha256', bench.put(key), keyLength, bench.put(data), length, out);
      expect(bench.get(out, 32).toString('hex')).equal(createHmac('sha256', key).update(data).digest('hex'));
    }
  });

  it('hkdf-sha256: extract, then expand', () => {
    for (const [saltLength, ikmLength, infoLength, length] of [
      [13, 22, 10, 42],
      [32, 32, 0, 32],
      [32, 32, 100, 12],
      [80, 80, 80, 82],
    ] as const) {
      const [salt, ikm, info] = [bytes('salt', saltLength), bytes('ikm', ikmLength), bytes('info', infoLength)];
      const [prk, okm] = [bench.alloc(32), bench.alloc(length)];
      bench.call('hkdfExtract', bench.put(salt), saltLength, bench.put(ikm), ikmLength, prk);
      bench.call('hkdfExpand', prk, bench.put(info), infoLength, okm, length);
      const reference = Buffer.from(hkdfSync('sha256', ikm, salt, info, length));
      expect(bench.get(okm, length).toString('hex')).equal(reference.toString('hex'));
    }
  });
});
