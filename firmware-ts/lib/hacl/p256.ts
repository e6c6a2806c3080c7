/**
 * NIST P-256 (FIPS 186-5, SP 800-186) of HACL*: ECDSA over a ready hash, ECDH.
 *
 * Points are raw: x and y, 32 bytes each, big-endian, without the leading 4 of the uncompressed form. Signatures are r and s, 32 bytes each; DER is the
 * business of lib/x509. The nonce of a signature comes from the caller.
 */

// @ts-ignore: decorator
@external("hacl", "Hacl_P256_ecdsa_verif_without_hash")
declare function verify(length: i32, hash: usize, key: usize, r: usize, s: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_P256_validate_public_key")
declare function validPublic(key: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_P256_ecdsa_sign_p256_without_hash")
declare function sign(signature: usize, length: i32, hash: usize, key: usize, nonce: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_P256_validate_private_key")
declare function validPrivate(key: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_P256_dh_initiator")
declare function toPublic(out: usize, key: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_P256_dh_responder")
declare function ecdh(out: usize, peer: usize, key: usize): i32;

/** On the curve, coordinates below p, not the point at infinity (part p256-verify). @param key 64 bytes */
export function p256ValidPublic(key: usize): bool {
  return validPublic(key) != 0;
}

/** 0 < key < n (part p256-sign): so also the test of a nonce. @param key 32 bytes, big-endian */
export function p256ValidPrivate(key: usize): bool {
  return validPrivate(key) != 0;
}

/**
 * ECDSA over a hash of at least 32 bytes, of which the leftmost 32 count (FIPS 186-5 6.4.1). Part p256-verify.
 * Refuses r or s outside 1..n-1. The key must be valid: ask p256ValidPublic first.
 */
export function p256Verify(key: usize, hash: usize, signature: usize): bool {
  return verify(32, hash, key, signature, signature + 32) != 0;
}

/** @param key 32 bytes @param nonce 32 bytes in 1..n-1 @param signature 64 bytes @returns false: key or nonce out of range, or r or s 0 */
export function p256Sign(key: usize, hash: usize, nonce: usize, signature: usize): bool {
  return sign(signature, 32, hash, key, nonce) != 0;
}

/** Public key of a private one (part p256-sign). @param out 64 bytes @returns false: the private key is out of range */
export function p256Public(key: usize, out: usize): bool {
  return toPublic(out, key) != 0;
}

/** ECDH (part p256-ecdh). @param out 64 bytes: the shared point; its x is the secret @returns false: the peer's point is not valid */
export function p256Ecdh(key: usize, peer: usize, out: usize): bool {
  return ecdh(out, peer, key) != 0;
}
