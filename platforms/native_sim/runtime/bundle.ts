/**
 * Parses a module bundle, SPEC 3, into a value that cannot be invalid. The bytes come from flash and may be anything.
 *
 * Left out on purpose: the side table's content (the interpreter's, V8 has no use for it), and any trust in the bytes:
 * boot's bundle is protected by WRP, the application's by the signature that boot checked.
 */
import { createHash } from 'node:crypto';
import { FirmwareError } from '../../../harness/errors.ts';
import { HAL_CALLS } from './hal-table.ts';

export const BUNDLE_MAGIC = 0x31424250;
const HEADER_BYTES = 16;
const ENTRY_BYTES = 64;
const GRANT_BYTES = 12;
const MAX_MODULES = 4;
const MAX_GRANTS = 7;
const HAL_BITS = 2 ** HAL_CALLS.length - 1;

export const RIGHT = { read: 1, program: 2, erase: 4 } as const;

export interface FlashGrant {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Sum of RIGHT. */
  readonly rights: number;
}

export interface BundleModule {
  readonly index: number;
  readonly name: string;
  readonly wasm: Uint8Array;
  readonly memoryPages: number;
  /** Bit n: call number n of the HAL table. */
  readonly halCalls: number;
  readonly flash: readonly FlashGrant[];
  /** Bit n: module n of this bundle. */
  readonly callable: number;
}

export interface Bundle {
  readonly address: number;
  readonly sizeBytes: number;
  readonly bytes: Uint8Array;
  /** Of the whole bundle, hex. */
  readonly sha256: string;
  readonly modules: readonly BundleModule[];
}

/** The bytes at an address are no bundle that the board accepts. */
export class BundleError extends FirmwareError {
  constructor(address: number, expected: string, got: string | number) {
    super(`bundle at 0x${address.toString(16)}: expected ${expected}, got ${got}`);
  }
}

/**
 * @param read reads memory as the core does; it may throw (ECC error, bus error)
 * @param limitBytes room between the address and the region's end
 */
export function readBundle(
  address: number,
  limitBytes: number,
  read: (addr: number, len: number) => Uint8Array,
): Bundle {
  const head = read(address, HEADER_BYTES);
  const word = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (word.getUint32(0, true) !== BUNDLE_MAGIC) {
    throw new BundleError(address, 'the magic "PBB1"', `0x${word.getUint32(0, true).toString(16)}`);
  }
  const sizeBytes = word.getUint32(4, true);
  if (sizeBytes % 32 !== 0 || sizeBytes < HEADER_BYTES + ENTRY_BYTES || sizeBytes > limitBytes) {
    throw new BundleError(address, `a size that is a multiple of 32 up to ${limitBytes}`, sizeBytes);
  }
  return parseBundle(read(address, sizeBytes), address);
}

/** @param bytes exactly the bundle */
export function parseBundle(bytes: Uint8Array, address = 0): Bundle {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (expected: string, got: string | number): never => {
    throw new BundleError(address, expected, got);
  };
  if (bytes.length < HEADER_BYTES) refuse('a header of 16 bytes', bytes.length);
  if (view.getUint32(0, true) !== BUNDLE_MAGIC) refuse('the magic "PBB1"', `0x${view.getUint32(0, true).toString(16)}`);
  if (view.getUint32(4, true) !== bytes.length) refuse(`${bytes.length} as size`, view.getUint32(4, true));
  const count = view.getUint32(8, true);
  if (count < 1 || count > MAX_MODULES) refuse(`1 to ${MAX_MODULES} modules`, count);
  if (view.getUint32(12, true) !== 0) refuse('zero at byte 12', view.getUint32(12, true));
  const entriesEnd = HEADER_BYTES + count * ENTRY_BYTES;
  if (entriesEnd > bytes.length) refuse('room for the entries', bytes.length);

  const span = (what: string, offset: number, size: number): Uint8Array => {
    if (offset < entriesEnd || offset + size > bytes.length) refuse(`${what} within the bundle`, `${offset}+${size}`);
    return bytes.subarray(offset, offset + size);
  };
  const modules = Array.from({ length: count }, (_, index): BundleModule => {
    const at = HEADER_BYTES + index * ENTRY_BYTES;
    const field = (offset: number) => view.getUint32(at + offset, true);
    const name = moduleName(bytes.subarray(at, at + 8)) ?? refuse(`a name for module ${index}`, 'other bytes');
    if (field(8) % 32 !== 0 || field(12) === 0) refuse(`module "${name}" at a multiple of 32`, field(8));
    const wasm = span(`module "${name}"`, field(8), field(12));
    if (field(16) !== 0) span(`side table of "${name}"`, field(16), field(20));
    if (field(24) < 1 || field(24) > 16) refuse(`1 to 16 pages for "${name}"`, field(24));
    if (field(28) > HAL_BITS) refuse(`known HAL calls for "${name}"`, `0x${field(28).toString(16)}`);
    if (field(32) > MAX_GRANTS) refuse(`at most ${MAX_GRANTS} flash grants for "${name}"`, field(32));
    const grants = field(32) === 0 ? [] : flashGrants(span(`grants of "${name}"`, field(36), field(32) * GRANT_BYTES));
    if (!grants) return refuse(`flash grants of "${name}" with start < end and rights 1..7`, 'other values');
    if (field(40) >= 2 ** count) refuse(`known modules for "${name}" to call`, field(40));
    for (let offset = 44; offset < ENTRY_BYTES; offset += 4) {
      if (field(offset) !== 0) refuse(`zero at byte ${offset} of entry "${name}"`, field(offset));
    }
    return {
      index,
      name,
      wasm,
      memoryPages: field(24),
      halCalls: field(28),
      flash: grants,
      callable: field(40),
    };
  });
  if (new Set(modules.map((module) => module.name)).size !== count) refuse('distinct names', 'a repeated one');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { address, sizeBytes: bytes.length, bytes, sha256, modules };
}

function moduleName(field: Uint8Array): string | undefined {
  const text = Buffer.from(field).toString('latin1').replace(/\0+$/, '');
  return /^[\x21-\x7e]+$/.test(text) ? text : undefined;
}

function flashGrants(list: Uint8Array): FlashGrant[] | undefined {
  const view = new DataView(list.buffer, list.byteOffset, list.byteLength);
  const grants: FlashGrant[] = [];
  for (let at = 0; at < list.length; at += GRANT_BYTES) {
    const grant = {
      start: view.getUint32(at, true),
      end: view.getUint32(at + 4, true),
      rights: view.getUint32(at + 8, true),
    };
    if (grant.start >= grant.end || grant.rights < 1 || grant.rights > 7) return undefined;
    grants.push(grant);
  }
  return grants;
}

/** Whether every byte of the range is granted with the right; ranges may lie side by side. */
export function isGranted(grants: readonly FlashGrant[], start: number, length: number, right: number): boolean {
  const end = start + length;
  let covered = start;
  while (covered < end) {
    const next = grants.find((grant) => (grant.rights & right) !== 0 && grant.start <= covered && covered < grant.end);
    if (!next) return false;
    covered = next.end;
  }
  return true;
}
