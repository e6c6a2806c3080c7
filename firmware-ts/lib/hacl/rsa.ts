/**
 * RSA's public operation, s^e mod n (RFC 8017 5.2.2), with the modular exponentiation of HACL*. Public values only: it is not constant-time.
 * The encodings around it (PSS, PKCS#1 v1.5) are the business of lib/x509.
 */

// @ts-ignore: decorator
@external("hacl", "Hacl_Bignum32_mod_exp_vartime")
declare function modExp(limbs: i32, n: usize, a: usize, exponentBits: i32, exponent: usize, result: usize): i32;

/** Moduli of 2048 to 4096 bits. */
const MIN_BYTES: i32 = 256;
const MAX_BYTES: i32 = 512;

const modulusLimbs = memory.data(MAX_BYTES, 8);
const signatureLimbs = memory.data(MAX_BYTES, 8);
const resultLimbs = memory.data(MAX_BYTES, 8);
const exponentLimbs = memory.data(8, 8);

/** HACL's limbs are little-endian 32-bit words, least significant first: big-endian bytes in reverse. */
function reverse(to: usize, from: usize, length: i32): void {
  for (let i = 0; i < length; i++) store<u8>(to + i, load<u8>(from + length - 1 - i));
}

/**
 * @param modulus big-endian, its leading byte not zero @param size its length in bytes, a multiple of 4 in 256..512
 * @param exponent at least 3, odd
 * @param signature `size` bytes, big-endian @param out `size` bytes, big-endian
 * @returns false: a size, modulus, exponent or signature out of range (signature >= modulus, even modulus)
 */
export function rsaPublic(modulus: usize, size: i32, exponent: u32, signature: usize, out: usize): bool {
  if (size < MIN_BYTES || size > MAX_BYTES || (size & 3) != 0) return false;
  if (exponent < 3 || (exponent & 1) == 0) return false;
  reverse(modulusLimbs, modulus, size);
  reverse(signatureLimbs, signature, size);
  store<u32>(exponentLimbs, exponent);
  const bits = 32 - <i32>clz<u32>(exponent);
  if (modExp(size >> 2, modulusLimbs, signatureLimbs, bits, exponentLimbs, resultLimbs) == 0) return false;
  reverse(out, resultLimbs, size);
  return true;
}
