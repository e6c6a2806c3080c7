/**
 * Why a certificate chain was refused: one reason per rule, each with a name for logs and the section that decides.
 * Numbers from 100 on, so that they share one enum with `../tls/reasons.ts`. Names and sections are ASCII.
 */

/** The certificate is no DER Certificate as RFC 5280 4.1 defines it. */
export const X509_MALFORMED: i32 = 100;
export const X509_VERSION: i32 = 101;
export const X509_ALGORITHM_MISMATCH: i32 = 102;
export const X509_TIME_MALFORMED: i32 = 103;
export const X509_DUPLICATE_EXTENSION: i32 = 104;
export const X509_UNKNOWN_CRITICAL: i32 = 105;
export const X509_EXTENSION_MALFORMED: i32 = 106;
export const X509_TOO_MANY: i32 = 107;
export const X509_EMPTY: i32 = 108;
export const X509_NOT_YET_VALID: i32 = 109;
export const X509_EXPIRED: i32 = 110;
export const X509_ROOT_VALIDITY: i32 = 111;
export const X509_NO_NAME: i32 = 112;
export const X509_NAME_MISMATCH: i32 = 113;
export const X509_NAME_MALFORMED: i32 = 114;
export const X509_LEAF_KEY_USAGE: i32 = 115;
export const X509_LEAF_EXTENDED_KEY_USAGE: i32 = 116;
export const X509_UNSUPPORTED_ALGORITHM: i32 = 117;
export const X509_UNSUPPORTED_KEY: i32 = 118;
export const X509_SIGNATURE: i32 = 119;
export const X509_UNKNOWN_ISSUER: i32 = 120;
export const X509_SELF_SIGNED: i32 = 121;
export const X509_NOT_A_CA: i32 = 122;
export const X509_CA_KEY_USAGE: i32 = 123;
export const X509_CA_EXTENDED_KEY_USAGE: i32 = 124;
export const X509_PATH_LENGTH: i32 = 125;
export const X509_NAME_NOT_PERMITTED: i32 = 126;
export const X509_NAME_EXCLUDED: i32 = 127;
export const X509_CONSTRAINT_UNSUPPORTED: i32 = 128;
export const X509_DEPTH: i32 = 129;
export const X509_BUDGET: i32 = 130;
export const X509_HOST_INVALID: i32 = 131;
export const X509_HOST_IP: i32 = 132;
export const X509_NO_ROOTS: i32 = 133;
export const X509_NO_TIME: i32 = 134;
export const X509_ROOTS_MALFORMED: i32 = 135;
export const X509_NO_SERVICE: i32 = 136;
export const X509_SERVICE_MISMATCH: i32 = 137;
/** The verifier's (firmware-ts/verifier.ts): on the device a configuration with such a name is refused whole. */
export const X509_SERVICE_INVALID: i32 = 138;

/** Name of an X.509 reason, null for a number that is none. */
export function x509Name(reason: i32): string | null {
  switch (reason) {
    case X509_MALFORMED: return 'certificate-malformed';
    case X509_VERSION: return 'certificate-version';
    case X509_ALGORITHM_MISMATCH: return 'algorithm-mismatch';
    case X509_TIME_MALFORMED: return 'time-malformed';
    case X509_DUPLICATE_EXTENSION: return 'duplicate-extension';
    case X509_UNKNOWN_CRITICAL: return 'unknown-critical-extension';
    case X509_EXTENSION_MALFORMED: return 'extension-malformed';
    case X509_TOO_MANY: return 'too-many-certificates';
    case X509_EMPTY: return 'no-certificate';
    case X509_NOT_YET_VALID: return 'not-yet-valid';
    case X509_EXPIRED: return 'expired';
    case X509_ROOT_VALIDITY: return 'root-outside-validity';
    case X509_NO_NAME: return 'no-dns-name';
    case X509_NAME_MISMATCH: return 'name-mismatch';
    case X509_NAME_MALFORMED: return 'name-malformed';
    case X509_LEAF_KEY_USAGE: return 'leaf-key-usage';
    case X509_LEAF_EXTENDED_KEY_USAGE: return 'leaf-extended-key-usage';
    case X509_UNSUPPORTED_ALGORITHM: return 'unsupported-algorithm';
    case X509_UNSUPPORTED_KEY: return 'unsupported-key';
    case X509_SIGNATURE: return 'signature-invalid';
    case X509_UNKNOWN_ISSUER: return 'unknown-issuer';
    case X509_SELF_SIGNED: return 'self-signed';
    case X509_NOT_A_CA: return 'issuer-not-a-ca';
    case X509_CA_KEY_USAGE: return 'issuer-key-usage';
    case X509_CA_EXTENDED_KEY_USAGE: return 'issuer-extended-key-usage';
    case X509_PATH_LENGTH: return 'path-length';
    case X509_NAME_NOT_PERMITTED: return 'name-not-permitted';
    case X509_NAME_EXCLUDED: return 'name-excluded';
    case X509_CONSTRAINT_UNSUPPORTED: return 'name-constraint-unsupported';
    case X509_DEPTH: return 'path-too-deep';
    case X509_BUDGET: return 'too-many-signatures';
    case X509_HOST_INVALID: return 'host-invalid';
    case X509_HOST_IP: return 'host-ip-literal';
    case X509_NO_ROOTS: return 'no-roots';
    case X509_NO_TIME: return 'no-time';
    case X509_ROOTS_MALFORMED: return 'roots-malformed';
    case X509_NO_SERVICE: return 'no-service-name';
    case X509_SERVICE_MISMATCH: return 'service-mismatch';
    case X509_SERVICE_INVALID: return 'service-invalid';
    default: return null;
  }
}

/** Where the standard decides; for `verify-chain`. */
export function x509Section(reason: i32): string | null {
  switch (reason) {
    case X509_MALFORMED: return 'RFC 5280 4.1';
    case X509_VERSION: return 'RFC 5280 4.1.2.1';
    case X509_ALGORITHM_MISMATCH: return 'RFC 5280 4.1.1.2';
    case X509_TIME_MALFORMED: return 'RFC 5280 4.1.2.5';
    case X509_DUPLICATE_EXTENSION: return 'RFC 5280 4.2';
    case X509_UNKNOWN_CRITICAL: return 'RFC 5280 4.2';
    case X509_EXTENSION_MALFORMED: return 'RFC 5280 4.2.1';
    case X509_TOO_MANY: return 'RFC 8446 4.4.2';
    case X509_EMPTY: return 'RFC 8446 4.4.2.4';
    case X509_NOT_YET_VALID: return 'RFC 5280 6.1.3 (a)(2)';
    case X509_EXPIRED: return 'RFC 5280 6.1.3 (a)(2)';
    case X509_ROOT_VALIDITY: return 'RFC 5280 6.1.3 (a)(2)';
    case X509_NO_NAME: return 'RFC 9525 6.2';
    case X509_NAME_MISMATCH: return 'RFC 9525 6.3';
    case X509_NAME_MALFORMED: return 'RFC 5280 4.2.1.6';
    case X509_LEAF_KEY_USAGE: return 'RFC 5280 4.2.1.3';
    case X509_LEAF_EXTENDED_KEY_USAGE: return 'RFC 5280 4.2.1.12';
    case X509_UNSUPPORTED_ALGORITHM: return 'RFC 5280 4.1.1.2';
    case X509_UNSUPPORTED_KEY: return 'RFC 5280 4.1.2.7';
    case X509_SIGNATURE: return 'RFC 5280 6.1.3 (a)(1)';
    case X509_UNKNOWN_ISSUER: return 'RFC 5280 6.1.3 (a)(4)';
    case X509_SELF_SIGNED: return 'RFC 5280 6.1.3 (a)(4)';
    case X509_NOT_A_CA: return 'RFC 5280 6.1.4 (k)';
    case X509_CA_KEY_USAGE: return 'RFC 5280 6.1.4 (n)';
    case X509_CA_EXTENDED_KEY_USAGE: return 'RFC 5280 4.2.1.12';
    case X509_PATH_LENGTH: return 'RFC 5280 6.1.4 (l)';
    case X509_NAME_NOT_PERMITTED: return 'RFC 5280 6.1.3 (b)';
    case X509_NAME_EXCLUDED: return 'RFC 5280 6.1.3 (c)';
    case X509_CONSTRAINT_UNSUPPORTED: return 'RFC 5280 4.2.1.10';
    case X509_DEPTH: return 'RFC 4158 2.4';
    case X509_BUDGET: return 'RFC 4158 2.4';
    case X509_HOST_INVALID: return 'RFC 9525 6.1';
    case X509_HOST_IP: return 'RFC 9525 6.1';
    case X509_NO_ROOTS: return 'RFC 5280 6.1.1 (d)';
    case X509_NO_TIME: return 'RFC 5280 6.1.1 (b)';
    case X509_ROOTS_MALFORMED: return 'SPEC 8';
    case X509_NO_SERVICE: return 'RFC 9525 6.1';
    case X509_SERVICE_MISMATCH: return 'RFC 9525 6.3';
    case X509_SERVICE_INVALID: return 'RFC 6335 5.1';
    default: return null;
  }
}
