/**
 * The server's Certificate and CertificateVerify (RFC 8446 4.4.2, 4.4.3).
 *
 * The chain lies in the handshake buffer while `../x509` works on it; of it only the server's public key is kept.
 */
import { ALG_ECDSA_P256, ALG_ED25519, ALG_RSA, ALG_RSA_PSS } from '../x509/algorithms';
import { chainAdd, chainBegin, chainCheck, presentedCert } from '../x509/chain';
import { verifySignature } from '../x509/signature';
import {
  SCHEME_ECDSA_P256_SHA256,
  SCHEME_ED25519,
  SCHEME_RSA_PSS_PSS_SHA256,
  SCHEME_RSA_PSS_RSAE_SHA256,
  hostAt,
  hostBytes,
} from './client-hello';
import { checkExtensions } from './extensions';
import { READER_A, READER_B } from './reader';
import { TLS_CERTIFICATE_VERIFY, TLS_DECODE, TLS_NO_CERTIFICATE, TLS_REQUEST_CONTEXT, TLS_SIGNATURE_SCHEME } from './reasons';
import { transcriptHash } from './transcript';

/** The server's key as its certificate gives it, once the chain is trusted; 0: none. */
let keyAlg: u32 = 0;
const KEY = memory.data(512, 8);
const MAX_KEY: u32 = 512;
let keySize: u32 = 0;
let keyExponent: u32 = 0;

/** "TLS 1.3, server CertificateVerify" and a zero. */
const CONTEXT = memory.data<u8>([
  0x54, 0x4c, 0x53, 0x20, 0x31, 0x2e, 0x33, 0x2c, 0x20, 0x73, 0x65, 0x72, 0x76, 0x65, 0x72, 0x20, 0x43, 0x65, 0x72, 0x74, 0x69, 0x66, 0x69,
  0x63, 0x61, 0x74, 0x65, 0x56, 0x65, 0x72, 0x69, 0x66, 0x79, 0x00,
]);
/** What is signed (4.4.3): 64 blanks, the context, the transcript hash. */
const SIGNED = memory.data(130, 8);
const BLANKS: u32 = 64;
const CONTEXT_BYTES: u32 = 34;
const SIGNED_BYTES: u32 = 130;

export function forgetServerKey(): void {
  keyAlg = 0;
  keySize = 0;
  keyExponent = 0;
  memory.fill(KEY, 0, MAX_KEY);
}

/** Reads the Certificate message's body [at, end) and does what needs no signature. 0: go on with `pathStep`; else the reason. */
export function readServerCertificate(at: usize, end: usize, nowMs: u64): i32 {
  forgetServerKey();
  READER_A.open(at, end);
  READER_A.vectorOf(1, 0, 255);
  const contextSize = READER_A.vectorEnd - READER_A.vector;
  READER_A.vectorOf(3, 0, 0xffffff);
  if (!READER_A.done()) return TLS_DECODE;
  if (contextSize != 0) return TLS_REQUEST_CONTEXT; // 4.4.2: empty for a server
  if (READER_A.vector == READER_A.vectorEnd) return TLS_NO_CERTIFICATE; // 4.4.2.4

  let status = chainBegin(hostAt(), hostBytes(), nowMs);
  if (status != 0) return status;
  READER_B.open(READER_A.vector, READER_A.vectorEnd);
  while (READER_B.at < READER_B.end) {
    READER_B.vectorOf(3, 1, 0xffffff);
    const der = READER_B.vector;
    const derEnd = READER_B.vectorEnd;
    READER_B.vectorOf(2, 0, 0xffff);
    if (READER_B.bad != 0) return TLS_DECODE;
    // no extension of a certificate was asked for
    status = checkExtensions(READER_B.vector, READER_B.vectorEnd, 0, false);
    if (status != 0) return status;
    status = chainAdd(der, derEnd);
    if (status != 0) return status;
  }
  return chainCheck();
}

/** Keeps the key of the server's certificate, which is trusted now; the handshake buffer may be used again. */
export function keepServerKey(): void {
  const leaf = presentedCert(0);
  keySize = min(leaf.keySize, MAX_KEY);
  keyExponent = leaf.keyExponent;
  memory.copy(KEY, leaf.key, keySize);
  keyAlg = leaf.keyAlg;
}

/** Checks the CertificateVerify in [at, end) against the transcript up to the Certificate. One public-key operation. 0, or the reason. */
export function checkCertificateVerify(at: usize, end: usize): i32 {
  READER_A.open(at, end);
  const scheme = READER_A.number(2);
  READER_A.vectorOf(2, 0, 0xffff);
  if (!READER_A.done()) return TLS_DECODE;
  // 4.4.3: a scheme that we offered, and the one of the certificate's key
  let wanted: u32 = 0;
  let alg = keyAlg;
  if (keyAlg == ALG_ECDSA_P256) wanted = SCHEME_ECDSA_P256_SHA256;
  else if (keyAlg == ALG_ED25519) wanted = SCHEME_ED25519;
  else if (keyAlg == ALG_RSA_PSS) wanted = SCHEME_RSA_PSS_PSS_SHA256;
  else if (keyAlg == ALG_RSA) {
    wanted = SCHEME_RSA_PSS_RSAE_SHA256;
    alg = ALG_RSA_PSS;
  }
  if (wanted == 0 || scheme != wanted) return TLS_SIGNATURE_SCHEME;
  memory.fill(SIGNED, 0x20, BLANKS);
  memory.copy(SIGNED + BLANKS, CONTEXT, CONTEXT_BYTES);
  transcriptHash(SIGNED + BLANKS + CONTEXT_BYTES);
  const valid = verifySignature(alg, KEY, keySize, keyExponent, SIGNED, SIGNED_BYTES, READER_A.vector, READER_A.vectorEnd);
  return valid ? 0 : TLS_CERTIFICATE_VERIFY;
}
