/**
 * Path building and validation (RFC 5280 6.1, RFC 4158): a depth-first search from the server's certificate over the roots and the
 * presented certificates, one signature per step.
 *
 * Every rule that needs no signature is applied before the signature is paid for. The search is bounded: depth, a certificate's name
 * and key at most once in a path (loops), and the number of signatures in all. The key identifiers are not consulted.
 */
import { ALG_UNSUPPORTED, keyMakes } from './algorithms';
import { Cert, namesIssuer, sameParty, selfIssued } from './certificate';
import { checkValidity, presentedCert, presentedCount } from './chain';
import { checkConstraints } from './constraints';
import { mayIssue } from './issuer';
import {
  X509_ALGORITHM_MISMATCH,
  X509_BUDGET,
  X509_DEPTH,
  X509_PATH_LENGTH,
  X509_ROOT_VALIDITY,
  X509_SELF_SIGNED,
  X509_SIGNATURE,
  X509_UNKNOWN_ISSUER,
  X509_UNSUPPORTED_ALGORITHM,
  X509_UNSUPPORTED_KEY,
} from './reasons';
import { root, rootCount } from './roots';
import { verifySignature } from './signature';

/** Certificates below the root in one path. */
const MAX_DEPTH: u32 = 6;
/** Signatures checked for one chain, all paths together. */
const MAX_SIGNATURES: u32 = 16;

/** `pathStep`: not decided yet. */
export const PATH_MORE: i32 = 0;
/** `pathStep`: the server's certificate chains to a root of the list. */
export const PATH_TRUSTED: i32 = 1;

/** Presented certificates of the path under construction, by index; its first is the server's. */
const PATH = memory.data(24, 4);
/** For each of them the next issuer candidate: roots first, then presented certificates. */
const CURSOR = memory.data(24, 4);
let depth: u32 = 0;
let signatures: u32 = 0;
let reason: i32 = 0;

function at(index: u32): Cert {
  return presentedCert(load<u32>(PATH + (index << 2)));
}

function push(index: u32, cert: u32): void {
  depth = index;
  store<u32>(PATH + (index << 2), cert);
  store<u32>(CURSOR + (index << 2), 0);
}

export function pathBegin(): void {
  signatures = 0;
  reason = 0;
  push(0, 0);
}

/** Signatures checked so far. */
export function pathSignatures(): u32 {
  return signatures;
}

/** Checks at most one signature. PATH_MORE, PATH_TRUSTED, or minus the reason. */
export function pathStep(): i32 {
  const roots = rootCount();
  const candidates = roots + presentedCount();
  while (true) {
    const cursor = CURSOR + (depth << 2);
    const candidate = load<u32>(cursor);
    if (candidate >= candidates) {
      if (depth == 0) return -refusal();
      depth--;
      continue;
    }
    store<u32>(cursor, candidate + 1);

    const isRoot = candidate < roots;
    const issuer = isRoot ? root(candidate) : presentedCert(candidate - roots);
    const subject = at(depth);
    if (!namesIssuer(subject, issuer)) continue;
    if (!isRoot && (inPath(issuer) || isAnchor(issuer))) continue;
    const refused = checkIssuer(issuer, isRoot);
    if (refused != 0) {
      note(refused);
      continue;
    }
    if (!isRoot && depth + 1 == MAX_DEPTH) {
      note(X509_DEPTH);
      continue;
    }
    if (signatures == MAX_SIGNATURES) return -X509_BUDGET;
    signatures++;
    const size = <u32>(subject.tbsEnd - subject.tbs);
    if (!verifySignature(subject.sigAlg, issuer.key, issuer.keySize, issuer.keyExponent, subject.tbs, size, subject.signature, subject.signatureEnd)) {
      note(X509_SIGNATURE);
    } else if (isRoot) {
      return PATH_TRUSTED;
    } else {
      push(depth + 1, candidate - roots);
    }
    return PATH_MORE;
  }
}

/** The first rule that stopped a candidate is what the caller learns. */
function note(why: i32): void {
  if (reason == 0) reason = why;
}

function refusal(): i32 {
  if (reason != 0) return reason;
  return selfIssued(presentedCert(0)) ? X509_SELF_SIGNED : X509_UNKNOWN_ISSUER;
}

function inPath(c: Cert): bool {
  for (let i: u32 = 0; i <= depth; i++) if (sameParty(at(i), c)) return true;
  return false;
}

/** A presented copy of a root, or a cross-certificate of its name and key, adds nothing: the root itself is a candidate. */
function isAnchor(c: Cert): bool {
  for (let i: u32 = 0; i < rootCount(); i++) if (sameParty(root(i), c)) return true;
  return false;
}

/** May `issuer` stand above the path as it is? RFC 5280 6.1.4 for a certificate that is not the last. 0, or the reason. */
function checkIssuer(issuer: Cert, isRoot: bool): i32 {
  // th-root-certs.3; the presented ones have been checked all together
  if (isRoot && checkValidity(issuer) != 0) return X509_ROOT_VALIDITY;
  const refused = mayIssue(issuer);
  if (refused != 0) return refused;

  // 6.1.4 (l), (m): certificates between the issuer and the server's that are not self-issued
  let between = 0;
  for (let i: u32 = 1; i <= depth; i++) if (!selfIssued(at(i))) between++;
  if (issuer.pathLen >= 0 && between > issuer.pathLen) return X509_PATH_LENGTH;

  // 6.1.3 (b), (c): a self-issued certificate is exempt unless it is the server's
  for (let i: u32 = 0; i <= depth; i++) {
    if (i > 0 && selfIssued(at(i))) continue;
    const status = checkConstraints(issuer, at(i));
    if (status != 0) return status;
  }

  const subject = at(depth);
  if (subject.sigAlg == ALG_UNSUPPORTED) return X509_UNSUPPORTED_ALGORITHM;
  if (issuer.keyAlg == ALG_UNSUPPORTED) return X509_UNSUPPORTED_KEY;
  return keyMakes(issuer.keyAlg, subject.sigAlg) ? 0 : X509_ALGORITHM_MISMATCH;
}
