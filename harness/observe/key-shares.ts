/** Whose key share it is: the public half of X25519 (RFC 7748) or P-256 is computed from candidates for the secret, over node:crypto. Other groups of RFC 8446 4.2.7 are left out. */
import { createECDH, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

const SECP256R1 = 23;
const X25519 = 29;
const SECRET_BYTES = 32;
/** RFC 8410 7: before the 32 bytes of the private key. */
const X25519_PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** Whether the secret of a key share is 32 of these bytes in a row, none of them left out. */
export function privateKeyIn(stream: Uint8Array, group: number, share: Uint8Array): boolean {
  for (let at = 0; at + SECRET_BYTES <= stream.length; at++) {
    if (publicKeyOf(group, stream.subarray(at, at + SECRET_BYTES))?.equals(share)) return true;
  }
  return false;
}

/** @param secret 32 bytes */
export function x25519PrivateKey(secret: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([X25519_PKCS8, secret]), format: 'der', type: 'pkcs8' });
}

/** undefined: another group, or no key of it. */
function publicKeyOf(group: number, secret: Uint8Array): Buffer | undefined {
  if (group === X25519) {
    return createPublicKey(x25519PrivateKey(secret)).export({ type: 'spki', format: 'der' }).subarray(-SECRET_BYTES);
  }
  if (group !== SECP256R1) return undefined;
  const curve = createECDH('prime256v1');
  try {
    curve.setPrivateKey(secret);
  } catch {
    return undefined; // zero, or not below the order
  }
  return curve.getPublicKey();
}
