/** Just enough of an assembler to write modules as bytes, for the fuzzer's corpus and the tests. */

export function leb(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (;;) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    if (rest === 0n) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

export function sleb(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (;;) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    const sign = byte & 0x40;
    if ((rest === 0n && !sign) || (rest === -1n && sign)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

export type Bytes = readonly number[];
export const vec = (items: readonly Bytes[]): number[] => [...leb(items.length), ...items.flat()];
export const name = (text: string): number[] => {
  const bytes = [...Buffer.from(text, 'utf8')];
  return [...leb(bytes.length), ...bytes];
};

const TYPES: Record<string, number> = { i: 0x7f, I: 0x7e, f: 0x7d, F: 0x7c };
const valueTypes = (letters: string): number[] => vec([...letters].map((letter) => [TYPES[letter] ?? 0]));

/** `"iI:i"` as a function type. */
export function funcType(signature: string): number[] {
  const [params = '', results = ''] = signature.split(':');
  return [0x60, ...valueTypes(params), ...valueTypes(results)];
}

export interface FunctionSource {
  type: string;
  /** Groups of locals: letters, one local each. */
  locals?: string;
  /** Without the final `end`. */
  code: Bytes;
  export?: string;
}

export interface ModuleSource {
  imports?: { module: string; name: string; type: string }[];
  functions: FunctionSource[];
  /** Pages: minimum and maximum. */
  memory?: [number, number?];
  /** Function indices placed from 0 on in a table of `tableSize`. */
  table?: number[];
  tableSize?: number;
  /** Mutable i32 and i64 globals by letter and value. */
  globals?: [letter: 'i' | 'I', value: number][];
  data?: { offset?: number; bytes: Bytes }[];
  start?: number;
}

const section = (id: number, content: Bytes): number[] => [id, ...leb(content.length), ...content];

export function assemble(source: ModuleSource): Uint8Array {
  const { imports = [], functions, memory, table, globals = [], data = [] } = source;
  const signatures = [...new Set([...imports, ...functions].map(({ type }) => type))];
  const typeIndex = (type: string): number[] => leb(signatures.indexOf(type));
  const out: number[] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  out.push(...section(1, vec(signatures.map(funcType))));
  if (imports.length > 0) {
    out.push(
      ...section(2, vec(imports.map((item) => [...name(item.module), ...name(item.name), 0, ...typeIndex(item.type)]))),
    );
  }
  out.push(...section(3, vec(functions.map(({ type }) => typeIndex(type)))));
  if (table) out.push(...section(4, vec([[0x70, 0, ...leb(source.tableSize ?? table.length)]])));
  if (memory) {
    const [min, max] = memory;
    out.push(...section(5, vec([max === undefined ? [0, ...leb(min)] : [1, ...leb(min), ...leb(max)]])));
  }
  if (globals.length > 0) {
    const entries = globals.map(([letter, value]) => [
      TYPES[letter] ?? 0,
      1,
      letter === 'i' ? 0x41 : 0x42,
      ...sleb(value),
      0x0b,
    ]);
    out.push(...section(6, vec(entries)));
  }
  const exported = functions.flatMap((item, i) =>
    item.export === undefined ? [] : [{ name: item.export, index: imports.length + i }],
  );
  if (exported.length > 0)
    out.push(...section(7, vec(exported.map((item) => [...name(item.name), 0, ...leb(item.index)]))));
  if (source.start !== undefined) out.push(...section(8, leb(source.start)));
  if (table) out.push(...section(9, vec([[0, 0x41, 0, 0x0b, ...vec(table.map((index) => leb(index)))]])));
  if (data.length > 0) out.push(...section(12, leb(data.length)));
  out.push(
    ...section(
      10,
      vec(
        functions.map(({ locals = '', code }) => {
          const body = [...vec([...locals].map((letter) => [1, TYPES[letter] ?? 0])), ...code, 0x0b];
          return [...leb(body.length), ...body];
        }),
      ),
    ),
  );
  if (data.length > 0) {
    const segments = data.map(({ offset, bytes }) => [
      ...(offset === undefined ? [1] : [0, 0x41, ...sleb(offset), 0x0b]),
      ...leb(bytes.length),
      ...bytes,
    ]);
    out.push(...section(11, vec(segments)));
  }
  return Uint8Array.from(out);
}
