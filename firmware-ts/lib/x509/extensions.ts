/**
 * Certificate extensions (RFC 5280 4.2): the five that a verifier must act on. Any other that is critical is refused, any other that is
 * not is skipped; every extension at most once.
 *
 * Left out: policies, policy mappings and constraints, inhibitAnyPolicy (critical ones are refused), key identifiers (only a hint for
 * path building; the number of candidates is bounded here), revocation.
 */
import { Cert } from './certificate';
import {
  TAG_BIT_STRING,
  TAG_BOOLEAN,
  TAG_OCTET_STRING,
  TAG_OID,
  TAG_SEQUENCE,
  anyElement,
  body,
  boolean,
  element,
  next,
  peekTag,
  sameOid,
  smallInteger,
} from './der';
import {
  EXT_BASIC_CONSTRAINTS,
  EXT_EXTENDED_KEY_USAGE,
  EXT_KEY_USAGE,
  EXT_NAME_CONSTRAINTS,
  EXT_SUBJECT_ALT_NAME,
  OID_ANY_EXTENDED_KEY_USAGE,
  OID_SERVER_AUTH,
} from './oid';
import { X509_DUPLICATE_EXTENSION, X509_EXTENSION_MALFORMED, X509_MALFORMED, X509_UNKNOWN_CRITICAL } from './reasons';

/** More extensions than any certificate needs; it bounds the search for duplicates. */
const MAX_EXTENSIONS: u32 = 32;

/** Reads the contents of `Extensions ::= SEQUENCE OF Extension`. 0, or the reason. */
export function readExtensions(c: Cert, at: usize, end: usize): i32 {
  const first = at;
  let count: u32 = 0;
  while (at < end) {
    if (++count > MAX_EXTENSIONS) return X509_MALFORMED;
    if (!element(at, end, TAG_SEQUENCE)) return X509_MALFORMED;
    const extensionEnd = next;
    if (!element(body, extensionEnd, TAG_OID)) return X509_MALFORMED;
    const oid = body;
    const oidEnd = next;
    if (oid == oidEnd) return X509_MALFORMED;
    let p = next;
    let critical = false;
    if (peekTag(p, extensionEnd) == TAG_BOOLEAN) {
      // X.690 11.5: a DEFAULT value (FALSE) is not encoded
      if (boolean(p, extensionEnd) != 1) return X509_MALFORMED;
      critical = true;
      p = next;
    }
    if (!element(p, extensionEnd, TAG_OCTET_STRING) || next != extensionEnd) return X509_MALFORMED;
    const value = body;
    if (seenBefore(first, at, oid, oidEnd)) return X509_DUPLICATE_EXTENSION;
    const status = readExtension(c, oid, oidEnd, value, extensionEnd, critical);
    if (status != 0) return status;
    at = extensionEnd;
  }
  return 0;
}

/** An earlier extension in [first, until) has the same OID. All of them have been read before, so their shape is known. */
function seenBefore(first: usize, until: usize, oid: usize, oidEnd: usize): bool {
  for (let p = first; p < until; ) {
    if (!element(p, until, TAG_SEQUENCE)) return true;
    const after = next;
    if (!element(body, after, TAG_OID)) return true;
    if (next - body == oidEnd - oid && memory.compare(body, oid, oidEnd - oid) == 0) return true;
    p = after;
  }
  return false;
}

function readExtension(c: Cert, oid: usize, oidEnd: usize, at: usize, end: usize, critical: bool): i32 {
  let known: u32 = 0;
  // 2.5.29.n
  if (oidEnd - oid == 3 && load<u8>(oid) == 0x55 && load<u8>(oid + 1) == 0x1d) known = <u32>load<u8>(oid + 2);
  let ok = false;
  if (known == EXT_BASIC_CONSTRAINTS) ok = readBasicConstraints(c, at, end);
  else if (known == EXT_KEY_USAGE) ok = readKeyUsage(c, at, end);
  else if (known == EXT_EXTENDED_KEY_USAGE) ok = readExtendedKeyUsage(c, at, end);
  else if (known == EXT_SUBJECT_ALT_NAME) ok = readSubjectAltName(c, at, end);
  else if (known == EXT_NAME_CONSTRAINTS) ok = readNameConstraints(c, at, end);
  else return critical ? X509_UNKNOWN_CRITICAL : 0; // RFC 5280 4.2
  return ok ? 0 : X509_EXTENSION_MALFORMED;
}

/** `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }` */
function readBasicConstraints(c: Cert, at: usize, end: usize): bool {
  if (!element(at, end, TAG_SEQUENCE) || next != end) return false;
  let p = body;
  if (p < end && peekTag(p, end) == TAG_BOOLEAN) {
    if (boolean(p, end) != 1) return false;
    c.isCa = 1;
    p = next;
  }
  if (p < end) {
    const limit = smallInteger(p, end);
    // RFC 5280 4.2.1.9: pathLenConstraint only with cA
    if (limit < 0 || c.isCa == 0) return false;
    c.pathLen = limit;
    p = next;
  }
  return p == end;
}

/** `KeyUsage ::= BIT STRING` of named bits; at least one is set (RFC 5280 4.2.1.3). */
function readKeyUsage(c: Cert, at: usize, end: usize): bool {
  if (!element(at, end, TAG_BIT_STRING) || next != end) return false;
  const size = end - body;
  if (size < 2 || size > 3) return false;
  const unused = <u32>load<u8>(body);
  if (unused > 7) return false;
  const last = <u32>load<u8>(end - 1);
  // X.690 11.2.1: unused bits are zero. 11.2.2 also wants no trailing zero bits; roots in use have some (Trustwave Global ECC)
  if ((last & ((1 << unused) - 1)) != 0) return false;
  c.hasKeyUsage = 1;
  c.keyUsage = <u32>load<u8>(body + 1);
  return c.keyUsage != 0 || last != 0;
}

function readExtendedKeyUsage(c: Cert, at: usize, end: usize): bool {
  if (!element(at, end, TAG_SEQUENCE) || next != end || body == end) return false;
  for (let p = body; p < end; p = next) {
    if (!element(p, end, TAG_OID)) return false;
    if (sameOid(body, next, OID_SERVER_AUTH)) c.serverAuth = 1;
    if (sameOid(body, next, OID_ANY_EXTENDED_KEY_USAGE)) c.anyUsage = 1;
  }
  c.hasExtendedKeyUsage = 1;
  return true;
}

function readSubjectAltName(c: Cert, at: usize, end: usize): bool {
  if (!element(at, end, TAG_SEQUENCE) || next != end || body == end) return false;
  c.san = body;
  c.sanEnd = end;
  for (let p = body; p < end; p = next) {
    // GeneralName is a CHOICE of context tags [0] to [8]
    const tag = peekTag(p, end);
    if ((tag & 0xc0) != 0x80 || (tag & 0x1f) > 8) return false;
    if (!anyElement(p, end)) return false;
  }
  return true;
}

/** `NameConstraints ::= SEQUENCE { permittedSubtrees [0], excludedSubtrees [1] }`, at least one of them (RFC 5280 4.2.1.10). */
function readNameConstraints(c: Cert, at: usize, end: usize): bool {
  if (!element(at, end, TAG_SEQUENCE) || next != end || body == end) return false;
  let p = body;
  if (peekTag(p, end) == 0xa0) {
    if (!element(p, end, 0xa0) || !wellFormedSubtrees(body, next)) return false;
    c.permitted = subtreesAt;
    c.permittedEnd = subtreesEnd;
    p = subtreesEnd;
  }
  if (peekTag(p, end) == 0xa1) {
    if (!element(p, end, 0xa1) || !wellFormedSubtrees(body, next)) return false;
    c.excluded = subtreesAt;
    c.excludedEnd = subtreesEnd;
    p = subtreesEnd;
  }
  c.constrained = 1;
  return p == end;
}

let subtreesAt: usize = 0;
let subtreesEnd: usize = 0;

/** `GeneralSubtree ::= SEQUENCE { base GeneralName }`: minimum 0 is the default and not encoded, maximum is absent (RFC 5280 4.2.1.10). */
function wellFormedSubtrees(at: usize, end: usize): bool {
  subtreesAt = at;
  subtreesEnd = end;
  if (at == end) return false;
  for (let p = at; p < end; ) {
    if (!element(p, end, TAG_SEQUENCE)) return false;
    const after = next;
    const tag = peekTag(body, after);
    if ((tag & 0xc0) != 0x80 || (tag & 0x1f) > 8) return false;
    if (!anyElement(body, after) || next != after) return false;
    p = after;
  }
  return true;
}
