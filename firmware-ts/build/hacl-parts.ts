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

/** SHA-256 of each module that is linked, as hacl-wasm 1.4 has it: what is rewritten is what was looked at (karamel/). */
export const HACL_SHA256: Readonly<Record<string, string>> = {
  FStar: 'de10653e2822012410dbc7f8e75fd195f693d177d26b1b4c927d5b641dffad20',
  Hacl_Bignum: '0af8d022010556c0ff40b2f7cd6c03f2fb8d390fb0c36afe22c0df8f40673bd9',
  Hacl_Bignum25519_51: 'fd43d9cab59d0b5ff18eab919323aaefc985bc2f5e16e53f654dc9bd065a0569',
  Hacl_Bignum_Base: 'b1b4ed60a9fdef548f2a2e9ea47661516e028d54f30be1f81530397b801e1508',
  Hacl_Chacha20: '4e0104c478b0ddcb319ca99c6ee003876b8aefa37d638375205bf35d95eeb861',
  Hacl_Chacha20Poly1305_32: '00d093bedefe82e5360ca29373affefbb2eef2c2d7bdc5a29d9e595c59becbc1',
  Hacl_Curve25519_51: 'd0f5c473af2d64e21b8e84d98ee02901baf94e17c353d52f56d87cdaa4fb6690',
  Hacl_Ed25519: '4eeb148d35f3f2c20fbf77dcdadbafda2bb61f80a9f47433c193039ccbbfd731',
  Hacl_Ed25519_PrecompTable: 'd2a8ea1c867a8da78d83d287ba9c0d328a8c8e902a9a8d8582099d16104794b7',
  Hacl_HKDF: 'b5de0a49e8c41d2b993665c5502a8059b0f36d8a0c267259ca3d47d6d921923e',
  Hacl_HMAC: '45097789243e8795b055fdf40dce50442a76646bcac8dc036e622b4f3f76b3fd',
  Hacl_HMAC_DRBG: '4d51b958b349ff353aa7fbcd9d2bd2be56eda5152f00c7b0e6e43f5b0cee32cd',
  Hacl_Hash_SHA2: 'a29ff063414720004bb5217c721a9e8f8977cec8e64c576e4e11aa0692996594',
  Hacl_P256: '4955721470428e4d51fc14cd975dc278b68855c5240b4e6943dbc19d582bdee3',
  Hacl_P256_PrecompTable: '6414ed1125fae13604f32df20966911d32379d0656cc10ca5e46b8aabf4b5d7a',
  Hacl_Poly1305_32: '0b4b6d1382c5eb43d8f65729bcf88826829078326a2ee0322e6f4a817a7b8e41',
  WasmSupport: '30a99f22bddc5d1738ea2aa62459f5983a05a0cd9693f8acb9395dbc59d6f027',
};
