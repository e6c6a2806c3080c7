/**
 * Object identifiers that the verifier knows: a length byte, then the contents octets of the DER OBJECT IDENTIFIER.
 * RFC 5280 (extensions), RFC 5480 and RFC 5758 (ECDSA), RFC 8410 (Ed25519), RFC 8017 A.2 and RFC 4055 (RSA).
 */

/** 1.2.840.10045.2.1 */
export const OID_EC_PUBLIC_KEY = memory.data<u8>([7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]);
/** 1.2.840.10045.3.1.7 */
export const OID_PRIME256V1 = memory.data<u8>([8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]);
/** 1.2.840.10045.4.3.2 */
export const OID_ECDSA_SHA256 = memory.data<u8>([8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]);
/** 1.3.101.112 */
export const OID_ED25519 = memory.data<u8>([3, 0x2b, 0x65, 0x70]);

/** 1.2.840.113549.1.1, without the last arc and without a length byte. */
export const OID_PKCS1 = memory.data<u8>([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01]);
/** Last arcs of PKCS #1; SHA-384 stands between SHA-256 and SHA-512. */
export const PKCS1_RSA_ENCRYPTION: u32 = 1;
export const PKCS1_RSASSA_PSS: u32 = 10;
export const PKCS1_SHA256: u32 = 11;
export const PKCS1_SHA512: u32 = 13;

/**
 * RSASSA-PSS-params (RFC 4055 3.1): hashAlgorithm [0] SHA-256, maskGenAlgorithm [1] MGF1 with SHA-256, saltLength [2] 32, the trailer its default. Two
 * AlgorithmIdentifiers of SHA-256 (2.16.840.1.101.3.4.2.1) with NULL in it.
 */
export const PSS_PARAMETERS = memory.data<u8>([
  0x30, 0x34,
  0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
  0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08,
  0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
  0xa2, 0x03, 0x02, 0x01, 0x20,
]);
export const PSS_PARAMETERS_BYTES: usize = 54;

/** 1.3.6.1.5.5.7.3.1 id-kp-serverAuth */
export const OID_SERVER_AUTH = memory.data<u8>([8, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01]);
/** 2.5.29.37.0 */
export const OID_ANY_EXTENDED_KEY_USAGE = memory.data<u8>([4, 0x55, 0x1d, 0x25, 0x00]);

/** 1.3.6.1.5.5.7.8.7 id-on-dnsSRV */
export const OID_DNS_SRV = memory.data<u8>([8, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x07]);

/** Extensions 2.5.29.n: the last octet. All of them share the two octets 55 1d. */
export const EXT_KEY_USAGE: u32 = 15;
export const EXT_SUBJECT_ALT_NAME: u32 = 17;
export const EXT_BASIC_CONSTRAINTS: u32 = 19;
export const EXT_NAME_CONSTRAINTS: u32 = 30;
export const EXT_EXTENDED_KEY_USAGE: u32 = 37;
