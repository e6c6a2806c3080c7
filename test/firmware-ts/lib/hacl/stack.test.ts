import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { HACL_PARTS, type HaclPartName } from '../../../../firmware-ts/build/hacl-parts.ts';
import type { WasmBench } from '../../wasm-bench.ts';
import { haclBench } from './hacl-bench.ts';
import { bytes } from './pseudo-random.ts';

const PAINT = 0xa5;

/** One call of each kind, with the largest sizes that its binding lets through. */
const RUNS: Record<HaclPartName, (bench: WasmBench) => void> = {
  sha256: (b) => void b.call('sha256', b.put(bytes('d', 300)), 300, b.alloc(32)),
  sha384: (b) => void b.call('sha384', b.put(bytes('d', 300)), 300, b.alloc(48)),
  sha512: (b) => {
    b.call('sha512', b.put(bytes('d', 300)), 300, b.alloc(64));
    const state = b.alloc(208);
    b.call('sha512Init', state);
    b.call('sha512Update', state, b.put(bytes('d', 300)), 300);
    b.call('sha512Finish', state, b.alloc(64));
  },
  hmac256: (b) => void b.call('hmacSha256', b.put(bytes('k', 100)), 100, b.put(bytes('d', 300)), 300, b.alloc(32)),
  hkdf256: (b) => {
    b.call('hkdfExtract', b.put(bytes('k', 100)), 100, b.put(bytes('d', 300)), 300, b.alloc(32));
    b.call('hkdfExpand', b.put(bytes('k', 32)), b.put(bytes('i', 1024)), 1024, b.alloc(8160), 8160);
  },
  x25519: (b) => {
    b.call('x25519Public', b.put(bytes('s', 32)), b.alloc(32));
    b.call('x25519', b.put(bytes('s', 32)), b.put(bytes('p', 32)), b.alloc(32));
  },
  'ed25519-verify': (b) => {
    const [key, signature] = [b.alloc(32), b.alloc(64)];
    b.call('ed25519Public', b.put(bytes('s', 32)), key);
    b.call('ed25519Sign', b.put(bytes('s', 32)), b.put(bytes('m', 300)), 300, signature);
    paint(b);
    expect(b.call('ed25519Verify', key, b.put(bytes('m', 300)), 300, signature)).equal(1);
  },
  'ed25519-sign': (b) => void b.call('ed25519Sign', b.put(bytes('s', 32)), b.put(bytes('m', 300)), 300, b.alloc(64)),
  'p256-verify': (b) => {
    const [key, signature] = [b.alloc(64), b.alloc(64)];
    const hash = b.put(createHash('sha256').digest());
    b.call('p256Public', b.put(bytes('s', 32)), key);
    b.call('p256Sign', b.put(bytes('s', 32)), hash, b.put(bytes('n', 32)), signature);
    paint(b);
    expect(b.call('p256ValidPublic', key)).equal(1);
    expect(b.call('p256Verify', key, hash, signature)).equal(1);
  },
  'p256-sign': (b) => {
    b.call('p256Public', b.put(bytes('s', 32)), b.alloc(64));
    b.call('p256Sign', b.put(bytes('s', 32)), b.put(bytes('h', 32)), b.put(bytes('n', 32)), b.alloc(64));
  },
  'p256-ecdh': (b) => {
    const key = b.alloc(64);
    b.call('p256Public', b.put(bytes('s', 32)), key);
    paint(b);
    expect(b.call('p256Ecdh', b.put(bytes('t', 32)), key, b.alloc(64))).equal(1);
  },
  chacha20poly1305: (b) => {
    const at = b.alloc(1516);
    const [k, n] = [b.put(bytes('k', 32)), b.put(bytes('n', 12))];
    b.call('aeadSeal', k, n, k, 32, at, 1500, at);
    expect(b.call('aeadOpen', k, n, k, 32, at, 1516, at)).equal(1);
  },
  'hmac-drbg': (b) => {
    const state = b.alloc(88);
    b.call(
      'hmacDrbgInstantiate',
      state,
      b.put(bytes('e', 64)),
      64,
      b.put(bytes('n', 32)),
      32,
      b.put(bytes('p', 64)),
      64,
    );
    b.call('hmacDrbgReseed', state, b.put(bytes('e', 64)), 64, b.put(bytes('a', 64)), 64);
    b.call('hmacDrbgGenerate', state, b.alloc(256), 256, b.put(bytes('a', 64)), 64);
  },
  bignum: (b) => {
    const modulus = bytes('modulus', 512);
    modulus[0]! |= 0x80;
    modulus[511]! |= 1;
    const signature = bytes('signature', 512);
    signature[0] = 1;
    expect(b.call('rsaPublic', b.put(modulus), 512, 0xffffffff, b.put(signature), b.alloc(512))).equal(1);
  },
};

function paint(bench: WasmBench): void {
  bench.memory.fill(PAINT, bench.layout.haclStack, bench.layout.staticData);
}

function depth(bench: WasmBench): number {
  const stack = bench.memory.subarray(bench.layout.haclStack, bench.layout.staticData);
  return stack.length - [...stack].reverse().findIndex((byte) => byte !== PAINT);
}

describe("HACL's stack", () => {
  let bench: WasmBench;
  before(async () => {
    bench = await haclBench();
  });

  for (const part of Object.keys(HACL_PARTS) as HaclPartName[]) {
    it(`${part} needs at least an eighth less than its ${HACL_PARTS[part].stackBytes} bytes`, () => {
      bench.free();
      paint(bench);
      RUNS[part](bench);
      const used = depth(bench);
      if (process.env.SHOW_STACK) process.stderr.write(`${part} ${used}\n`);
      expect(used).greaterThan(0);
      expect(used).lessThan((HACL_PARTS[part].stackBytes * 7) / 8);
      expect(used, 'a reserve of more than four times is a waste').greaterThan(HACL_PARTS[part].stackBytes / 4);
    });
  }
});
