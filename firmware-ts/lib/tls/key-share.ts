/**
 * The ECDHE key share (RFC 8446 4.2.8, 7.4): X25519 at first; secp256r1 when a HelloRetryRequest asks for it. The private key stands in `ephemeral()`.
 *
 * A secp256r1 public key is made as private key times generator by the same function that makes the shared point: HACL's other one brings tables
 * of 16 KiB with it.
 */
import { p256Ecdh } from '../hacl/p256';
import { x25519, x25519Public } from '../hacl/x25519';
import { TLS_KEY_SHARE, TLS_SHARE_POINT, TLS_ZERO_SECRET } from './reasons';
import { ephemeral, sharedSecret } from './schedule';

export const GROUP_X25519: u32 = 0x001d;
export const GROUP_SECP256R1: u32 = 0x0017;

const X25519_BYTES: u32 = 32;
/** 4.2.8.2: uncompressed form, 4, x, y. */
const POINT_BYTES: u32 = 65;
const UNCOMPRESSED: u8 = 4;

/** SP 800-186 3.2.1.3: the generator. */
const GENERATOR = memory.data<u8>([
  0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb,
  0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a,
  0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
]);

/** Group of the share that was sent last. */
export let shareGroup: u32 = 0x001d; // GROUP_X25519
const SHARE = memory.data(65, 8);

/** Makes the public share: one public-key operation. False: the private key is no scalar of the group, one in 2^32 random ones. */
export function makeShare(group: u32): bool {
  shareGroup = group;
  if (group == GROUP_X25519) {
    x25519Public(ephemeral(), SHARE);
    return true;
  }
  store<u8>(SHARE, UNCOMPRESSED);
  return p256Ecdh(ephemeral(), GENERATOR, SHARE + 1);
}

export function shareAt(): usize {
  return SHARE;
}

export function shareBytes(): u32 {
  return shareGroup == GROUP_X25519 ? X25519_BYTES : POINT_BYTES;
}

/** Leaves the shared secret in the schedule: one public-key operation. @param peer the server's share, `size` bytes. 0, or the reason */
export function agree(peer: usize, size: u32): i32 {
  if (size != shareBytes()) return TLS_KEY_SHARE;
  // 7.4.2: the shared secret must not be all zero
  if (shareGroup == GROUP_X25519) return x25519(ephemeral(), peer, sharedSecret()) ? 0 : TLS_ZERO_SECRET;
  if (load<u8>(peer) != UNCOMPRESSED) return TLS_KEY_SHARE;
  // 4.2.8.2: the point must be on the curve; 7.4.2: the secret is its x
  return p256Ecdh(ephemeral(), peer + 1, sharedSecret()) ? 0 : TLS_SHARE_POINT;
}
