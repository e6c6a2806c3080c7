/**
 * The chain that a server presents: reading it, and the checks that need no signature.
 *
 * Use: `chainBegin`, `chainAdd` for each certificate (the first is the server's, RFC 8446 4.4.2; the others in any order, superfluous ones
 * too), `chainCheck`, then `pathStep` of `path.ts` until it is decided.
 */
import { ALG_UNSUPPORTED } from './algorithms';
import { Cert, KU_DIGITAL_SIGNATURE, parseCertificate } from './certificate';
import { checkHost, checkNames, hostLength } from './names';
import { pathBegin } from './path';
import {
  X509_EMPTY,
  X509_EXPIRED,
  X509_LEAF_EXTENDED_KEY_USAGE,
  X509_LEAF_KEY_USAGE,
  X509_NOT_YET_VALID,
  X509_NO_ROOTS,
  X509_NO_TIME,
  X509_TOO_MANY,
  X509_UNSUPPORTED_KEY,
} from './reasons';
import { rootCount } from './roots';
import { checkService } from './service';

export const MAX_PRESENTED: u32 = 8;

const CERTS = memory.data(8 * offsetof<Cert>(), 8);
let presented: u32 = 0;
let host: usize = 0;
let hostSize: u32 = 0;
/** The device's clock, seconds since 1970. */
let now: i64 = 0;

export function presentedCount(): u32 {
  return presented;
}

export function presentedCert(index: u32): Cert {
  return changetype<Cert>(CERTS + index * offsetof<Cert>());
}

/** The clock is within the certificate's two dates, both included (RFC 5280 4.1.2.5). No grace: the clock has bounds of its own (SPEC 27). 0, or the reason. */
export function checkValidity(c: Cert): i32 {
  if (now < c.notBefore) return X509_NOT_YET_VALID;
  if (now > c.notAfter) return X509_EXPIRED;
  return 0;
}

/**
 * Starts a verification for a host at a time. 0, or the reason.
 * @param at the host; it must stay until the verification ends
 * @param nowMs milliseconds since 1970; 0: no trusted time, which is refused
 */
export function chainBegin(at: usize, length: u32, nowMs: u64): i32 {
  presented = 0;
  host = at;
  hostSize = hostLength(at, length);
  now = <i64>(nowMs / 1000);
  const status = checkHost(at, hostSize);
  if (status != 0) return status;
  if (nowMs == 0) return X509_NO_TIME;
  if (rootCount() == 0) return X509_NO_ROOTS;
  return 0;
}

/** Adds the certificate in [at, end). 0, or the reason. */
export function chainAdd(at: usize, end: usize): i32 {
  if (presented == MAX_PRESENTED) return X509_TOO_MANY;
  const status = parseCertificate(presentedCert(presented), at, end);
  if (status == 0) presented++;
  return status;
}

/** All that can be said without a signature. 0: go on with `pathStep`; else the reason. */
export function chainCheck(): i32 {
  if (presented == 0) return X509_EMPTY;
  // th-root-check.3: the period of every presented certificate, also of one that no path needs
  for (let i: u32 = 0; i < presented; i++) {
    const status = checkValidity(presentedCert(i));
    if (status != 0) return status;
  }
  const leaf = presentedCert(0);
  const naming = checkNames(leaf, host, hostSize);
  if (naming != 0) return naming;
  const service = checkService(leaf, host, hostSize);
  if (service != 0) return service;
  // RFC 5280 4.2.1.3: a key that signs CertificateVerify has digitalSignature, if it has the extension
  if (leaf.hasKeyUsage != 0 && (leaf.keyUsage & KU_DIGITAL_SIGNATURE) == 0) return X509_LEAF_KEY_USAGE;
  // RFC 5280 4.2.1.12: anyExtendedKeyUsage does not say serverAuth
  if (leaf.hasExtendedKeyUsage != 0 && leaf.serverAuth == 0) return X509_LEAF_EXTENDED_KEY_USAGE;
  if (leaf.keyAlg == ALG_UNSUPPORTED) return X509_UNSUPPORTED_KEY;
  pathBegin();
  return 0;
}
