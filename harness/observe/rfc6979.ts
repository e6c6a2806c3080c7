/**
 * ECDSA P-256 with SHA-256 by a nonce that is known (FIPS 186-5 6.4.1): that of RFC 6979 3.2, which depends on key and hash alone, or the same with more input, as 3.6 allows.
 * Signatures of ours that are made so are the same in each run. Left out: the reduction of the hash mod n (2.3.4), which changes one in 2^32; and range, missed as rarely.
 */
import { createECDH, createHash } from 'node:crypto';
import { inverse, N, numberOf } from './ecdsa-secrets.ts';
import { HmacDrbg } from './hmac-drbg.ts';

const BYTES = 32;

/** The generator of a nonce (3.2, steps b to g). @param hedge of a hedged one: what was drawn for it */
export function nonceGenerator(
  privateKey: Uint8Array,
  hash: Uint8Array,
  hedge: Uint8Array = new Uint8Array(0),
): HmacDrbg {
  return new HmacDrbg(privateKey, hash, hedge);
}

/** @param hedge as of nonceGenerator */
export function rfc6979Nonce(privateKey: Uint8Array, hash: Uint8Array, hedge?: Uint8Array): Buffer {
  return nonceGenerator(privateKey, hash, hedge).generate(BYTES);
}

/** r, s (64 bytes) by the nonce of RFC 6979 3.2. */
export function rfc6979Signature(privateKey: Uint8Array, message: Uint8Array): Buffer {
  const hash = createHash('sha256').update(message).digest();
  const nonce = rfc6979Nonce(privateKey, hash);
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(nonce);
  const r = numberOf(curve.getPublicKey().subarray(1, 1 + BYTES)) % N;
  const s = (inverse(numberOf(nonce)) * ((numberOf(hash) + r * numberOf(privateKey)) % N)) % N;
  return Buffer.from([r, s].map((scalar) => scalar.toString(16).padStart(BYTES * 2, '0')).join(''), 'hex');
}
