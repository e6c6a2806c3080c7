/** Makes an image around a body: header, body, protected TLVs. `signImage` adds the rest. */
import { UsageError } from '../errors.ts';
import {
  DEFAULT_HEADER_BYTES,
  HEADER_STRUCT_BYTES,
  IMAGE_MAGIC,
  type ImageVersion,
  PROTECTED_TLV_INFO_MAGIC,
  TLV,
  TLV_INFO_BYTES,
  type Tlv,
} from './format.ts';

export interface ImageContent {
  body: Uint8Array;
  version: ImageVersion;
  /** 16 bytes. */
  productId: Uint8Array;
  securityCounter: number;
  /** Default 0x400. */
  headerBytes?: number;
}

/** @returns the image without its TLVs (SPEC 6) */
export function createImage(content: ImageContent): Uint8Array {
  const { body, version, productId, securityCounter, headerBytes = DEFAULT_HEADER_BYTES } = content;
  if (productId.length !== 16) throw new UsageError(`product id: expected 16 bytes, got ${productId.length}`);
  if (!Number.isInteger(securityCounter) || securityCounter < 0 || securityCounter > 0xffffffff) {
    throw new UsageError(`security counter: expected 0..4294967295, got ${securityCounter}`);
  }
  if (body.length === 0) throw new UsageError('image: the body is empty');
  if (headerBytes < HEADER_STRUCT_BYTES || headerBytes > 0xffff) {
    throw new UsageError(`image: expected a header of ${HEADER_STRUCT_BYTES}..65535 bytes, got ${headerBytes}`);
  }
  const counter = Buffer.alloc(4);
  counter.writeUInt32LE(securityCounter);
  const tlvs = encodeTlvs(PROTECTED_TLV_INFO_MAGIC, [
    { type: TLV.securityCounter, value: counter },
    { type: TLV.productId, value: productId },
  ]);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(IMAGE_MAGIC, 0);
  header.writeUInt16LE(headerBytes, 8);
  header.writeUInt16LE(tlvs.length, 10);
  header.writeUInt32LE(body.length, 12);
  header.writeUInt8(version.major, 20);
  header.writeUInt8(version.minor, 21);
  header.writeUInt16LE(version.revision, 22);
  header.writeUInt32LE(version.build, 24);
  return new Uint8Array(Buffer.concat([header, body, tlvs]));
}

export function encodeTlvs(magic: number, tlvs: readonly Tlv[]): Uint8Array {
  const items = tlvs.map(({ type, value }) => {
    const head = Buffer.alloc(TLV_INFO_BYTES);
    head.writeUInt16LE(type, 0);
    head.writeUInt16LE(value.length, 2);
    return Buffer.concat([head, value]);
  });
  const info = Buffer.alloc(TLV_INFO_BYTES);
  info.writeUInt16LE(magic, 0);
  info.writeUInt16LE(TLV_INFO_BYTES + items.reduce((sum, item) => sum + item.length, 0), 2);
  return new Uint8Array(Buffer.concat([info, ...items]));
}
