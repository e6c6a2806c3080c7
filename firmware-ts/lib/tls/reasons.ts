/**
 * Why a connection failed: one number per rule. 1..99 are TLS (RFC 8446), 100..199 X.509 (`../x509/reasons.ts`), 200 + n an alert n that the
 * peer sent. `alertOf` gives the alert that RFC 8446 6.2 or the rule's own section asks for.
 */
import {
  X509_ALGORITHM_MISMATCH,
  X509_BUDGET,
  X509_CA_EXTENDED_KEY_USAGE,
  X509_CA_KEY_USAGE,
  X509_CONSTRAINT_UNSUPPORTED,
  X509_DEPTH,
  X509_EXPIRED,
  X509_LEAF_EXTENDED_KEY_USAGE,
  X509_LEAF_KEY_USAGE,
  X509_NOT_A_CA,
  X509_NOT_YET_VALID,
  X509_PATH_LENGTH,
  X509_ROOT_VALIDITY,
  X509_SELF_SIGNED,
  X509_TOO_MANY,
  X509_UNKNOWN_CRITICAL,
  X509_UNKNOWN_ISSUER,
  X509_UNSUPPORTED_ALGORITHM,
  X509_UNSUPPORTED_KEY,
  x509Name,
  x509Section,
} from '../x509/reasons';

export const TLS_UNEXPECTED_MESSAGE: i32 = 1;
export const TLS_UNEXPECTED_RECORD: i32 = 2;
export const TLS_BAD_RECORD_MAC: i32 = 3;
export const TLS_RECORD_OVERFLOW: i32 = 4;
export const TLS_NO_CONTENT_TYPE: i32 = 5;
export const TLS_EMPTY_FRAGMENT: i32 = 6;
export const TLS_DECODE: i32 = 7;
export const TLS_MESSAGE_TOO_LONG: i32 = 8;
export const TLS_KEY_BOUNDARY: i32 = 9;
export const TLS_INTERLEAVED: i32 = 10;
export const TLS_VERSION: i32 = 11;
export const TLS_DOWNGRADE: i32 = 12;
export const TLS_LEGACY_VERSION: i32 = 13;
export const TLS_SESSION_ID: i32 = 14;
export const TLS_CIPHER_SUITE: i32 = 15;
export const TLS_COMPRESSION: i32 = 16;
export const TLS_UNSUPPORTED_EXTENSION: i32 = 17;
export const TLS_MISPLACED_EXTENSION: i32 = 18;
export const TLS_REPEATED_EXTENSION: i32 = 19;
export const TLS_MISSING_EXTENSION: i32 = 20;
export const TLS_KEY_SHARE: i32 = 21;
export const TLS_ZERO_SECRET: i32 = 22;
export const TLS_RETRY_UNOFFERED: i32 = 23;
export const TLS_RETRY_NO_CHANGE: i32 = 24;
export const TLS_SECOND_RETRY: i32 = 25;
export const TLS_REQUEST_CONTEXT: i32 = 26;
export const TLS_NO_CERTIFICATE: i32 = 27;
export const TLS_SIGNATURE_SCHEME: i32 = 28;
export const TLS_CERTIFICATE_VERIFY: i32 = 29;
export const TLS_FINISHED: i32 = 30;
export const TLS_KEY_UPDATE_VALUE: i32 = 31;
export const TLS_TOO_MANY_MESSAGES: i32 = 32;
export const TLS_CLOSED_EARLY: i32 = 33;
export const TLS_TRUNCATED: i32 = 34;
export const TLS_VAULT: i32 = 35;
export const TLS_OUTPUT_FULL: i32 = 36;
export const TLS_SHARE_POINT: i32 = 37;

/** Reason = this + the alert description that the peer sent. */
export const TLS_PEER_ALERT: i32 = 200;

/** Alert descriptions of RFC 8446 6 that we send. */
export const ALERT_CLOSE_NOTIFY: u8 = 0;
export const ALERT_UNEXPECTED_MESSAGE: u8 = 10;
export const ALERT_BAD_RECORD_MAC: u8 = 20;
export const ALERT_RECORD_OVERFLOW: u8 = 22;
export const ALERT_BAD_CERTIFICATE: u8 = 42;
export const ALERT_UNSUPPORTED_CERTIFICATE: u8 = 43;
export const ALERT_CERTIFICATE_EXPIRED: u8 = 45;
export const ALERT_CERTIFICATE_UNKNOWN: u8 = 46;
export const ALERT_ILLEGAL_PARAMETER: u8 = 47;
export const ALERT_UNKNOWN_CA: u8 = 48;
export const ALERT_DECODE_ERROR: u8 = 50;
export const ALERT_DECRYPT_ERROR: u8 = 51;
export const ALERT_PROTOCOL_VERSION: u8 = 70;
export const ALERT_INTERNAL_ERROR: u8 = 80;
export const ALERT_USER_CANCELED: u8 = 90;
export const ALERT_MISSING_EXTENSION: u8 = 109;
export const ALERT_UNSUPPORTED_EXTENSION: u8 = 110;

/** The alert for a reason, or -1: none is sent (the peer has closed, or sent an alert itself). */
export function alertOf(reason: i32): i32 {
  if (reason >= TLS_PEER_ALERT) return -1;
  if (reason >= 100) return certificateAlert(reason);
  switch (reason) {
    case TLS_UNEXPECTED_MESSAGE:
    case TLS_UNEXPECTED_RECORD:
    case TLS_NO_CONTENT_TYPE: // 5.4
    case TLS_EMPTY_FRAGMENT: // 5.1
    case TLS_KEY_BOUNDARY: // 5.1
    case TLS_INTERLEAVED: // 5.1
    case TLS_SECOND_RETRY: // 4.1.4
    case TLS_TOO_MANY_MESSAGES:
      return ALERT_UNEXPECTED_MESSAGE;
    case TLS_BAD_RECORD_MAC: // 5.2
      return ALERT_BAD_RECORD_MAC;
    case TLS_RECORD_OVERFLOW: // 5.1, 5.2
      return ALERT_RECORD_OVERFLOW;
    case TLS_VERSION: // 4.2.1, appendix D.1
      return ALERT_PROTOCOL_VERSION;
    case TLS_UNSUPPORTED_EXTENSION: // 4.2
      return ALERT_UNSUPPORTED_EXTENSION;
    case TLS_MISSING_EXTENSION: // 9.2
      return ALERT_MISSING_EXTENSION;
    case TLS_CERTIFICATE_VERIFY: // 4.4.3
    case TLS_FINISHED: // 4.4.4
      return ALERT_DECRYPT_ERROR;
    case TLS_DECODE:
    case TLS_MESSAGE_TOO_LONG:
    case TLS_NO_CERTIFICATE: // 4.4.2.4
      return ALERT_DECODE_ERROR;
    case TLS_VAULT:
    case TLS_OUTPUT_FULL:
      return ALERT_INTERNAL_ERROR;
    case TLS_CLOSED_EARLY:
    case TLS_TRUNCATED:
      return -1;
    default:
      return ALERT_ILLEGAL_PARAMETER;
  }
}

/** RFC 8446 6.2: bad_certificate, unsupported_certificate, certificate_expired, unknown_ca, certificate_unknown. */
function certificateAlert(reason: i32): i32 {
  switch (reason) {
    case X509_NOT_YET_VALID:
    case X509_EXPIRED:
    case X509_ROOT_VALIDITY:
      return ALERT_CERTIFICATE_EXPIRED;
    case X509_UNKNOWN_ISSUER:
    case X509_SELF_SIGNED:
    case X509_NOT_A_CA:
    case X509_CA_KEY_USAGE:
    case X509_CA_EXTENDED_KEY_USAGE:
    case X509_PATH_LENGTH:
      return ALERT_UNKNOWN_CA;
    case X509_UNKNOWN_CRITICAL:
    case X509_LEAF_KEY_USAGE:
    case X509_LEAF_EXTENDED_KEY_USAGE:
    case X509_UNSUPPORTED_ALGORITHM:
    case X509_UNSUPPORTED_KEY:
    case X509_ALGORITHM_MISMATCH:
    case X509_CONSTRAINT_UNSUPPORTED:
      return ALERT_UNSUPPORTED_CERTIFICATE;
    case X509_TOO_MANY:
    case X509_DEPTH:
    case X509_BUDGET:
      return ALERT_CERTIFICATE_UNKNOWN;
    default:
      return ALERT_BAD_CERTIFICATE;
  }
}

function tlsName(reason: i32): string | null {
  switch (reason) {
    case 0: return 'none';
    case TLS_UNEXPECTED_MESSAGE: return 'unexpected-message';
    case TLS_UNEXPECTED_RECORD: return 'unexpected-record';
    case TLS_BAD_RECORD_MAC: return 'bad-record-mac';
    case TLS_RECORD_OVERFLOW: return 'record-overflow';
    case TLS_NO_CONTENT_TYPE: return 'no-content-type';
    case TLS_EMPTY_FRAGMENT: return 'empty-fragment';
    case TLS_DECODE: return 'decode-error';
    case TLS_MESSAGE_TOO_LONG: return 'message-too-long';
    case TLS_KEY_BOUNDARY: return 'key-boundary';
    case TLS_INTERLEAVED: return 'interleaved';
    case TLS_VERSION: return 'protocol-version';
    case TLS_DOWNGRADE: return 'downgrade';
    case TLS_LEGACY_VERSION: return 'legacy-version';
    case TLS_SESSION_ID: return 'session-id';
    case TLS_CIPHER_SUITE: return 'cipher-suite';
    case TLS_COMPRESSION: return 'compression';
    case TLS_UNSUPPORTED_EXTENSION: return 'unsupported-extension';
    case TLS_MISPLACED_EXTENSION: return 'misplaced-extension';
    case TLS_REPEATED_EXTENSION: return 'repeated-extension';
    case TLS_MISSING_EXTENSION: return 'missing-extension';
    case TLS_KEY_SHARE: return 'key-share';
    case TLS_ZERO_SECRET: return 'zero-shared-secret';
    case TLS_RETRY_UNOFFERED: return 'retry-unoffered';
    case TLS_RETRY_NO_CHANGE: return 'retry-no-change';
    case TLS_SECOND_RETRY: return 'second-retry';
    case TLS_REQUEST_CONTEXT: return 'request-context';
    case TLS_NO_CERTIFICATE: return 'empty-certificate-message';
    case TLS_SIGNATURE_SCHEME: return 'signature-scheme';
    case TLS_CERTIFICATE_VERIFY: return 'certificate-verify';
    case TLS_FINISHED: return 'finished';
    case TLS_KEY_UPDATE_VALUE: return 'key-update-value';
    case TLS_TOO_MANY_MESSAGES: return 'too-many-messages';
    case TLS_CLOSED_EARLY: return 'closed-early';
    case TLS_TRUNCATED: return 'truncated';
    case TLS_VAULT: return 'vault';
    case TLS_OUTPUT_FULL: return 'output-full';
    case TLS_SHARE_POINT: return 'share-not-on-curve';
    default: return null;
  }
}

function tlsSection(reason: i32): string | null {
  switch (reason) {
    case TLS_UNEXPECTED_MESSAGE: return 'RFC 8446 4';
    case TLS_UNEXPECTED_RECORD: return 'RFC 8446 5';
    case TLS_BAD_RECORD_MAC: return 'RFC 8446 5.2';
    case TLS_RECORD_OVERFLOW: return 'RFC 8446 5.1';
    case TLS_NO_CONTENT_TYPE: return 'RFC 8446 5.4';
    case TLS_EMPTY_FRAGMENT: return 'RFC 8446 5.1';
    case TLS_DECODE: return 'RFC 8446 6.2';
    case TLS_MESSAGE_TOO_LONG: return 'RFC 8446 4';
    case TLS_KEY_BOUNDARY: return 'RFC 8446 5.1';
    case TLS_INTERLEAVED: return 'RFC 8446 5.1';
    case TLS_VERSION: return 'RFC 8446 4.2.1';
    case TLS_DOWNGRADE: return 'RFC 8446 4.1.3';
    case TLS_LEGACY_VERSION: return 'RFC 8446 4.1.3';
    case TLS_SESSION_ID: return 'RFC 8446 4.1.3';
    case TLS_CIPHER_SUITE: return 'RFC 8446 4.1.3';
    case TLS_COMPRESSION: return 'RFC 8446 4.1.3';
    case TLS_UNSUPPORTED_EXTENSION: return 'RFC 8446 4.2';
    case TLS_MISPLACED_EXTENSION: return 'RFC 8446 4.2';
    case TLS_REPEATED_EXTENSION: return 'RFC 8446 4.2';
    case TLS_MISSING_EXTENSION: return 'RFC 8446 9.2';
    case TLS_KEY_SHARE: return 'RFC 8446 4.2.8';
    case TLS_ZERO_SECRET: return 'RFC 8446 7.4.2';
    case TLS_SHARE_POINT: return 'RFC 8446 4.2.8.2';
    case TLS_RETRY_UNOFFERED: return 'RFC 8446 4.2.8';
    case TLS_RETRY_NO_CHANGE: return 'RFC 8446 4.1.4';
    case TLS_SECOND_RETRY: return 'RFC 8446 4.1.4';
    case TLS_REQUEST_CONTEXT: return 'RFC 8446 4.3.2';
    case TLS_NO_CERTIFICATE: return 'RFC 8446 4.4.2.4';
    case TLS_SIGNATURE_SCHEME: return 'RFC 8446 4.4.3';
    case TLS_CERTIFICATE_VERIFY: return 'RFC 8446 4.4.3';
    case TLS_FINISHED: return 'RFC 8446 4.4.4';
    case TLS_KEY_UPDATE_VALUE: return 'RFC 8446 4.6.3';
    case TLS_CLOSED_EARLY: return 'RFC 8446 6.1';
    case TLS_TRUNCATED: return 'RFC 8446 6.1';
    default: return null;
  }
}

/** Writes the reason's ASCII name; `peer-alert-<n>` for an alert received. @returns its length, cut at cap */
export function reasonName(reason: i32, out: usize, cap: i32): i32 {
  if (reason >= TLS_PEER_ALERT) {
    const length = put('peer-alert-', out, cap);
    return length + putNumber(<u32>(reason - TLS_PEER_ALERT), out + length, cap - length);
  }
  const name = reason < 100 ? tlsName(reason) : x509Name(reason);
  return put(name === null ? 'unknown' : name, out, cap);
}

/** Writes where the standard decides, nothing for a rule of our own. @returns its length, cut at cap */
export function reasonSection(reason: i32, out: usize, cap: i32): i32 {
  const section = reason < 100 ? tlsSection(reason) : x509Section(reason);
  return section === null ? 0 : put(section, out, cap);
}

/** Static strings are UTF-16; all of ours are ASCII. */
function put(text: string, out: usize, cap: i32): i32 {
  const length = min(text.length, cap);
  for (let i = 0; i < length; i++) store<u8>(out + i, load<u8>(changetype<usize>(text) + (<usize>i << 1)));
  return length;
}

function putNumber(value: u32, out: usize, cap: i32): i32 {
  let divisor: u32 = 1;
  while (value / divisor >= 10) divisor *= 10;
  let length = 0;
  for (; divisor > 0 && length < cap; divisor /= 10) store<u8>(out + length++, <u8>(48 + ((value / divisor) % 10)));
  return length;
}
