/** CertificateRequest in the handshake (RFC 8446 4.3.2): whether our kind of key will do. Its other wishes do not change what we send. */
import { SCHEME_ECDSA_P256_SHA256 } from './client-hello';
import {
  EXT_CERTIFICATE_AUTHORITIES,
  EXT_OID_FILTERS,
  EXT_SCT,
  EXT_SIGNATURE_ALGORITHMS,
  EXT_SIGNATURE_ALGORITHMS_CERT,
  EXT_STATUS_REQUEST,
  checkExtensions,
  openExtension,
} from './extensions';
import { READER_A, READER_B } from './reader';
import { TLS_DECODE, TLS_MISSING_EXTENSION, TLS_REQUEST_CONTEXT } from './reasons';

/** Set by `readCertificateRequest`: the server takes ecdsa_secp256r1_sha256. */
export let acceptsOurKey: bool = false;

const ALLOWED: u64 =
  (<u64>1 << EXT_STATUS_REQUEST) |
  (<u64>1 << EXT_SIGNATURE_ALGORITHMS) |
  (<u64>1 << EXT_SCT) |
  (<u64>1 << EXT_CERTIFICATE_AUTHORITIES) |
  (<u64>1 << EXT_OID_FILTERS) |
  (<u64>1 << EXT_SIGNATURE_ALGORITHMS_CERT);

/** 0, or the reason. */
export function readCertificateRequest(at: usize, end: usize): i32 {
  acceptsOurKey = false;
  READER_A.open(at, end);
  READER_A.vectorOf(1, 0, 255);
  const contextSize = READER_A.vectorEnd - READER_A.vector;
  READER_A.vectorOf(2, 2, 0xffff);
  if (!READER_A.done()) return TLS_DECODE;
  if (contextSize != 0) return TLS_REQUEST_CONTEXT; // 4.3.2: empty in the handshake
  const list = READER_A.vector;
  const status = checkExtensions(list, end, ALLOWED, true);
  if (status != 0) return status;
  if (!openExtension(READER_B, list, end, EXT_SIGNATURE_ALGORITHMS)) return TLS_MISSING_EXTENSION;
  READER_B.vectorOf(2, 2, 0xfffe);
  if (!READER_B.done() || ((READER_B.vectorEnd - READER_B.vector) & 1) != 0) return TLS_DECODE;
  for (let p = READER_B.vector; p < READER_B.vectorEnd; p += 2)
    if (<u32>bswap<u16>(load<u16>(p)) == SCHEME_ECDSA_P256_SHA256) acceptsOurKey = true;
  return 0;
}
