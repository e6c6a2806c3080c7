import { createCipheriv } from 'node:crypto';
import { expect } from 'chai';
import { ReferenceDrbg } from '../../vault/reference-drbg.ts';
import type { WasmBench } from '../../wasm-bench.ts';
import { haclBench } from './hacl-bench.ts';
import { bytes } from './pseudo-random.ts';

describe('firmware AEAD and DRBG (HACL in Wasm against node:crypto)', () => {
  let bench: WasmBench;
  before(async () => {
    bench = await haclBench();
  });
  beforeEach(() => bench.free());

  it('chacha20-poly1305 seals as node does, opens it, in place too, and refuses any changed byte', () => {
    for (const [aadLength, length] of [
      [0, 0],
      [5, 1],
      [5, 64],
      [12, 114],
      [0, 1500],
    ] as const) {
      const [key, nonce, aad, plain] = [bytes('k', 32), bytes('n', 12), bytes('a', aadLength), bytes('p', length)];
      const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
      cipher.setAAD(aad, { plaintextLength: length });
      const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      const [k, n, a] = [bench.put(key), bench.put(nonce), bench.put(aad)];
      const at = bench.put(Buffer.concat([plain, Buffer.alloc(16)]));
      bench.call('aeadSeal', k, n, a, aadLength, at, length, at);
      expect(bench.get(at, length + 16).equals(sealed)).equal(true);
      const out = bench.alloc(length);
      expect(bench.call('aeadOpen', k, n, a, aadLength, at, length + 16, out)).equal(1);
      expect(bench.get(out, length).equals(plain)).equal(true);
      for (const spot of new Set([0, length >> 1, length, length + 15])) {
        const bad = Buffer.from(sealed);
        bad[spot]! ^= 0x10;
        const target = bench.put(Buffer.alloc(length, 0xaa));
        expect(bench.call('aeadOpen', k, n, a, aadLength, bench.put(bad), length + 16, target)).equal(0);
        expect(bench.get(target, length).equals(Buffer.alloc(length, 0xaa)), 'nothing written').equal(true);
      }
      expect(bench.call('aeadOpen', k, n, a, aadLength, at, length + 16, at), 'in place').equal(1);
      expect(bench.get(at, length).equals(plain)).equal(true);
    }
    expect(bench.call('aeadOpen', 4096, 4096, 4096, 0, 4096, 15, 8192), 'shorter than a tag').equal(0);
  });

  it('hmac-drbg follows SP 800-90A 10.1.2: instantiate, generate, reseed', () => {
    const reference = new ReferenceDrbg(bytes('entropy', 48), bytes('nonce', 16), bytes('person', 9));
    const state = bench.alloc(88);
    bench.call(
      'hmacDrbgInstantiate',
      ...[
        state,
        bench.put(bytes('entropy', 48)),
        48,
        bench.put(bytes('nonce', 16)),
        16,
        bench.put(bytes('person', 9)),
        9,
      ],
    );
    const out = bench.alloc(300);
    for (const length of [32, 1, 64, 300]) {
      expect(bench.call('hmacDrbgGenerate', state, out, length, bench.put(bytes('add', 7)), 7)).equal(1);
      expect(bench.get(out, length).toString('hex')).equal(reference.generate(length, bytes('add', 7)).toString('hex'));
    }
    bench.call('hmacDrbgReseed', state, bench.put(bytes('more', 32)), 32, 0, 0);
    reference.reseed(bytes('more', 32));
    expect(bench.call('hmacDrbgGenerate', state, out, 40, 0, 0)).equal(1);
    expect(bench.get(out, 40).toString('hex')).equal(reference.generate(40).toString('hex'));
  });

  it('hmac-drbg refuses to go beyond its reseed interval', () => {
    const state = bench.alloc(88);
    bench.call('hmacDrbgInstantiate', state, bench.put(bytes('e', 32)), 32, bench.put(bytes('n', 16)), 16, 0, 0);
    const out = bench.alloc(1);
    let served = 0;
    while (served < 2000 && bench.call('hmacDrbgGenerate', state, out, 1, 0, 0) === 1) served += 1;
    expect(served).equal(1024);
  });
});
