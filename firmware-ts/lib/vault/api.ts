/**
 * The vault's whole interface (th-secret-storage.4): function numbers, requests, answers. No answer holds a secret.
 *
 * | fn | request | answer |
 * |---|---|---|
 * | STATUS | - | i32 status of the generator, u32 1 when a device key is stored, 8 bytes: the print of the entropy source from which the first key was made; without a key, of this start |
 * | RANDOM | u16 n, 1..256 | n bytes of the DRBG |
 * | PUBLIC_KEY | -, or u8 which | x, y of a device key (P-256, 64 bytes); the key in use (0) is made when none is stored, NEXT only by a rotation |
 * | SIGN | u8 kind (+ NEXT), data | r, s (64 bytes): ECDSA P-256 with SHA-256 |
 * | CHANGE | u8 operation, r, s | u32: 1 something changed, 0 it was so already |
 *
 * SIGN signs three kinds of things and nothing else:
 * 1 a TLS 1.3 client's CertificateVerify: data is the 32-byte transcript hash, and the vault itself puts RFC 8446 4.4.3's
 *   context around it, so that the signature can mean nothing else; 2 the TBS of a certificate request: a DER SEQUENCE of 2..512 bytes, whole;
 *   3 a JWT's header and claims (RFC 7515 5.1): the header is {"alg":"ES256","typ":"JWT"}, and nothing but base64url follows it.
 *
 * CHANGE takes the signature (ECDSA P-256 with SHA-256) of the authority over u32 magic "PBVC", u32 operation, and the 64 bytes of the key that it is about: so no
 * application can do it alone, and no signature is good twice. MAKE (about the key in use): there is a next key. CONFIRM (about the next key): it is the key in use, the old
 * one is gone. WIPE (about the key in use): every key is gone, and none is made again.
 */
export const FN_STATUS: i32 = 1;
export const FN_RANDOM: i32 = 2;
export const FN_PUBLIC_KEY: i32 = 3;
export const FN_SIGN: i32 = 4;
export const FN_CHANGE: i32 = 5;

/** Which key: the one in use, or the one that waits for its confirmation. */
export const KEY_IN_USE: i32 = 0;
export const KEY_NEXT: i32 = 1;
/** Added to the kind of SIGN: by the next key. */
export const SIGN_BY_NEXT: i32 = 128;

export const CHANGE_MAKE: i32 = 1;
export const CHANGE_CONFIRM: i32 = 2;
export const CHANGE_WIPE: i32 = 3;
export const CHANGE_BYTES: i32 = 65;

export const SIGN_TLS_CLIENT: i32 = 1;
export const SIGN_CERTIFICATE_REQUEST: i32 = 2;
export const SIGN_TOKEN: i32 = 3;

export const STATUS_BYTES: i32 = 16;
export const SOURCE_PRINT_BYTES: i32 = 8;
export const RANDOM_MAX: i32 = 256;
export const TBS_MAX: i32 = 512;
export const TOKEN_INPUT_MAX: i32 = 576;
export const PUBLIC_KEY_BYTES: i32 = 64;
export const SIGNATURE_BYTES: i32 = 64;

/** Entry of the vault in the application's bundle (SPEC 3). */
export const VAULT_MODULE: i32 = 1;
