/**
 * Module bundles, SPEC 3: the payload of an image. Packs modules with their capabilities and reads them back. Bytes may come from anywhere: every
 * offset and count is checked. The side table (the chip's interpreter) is carried as it is given.
 */
import { UsageError } from '../errors.ts';
import { type Capabilities, type FlashGrant, HAL_CALLS, type HalCall, RIGHTS } from './capabilities.ts';

export const BUNDLE_MAGIC = 0x31424250;
const HEADER_BYTES = 16;
const ENTRY_BYTES = 64;
const GRANT_BYTES = 12;
const ALIGN = 32;
export const MAX_MODULES = 4;
export const MAX_GRANTS = 7;

export interface ModuleContent {
  name: string;
  wasm: Uint8Array;
  capabilities: Capabilities;
  sideTable?: Uint8Array;
}

export function packBundle(modules: readonly ModuleContent[]): Uint8Array {
  if (modules.length < 1 || modules.length > MAX_MODULES) {
    throw new UsageError(`bundle: expected 1..${MAX_MODULES} modules, got ${modules.length}`);
  }
  const names = modules.map(({ name }) => name);
  const chunks: Buffer[] = [Buffer.alloc(HEADER_BYTES + modules.length * ENTRY_BYTES)];
  let size = chunks[0]!.length;
  const append = (bytes: Uint8Array): number => {
    const pad = (ALIGN - (size % ALIGN)) % ALIGN;
    const at = size + pad;
    chunks.push(Buffer.alloc(pad), Buffer.from(bytes));
    size = at + bytes.length;
    return at;
  };
  const entries = modules.map(({ name, wasm, sideTable, capabilities }) => {
    if (!/^[\x21-\x7e]{1,8}$/.test(name))
      throw new UsageError(`bundle: module name "${name}": expected 1..8 ASCII letters`);
    if (capabilities.flash.length > MAX_GRANTS)
      throw new UsageError(`bundle: module ${name}: more than ${MAX_GRANTS} flash grants`);
    const entry = Buffer.alloc(ENTRY_BYTES);
    entry.write(name, 0, 'ascii');
    entry.writeUInt32LE(append(wasm), 8);
    entry.writeUInt32LE(wasm.length, 12);
    if (sideTable) {
      entry.writeUInt32LE(append(sideTable), 16);
      entry.writeUInt32LE(sideTable.length, 20);
    }
    entry.writeUInt32LE(capabilities.pages, 24);
    entry.writeUInt32LE(bits(capabilities.calls.map((call) => HAL_CALLS.indexOf(call))), 28);
    entry.writeUInt32LE(capabilities.flash.length, 32);
    if (capabilities.flash.length > 0) entry.writeUInt32LE(append(encodeGrants(capabilities.flash)), 36);
    entry.writeUInt32LE(bits(capabilities.modules.map((callee) => moduleIndex(names, name, callee))), 40);
    return entry;
  });
  append(new Uint8Array(0));
  const out = Buffer.concat(chunks);
  out.writeUInt32LE(BUNDLE_MAGIC, 0);
  out.writeUInt32LE(out.length, 4);
  out.writeUInt32LE(modules.length, 8);
  entries.forEach((entry, index) => {
    entry.copy(out, HEADER_BYTES + index * ENTRY_BYTES);
  });
  return new Uint8Array(out);
}

/** @param bytes a bundle; what follows it (a slot is longer) is ignored */
export function unpackBundle(bytes: Uint8Array): ModuleContent[] {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (expected: string, got: string | number): never => {
    throw new UsageError(`bundle: expected ${expected}, got ${got}`);
  };
  if (whole.length < HEADER_BYTES) fail(`a header of ${HEADER_BYTES} bytes`, whole.length);
  if (whole.readUInt32LE(0) !== BUNDLE_MAGIC) fail('the magic "PBB1"', `0x${whole.readUInt32LE(0).toString(16)}`);
  const size = whole.readUInt32LE(4);
  const count = whole.readUInt32LE(8);
  if (count < 1 || count > MAX_MODULES) fail(`1..${MAX_MODULES} modules`, count);
  const entriesEnd = HEADER_BYTES + count * ENTRY_BYTES;
  if (size % ALIGN !== 0 || size < entriesEnd || size > whole.length) fail(`a size up to ${whole.length}`, size);
  const span = (what: string, offset: number, length: number): Buffer => {
    if (offset < entriesEnd || offset + length > size) fail(`${what} within the bundle`, `${offset} + ${length}`);
    return whole.subarray(offset, offset + length);
  };
  const entries = Array.from({ length: count }, (_, index) =>
    whole.subarray(HEADER_BYTES + index * ENTRY_BYTES, HEADER_BYTES + (index + 1) * ENTRY_BYTES),
  );
  const names = entries.map((entry) => entry.subarray(0, 8).toString('latin1').replace(/\0+$/, ''));
  return entries.map((entry, index): ModuleContent => {
    const field = (at: number) => entry.readUInt32LE(at);
    const name = names[index]!;
    if (!/^[\x21-\x7e]{1,8}$/.test(name)) fail('an ASCII module name', JSON.stringify(name));
    if (field(32) > MAX_GRANTS) fail(`at most ${MAX_GRANTS} flash grants for ${name}`, field(32));
    if (field(28) >= 2 ** HAL_CALLS.length) fail(`known HAL calls for ${name}`, `0x${field(28).toString(16)}`);
    if (field(40) >= 2 ** count) fail(`known modules for ${name} to call`, `0x${field(40).toString(16)}`);
    const capabilities: Capabilities = {
      pages: field(24),
      calls: HAL_CALLS.filter((_, bit) => (field(28) >>> bit) & 1) as HalCall[],
      flash: field(32) === 0 ? [] : decodeGrants(span(`grants of ${name}`, field(36), field(32) * GRANT_BYTES)),
      modules: names.filter((_, bit) => (field(40) >>> bit) & 1),
    };
    const content = { name, wasm: new Uint8Array(span(`module ${name}`, field(8), field(12))), capabilities };
    return field(16) === 0
      ? content
      : { ...content, sideTable: new Uint8Array(span(`side table of ${name}`, field(16), field(20))) };
  });
}

function moduleIndex(names: readonly string[], caller: string, callee: string): number {
  const index = names.indexOf(callee);
  if (index < 0) throw new UsageError(`bundle: module ${caller} may call "${callee}", which is not in the bundle`);
  return index;
}

const bits = (numbers: readonly number[]) => numbers.reduce((mask, bit) => mask | (1 << bit), 0) >>> 0;

function encodeGrants(grants: readonly FlashGrant[]): Uint8Array {
  const words = grants.flatMap(({ start, end, rights }) => [
    start,
    end,
    bits(rights.map((right) => RIGHTS.indexOf(right))),
  ]);
  return new Uint8Array(Uint32Array.from(words).buffer);
}

function decodeGrants(list: Buffer): FlashGrant[] {
  return Array.from({ length: list.length / GRANT_BYTES }, (_, index) => ({
    start: list.readUInt32LE(index * GRANT_BYTES),
    end: list.readUInt32LE(index * GRANT_BYTES + 4),
    rights: RIGHTS.filter((_, bit) => (list.readUInt32LE(index * GRANT_BYTES + 8) >>> bit) & 1),
  }));
}
