/**
 * Which functions of HACL* (npm `hacl-wasm` 1.4) a firmware module may ask for, in parts, and how much of HACL's own stack each part needs.
 *
 * The stack sizes are measured by test/firmware-ts/lib/hacl/stack.test.ts, which paints the stack, runs each part and reads how deep it went.
 */

export interface HaclPart {
  /** Functions that AssemblyScript imports from module `hacl`. */
  functions: readonly string[];
  /** HACL modules they come from; what those import is added by itself. */
  modules: readonly string[];
  /** Bytes of HACL's stack, rounded up from the measurement. */
  stackBytes: number;
}

const streaming = (bits: number) => ['init', 'update', 'finish'].map((verb) => `Hacl_Streaming_SHA2_${verb}_${bits}`);

export const HACL_PARTS = {
  sha256: {
    functions: ['Hacl_Streaming_SHA2_hash_256', ...streaming(256)],
    modules: ['Hacl_Hash_SHA2'],
    stackBytes: 256,
  },
  sha384: {
    functions: ['Hacl_Streaming_SHA2_hash_384', ...streaming(384)],
    modules: ['Hacl_Hash_SHA2'],
    stackBytes: 1024,
  },
  sha512: {
    functions: ['Hacl_Streaming_SHA2_hash_512', ...streaming(512)],
    modules: ['Hacl_Hash_SHA2'],
    stackBytes: 1024,
  },
  hmac256: { functions: ['Hacl_HMAC_compute_sha2_256'], modules: ['Hacl_HMAC'], stackBytes: 512 },
  hkdf256: {
    functions: ['Hacl_HKDF_extract_sha2_256', 'Hacl_HKDF_expand_sha2_256'],
    modules: ['Hacl_HKDF'],
    stackBytes: 2048,
  },
  x25519: {
    functions: ['Hacl_Curve25519_51_ecdh', 'Hacl_Curve25519_51_secret_to_public'],
    modules: ['Hacl_Curve25519_51'],
    stackBytes: 1024,
  },
  'ed25519-verify': { functions: ['Hacl_Ed25519_verify'], modules: ['Hacl_Ed25519'], stackBytes: 8192 },
  'ed25519-sign': {
    functions: ['Hacl_Ed25519_sign', 'Hacl_Ed25519_secret_to_public'],
    modules: ['Hacl_Ed25519'],
    stackBytes: 2048,
  },
  'p256-verify': {
    functions: ['Hacl_P256_ecdsa_verif_without_hash', 'Hacl_P256_validate_public_key'],
    modules: ['Hacl_P256'],
    stackBytes: 6144,
  },
  'p256-sign': {
    functions: ['Hacl_P256_ecdsa_sign_p256_without_hash', 'Hacl_P256_validate_private_key', 'Hacl_P256_dh_initiator'],
    modules: ['Hacl_P256'],
    stackBytes: 1536,
  },
  'p256-ecdh': { functions: ['Hacl_P256_dh_responder'], modules: ['Hacl_P256'], stackBytes: 3072 },
  chacha20poly1305: {
    functions: ['Hacl_Chacha20Poly1305_32_aead_encrypt', 'Hacl_Chacha20Poly1305_32_aead_decrypt'],
    modules: ['Hacl_Chacha20Poly1305_32'],
    stackBytes: 512,
  },
  'hmac-drbg': {
    functions: ['Hacl_HMAC_DRBG_instantiate', 'Hacl_HMAC_DRBG_reseed', 'Hacl_HMAC_DRBG_generate'],
    modules: ['Hacl_HMAC_DRBG'],
    stackBytes: 1280,
  },
  /** Montgomery arithmetic for RSA verification; 32-bit limbs are little-endian bytes in Wasm's memory as they stand. */
  bignum: {
    functions: ['precomp_r2_mod_n', 'to_mont', 'mont_mul', 'from_mont'].map(
      (name) => `Hacl_Bignum_Montgomery_bn_${name}_u32`,
    ),
    modules: ['Hacl_Bignum'],
    stackBytes: 6144,
  },
} satisfies Record<string, HaclPart>;

export type HaclPartName = keyof typeof HACL_PARTS;

/**
 * HACL modules that are left out although others import them: no part calls what they hold, and linking them would only add their
 * tables. A call that did remain would show as an import that is not allowed.
 */
export const LEFT_OUT = new Set(['Hacl_Hash_Blake2', 'Hacl_Impl_Blake2_Constants', 'Hacl_Hash_SHA1', 'Hacl_Hash_MD5']);

/** The DRBG chooses its hash at run time; only SHA-256 is linked, the other three choices trap. */
export const REFUSED_CALLS = new Map([
  ['Hacl_HMAC_DRBG', ['Hacl_HMAC_legacy_compute_sha1', 'Hacl_HMAC_compute_sha2_384', 'Hacl_HMAC_compute_sha2_512']],
]);

/** Modules whose short loops are written out (karamel/loops.ts): they do the bulk of the work, with little code. */
export const WRITTEN_OUT = new Set(['Hacl_Hash_SHA2', 'Hacl_Chacha20']);
