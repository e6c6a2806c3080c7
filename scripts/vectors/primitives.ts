/**
 * The firmware's primitives, built for the device (AssemblyScript, HACL* linked, optimised as its modules are) and run in V8. Bytes go in
 * and out as they do in the device: no encoding is undone on the host.
 */
import { fileURLToPath } from 'node:url';
import { HACL_PARTS, type HaclPartName } from '../../firmware-ts/build/hacl-parts.ts';
import { WasmBench } from '../../test/firmware-ts/wasm-bench.ts';

/** lib/x509/algorithms.ts. */
const ALG_ECDSA_P256 = 1;
/** RSASSA-PSS (SHA-256, MGF1-SHA-256, salt 32), and RSASSA-PKCS1-v1_5 by its hash. */
export const RSA_ALGORITHMS = { pss: 4, 'SHA-256': 5, 'SHA-384': 6, 'SHA-512': 7 } as const;
const TAG_BYTES = 16;
const DRBG_STATE_BYTES = 88;

export class Primitives {
  private constructor(private readonly bench: WasmBench) {}

  static async create(): Promise<Primitives> {
    const entry = fileURLToPath(new URL('../../test/fixtures/hacl/firmware/vectors.ts', import.meta.url));
    const hacl = Object.keys(HACL_PARTS) as HaclPartName[];
    return new Primitives(await WasmBench.create({ name: 'vectors', entry, pages: 8, hacl }));
  }

  /** Of linear memory, 64 KiB each. */
  get pages(): number {
    return this.bench.memory.length / 65_536;
  }

  /** @param key x, y: 64 bytes @param signature DER */
  ecdsaVerify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    return this.fresh(({ put, call }) => {
      const at = put(signature);
      const args = [ALG_ECDSA_P256, put(key), 64, 0, put(message), message.length, at, at + signature.length];
      return call('verifySignature', ...args) !== 0;
    });
  }

  /** @param modulus big-endian, no leading zero */
  rsaVerify(
    algorithm: keyof typeof RSA_ALGORITHMS,
    { modulus, exponent }: { modulus: Uint8Array; exponent: number },
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean {
    return this.fresh(({ put, call }) => {
      const at = put(signature);
      const key = [put(modulus), modulus.length, exponent];
      const rest = [put(message), message.length, at, at + signature.length];
      return call('verifySignature', RSA_ALGORITHMS[algorithm], ...key, ...rest) !== 0;
    });
  }

  /** Has the certificate been signed with its own key? Undefined: an algorithm that the device does not have. */
  selfSigned(der: Uint8Array): boolean | undefined {
    return this.fresh(({ put, call }) => {
      const at = put(der);
      const answer = call('selfSigned', at, at + der.length);
      if (answer < -1) throw new Error('selfSigned: the certificate cannot be read');
      return answer < 0 ? undefined : answer === 1;
    });
  }

  /** @param signature r, s: 64 bytes */
  ecdsaVerifyRaw(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    return this.fresh(({ put, call, alloc }) => {
      const [at, hash] = [put(key), alloc(32)];
      call('sha256', put(message), message.length, hash);
      return call('p256ValidPublic', at) !== 0 && call('p256Verify', at, hash, put(signature)) !== 0;
    });
  }

  ed25519Verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    return this.fresh(({ put, call }) => {
      return call('ed25519Verify', put(key), put(message), message.length, put(signature)) !== 0;
    });
  }

  /** Undefined: the peer's point is refused. */
  x25519(scalar: Uint8Array, peer: Uint8Array): Buffer | undefined {
    return this.fresh(({ put, call, alloc, get }) => {
      const out = alloc(32);
      return call('x25519', put(scalar), put(peer), out) === 0 ? undefined : get(out, 32);
    });
  }

  /** @param peer x, y: 64 bytes. Undefined: the peer's point is refused. */
  p256Ecdh(key: Uint8Array, peer: Uint8Array): Buffer | undefined {
    return this.fresh(({ put, call, alloc, get }) => {
      const out = alloc(64);
      return call('p256Ecdh', put(key), put(peer), out) === 0 ? undefined : get(out, 32);
    });
  }

  aeadSeal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plain: Uint8Array): Buffer {
    return this.fresh(({ put, call, alloc, get }) => {
      const out = alloc(plain.length + TAG_BYTES);
      call('aeadSeal', put(key), put(nonce), put(aad), aad.length, put(plain), plain.length, out);
      return get(out, plain.length + TAG_BYTES);
    });
  }

  /** Undefined: refused. */
  aeadOpen(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Buffer | undefined {
    return this.fresh(({ put, call, alloc, get }) => {
      const size = Math.max(0, sealed.length - TAG_BYTES);
      const out = alloc(size);
      const args = [put(key), put(nonce), put(aad), aad.length, put(sealed), sealed.length, out];
      return call('aeadOpen', ...args) === 0 ? undefined : get(out, size);
    });
  }

  hmac(key: Uint8Array, message: Uint8Array): Buffer {
    return this.fresh(({ put, call, alloc, get }) => {
      const out = alloc(32);
      call('hmacSha256', put(key), key.length, put(message), message.length, out);
      return get(out, 32);
    });
  }

  hkdf(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Buffer {
    return this.fresh(({ put, call, alloc, get }) => {
      const [prk, okm] = [alloc(32), alloc(length)];
      call('hkdfExtract', put(salt), salt.length, put(ikm), ikm.length, prk);
      call('hkdfExpand', prk, put(info), info.length, okm, length);
      return get(okm, length);
    });
  }

  /** A generator of its own: instantiated, then driven by the calls that `body` makes. */
  drbg<T>(entropy: Uint8Array, nonce: Uint8Array, person: Uint8Array, body: (drbg: Drbg) => T): T {
    return this.fresh(({ put, call, alloc, get }) => {
      const state = alloc(DRBG_STATE_BYTES);
      const args = [put(entropy), entropy.length, put(nonce), nonce.length, put(person), person.length];
      call('hmacDrbgInstantiate', state, ...args);
      return body({
        reseed: (fresh, additional) => {
          call('hmacDrbgReseed', state, put(fresh), fresh.length, put(additional), additional.length);
        },
        generate: (length, additional) => {
          const out = alloc(length);
          if (call('hmacDrbgGenerate', state, out, length, put(additional), additional.length) === 0)
            throw new Error('hmacDrbgGenerate refused');
          return get(out, length);
        },
      });
    });
  }

  private fresh<T>(body: (on: Bound) => T): T {
    const { bench } = this;
    bench.free();
    return body({
      put: (bytes) => bench.put(bytes),
      alloc: (length) => bench.alloc(length),
      get: (at, length) => bench.get(at, length),
      call: (name, ...args) => bench.call(name, ...args),
    });
  }
}

export interface Drbg {
  reseed(entropy: Uint8Array, additional: Uint8Array): void;
  generate(length: number, additional: Uint8Array): Buffer;
}

type Bound = Pick<WasmBench, 'put' | 'alloc' | 'get' | 'call'>;
