/**
 * HMAC_DRBG with SHA-256 (SP 800-90A rev. 1, 10.1.2) of HACL*, its state in the caller's static buffer instead of HACL's heap:
 *   0 u32 address of K | 4 u32 address of V | 8 u32 address of the reseed counter | 16 K[32] | 48 V[32] | 80 u32 reseed counter
 * HACL's own reseed interval is 1024 requests; a request beyond it is refused.
 */

// @ts-ignore: decorator
@external("hacl", "Hacl_HMAC_DRBG_instantiate")
declare function instantiate(
  hash: i32, state: usize, entropyLength: i32, entropy: usize, nonceLength: i32, nonce: usize, personLength: i32, person: usize,
): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_HMAC_DRBG_reseed")
declare function reseed(
  hash: i32, state: usize, entropyLength: i32, entropy: usize, additionalLength: i32, additional: usize,
): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_HMAC_DRBG_generate")
declare function generate(
  hash: i32, out: usize, state: usize, length: i32, additionalLength: i32, additional: usize,
): i32;

/** Spec_Hash_Definitions_SHA2_256; the only hash that is linked. */
const SHA2_256: i32 = 1;

/** Bytes of a state, 8-byte aligned. */
export const HMAC_DRBG_STATE: i32 = 88;

export function hmacDrbgInstantiate(
  state: usize, entropy: usize, entropyLength: i32, nonce: usize, nonceLength: i32, person: usize, personLength: i32,
): void {
  store<u32>(state, <u32>(state + 16));
  store<u32>(state + 4, <u32>(state + 48));
  store<u32>(state + 8, <u32>(state + 80));
  instantiate(SHA2_256, state, entropyLength, entropy, nonceLength, nonce, personLength, person);
}

export function hmacDrbgReseed(
  state: usize, entropy: usize, entropyLength: i32, additional: usize, additionalLength: i32,
): void {
  reseed(SHA2_256, state, entropyLength, entropy, additionalLength, additional);
}

/** @param length 1..65536 @returns false: the reseed interval is over */
export function hmacDrbgGenerate(
  state: usize, out: usize, length: i32, additional: usize, additionalLength: i32,
): bool {
  return generate(SHA2_256, out, state, length, additionalLength, additional) != 0;
}
