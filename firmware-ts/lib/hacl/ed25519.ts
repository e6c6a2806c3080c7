/** Ed25519 (RFC 8032) of HACL*. Verification is cofactorless and refuses s >= L. */

// @ts-ignore: decorator
@external("hacl", "Hacl_Ed25519_verify")
declare function verify(key: usize, length: i32, message: usize, signature: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Ed25519_sign")
declare function sign(signature: usize, key: usize, length: i32, message: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Ed25519_secret_to_public")
declare function toPublic(out: usize, key: usize): i32;

/** @param key 32 bytes @param signature 64 bytes */
export function ed25519Verify(key: usize, message: usize, length: i32, signature: usize): bool {
  return verify(key, length, message, signature) != 0;
}

/** @param key 32 secret bytes @param signature 64 bytes, the result */
export function ed25519Sign(key: usize, message: usize, length: i32, signature: usize): void {
  sign(signature, key, length, message);
}

/** @param key 32 secret bytes @param out 32 bytes */
export function ed25519Public(key: usize, out: usize): void {
  toPublic(out, key);
}
