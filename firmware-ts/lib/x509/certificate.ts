/**
 * X.509 version 3 certificate (RFC 5280 4.1): parsed once into offsets over the DER, which stays where it is.
 *
 * ```
 * Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
 * TBSCertificate ::= SEQUENCE { [0] version, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo,
 *                               [1] issuerUniqueID, [2] subjectUniqueID, [3] extensions }
 * ```
 * Unknown algorithms are no parse error (`algorithms.ts`).
 */
import { readKey, signatureAlgorithm } from './algorithms';
import {
  TAG_OID,
  TAG_SEQUENCE,
  TAG_SET,
  anyElement,
  body,
  element,
  integer,
  next,
  octetBits,
  peekTag,
  smallInteger,
} from './der';
import { readExtensions } from './extensions';
import { X509_ALGORITHM_MISMATCH, X509_MALFORMED, X509_TIME_MALFORMED, X509_VERSION } from './reasons';
import { readTime, timeSeconds } from './time';

/** Bits of keyUsage as they stand in the first byte of the BIT STRING (RFC 5280 4.2.1.3). */
export const KU_DIGITAL_SIGNATURE: u32 = 0x80;
export const KU_KEY_CERT_SIGN: u32 = 0x04;

/** A parsed certificate. All pointers point into the DER, which must not move while this is in use. */
@unmanaged
export class Cert {
  der: usize;
  derEnd: usize;
  tbs: usize;
  tbsEnd: usize;
  /** Contents and header of the Name, compared byte by byte. */
  issuer: usize;
  issuerEnd: usize;
  subject: usize;
  subjectEnd: usize;
  spki: usize;
  spkiEnd: usize;
  /** x || y of a P-256 point, an Ed25519 key, or an RSA modulus without leading zero. */
  key: usize;
  keySize: u32;
  keyAlg: u32;
  /** RSA's public exponent. */
  keyExponent: u32;
  sigAlg: u32;
  signature: usize;
  signatureEnd: usize;
  notBefore: i64;
  notAfter: i64;
  /** The rest is written by `extensions.ts`. 0 or 1 where not said otherwise. */
  isCa: u32;
  /** pathLenConstraint, -1: none. */
  pathLen: i32;
  hasKeyUsage: u32;
  keyUsage: u32;
  hasExtendedKeyUsage: u32;
  serverAuth: u32;
  anyUsage: u32;
  /** Contents of the subjectAltName's SEQUENCE; 0: none. */
  san: usize;
  sanEnd: usize;
  permitted: usize;
  permittedEnd: usize;
  excluded: usize;
  excludedEnd: usize;
  /** 1: has nameConstraints. */
  constrained: u32;
}

/** A Name is a SEQUENCE OF SET OF SEQUENCE { OID, value }; only its shape matters here. */
function wellFormedName(at: usize, end: usize): bool {
  while (at < end) {
    if (!element(at, end, TAG_SET)) return false;
    let inner = body;
    const setEnd = next;
    if (inner == setEnd) return false;
    while (inner < setEnd) {
      if (!element(inner, setEnd, TAG_SEQUENCE)) return false;
      const pairEnd = next;
      if (!element(body, pairEnd, TAG_OID)) return false;
      if (body == next) return false;
      if (!anyElement(next, pairEnd) || next != pairEnd) return false;
      inner = pairEnd;
    }
    at = setEnd;
  }
  return true;
}

/** Parses the certificate that fills [at, end) exactly. 0, or the reason. */
export function parseCertificate(c: Cert, at: usize, end: usize): i32 {
  memory.fill(changetype<usize>(c), 0, offsetof<Cert>());
  c.pathLen = -1;
  c.der = at;
  c.derEnd = end;

  if (!element(at, end, TAG_SEQUENCE) || next != end) return X509_MALFORMED;
  c.tbs = body;
  if (!element(body, end, TAG_SEQUENCE)) return X509_MALFORMED;
  c.tbsEnd = next;
  let p = body;
  const tbsEnd = next;

  // signatureAlgorithm and signatureValue stand behind the tbs
  if (!element(tbsEnd, end, TAG_SEQUENCE)) return X509_MALFORMED;
  const outer = tbsEnd;
  const outerEnd = next;
  c.sigAlg = signatureAlgorithm(body, next);
  if (!octetBits(outerEnd, end) || next != end) return X509_MALFORMED;
  c.signature = body;
  c.signatureEnd = next;

  // version [0] EXPLICIT INTEGER { v3(2) }
  if (peekTag(p, tbsEnd) != 0xa0) return X509_VERSION;
  if (!element(p, tbsEnd, 0xa0)) return X509_MALFORMED;
  const versionEnd = next;
  const version = smallInteger(body, versionEnd);
  if (version < 0 || next != versionEnd) return X509_MALFORMED;
  if (version != 2) return X509_VERSION;
  p = versionEnd;

  // serialNumber: at most 20 octets (RFC 5280 4.1.2.2)
  if (!integer(p, tbsEnd) || next - body > 20) return X509_MALFORMED;
  p = next;

  // signature: the same bytes as outside (RFC 5280 4.1.1.2)
  if (!element(p, tbsEnd, TAG_SEQUENCE)) return X509_MALFORMED;
  if (next - p != outerEnd - outer || memory.compare(p, outer, next - p) != 0) return X509_ALGORITHM_MISMATCH;
  p = next;

  if (!element(p, tbsEnd, TAG_SEQUENCE)) return X509_MALFORMED;
  c.issuer = p;
  c.issuerEnd = next;
  // RFC 5280 4.1.2.4: the issuer MUST be a non-empty name
  if (body == next || !wellFormedName(body, next)) return X509_MALFORMED;
  p = c.issuerEnd;

  if (!element(p, tbsEnd, TAG_SEQUENCE)) return X509_MALFORMED;
  const validityEnd = next;
  if (!readTime(body, validityEnd)) return X509_TIME_MALFORMED;
  c.notBefore = timeSeconds;
  if (!readTime(next, validityEnd) || next != validityEnd) return X509_TIME_MALFORMED;
  c.notAfter = timeSeconds;
  p = validityEnd;

  if (!element(p, tbsEnd, TAG_SEQUENCE)) return X509_MALFORMED;
  c.subject = p;
  c.subjectEnd = next;
  if (!wellFormedName(body, next)) return X509_MALFORMED;
  p = c.subjectEnd;

  if (!element(p, tbsEnd, TAG_SEQUENCE)) return X509_MALFORMED;
  c.spki = p;
  c.spkiEnd = next;
  if (!readKey(c)) return X509_MALFORMED;
  p = c.spkiEnd;

  // issuerUniqueID [1] and subjectUniqueID [2]: not used, their shape is checked
  for (let tag: u32 = 0x81; tag <= 0x82; tag++) {
    if (peekTag(p, tbsEnd) == tag) {
      if (!element(p, tbsEnd, tag)) return X509_MALFORMED;
      p = next;
    }
  }
  if (p == tbsEnd) return 0;
  if (!element(p, tbsEnd, 0xa3) || next != tbsEnd) return X509_MALFORMED;
  if (!element(body, tbsEnd, TAG_SEQUENCE) || next != tbsEnd || body == next) return X509_MALFORMED;
  return readExtensions(c, body, next);
}

/** The two certificates have the same subject and the same key: one party (RFC 5280 6.1.1 (d): a trust anchor is a name and a key). */
export function sameParty(a: Cert, b: Cert): bool {
  return sameBytes(a.subject, a.subjectEnd, b.subject, b.subjectEnd) && sameBytes(a.spki, a.spkiEnd, b.spki, b.spkiEnd);
}

/** `issuer` is the party that `c` names as its issuer. Names are compared byte by byte, stricter than RFC 5280 7.1. */
export function namesIssuer(c: Cert, issuer: Cert): bool {
  return sameBytes(c.issuer, c.issuerEnd, issuer.subject, issuer.subjectEnd);
}

export function selfIssued(c: Cert): bool {
  return sameBytes(c.issuer, c.issuerEnd, c.subject, c.subjectEnd);
}

function sameBytes(a: usize, aEnd: usize, b: usize, bEnd: usize): bool {
  return aEnd - a == bEnd - b && memory.compare(a, b, aEnd - a) == 0;
}
