/**
 * Verifies an image as boot does (SPEC 6, 9), by other code: the first rule that it breaks, by boot's name for it. Left out: what needs the device
 * (product id, anti-rollback counter) unless they are given.
 */
import { createHash, type KeyObject, verify } from 'node:crypto';
import { HEADER_STRUCT_BYTES, ImageError, TLV, type Tlv } from './format.ts';
import { type ParsedImage, parseImage } from './parse.ts';
import { keyHash } from './sign.ts';

export interface Expectation {
  productId?: Uint8Array;
  /** The image's security counter must not be below it. */
  minimumCounter?: number;
}

export type Verdict = { ok: true; image: ParsedImage } | { ok: false; reason: string; detail: string };

/** Type and length of each TLV, in order. */
const PROTECTED_LIST = [
  [TLV.securityCounter, 4],
  [TLV.productId, 16],
] as const;
const LIST = [
  [TLV.sha256, 32],
  [TLV.keyHash, 32],
  [TLV.ed25519, 64],
] as const;

export function verifyImage(bytes: Uint8Array, key: KeyObject, expected: Expectation = {}): Verdict {
  const refuse = (reason: string, detail: string): Verdict => ({ ok: false, reason, detail });
  let image: ParsedImage;
  try {
    image = parseImage(bytes);
  } catch (error) {
    if (error instanceof ImageError) return refuse(error.reason, error.message);
    throw error;
  }
  if (!matches(image.protectedTlvs, PROTECTED_LIST))
    return refuse('image-tlv', "the protected TLVs are not SPEC 6's list");
  if (!matches(image.tlvs, LIST)) return refuse('image-tlv', "the TLVs are not SPEC 6's list");
  if (image.trailing.some((byte) => byte !== 0xff)) return refuse('image-tlv', 'bytes follow the last TLV');
  const padding = image.hashed.subarray(HEADER_STRUCT_BYTES, image.headerBytes);
  if (image.flags !== 0 || image.loadAddress !== 0 || padding.some((byte) => byte !== 0)) {
    return refuse('image-length', 'header fields that must be zero are not');
  }
  const [hash, hashOfKey, signature] = image.tlvs.map(({ value }) => value) as [Uint8Array, Uint8Array, Uint8Array];
  if (!createHash('sha256').update(image.hashed).digest().equals(hash))
    return refuse('image-hash', 'the hash is not that of the content');
  if (!Buffer.from(keyHash(key)).equals(hashOfKey)) return refuse('image-key', 'signed by another key');
  if (!verify(null, hash, key, signature)) return refuse('image-signature', 'the signature does not hold');
  const [counter, product] = image.protectedTlvs.map(({ value }) => Buffer.from(value)) as [Buffer, Buffer];
  if (expected.productId && !product.equals(expected.productId)) {
    return refuse('image-product', `product ${product.toString('hex')}`);
  }
  if (counter.readUInt32LE(0) < (expected.minimumCounter ?? 0)) {
    return refuse('image-rollback', `security counter ${counter.readUInt32LE(0)} below ${expected.minimumCounter}`);
  }
  return { ok: true, image };
}

function matches(tlvs: readonly Tlv[], list: readonly (readonly [number, number])[]): boolean {
  return (
    tlvs.length === list.length &&
    list.every(([type, length], at) => tlvs[at]!.type === type && tlvs[at]!.value.length === length)
  );
}
