/** What an image says of itself, as plain data. */

import { BUNDLE_MAGIC, unpackBundle } from './bundle.ts';
import { formatVersion, TLV, TLV_NAMES, type Tlv } from './format.ts';
import { parseImage } from './parse.ts';

export interface ImageInfo {
  version: string;
  headerBytes: number;
  bodyBytes: number;
  /** Header to last TLV. */
  sizeBytes: number;
  trailingBytes: number;
  securityCounter: number | undefined;
  productId: string | undefined;
  sha256: string | undefined;
  keyHash: string | undefined;
  signed: boolean;
  tlvs: { protected: boolean; type: number; name: string; length: number; value: string }[];
  /** Modules, when the body is a bundle. */
  modules: { name: string; wasmBytes: number; pages: number; calls: string[]; grants: number }[];
}

export function inspectImage(bytes: Uint8Array): ImageInfo {
  const image = parseImage(bytes, { unsigned: true });
  const value = (list: readonly Tlv[], type: number) => list.find((tlv) => tlv.type === type)?.value;
  const text = (found: Uint8Array | undefined) => (found ? Buffer.from(found).toString('hex') : undefined);
  const counter = value(image.protectedTlvs, TLV.securityCounter);
  const row = (isProtected: boolean) => (tlv: Tlv) => ({
    protected: isProtected,
    type: tlv.type,
    name: TLV_NAMES.get(tlv.type) ?? 'unknown',
    length: tlv.value.length,
    value: Buffer.from(tlv.value).toString('hex'),
  });
  return {
    version: formatVersion(image.version),
    headerBytes: image.headerBytes,
    bodyBytes: image.body.length,
    sizeBytes: image.sizeBytes,
    trailingBytes: image.trailing.length,
    securityCounter: counter?.length === 4 ? Buffer.from(counter).readUInt32LE(0) : undefined,
    productId: text(value(image.protectedTlvs, TLV.productId)),
    sha256: text(value(image.tlvs, TLV.sha256)),
    keyHash: text(value(image.tlvs, TLV.keyHash)),
    signed: value(image.tlvs, TLV.ed25519) !== undefined,
    tlvs: [...image.protectedTlvs.map(row(true)), ...image.tlvs.map(row(false))],
    modules: modulesOf(image.body),
  };
}

function modulesOf(body: Uint8Array): ImageInfo['modules'] {
  const starts = body.length >= 4 && Buffer.from(body.subarray(0, 4)).readUInt32LE(0) === BUNDLE_MAGIC;
  if (!starts) return [];
  return unpackBundle(body).map(({ name, wasm, capabilities }) => ({
    name,
    wasmBytes: wasm.length,
    pages: capabilities.pages,
    calls: [...capabilities.calls],
    grants: capabilities.flash.length,
  }));
}
