/**
 * The vault's whole interface (th-secret-storage.4): function numbers, requests, answers. No answer holds a secret.
 *
 * | fn | request | answer |
 * |---|---|---|
 * | STATUS | - | i32 status of the generator, u32 1 when a device key is stored |
 * | RANDOM | u16 n, 1..256 | n bytes of the DRBG |
 * | PUBLIC_KEY | - | x, y of the device key (P-256, 64 bytes); makes the key when none is stored |
 * | SIGN | u8 kind, data | r, s (64 bytes): ECDSA P-256 with SHA-256 |
 *
 * SIGN signs three kinds of things and nothing else:
 * 1 a TLS 1.3 client's CertificateVerify: data is the 32-byte transcript hash, and the vault itself puts RFC 8446 4.4.3's
 *   context around it, so that the signature can mean nothing else; 2 the TBS of a certificate request: a DER SEQUENCE of 2..512 bytes, whole;
 *   3 a JWT's header and claims (RFC 7515 5.1): the header is {"alg":"ES256","typ":"JWT"}, and nothing but base64url follows it.
 */
export const FN_STATUS: i32 = 1;
export const FN_RANDOM: i32 = 2;
export const FN_PUBLIC_KEY: i32 = 3;
export const FN_SIGN: i32 = 4;

export const SIGN_TLS_CLIENT: i32 = 1;
export const SIGN_CERTIFICATE_REQUEST: i32 = 2;
export const SIGN_TOKEN: i32 = 3;

export const RANDOM_MAX: i32 = 256;
export const TBS_MAX: i32 = 512;
export const TOKEN_INPUT_MAX: i32 = 576;
export const PUBLIC_KEY_BYTES: i32 = 64;
export const SIGNATURE_BYTES: i32 = 64;

/** Entry of the vault in the application's bundle (SPEC 3). */
export const VAULT_MODULE: i32 = 1;
