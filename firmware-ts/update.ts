/**
 * What an update leaves in flash (SPEC 22), for campaigns that start where a download ends: the profile names this module, so the harness knows no
 * layout of ours.
 */
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { parse } from 'yaml';
import type { FlashWrite } from './provision.ts';

const UPDATE_SLOT = 0x0812_0000;
const TRAILER = 0x0817_f000;
const REQUEST_MAGIC = 0x5255_4250;
const STATUS = 0x080e_0000;
const STATUS_MAGIC = 0x5342_4250;
const KEPT = 0x32;

const file = (name: string) => readFileSync(new URL(name, import.meta.url));

/** The update slot with an image in it, whole or not. */
export function stage(image: Uint8Array): FlashWrite[] {
  const rest = (32 - (image.length % 32)) % 32;
  return [{ addr: UPDATE_SLOT, bytes: Buffer.concat([image, Buffer.alloc(rest, 0xff)]) }];
}

/** The application's request to install what is staged. */
export function request(): FlashWrite[] {
  return [{ addr: TRAILER, bytes: word(REQUEST_MAGIC, 1) }];
}

/** Status of a device whose image came padded and confirmed: kept, under no install's number. A sound boot passes it over. */
export function paddedStatus(): FlashWrite[] {
  return [{ addr: STATUS, bytes: word(STATUS_MAGIC, KEPT) }];
}

/** An application that asks for the install of what is staged, and confirms itself when it is on trial. */
export function campaignModule(): { wasm: Uint8Array; capabilities: unknown } {
  const { wasm, capabilities } = moduleOf('campaign');
  return { wasm, capabilities };
}

/** An application that counts a record of its journal up to a goal, the first time to 1, with another record beside it that is to stay. */
export function storeModule(): { name: string; wasm: Uint8Array; capabilities: unknown } {
  return moduleOf('campaign-store');
}

function moduleOf(name: string): { name: string; wasm: Uint8Array; capabilities: unknown } {
  const calls: unknown = JSON.parse(file(`${name}/imports.json`).toString());
  const rest = parse(file(`${name}/capabilities.yaml`).toString()) as object;
  return { name, wasm: file(`out/${name}.wasm`), capabilities: { ...rest, calls } };
}

/** A record of one flash word (SPEC 15). */
function word(magic: number, value: number): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt32LE(magic, 0);
  bytes.writeUInt32LE(value, 4);
  bytes.writeUInt32LE(~value >>> 0, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28);
  return bytes;
}
