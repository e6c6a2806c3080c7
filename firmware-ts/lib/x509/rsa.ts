/**
 * RSA signatures (RFC 8017): RSASSA-PKCS1-v1_5 (8.2.2) and RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of 32 bytes (8.1.2, 9.1.2), over the modular
 * exponentiation of HACL*.
 *
 * PKCS #1 v1.5 is never taken apart: the one right encoding is made and compared whole, so that there is nothing to be lenient about (padding, trailing bytes,
 * parameters: the faults of Bleichenbacher's forgery). Public values only: not constant-time.
 */
import { rsaPublic } from '../hacl/rsa';
import { sha256, sha384, sha512 } from '../hacl/sha2';
import { ALG_RSA_PSS, ALG_RSA_SHA256, modulusBits } from './algorithms';

const MAX_BYTES: u32 = 512;
const HASH_BYTES: u32 = 32;
const SALT_BYTES: u32 = 32;
/** Encoded message, and the one it must be. */
const EM = memory.data(512, 8);
const EXPECTED = memory.data(512, 8);

/** DigestInfo (RFC 8017 9.2 note 1) of SHA-256 up to the digest; SHA-384 and SHA-512 differ in three bytes. */
const DIGEST_INFO = memory.data<u8>([
  0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
]);
const DIGEST_INFO_BYTES: u32 = 19;

/** M' of RFC 8017 9.1.2 step 12: 8 zero bytes, the message's hash, the salt. */
const M = memory.data(72, 8);
/** Seed and counter of MGF1 (B.2.1), and a block of its mask. */
const SEED = memory.data(36, 8);
const MASK = memory.data(32, 8);

/**
 * @param alg ALG_RSA_PSS or one of ALG_RSA_SHA*
 * @param modulus big-endian, `size` bytes, its first byte not zero
 */
export function rsaVerify(alg: u32, modulus: usize, size: u32, exponent: u32, message: usize, messageSize: u32, signature: usize, signatureSize: usize): bool {
  // 8.1.2 and 8.2.2 step 1
  if (size > MAX_BYTES || signatureSize != size) return false;
  if (!rsaPublic(modulus, size, exponent, signature, EM)) return false;
  if (alg == ALG_RSA_PSS) return pssHolds(modulusBits(modulus, size) - 1, size, message, messageSize);
  encodePkcs1(alg - ALG_RSA_SHA256, size, message, messageSize);
  return memory.compare(EM, EXPECTED, size) == 0;
}

/** EMSA-PKCS1-v1_5 (9.2): 00 01 FF..FF 00 DigestInfo. @param hash 0 SHA-256, 1 SHA-384, 2 SHA-512 */
function encodePkcs1(hash: u32, size: u32, message: usize, messageSize: u32): void {
  const digestBytes = 32 + 16 * hash;
  const digest = EXPECTED + size - digestBytes;
  const info = digest - DIGEST_INFO_BYTES;
  memory.fill(EXPECTED, 0xff, size);
  store<u8>(EXPECTED, 0);
  store<u8>(EXPECTED + 1, 1);
  store<u8>(info - 1, 0);
  memory.copy(info, DIGEST_INFO, DIGEST_INFO_BYTES);
  store<u8>(info + 1, <u8>(0x11 + digestBytes));
  store<u8>(info + 14, <u8>(1 + hash));
  store<u8>(info + 18, <u8>digestBytes);
  if (hash == 0) sha256(message, messageSize, digest);
  else if (hash == 1) sha384(message, messageSize, digest);
  else sha512(message, messageSize, digest);
}

/** EMSA-PSS-VERIFY (9.1.2) of EM, which has `size` bytes, of which the encoded message has the last ceil(emBits / 8). */
function pssHolds(emBits: u32, size: u32, message: usize, messageSize: u32): bool {
  let em = EM;
  let emLen = size;
  // 8.1.2 step 2c: modulus of 8 k + 1 bits
  if ((emBits & 7) == 0) {
    if (load<u8>(em) != 0) return false;
    em++;
    emLen--;
  }
  const dbLen = emLen - HASH_BYTES - 1;
  const h = em + dbLen;
  if (load<u8>(em + emLen - 1) != 0xbc) return false; // step 4
  const unused = 8 * emLen - emBits;
  const kept = <u8>((<u32>0xff) >> unused);
  if ((load<u8>(em) & ~kept) != 0) return false; // step 6
  unmask(em, dbLen, h);
  store<u8>(em, load<u8>(em) & kept); // step 9
  // step 10
  const zeros = dbLen - SALT_BYTES - 1;
  for (let i: u32 = 0; i < zeros; i++) if (load<u8>(em + i) != 0) return false;
  if (load<u8>(em + zeros) != 1) return false;
  // steps 11 to 14
  memory.fill(M, 0, 8);
  sha256(message, messageSize, M + 8);
  memory.copy(M + 40, em + zeros + 1, SALT_BYTES);
  sha256(M, 72, MASK);
  return memory.compare(MASK, h, HASH_BYTES) == 0;
}

/** Steps 7 and 8: DB = maskedDB xor MGF1(H). */
function unmask(db: usize, dbLen: u32, h: usize): void {
  memory.copy(SEED, h, HASH_BYTES);
  for (let at: u32 = 0; at < dbLen; at += HASH_BYTES) {
    store<u32>(SEED + HASH_BYTES, bswap<u32>(at / HASH_BYTES));
    sha256(SEED, 36, MASK);
    const count = min(HASH_BYTES, dbLen - at);
    for (let i: u32 = 0; i < count; i++) store<u8>(db + at + i, load<u8>(db + at + i) ^ load<u8>(MASK + i));
  }
}
