/**
 * A WebAssembly binary as its list of sections (core specification 1.0, chapter 5), with the few edits that linking needs:
 * choose imports and exports, export the mutable globals, fix the memory's limits. (link.ts puts two together.)
 *
 * It reads files that our own tools wrote; code is not decoded here, except for a function that returns one constant.
 */
import { SECTION } from '../../platforms/wasm-sections.ts';
import { encodeName, encodeU32, Reader } from './leb.ts';

const KINDS = ['func', 'table', 'memory', 'global'] as const;
const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

export type Kind = (typeof KINDS)[number];
export interface WasmImport {
  module: string;
  name: string;
  kind: Kind;
  /** The type's bytes as they stand. */
  type: Uint8Array;
}
export interface WasmExport {
  name: string;
  kind: Kind;
  index: number;
}
interface Section {
  id: number;
  body: Uint8Array;
}

export class WasmFile {
  private readonly sections: Section[] = [];

  /** @param bytes default: a module without any section */
  constructor(bytes: Uint8Array = Uint8Array.from(MAGIC)) {
    if (MAGIC.some((byte, at) => bytes[at] !== byte)) throw new Error('not a WebAssembly binary, version 1');
    const reader = new Reader(bytes, MAGIC.length);
    while (!reader.done) {
      const id = reader.byte();
      this.sections.push({ id, body: reader.take(reader.u32()) });
    }
  }

  encode(): Uint8Array {
    const parts = this.sections.map(({ id, body }) =>
      Buffer.concat([Buffer.from([id, ...encodeU32(body.length)]), body]),
    );
    return new Uint8Array(Buffer.concat([Buffer.from(MAGIC), ...parts]));
  }

  get imports(): WasmImport[] {
    return this.vector(SECTION.import, (reader) => {
      const module = reader.name();
      const name = reader.name();
      const kind = kindOf(reader.byte());
      const from = reader.at;
      skipType(reader, kind);
      return { module, name, kind, type: reader.bytes.slice(from, reader.at) };
    });
  }

  set imports(list: readonly WasmImport[]) {
    const items = list.flatMap(({ module, name, kind, type }) => [
      ...encodeName(module),
      ...encodeName(name),
      KINDS.indexOf(kind),
      ...type,
    ]);
    this.replace(SECTION.import, [...encodeU32(list.length), ...items]);
  }

  get exports(): WasmExport[] {
    return this.vector(SECTION.export, (reader) => ({
      name: reader.name(),
      kind: kindOf(reader.byte()),
      index: reader.u32(),
    }));
  }

  set exports(list: readonly WasmExport[]) {
    const items = list.flatMap(({ name, kind, index }) => [
      ...encodeName(name),
      KINDS.indexOf(kind),
      ...encodeU32(index),
    ]);
    this.replace(SECTION.export, [...encodeU32(list.length), ...items]);
  }

  /** Indices of the module's own mutable globals. */
  get mutableGlobals(): number[] {
    const imported = this.imports.filter(({ kind }) => kind === 'global').length;
    return this.vector(SECTION.global, (reader) => {
      reader.byte();
      const mutable = reader.byte() === 1;
      skipConstant(reader);
      return mutable;
    }).flatMap((mutable, at) => (mutable ? [imported + at] : []));
  }

  get memory(): { initial: number; maximum: number | undefined } | undefined {
    return this.vector(SECTION.memory, (reader) => {
      const flags = reader.byte();
      return { initial: reader.u32(), maximum: flags & 1 ? reader.u32() : undefined };
    })[0];
  }

  /** Fixes the memory's size: initial = maximum, in 64 KiB pages. */
  setPages(pages: number): void {
    this.replace(SECTION.memory, [1, 1, ...encodeU32(pages), ...encodeU32(pages)]);
  }

  get hasStart(): boolean {
    return this.find(SECTION.start) !== undefined;
  }

  get codeBytes(): number {
    return this.find(SECTION.code)?.body.length ?? 0;
  }

  /** Active data segments: where they start and how long they are. */
  get data(): { offset: number; length: number }[] {
    return this.vector(SECTION.data, (reader) => {
      if (reader.u32() !== 0) throw new Error('wasm: only active data segments of memory 0 are expected');
      if (reader.byte() !== 0x41) throw new Error('wasm: a data segment has no constant offset');
      const offset = reader.signed();
      reader.byte();
      const length = reader.u32();
      reader.take(length);
      return { offset, length };
    });
  }

  /** How many items a section has; 0 without it. */
  lengthOf(id: number): number {
    const section = this.find(id);
    return section ? new Reader(section.body).u32() : 0;
  }

  /** At the first item of a section. */
  items(id: number): Reader {
    const reader = new Reader(this.find(id)?.body ?? new Uint8Array(0));
    if (!reader.done) reader.u32();
    return reader;
  }

  setItems(id: number, count: number, bytes: Uint8Array): void {
    this.replace(id, Buffer.concat([Uint8Array.from(encodeU32(count)), bytes]));
  }

  dropCustomSections(): void {
    for (let at = this.sections.length - 1; at >= 0; at--) {
      if (this.sections[at]!.id === SECTION.custom) this.sections.splice(at, 1);
    }
  }

  /** The value of an exported function whose body is one `i32.const`. */
  constantOf(exportName: string): number {
    const index = this.exports.find(({ name }) => name === exportName)?.index;
    if (index === undefined) throw new Error(`wasm: no export "${exportName}"`);
    const own = index - this.imports.filter(({ kind }) => kind === 'func').length;
    const body = this.vector(SECTION.code, (reader) => reader.take(reader.u32()))[own];
    if (body?.[0] !== 0 || body[1] !== 0x41) throw new Error(`wasm: "${exportName}" does not return a constant`);
    return new Reader(body, 2).signed();
  }

  private find(id: number): Section | undefined {
    return this.sections.find((section) => section.id === id);
  }

  private vector<T>(id: number, item: (reader: Reader) => T): T[] {
    const section = this.find(id);
    if (!section) return [];
    const reader = new Reader(section.body);
    return Array.from({ length: reader.u32() }, () => item(reader));
  }

  private replace(id: number, body: ArrayLike<number>): void {
    const section = this.find(id);
    if (section) section.body = Uint8Array.from(body);
    else this.insert({ id, body: Uint8Array.from(body) });
  }

  /** Sections stand in ascending order of their ids (the one exception, DataCount, is not inserted by us). */
  private insert(section: Section): void {
    const at = this.sections.findIndex(({ id }) => id > section.id && id !== SECTION.custom);
    this.sections.splice(at < 0 ? this.sections.length : at, 0, section);
  }
}

function kindOf(byte: number): Kind {
  const kind = KINDS[byte];
  if (kind === undefined) throw new Error(`wasm: unknown kind ${byte}`);
  return kind;
}

function skipType(reader: Reader, kind: Kind): void {
  if (kind === 'func') reader.u32();
  else if (kind === 'global') reader.take(2);
  else {
    if (kind === 'table') reader.byte();
    const flags = reader.byte();
    reader.u32();
    if (flags & 1) reader.u32();
  }
}

function skipConstant(reader: Reader): void {
  const opcode = reader.byte();
  if (opcode === 0x41 || opcode === 0x42) reader.signed();
  else if (opcode === 0x43) reader.take(4);
  else if (opcode === 0x44) reader.take(8);
  else if (opcode === 0x23) reader.u32();
  else throw new Error(`wasm: constant expression with opcode ${opcode}`);
  if (reader.byte() !== 0x0b) throw new Error('wasm: constant expression of more than one instruction');
}
