/**
 * Parses a Wasm binary into its sections as far as the rewriter (`fuel.ts`) and the loader need them, and checks its frame
 * (WebAssembly Core 2.0, 5.5). Types inside function bodies are V8's to validate: it sees the rewritten module.
 *
 * Left out on purpose: imported memories, tables and globals (every module owns its state), passive element segments.
 */
import { SECTION } from '../../wasm-sections.ts';
import { FOLLOWS, Follows, OP, skipImmediate } from './wasm-opcodes.ts';
import { ModuleError, WasmReader } from './wasm-reader.ts';

export const MAX_MODULE_BYTES = 1 << 20;

/** Where each section may stand: data count (12) comes between element and code (5.5.16). */
const ORDER = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 10];

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface SectionSpan extends Span {
  readonly id: number;
}

export interface FunctionType {
  readonly parameters: Uint8Array;
  readonly results: Uint8Array;
}

export interface FunctionImport {
  readonly module: string;
  readonly name: string;
  readonly type: FunctionType;
}

export interface WasmModel {
  readonly bytes: Uint8Array;
  readonly sections: readonly SectionSpan[];
  readonly types: readonly FunctionType[];
  readonly imports: readonly FunctionImport[];
  /** Type index of each function of its own. */
  readonly functions: readonly number[];
  readonly memory: { minimum: number; maximum: number | undefined } | undefined;
  /** Of each global: is it mutable? */
  readonly globals: readonly boolean[];
  readonly exports: readonly { name: string; kind: number; index: number }[];
  readonly start: number | undefined;
  /** Function indices that the table holds, hence what `call_indirect` may reach. */
  readonly tableFunctions: readonly number[];
  /** Body of each function of its own, without its size. */
  readonly bodies: readonly Span[];
}

/** @throws ModuleError when the bytes are not a module of the accepted kind */
export function parseWasm(bytes: Uint8Array): WasmModel {
  if (bytes.length > MAX_MODULE_BYTES)
    throw new ModuleError('too-large', `${bytes.length} > ${MAX_MODULE_BYTES} bytes`);
  const sections = readFrame(bytes);
  const read = <T>(id: number, body: (reader: WasmReader) => T, none: T): T => {
    const span = sections.find((section) => section.id === id);
    if (!span) return none;
    const reader = new WasmReader(bytes, span.start, span.end);
    const result = body(reader);
    if (!reader.done) throw new ModuleError('malformed', `section ${id} is longer than its content`, reader.at);
    return result;
  };
  const types = read<FunctionType[]>(SECTION.type, readTypes, []);
  const imports = read(SECTION.import, (reader) => readImports(reader, types), []);
  const functions = read(SECTION.function, (reader) => readFunctions(reader, types.length), []);
  const bodies = read(SECTION.code, readBodies, []);
  if (bodies.length !== functions.length) {
    throw new ModuleError('malformed', `${functions.length} functions declared, ${bodies.length} bodies`);
  }
  const functionCount = imports.length + functions.length;
  return {
    bytes,
    sections,
    types,
    imports,
    functions,
    memory: read(SECTION.memory, readMemory, undefined),
    globals: read<boolean[]>(SECTION.global, readGlobals, []),
    exports: read(SECTION.export, readExports, []),
    start: read<number | undefined>(SECTION.start, (reader) => functionIndex(reader, functionCount), undefined),
    tableFunctions: read(SECTION.element, (reader) => readElements(reader, functionCount), []),
    bodies,
  };
}

function readFrame(bytes: Uint8Array): SectionSpan[] {
  const head = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  if (bytes.length < head.length || head.some((value, index) => bytes[index] !== value)) {
    throw new ModuleError('not-wasm', 'expected the magic of WebAssembly version 1', 0);
  }
  const reader = new WasmReader(bytes, 8);
  const sections: SectionSpan[] = [];
  let last = 0;
  while (!reader.done) {
    const at = reader.at;
    const id = reader.byte();
    const size = reader.u32();
    const start = reader.at;
    reader.skip(size);
    const place = ORDER[id];
    if (place === undefined) throw new ModuleError('unsupported', `section ${id}`, at);
    if (id !== SECTION.custom) {
      if (place <= last) throw new ModuleError('malformed', `section ${id} is repeated or out of order`, at);
      last = place;
    }
    sections.push({ id, start, end: start + size });
  }
  return sections;
}

function readTypes(reader: WasmReader): FunctionType[] {
  const types: FunctionType[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const at = reader.at;
    if (reader.byte() !== 0x60) throw new ModuleError('unsupported', 'a type that is no function', at);
    types.push({ parameters: readValueTypes(reader), results: readValueTypes(reader) });
  }
  return types;
}

function readValueTypes(reader: WasmReader): Uint8Array {
  const list = new Uint8Array(reader.count());
  for (let index = 0; index < list.length; index++) list[index] = valueType(reader);
  return list;
}

function valueType(reader: WasmReader): number {
  const at = reader.at;
  const type = reader.byte();
  if (type < 0x7c || type > 0x7f) throw new ModuleError('unsupported', `value type 0x${type.toString(16)}`, at);
  return type;
}

function readImports(reader: WasmReader, types: readonly FunctionType[]): FunctionImport[] {
  const imports: FunctionImport[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const at = reader.at;
    const module = reader.name();
    const name = reader.name();
    if (reader.byte() !== 0) throw new ModuleError('import-unknown', `${module}.${name} is no function`, at);
    const type = types[reader.u32()];
    if (!type) throw new ModuleError('malformed', `${module}.${name} has no type`, at);
    imports.push({ module, name, type });
  }
  return imports;
}

function readFunctions(reader: WasmReader, typeCount: number): number[] {
  const list: number[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const at = reader.at;
    const type = reader.u32();
    if (type >= typeCount) throw new ModuleError('malformed', `a function of unknown type ${type}`, at);
    list.push(type);
  }
  return list;
}

function readMemory(reader: WasmReader): WasmModel['memory'] {
  const at = reader.at;
  const count = reader.count();
  if (count === 0) return undefined;
  if (count > 1) throw new ModuleError('unsupported', 'more than one memory', at);
  const flags = reader.byte();
  if (flags > 1) throw new ModuleError('unsupported', 'shared or 64-bit memory', at);
  const minimum = reader.u32();
  return { minimum, maximum: flags === 1 ? reader.u32() : undefined };
}

function readGlobals(reader: WasmReader): boolean[] {
  const mutable: boolean[] = [];
  for (let left = reader.count(); left > 0; left--) {
    valueType(reader);
    const at = reader.at;
    const flag = reader.byte();
    if (flag > 1) throw new ModuleError('malformed', `mutability ${flag}`, at);
    mutable.push(flag === 1);
    skipConstant(reader);
  }
  return mutable;
}

function skipConstant(reader: WasmReader): void {
  for (;;) {
    const at = reader.at;
    const opcode = reader.byte();
    skipImmediate(reader, opcode, at);
    if (opcode === OP.end) return;
    if (FOLLOWS[opcode] === Follows.BlockType) throw new ModuleError('malformed', 'a block in a constant', at);
  }
}

function readExports(reader: WasmReader): WasmModel['exports'] {
  const list: { name: string; kind: number; index: number }[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const name = reader.name();
    list.push({ name, kind: reader.byte(), index: reader.u32() });
  }
  return list;
}

function functionIndex(reader: WasmReader, count: number): number {
  const at = reader.at;
  const index = reader.u32();
  if (index >= count) throw new ModuleError('malformed', `unknown function ${index}`, at);
  return index;
}

function readElements(reader: WasmReader, functionCount: number): number[] {
  const list: number[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const at = reader.at;
    const flags = reader.u32();
    if (flags !== 0) throw new ModuleError('unsupported', `an element segment of kind ${flags}`, at);
    skipConstant(reader);
    for (let items = reader.count(); items > 0; items--) list.push(functionIndex(reader, functionCount));
  }
  return list;
}

function readBodies(reader: WasmReader): Span[] {
  const list: Span[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const size = reader.u32();
    const start = reader.at;
    reader.skip(size);
    list.push({ start, end: start + size });
  }
  return list;
}
