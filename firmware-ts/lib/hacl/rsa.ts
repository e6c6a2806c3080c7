/**
 * RSA's public operation, s^e mod n (RFC 8017 5.2.2), with the Montgomery arithmetic of HACL*. Public values only: it is not constant-time.
 * The encodings around it (PSS, PKCS#1 v1.5) are the business of lib/x509.
 *
 * The exponent is walked here, bit by bit. HACL's own exponentiation chooses between this ladder and one with a window table, and has a squaring of its own: with them
 * the application would be 10 KB larger, for exponents of more than 200 bits that this device refuses.
 */

// @ts-ignore: decorator
@external("hacl", "Hacl_Bignum_Montgomery_bn_precomp_r2_mod_n_u32")
declare function precompR2(limbs: i32, topBit: i32, n: usize, result: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Bignum_Montgomery_bn_to_mont_u32")
declare function toMontgomery(limbs: i32, n: usize, mu: u32, r2: usize, a: usize, result: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Bignum_Montgomery_bn_mont_mul_u32")
declare function multiply(limbs: i32, n: usize, mu: u32, a: usize, b: usize, result: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Bignum_Montgomery_bn_from_mont_u32")
declare function fromMontgomery(limbs: i32, n: usize, mu: u32, a: usize, result: usize): i32;

/** Moduli of 2048 to 4096 bits. */
const MIN_BYTES: i32 = 256;
const MAX_BYTES: i32 = 512;

/** One limb more than the greatest number has: `reverse` clears the last one begun. */
const modulusLimbs = memory.data(MAX_BYTES + 8, 8);
const signatureLimbs = memory.data(MAX_BYTES + 8, 8);
/** R^2 mod n, then one of two accumulators: HACL wants a result apart from its operands. */
const firstLimbs = memory.data(MAX_BYTES, 8);
const secondLimbs = memory.data(MAX_BYTES, 8);
const baseLimbs = memory.data(MAX_BYTES, 8);

/** HACL's limbs are little-endian 32-bit words, least significant first: big-endian bytes in reverse, filled up to a whole limb. */
function reverse(to: usize, from: usize, length: i32): void {
  store<u32>(to + (length & ~3), 0);
  for (let i = 0; i < length; i++) store<u8>(to + i, load<u8>(from + length - 1 - i));
}

/** -1 / n mod 2^32 for an odd n: each round doubles the bits that are right, beginning with three. */
function negativeInverse(n: u32): u32 {
  let x = n;
  for (let round = 0; round < 4; round++) x *= 2 - n * x;
  return 0 - x;
}

/**
 * @param modulus big-endian, its leading byte not zero @param size its length in bytes, 256..512
 * @param exponent at least 3, odd
 * @param signature `size` bytes, big-endian @param out `size` bytes, big-endian
 * @returns false: a size, modulus, exponent or signature out of range (signature >= modulus, even modulus)
 */
export function rsaPublic(modulus: usize, size: i32, exponent: u32, signature: usize, out: usize): bool {
  if (size < MIN_BYTES || size > MAX_BYTES) return false;
  if (exponent < 3 || (exponent & 1) == 0) return false;
  const head = <u32>load<u8>(modulus);
  if (head == 0 || (load<u8>(modulus + size - 1) & 1) == 0) return false;
  if (memory.compare(signature, modulus, size) >= 0) return false;
  reverse(modulusLimbs, modulus, size);
  reverse(signatureLimbs, signature, size);
  const limbs = (size + 3) >> 2;
  const mu = negativeInverse(load<u32>(modulusLimbs));
  // the highest bit that is one: below it the modulus is more than half of 2^bits
  precompR2(limbs, size * 8 - 1 - (<i32>clz<u32>(head) - 24), modulusLimbs, firstLimbs);
  toMontgomery(limbs, modulusLimbs, mu, firstLimbs, signatureLimbs, baseLimbs);
  memory.copy(firstLimbs, baseLimbs, limbs << 2);
  let at = firstLimbs;
  let to = secondLimbs;
  for (let bit = 30 - <i32>clz<u32>(exponent); bit >= 0; bit--) {
    multiply(limbs, modulusLimbs, mu, at, at, to);
    if (((exponent >>> bit) & 1) != 0) {
      multiply(limbs, modulusLimbs, mu, to, baseLimbs, at);
    } else {
      const swap = at;
      at = to;
      to = swap;
    }
  }
  fromMontgomery(limbs, modulusLimbs, mu, at, to);
  for (let i = 0; i < size; i++) store<u8>(out + i, load<u8>(to + size - 1 - i));
  return true;
}
