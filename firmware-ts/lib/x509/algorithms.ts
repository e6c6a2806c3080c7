/**
 * Algorithms of keys and of signatures, and the two structures that name them: AlgorithmIdentifier and SubjectPublicKeyInfo (RFC 5280 4.1.1.2, 4.1.2.7).
 *
 * Encodings after RFC 5480 and RFC 5758 (ECDSA), RFC 8410 (Ed25519), RFC 3279 2.3.1 and RFC 4055 (RSA). Where RFC 4055 5 lets a verifier take absent
 * parameters beside NULL, only NULL is taken here, and of RSASSA-PSS exactly one set of parameters: SHA-256, MGF1 with SHA-256, salt of 32 bytes.
 * What is not of ours is `ALG_UNSUPPORTED`, no parse error: such a certificate may be presented, it only cannot take part in a path.
 */
import { Cert } from './certificate';
import { TAG_OID, TAG_SEQUENCE, anyElement, body, element, integer, next, octetBits, sameOid } from './der';
import {
  OID_EC_PUBLIC_KEY,
  OID_ECDSA_SHA256,
  OID_ED25519,
  OID_PKCS1,
  OID_PRIME256V1,
  PKCS1_RSA_ENCRYPTION,
  PKCS1_RSASSA_PSS,
  PKCS1_SHA256,
  PKCS1_SHA512,
  PSS_PARAMETERS,
  PSS_PARAMETERS_BYTES,
} from './oid';

export const ALG_UNSUPPORTED: u32 = 0;
/** Keys, and the one signature algorithm that each of them has. */
export const ALG_ECDSA_P256: u32 = 1;
export const ALG_ED25519: u32 = 2;
/** A key of rsaEncryption: it may make every signature below. No signature algorithm. */
export const ALG_RSA: u32 = 3;
/** A key of id-RSASSA-PSS, and RSASSA-PSS signatures. */
export const ALG_RSA_PSS: u32 = 4;
/** RSASSA-PKCS1-v1_5 signatures. */
export const ALG_RSA_SHA256: u32 = 5;
export const ALG_RSA_SHA384: u32 = 6;
export const ALG_RSA_SHA512: u32 = 7;

/** Bits of a modulus. NIST SP 800-131A: not below 2048; above 4096 one verification would take the device too long. */
const MIN_MODULUS_BITS: u32 = 2048;
const MAX_MODULUS_BITS: u32 = 4096;

/** A key of algorithm `key` may make signatures of algorithm `signature`, both supported. */
export function keyMakes(key: u32, signature: u32): bool {
  return key == ALG_RSA ? signature >= ALG_RSA_PSS : key == signature;
}

/** AlgorithmIdentifier of a signature, contents in [at, end): which of ours it is. */
export function signatureAlgorithm(at: usize, end: usize): u32 {
  if (!element(at, end, TAG_OID)) return ALG_UNSUPPORTED;
  const rsa = pkcs1(body, next);
  if (rsa == PKCS1_RSASSA_PSS) return isPss(next, end) ? ALG_RSA_PSS : ALG_UNSUPPORTED;
  if (rsa >= PKCS1_SHA256 && rsa <= PKCS1_SHA512) return isNull(next, end) ? ALG_RSA_SHA256 + (rsa - PKCS1_SHA256) : ALG_UNSUPPORTED;
  // parameters are absent (RFC 5758 3.2, RFC 8410 3)
  if (next != end) return ALG_UNSUPPORTED;
  if (sameOid(body, next, OID_ECDSA_SHA256)) return ALG_ECDSA_P256;
  if (sameOid(body, next, OID_ED25519)) return ALG_ED25519;
  return ALG_UNSUPPORTED;
}

/** Reads the SubjectPublicKeyInfo of `c`: its key, or `ALG_UNSUPPORTED`. False: malformed. */
export function readKey(c: Cert): bool {
  c.keyAlg = ALG_UNSUPPORTED;
  if (!element(c.spki, c.spkiEnd, TAG_SEQUENCE)) return false;
  if (!element(body, c.spkiEnd, TAG_SEQUENCE)) return false;
  const algorithmEnd = next;
  if (!element(body, algorithmEnd, TAG_OID)) return false;
  const parameters = next;
  const rsa = pkcs1(body, next);
  let alg = ALG_UNSUPPORTED;
  if (rsa == PKCS1_RSA_ENCRYPTION) {
    if (isNull(parameters, algorithmEnd)) alg = ALG_RSA;
  } else if (rsa == PKCS1_RSASSA_PSS) {
    // RFC 4055 3.1: without parameters the key is bound to none
    if (parameters == algorithmEnd || isPss(parameters, algorithmEnd)) alg = ALG_RSA_PSS;
  } else if (sameOid(body, next, OID_ED25519)) {
    if (parameters == algorithmEnd) alg = ALG_ED25519;
  } else if (sameOid(body, next, OID_EC_PUBLIC_KEY)) {
    if (!anyElement(parameters, algorithmEnd) || next != algorithmEnd) return false;
    // RFC 5480 2.1.1: a named curve
    if (load<u8>(parameters) == <u8>TAG_OID && sameOid(body, next, OID_PRIME256V1)) alg = ALG_ECDSA_P256;
  }
  if (!octetBits(algorithmEnd, c.spkiEnd) || next != c.spkiEnd) return false;
  c.key = body;
  c.keySize = <u32>(next - body);
  if (alg == ALG_RSA || alg == ALG_RSA_PSS) return readRsaKey(c, alg);
  if (alg == ALG_ED25519) {
    if (c.keySize != 32) return false;
    c.keyAlg = alg;
  } else if (alg == ALG_ECDSA_P256 && c.keySize == 65 && load<u8>(body) == 4) {
    // an uncompressed point: x || y
    c.key = body + 1;
    c.keySize = 64;
    c.keyAlg = alg;
  }
  return true;
}

/** `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017 A.1.1), which fills the key's bits. False: malformed. */
function readRsaKey(c: Cert, alg: u32): bool {
  const end = c.spkiEnd;
  if (!element(c.key, end, TAG_SEQUENCE) || next != end) return false;
  if (!positive(body, end)) return false;
  const modulus = integerAt;
  const size = <u32>(next - modulus);
  if (!positive(next, end) || next != end) return false;
  const exponentSize = <u32>(next - integerAt);
  c.key = modulus;
  c.keySize = size;
  if (size > MAX_MODULUS_BITS / 8 || modulusBits(modulus, size) < MIN_MODULUS_BITS) return true;
  if ((load<u8>(modulus + size - 1) & 1) == 0 || exponentSize > 4) return true;
  let exponent: u32 = 0;
  for (let i: u32 = 0; i < exponentSize; i++) exponent = (exponent << 8) | <u32>load<u8>(integerAt + i);
  if (exponent < 3 || (exponent & 1) == 0) return true;
  c.keyExponent = exponent;
  c.keyAlg = alg;
  return true;
}

/** Bits of a modulus without leading zero byte. */
export function modulusBits(modulus: usize, size: u32): u32 {
  return size == 0 ? 0 : size * 8 - (<u32>clz<u32>(<u32>load<u8>(modulus)) - 24);
}

let integerAt: usize = 0;

/** Reads an INTEGER above zero; `integerAt` is its first byte that is not a sign's zero. */
function positive(at: usize, end: usize): bool {
  if (!integer(at, end) || load<u8>(body) >= 0x80) return false;
  integerAt = load<u8>(body) == 0 ? body + 1 : body;
  return integerAt < next;
}

/** Last arc of an object identifier of PKCS #1, 0: another one. */
function pkcs1(at: usize, end: usize): u32 {
  if (end - at != 9 || memory.compare(at, OID_PKCS1, 8) != 0) return 0;
  return <u32>load<u8>(at + 8);
}

function isNull(at: usize, end: usize): bool {
  return end - at == 2 && load<u8>(at) == 5 && load<u8>(at + 1) == 0;
}

function isPss(at: usize, end: usize): bool {
  return end - at == PSS_PARAMETERS_BYTES && memory.compare(at, PSS_PARAMETERS, PSS_PARAMETERS_BYTES) == 0;
}
