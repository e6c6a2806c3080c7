/** HMAC-SHA-256 (RFC 2104) and HKDF-SHA-256 (RFC 5869) of HACL*. */

// @ts-ignore: decorator
@external("hacl", "Hacl_HMAC_compute_sha2_256")
declare function compute(out: usize, key: usize, keyLength: i32, data: usize, length: i32): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_HKDF_extract_sha2_256")
declare function extract(prk: usize, salt: usize, saltLength: i32, ikm: usize, ikmLength: i32): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_HKDF_expand_sha2_256")
declare function expand(okm: usize, prk: usize, prkLength: i32, info: usize, infoLength: i32, length: i32): i32;

/** @param out 32 bytes */
export function hmacSha256(key: usize, keyLength: i32, data: usize, length: i32, out: usize): void {
  compute(out, key, keyLength, data, length);
}

/** @param prk 32 bytes, the result */
export function hkdfExtract(salt: usize, saltLength: i32, ikm: usize, ikmLength: i32, prk: usize): void {
  extract(prk, salt, saltLength, ikm, ikmLength);
}

/**
 * @param prk 32 bytes
 * @param infoLength at most 1024: HACL copies it to its stack
 * @param length at most 255 * 32 (RFC 5869 2.3)
 */
export function hkdfExpand(prk: usize, info: usize, infoLength: i32, okm: usize, length: i32): void {
  assert(infoLength >= 0 && infoLength <= 1024 && length > 0 && length <= 8160);
  expand(okm, prk, 32, info, infoLength, length);
}
