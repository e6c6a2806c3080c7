/**
 * The device's root list (SPEC 8: `u16 count`, then per root `{ u16 length, DER certificate }`), parsed where it lies.
 * A root is trusted for its name and key (RFC 5280 6.1.1 (d)); its dates, its basicConstraints and its name constraints count too.
 */
import { ALG_UNSUPPORTED } from './algorithms';
import { Cert, parseCertificate } from './certificate';
import { mayIssue } from './issuer';
import { X509_NO_ROOTS, X509_ROOTS_MALFORMED } from './reasons';

export const MAX_ROOTS: u32 = 8;
/** A self-signed certificate of RSA-4096 has about 1400 bytes. */
const MAX_ROOT_BYTES: u32 = 2048;

const CERTS = memory.data(8 * offsetof<Cert>(), 8);
let count: u32 = 0;

export function rootCount(): u32 {
  return count;
}

export function root(index: u32): Cert {
  return changetype<Cert>(CERTS + index * offsetof<Cert>());
}

/** Takes the list at [at, at + length) into force; the bytes must stay. 0, or the reason: then no root is in force. */
export function setRoots(at: usize, length: u32): i32 {
  count = 0;
  if (length < 2) return X509_ROOTS_MALFORMED;
  const end = at + length;
  const wanted = <u32>load<u16>(at);
  if (wanted > MAX_ROOTS) return X509_ROOTS_MALFORMED;
  if (wanted == 0) return X509_NO_ROOTS;
  let p = at + 2;
  for (let i: u32 = 0; i < wanted; i++) {
    if (end - p < 2) return X509_ROOTS_MALFORMED;
    const size = <u32>load<u16>(p);
    p += 2;
    if (size > MAX_ROOT_BYTES || <u32>(end - p) < size) return X509_ROOTS_MALFORMED;
    if (parseCertificate(root(i), p, p + size) != 0) return X509_ROOTS_MALFORMED;
    p += size;
  }
  if (p != end) return X509_ROOTS_MALFORMED;
  count = wanted;
  return 0;
}

/** Whether one of the roots in force may sign certificates, by a key that we can verify with. Its dates are a matter of the moment. */
export function rootsCanVouch(): bool {
  for (let i: u32 = 0; i < count; i++) {
    const one = root(i);
    if (mayIssue(one) == 0 && one.keyAlg != ALG_UNSUPPORTED) return true;
  }
  return false;
}
