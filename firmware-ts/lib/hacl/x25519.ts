/** X25519 (RFC 7748) of HACL*. */

// @ts-ignore: decorator
@external("hacl", "Hacl_Curve25519_51_ecdh")
declare function ecdh(out: usize, scalar: usize, point: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Curve25519_51_secret_to_public")
declare function toPublic(out: usize, scalar: usize): i32;

/** @param scalar 32 secret bytes; HACL clamps them. @param out 32 bytes */
export function x25519Public(scalar: usize, out: usize): void {
  toPublic(out, scalar);
}

/** @returns false when the shared secret is all zero: the peer sent a point of low order (RFC 7748 6.1, RFC 8446 7.4.2) */
export function x25519(scalar: usize, peer: usize, out: usize): bool {
  return ecdh(out, scalar, peer) != 0;
}
