/** Reads an image into its parts. The bytes may be anything: every length is checked before it is used. */
import {
  HEADER_STRUCT_BYTES,
  IMAGE_MAGIC,
  ImageError,
  type ImageVersion,
  MAX_IMAGE_BYTES,
  PROTECTED_TLV_INFO_MAGIC,
  TLV_INFO_BYTES,
  TLV_INFO_MAGIC,
  type Tlv,
} from './format.ts';

export interface ParsedImage {
  readonly headerBytes: number;
  readonly version: ImageVersion;
  readonly flags: number;
  readonly loadAddress: number;
  readonly body: Uint8Array;
  readonly protectedTlvs: readonly Tlv[];
  readonly tlvs: readonly Tlv[];
  /** Header, body and protected TLVs: what the hash covers. */
  readonly hashed: Uint8Array;
  /** Length of the whole image; what follows it in `bytes` is `trailing`. */
  readonly sizeBytes: number;
  readonly trailing: Uint8Array;
}

/** @param options.unsigned accept an image that ends after its protected TLVs */
export function parseImage(bytes: Uint8Array, options: { unsigned?: boolean } = {}): ParsedImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_STRUCT_BYTES) {
    throw new ImageError(
      'image-length',
      `image: expected a header of ${HEADER_STRUCT_BYTES} bytes, got ${bytes.length}`,
    );
  }
  const magic = view.getUint32(0, true);
  if (magic !== IMAGE_MAGIC) {
    throw new ImageError(
      'image-magic',
      `image: expected magic 0x${IMAGE_MAGIC.toString(16)}, got 0x${magic.toString(16)}`,
    );
  }
  const headerBytes = view.getUint16(8, true);
  const protectedBytes = view.getUint16(10, true);
  const bodyBytes = view.getUint32(12, true);
  const hashedBytes = headerBytes + bodyBytes + protectedBytes;
  if (headerBytes < HEADER_STRUCT_BYTES || hashedBytes > Math.min(bytes.length, MAX_IMAGE_BYTES)) {
    throw new ImageError(
      'image-length',
      `image: header says ${headerBytes} + ${bodyBytes} + ${protectedBytes} bytes, the file has ${bytes.length}`,
    );
  }
  const protectedAt = headerBytes + bodyBytes;
  const protectedTlvs = protectedBytes > 0 ? tlvArea(bytes, protectedAt, PROTECTED_TLV_INFO_MAGIC, protectedBytes) : [];
  const bare = options.unsigned === true && bytes.length === hashedBytes;
  const tlvBytes = bare ? 0 : areaLength(bytes, hashedBytes);
  const tlvs = bare ? [] : tlvArea(bytes, hashedBytes, TLV_INFO_MAGIC, tlvBytes);
  return {
    headerBytes,
    version: {
      major: view.getUint8(20),
      minor: view.getUint8(21),
      revision: view.getUint16(22, true),
      build: view.getUint32(24, true),
    },
    flags: view.getUint32(16, true),
    loadAddress: view.getUint32(4, true),
    body: bytes.subarray(headerBytes, protectedAt),
    protectedTlvs,
    tlvs,
    hashed: bytes.subarray(0, hashedBytes),
    sizeBytes: hashedBytes + tlvBytes,
    trailing: bytes.subarray(hashedBytes + tlvBytes),
  };
}

function areaLength(bytes: Uint8Array, at: number): number {
  if (at + TLV_INFO_BYTES > bytes.length) {
    throw new ImageError('image-tlv', `image: expected a TLV area at byte ${at}, the file ends at ${bytes.length}`);
  }
  return bytes[at + 2]! | (bytes[at + 3]! << 8);
}

/** The TLVs of one area, which must fill it exactly. */
function tlvArea(bytes: Uint8Array, at: number, magic: number, expectedBytes: number): Tlv[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = areaLength(bytes, at);
  const got = view.getUint16(at, true);
  if (got !== magic) {
    throw new ImageError(
      'image-tlv',
      `image: expected TLV magic 0x${magic.toString(16)} at byte ${at}, got 0x${got.toString(16)}`,
    );
  }
  const end = at + length;
  if (length !== expectedBytes || length < TLV_INFO_BYTES || end > bytes.length) {
    throw new ImageError('image-tlv', `image: TLV area at byte ${at} says ${length} bytes, ${expectedBytes} expected`);
  }
  const tlvs: Tlv[] = [];
  for (let cursor = at + TLV_INFO_BYTES; cursor < end; ) {
    const size = cursor + TLV_INFO_BYTES <= end ? view.getUint16(cursor + 2, true) : Number.POSITIVE_INFINITY;
    if (cursor + TLV_INFO_BYTES + size > end) {
      throw new ImageError('image-tlv', `image: TLV at byte ${cursor} leaves its area, which ends at ${end}`);
    }
    const from = cursor + TLV_INFO_BYTES;
    tlvs.push({ type: view.getUint16(cursor, true), value: bytes.subarray(from, from + size) });
    cursor = from + size;
  }
  return tlvs;
}
