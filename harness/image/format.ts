/**
 * MCUboot's image format, as SPEC 6 uses it (mcuboot/docs/design.md, "Image format", TLV types of release 2.x).
 *
 * Header, body, protected TLVs (covered by the hash), TLVs. Left out: encryption, dependencies, boot records, delta and compressed images,
 * RAM loading, and every signature but Ed25519 over the SHA-256.
 */
import { UsageError } from '../errors.ts';

export const IMAGE_MAGIC = 0x96f3b83d;
export const HEADER_STRUCT_BYTES = 32;
export const TLV_INFO_BYTES = 4;
export const TLV_INFO_MAGIC = 0x6907;
export const PROTECTED_TLV_INFO_MAGIC = 0x6908;
/** Where the body starts on both boards: the vector table of a Cortex-M7 wants 1024-byte alignment. */
export const DEFAULT_HEADER_BYTES = 0x400;
/** No flash of the boards is larger; a size beyond it is a damaged header. */
export const MAX_IMAGE_BYTES = 2 * 1024 * 1024;

export const TLV = {
  keyHash: 0x0001,
  sha256: 0x0010,
  ed25519: 0x0024,
  securityCounter: 0x0050,
  /** Vendor range (0x00A0...): ours. */
  productId: 0x00a0,
} as const;

export const TLV_NAMES = new Map<number, string>(Object.entries(TLV).map(([name, type]) => [type, name]));

export interface ImageVersion {
  major: number;
  minor: number;
  revision: number;
  build: number;
}

export interface Tlv {
  type: number;
  value: Uint8Array;
}

/** Bytes that are no image of this format; `reason` is the name that boot would print (SPEC 9). */
export class ImageError extends UsageError {
  constructor(
    readonly reason: 'image-magic' | 'image-length' | 'image-tlv',
    message: string,
  ) {
    super(message);
  }
}

/** `major.minor.revision+build`; the build may be left out. */
export function parseVersion(text: string): ImageVersion {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,5})(?:\+(\d{1,10}))?$/.exec(text);
  const [major, minor, revision, build] = (found ?? []).slice(1).map((part) => Number(part ?? 0));
  if (!found || major! > 255 || minor! > 255 || revision! > 65535 || build! > 0xffffffff) {
    throw new UsageError(
      `image version: expected major.minor.revision+build (at most 255.255.65535+4294967295), got "${text}"`,
    );
  }
  return { major: major!, minor: minor!, revision: revision!, build: build! };
}

export function formatVersion({ major, minor, revision, build }: ImageVersion): string {
  return `${major}.${minor}.${revision}+${build}`;
}
