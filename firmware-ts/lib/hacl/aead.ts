/** ChaCha20-Poly1305 (RFC 8439) of HACL*. */

// @ts-ignore: decorator
@external("hacl", "Hacl_Chacha20Poly1305_32_aead_encrypt")
declare function encrypt(
  key: usize, nonce: usize, aadLength: i32, aad: usize, length: i32, plain: usize, cipher: usize, tag: usize,
): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Chacha20Poly1305_32_aead_decrypt")
declare function decrypt(
  key: usize, nonce: usize, aadLength: i32, aad: usize, length: i32, plain: usize, cipher: usize, tag: usize,
): i32;

export const AEAD_TAG: i32 = 16;

/** @param key 32 bytes @param nonce 12 bytes @param out length + 16 bytes: ciphertext, then tag; may be `plain` itself */
export function aeadSeal(
  key: usize, nonce: usize, aad: usize, aadLength: i32, plain: usize, length: i32, out: usize,
): void {
  encrypt(key, nonce, aadLength, aad, length, plain, out, out + length);
}

/**
 * @param input ciphertext, then its 16-byte tag; `length` counts both and is at least 16
 * @param out length - 16 bytes; may be `input` itself; written only when the tag is right
 */
export function aeadOpen(
  key: usize, nonce: usize, aad: usize, aadLength: i32, input: usize, length: i32, out: usize,
): bool {
  if (length < AEAD_TAG) return false;
  const size = length - AEAD_TAG;
  return decrypt(key, nonce, aadLength, aad, size, out, input, input + size) == 0;
}
