/**
 * The client's Certificate and CertificateVerify (RFC 8446 4.4.2, 4.4.3). The key is the vault's, which makes the content of 4.4.3 itself
 * around the transcript hash and signs that: the application cannot have anything else signed under this purpose.
 */
import { SIGN_TLS_CLIENT } from '../vault/api';
import { vaultSign } from '../vault/client';
import { encodeSignature } from '../x509/signature';
import { SCHEME_ECDSA_P256_SHA256 } from './client-hello';
import { MSG_CERTIFICATE, MSG_CERTIFICATE_VERIFY } from './handshake';
import { transcriptHash } from './transcript';
import { beginMessage, closeVector, openVector, putBytes, putNumber } from './writer';

export const MAX_CLIENT_CERTIFICATE: u32 = 2048;

let certificate: usize = 0;
let certificateSize: u32 = 0;
const HASH = memory.data(32, 8);
const RAW = memory.data(64, 8);
const DER = memory.data(72, 8);

export function setCertificate(at: usize, size: u32): void {
  certificate = at;
  certificateSize = size;
}

export function hasCertificate(): bool {
  return certificateSize > 0;
}

/** Writes a Certificate message: the device's, or none (4.4.2.3: an empty list declines). */
export function writeClientCertificate(present: bool): void {
  beginMessage(MSG_CERTIFICATE);
  putNumber(0, 1); // the request's context was empty
  const list = openVector(3);
  if (present) {
    putNumber(certificateSize, 3);
    putBytes(certificate, certificateSize);
    putNumber(0, 2);
  }
  closeVector(list, 3);
}

/** Writes a CertificateVerify over the transcript so far: one public-key operation, in the vault. False: the vault refuses. */
export function writeClientVerify(): bool {
  transcriptHash(HASH);
  if (vaultSign(SIGN_TLS_CLIENT, HASH, 32, RAW) < 0) return false;
  const size = encodeSignature(RAW, DER);
  beginMessage(MSG_CERTIFICATE_VERIFY);
  putNumber(SCHEME_ECDSA_P256_SHA256, 2);
  putNumber(size, 2);
  putBytes(DER, size);
  return true;
}
