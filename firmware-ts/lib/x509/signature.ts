/**
 * Signature verification over HACL*: ECDSA P-256 with SHA-256 (RFC 5758, encoding RFC 3279 2.2.3), Ed25519 (RFC 8410), and RSA (`rsa.ts`).
 * Everything here is public data: no constant-time concern.
 */
import { ed25519Verify } from '../hacl/ed25519';
import { p256ValidPublic, p256Verify } from '../hacl/p256';
import { sha256 } from '../hacl/sha2';
import { ALG_ECDSA_P256, ALG_ED25519, ALG_RSA_PSS } from './algorithms';
import { TAG_INTEGER, TAG_SEQUENCE, body, element, integer, next } from './der';
import { rsaVerify } from './rsa';

/** r and s, 32 bytes each. */
const SCALARS = memory.data(64);
const HASH = memory.data(32);

/** Reads an unsigned INTEGER into 32 big-endian bytes at `out`. */
function readScalar(at: usize, end: usize, out: usize): bool {
  if (!integer(at, end)) return false;
  let p = body;
  if (load<u8>(p) >= 0x80) return false; // negative
  if (load<u8>(p) == 0) p++;
  const size = next - p;
  if (size > 32) return false;
  memory.fill(out, 0, 32);
  memory.copy(out + 32 - size, p, size);
  return true;
}

/**
 * Verifies one signature. This is the public-key operation that callers count.
 * @param alg algorithm of the signature, one that the key makes
 * @param key 64 bytes x || y, 32 bytes of Ed25519, or the modulus @param exponent RSA's
 */
export function verifySignature(alg: u32, key: usize, keySize: u32, exponent: u32, message: usize, size: u32, signature: usize, signatureEnd: usize): bool {
  if (alg >= ALG_RSA_PSS) return rsaVerify(alg, key, keySize, exponent, message, size, signature, signatureEnd - signature);
  if (alg == ALG_ED25519) {
    if (signatureEnd - signature != 64) return false;
    return ed25519Verify(key, message, size, signature);
  }
  if (alg != ALG_ECDSA_P256) return false;
  if (!element(signature, signatureEnd, TAG_SEQUENCE) || next != signatureEnd) return false;
  if (!readScalar(body, signatureEnd, SCALARS)) return false;
  if (!readScalar(next, signatureEnd, SCALARS + 32) || next != signatureEnd) return false;
  sha256(message, size, HASH);
  return p256ValidPublic(key) && p256Verify(key, HASH, SCALARS);
}

/** Encodes r || s (32 bytes each) as the DER of RFC 3279 2.2.3. @param out 72 bytes @returns the length */
export function encodeSignature(raw: usize, out: usize): u32 {
  let end = encodeScalar(raw, out + 2);
  end = encodeScalar(raw + 32, end);
  store<u8>(out, <u8>TAG_SEQUENCE);
  store<u8>(out + 1, <u8>(end - out - 2));
  return <u32>(end - out);
}

/** One INTEGER: no leading zeros but the one that keeps it positive. A signature is public: its length may show. */
function encodeScalar(from: usize, out: usize): usize {
  let size: usize = 32;
  while (size > 1 && load<u8>(from + 32 - size) == 0) size--;
  const first = from + 32 - size;
  const sign: usize = load<u8>(first) >= 0x80 ? 1 : 0;
  store<u8>(out, <u8>TAG_INTEGER);
  store<u8>(out + 1, <u8>(size + sign));
  store<u8>(out + 2, 0);
  memory.copy(out + 2 + sign, first, size);
  return out + 2 + sign + size;
}
