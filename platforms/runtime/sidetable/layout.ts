/** The side table's binary layout. The drawing and the meaning of each field are in `../engine/sidetable.h`. */

export const SIDE_MAGIC = 0x54535257; // "WRST"
export const SIDE_VERSION = 1;
export const MAX_KEEP = 63;
export const MAX_DROP = 1023;

export interface SideType {
  offset: number;
  canonical: number;
  params: number;
  results: number;
}

export interface SideFunc {
  code: number;
  end: number;
  branch: number;
  type: number;
  locals: number;
  stack: number;
  params: number;
  results: number;
}

export interface SideBranch {
  pc: number;
  entry: number;
  keep: number;
  drop: number;
}

export interface SideTable {
  moduleSize: number;
  types: SideType[];
  funcs: SideFunc[];
  branches: SideBranch[];
}

const HEADER_BYTES = 24;
const TYPE_BYTES = 8;
const FUNC_BYTES = 20;
const BRANCH_BYTES = 8;

/** Fields that a value does not fit into: the module is beyond the engine's limits. */
export class SideTableLimit extends Error {
  override readonly name = 'SideTableLimit';
}

function fit(what: string, value: number, low: number, high: number): number {
  if (value < low || value > high) {
    throw new SideTableLimit(`side table: ${what} is ${value}, expected ${low}..${high}; split the function`);
  }
  return value;
}

/** Bytes of a table. With `clamp` a value that does not fit is cut off (the engine refuses such a table), else it throws. */
export function encodeSideTable(table: SideTable, options: { clamp?: boolean } = {}): Uint8Array {
  const { types, funcs, branches } = table;
  const size = HEADER_BYTES + types.length * TYPE_BYTES + funcs.length * FUNC_BYTES + branches.length * BRANCH_BYTES;
  const view = new DataView(new ArrayBuffer(size));
  let at = 0;
  const checked = options.clamp ? (_: string, value: number): number => value : fit;
  const u32 = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const u16 = (what: string, value: number): void => {
    view.setUint16(at, checked(what, value, 0, 65535), true);
    at += 2;
  };
  const u8 = (what: string, value: number): void => {
    view.setUint8(at, checked(what, value, 0, 255));
    at += 1;
  };

  for (const word of [SIDE_MAGIC, SIDE_VERSION, types.length, funcs.length, branches.length, table.moduleSize])
    u32(word);
  for (const type of types) {
    u32(type.offset);
    u16('type index', type.canonical);
    u8('parameter count', type.params);
    u8('result count', type.results);
  }
  for (const func of funcs) {
    u32(func.code);
    u32(func.end);
    u32(func.branch);
    u16('type index', func.type);
    u16('local count', func.locals);
    u16('operand stack height', func.stack);
    u8('parameter count', func.params);
    u8('result count', func.results);
  }
  for (const branch of branches) {
    view.setInt32(at, branch.pc, true);
    view.setInt16(at + 4, checked('branch distance in entries', branch.entry, -32768, 32767), true);
    const keep = checked('values kept by a branch', branch.keep, 0, MAX_KEEP);
    const drop = checked('values dropped by a branch', branch.drop, 0, MAX_DROP);
    view.setUint16(at + 6, (keep << 10) | (drop & MAX_DROP), true);
    at += BRANCH_BYTES;
  }
  return new Uint8Array(view.buffer);
}
