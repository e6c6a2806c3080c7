/**
 * Images that a check puts into the app slot: validly signed with the device's test key, so that what refuses them, or what refuses their
 * code, is the thing under test.
 */

import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { buildSideTable } from '../../platforms/runtime/sidetable/builder.ts';
import type { Region } from '../board/flash-region.ts';
import { type ProbeStep, probeModule } from '../board/probe-module.ts';
import { UsageError } from '../errors.ts';
import { type ModuleContent, packBundle, unpackBundle } from '../image/bundle.ts';
import { HAL_CALLS } from '../image/capabilities.ts';
import { createImage, encodeTlvs } from '../image/create.ts';
import { parseVersion, TLV, TLV_INFO_MAGIC } from '../image/format.ts';
import { inspectImage } from '../image/inspect.ts';
import { parseImage } from '../image/parse.ts';
import { keyHash, loadPrivateKey, loadPublicKey, signImage } from '../image/sign.ts';
import type { Profile } from '../profile/profile.ts';

const FLASH = { start: 0x0800_0000, end: 0x0820_0000 } as const;
/** Behind the vectors of a native runtime, before its size. */
const RUNTIME_MAGIC = Buffer.from('PBRT', 'ascii');
const RUNTIME_MAGIC_AT = 0x2a0;
/** MCUboot's header (SPEC 6). */
const HEADER_BYTES = 32;
const ALL_RIGHTS = ['read', 'program', 'erase'] as const;
/** Size of the campaign image's constants, so that its body spans several flash words of data. */
const CAMPAIGN_TEXT = `campaign image ${'.'.repeat(600)}\r\n`;

export interface ImageOptions {
  /** A flash region that the probe's capabilities leave out. */
  readonly without?: Region;
  readonly productId?: Uint8Array;
  /** Modules behind the probe, which may call them all. */
  readonly others?: readonly ModuleContent[];
}

/** An application that makes the calls as soon as it starts, with every capability but those for `without`. */
export function probeImage(profile: Profile, calls: readonly ProbeStep[], options: ImageOptions = {}): Uint8Array {
  const { without } = options;
  const parts = without
    ? [
        { start: FLASH.start, end: without.start },
        { start: without.end, end: FLASH.end },
      ]
    : [FLASH];
  const flash = parts.filter(({ start, end }) => start < end).map((part) => ({ ...part, rights: [...ALL_RIGHTS] }));
  const wasm = probeModule(calls);
  const { others = [] } = options;
  const capabilities = { pages: 1, calls: [...HAL_CALLS], flash, modules: others.map(({ name }) => name) };
  const bundle = packBundle([{ name: 'app', wasm, capabilities, sideTable: buildSideTable(wasm) }, ...others]);
  const body = Buffer.concat([nativeRuntime(profile), bundle]);
  const content = createImage({
    body,
    version: parseVersion(profile.data.version),
    productId: options.productId ?? Buffer.from(profile.data.productId, 'hex'),
    securityCounter: profile.data.securityCounter,
  });
  const { private: file } = profile.data.imageKey;
  return signImage(content, loadPrivateKey(profile.read(file), profile.path(file)));
}

/** The modules of the image that lies in this slot, the application first. */
export function modulesIn(profile: Profile, slot: Uint8Array): ModuleContent[] {
  const head = Buffer.from(slot.buffer, slot.byteOffset, HEADER_BYTES);
  const start = head.readUInt16LE(8);
  const body = slot.subarray(start, start + head.readUInt32LE(12));
  return unpackBundle(body.subarray(runtimeBytes(profile, Buffer.from(body))));
}

/** What stands before the bundle in this device's image: on the chip its native runtime (SPEC 17), else nothing. */
export function nativeRuntime(profile: Profile): Uint8Array {
  const image = profile.runtimeImage;
  const { headerBytes, bodyBytes } = inspectImage(image);
  const body = Buffer.from(image.subarray(headerBytes, headerBytes + bodyBytes));
  return body.subarray(0, runtimeBytes(profile, body));
}

function runtimeBytes(profile: Profile, body: Buffer): number {
  if (profile.board === 'native_sim') return 0;
  const size = body.indexOf(RUNTIME_MAGIC) === RUNTIME_MAGIC_AT ? body.readUInt32LE(RUNTIME_MAGIC_AT + 4) : 0;
  if (size === 0 || size > body.length)
    throw new UsageError(
      `${profile.file}: the image for ${profile.board}: expected a native runtime before its bundle, got none`,
    );
  return size;
}

/** A whole, valid image of a few KiB, small enough for exhaustive campaigns: it prints a line and does nothing more. */
export function campaignImage(profile: Profile, options: ImageOptions = {}): Uint8Array {
  const line = Buffer.from(CAMPAIGN_TEXT, 'ascii');
  return probeImage(profile, [{ name: 'console_write', args: [line, line.length] }], options);
}

/** The same content under a signature by a key that the device does not know. */
export function foreignSigned(profile: Profile, image: Uint8Array, options: { genuineKeyHash: boolean }): Uint8Array {
  const foreign = signImage(image, foreignKey());
  if (!options.genuineKeyHash) return foreign;
  const { public: file } = profile.data.imageKey;
  const genuine = keyHash(loadPublicKey(profile.read(file), profile.path(file)));
  const { hashed, tlvs } = parseImage(foreign);
  const renamed = tlvs.map((tlv) => (tlv.type === TLV.keyHash ? { ...tlv, value: genuine } : tlv));
  return new Uint8Array(Buffer.concat([hashed, encodeTlvs(TLV_INFO_MAGIC, renamed)]));
}

/** RFC 8410 7: PKCS #8 of an Ed25519 key is this prefix and the 32 bytes of the private key. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Always the same key, so that the same seed gives the same trace. */
function foreignKey(): KeyObject {
  const secret = createHash('sha256').update('a key that no device knows').digest();
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secret]), format: 'der', type: 'pkcs8' });
}
