/**
 * Extension blocks of received messages (RFC 8446 4.2): shape, repetition, and which extension may stand in which message.
 *
 * Bit sets below: a small number per extension type that we know, so that "offered by us" and "allowed here" are masks.
 */
import { Reader } from './reader';
import { TLS_DECODE, TLS_MISPLACED_EXTENSION, TLS_REPEATED_EXTENSION, TLS_UNSUPPORTED_EXTENSION } from './reasons';

export const EXT_SERVER_NAME: u32 = 0;
export const EXT_STATUS_REQUEST: u32 = 5;
export const EXT_SUPPORTED_GROUPS: u32 = 10;
export const EXT_SIGNATURE_ALGORITHMS: u32 = 13;
export const EXT_SCT: u32 = 18;
export const EXT_SUPPORTED_VERSIONS: u32 = 43;
export const EXT_COOKIE: u32 = 44;
export const EXT_CERTIFICATE_AUTHORITIES: u32 = 47;
export const EXT_OID_FILTERS: u32 = 48;
export const EXT_SIGNATURE_ALGORITHMS_CERT: u32 = 50;
export const EXT_KEY_SHARE: u32 = 51;

/** Bit of an extension type below 64; 0 for a greater one. */
export function extensionBit(type: u32): u64 {
  return type < 64 ? <u64>1 << type : 0;
}

/** What our ClientHello carries (cookie aside, which only an HelloRetryRequest brings). */
const OFFERED: u64 =
  (<u64>1 << EXT_SERVER_NAME) |
  (<u64>1 << EXT_SUPPORTED_GROUPS) |
  (<u64>1 << EXT_SIGNATURE_ALGORITHMS) |
  (<u64>1 << EXT_SIGNATURE_ALGORITHMS_CERT) |
  (<u64>1 << EXT_SUPPORTED_VERSIONS) |
  (<u64>1 << EXT_KEY_SHARE);

/** All that we recognise: one of these in a message that RFC 8446 4.2's table does not have it in is misplaced, whoever asked for what. */
const RECOGNISED: u64 =
  OFFERED |
  (<u64>1 << EXT_STATUS_REQUEST) |
  (<u64>1 << EXT_SCT) |
  (<u64>1 << EXT_COOKIE) |
  (<u64>1 << EXT_CERTIFICATE_AUTHORITIES) |
  (<u64>1 << EXT_OID_FILTERS);

/** More than any peer has reason to send. */
const MAX_EXTENSIONS: u32 = 64;

const LIST = changetype<Reader>(memory.data(32, 8));
const SEEN = changetype<Reader>(memory.data(32, 8));

/**
 * Checks the block [at, end) of a message in answer to ours.
 * @param allowed mask of types that may stand in this message
 * @param unknownAllowed CertificateRequest and NewSessionTicket may bring what we do not know (4.3.2, 4.6.1)
 * @returns 0 or the reason
 */
export function checkExtensions(at: usize, end: usize, allowed: u64, unknownAllowed: bool): i32 {
  LIST.open(at, end);
  let count: u32 = 0;
  while (LIST.at < end) {
    const start = LIST.at;
    const type = LIST.number(2);
    LIST.vectorOf(2, 0, 0xffff);
    if (LIST.bad != 0 || ++count > MAX_EXTENSIONS) return TLS_DECODE;
    if (isRepeated(at, start, type)) return TLS_REPEATED_EXTENSION;
    const bit = extensionBit(type);
    if ((allowed & bit) != 0) continue;
    if (unknownAllowed) {
      if ((RECOGNISED & bit) != 0) return TLS_MISPLACED_EXTENSION;
      continue;
    }
    // 4.2: known but not for this message, or not an answer to our offer; the cookie needs none, and is of a HelloRetryRequest alone
    return ((OFFERED | (<u64>1 << EXT_COOKIE)) & bit) != 0 ? TLS_MISPLACED_EXTENSION : TLS_UNSUPPORTED_EXTENSION;
  }
  return 0;
}

function isRepeated(at: usize, until: usize, type: u32): bool {
  SEEN.open(at, until);
  while (SEEN.at < until) {
    if (SEEN.number(2) == type) return true;
    SEEN.vectorOf(2, 0, 0xffff);
    if (SEEN.bad != 0) return true;
  }
  return false;
}

/** The block [at, end) is a sequence of extensions. */
export function isBlock(at: usize, end: usize): bool {
  LIST.open(at, end);
  while (LIST.at < end) {
    LIST.number(2);
    LIST.vectorOf(2, 0, 0xffff);
    if (LIST.bad != 0) return false;
  }
  return true;
}

/** Opens `reader` on the contents of extension `type` in the checked block [at, end). False: absent. */
export function openExtension(reader: Reader, at: usize, end: usize, type: u32): bool {
  LIST.open(at, end);
  while (LIST.at < end && LIST.bad == 0) {
    const found = LIST.number(2);
    LIST.vectorOf(2, 0, 0xffff);
    if (LIST.bad != 0) return false;
    if (found == type) {
      reader.open(LIST.vector, LIST.vectorEnd);
      return true;
    }
  }
  return false;
}
