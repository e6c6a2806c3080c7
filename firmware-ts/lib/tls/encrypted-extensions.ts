/** EncryptedExtensions (RFC 8446 4.3.1): of what we offered only server_name and supported_groups may be answered here. */
import { EXT_SERVER_NAME, EXT_SUPPORTED_GROUPS, checkExtensions, openExtension } from './extensions';
import { READER_A, READER_B } from './reader';
import { TLS_DECODE } from './reasons';

/** 0, or the reason. */
export function readEncryptedExtensions(at: usize, end: usize): i32 {
  READER_A.open(at, end);
  READER_A.vectorOf(2, 0, 0xffff);
  if (!READER_A.done()) return TLS_DECODE;
  const list = READER_A.vector;
  const status = checkExtensions(list, end, (<u64>1 << EXT_SERVER_NAME) | (<u64>1 << EXT_SUPPORTED_GROUPS), false);
  if (status != 0) return status;
  // RFC 6066 3: the server's server_name is empty
  if (openExtension(READER_B, list, end, EXT_SERVER_NAME) && !READER_B.done()) return TLS_DECODE;
  // 4.2.7: the server's preferences, for a later connection; only their shape matters
  if (openExtension(READER_B, list, end, EXT_SUPPORTED_GROUPS)) {
    READER_B.vectorOf(2, 2, 0xfffe);
    if (!READER_B.done() || ((READER_B.vectorEnd - READER_B.vector) & 1) != 0) return TLS_DECODE;
  }
  return 0;
}
