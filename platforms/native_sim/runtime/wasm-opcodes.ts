/**
 * One entry per opcode that a module may use: what follows it in the code (WebAssembly Core 2.0, 5.4).
 *
 * Accepted: WebAssembly 1.0, sign extension, saturating truncation, bulk memory on linear memory, multi-value: the set of
 * the project's interpreter (platforms/runtime). Refused on purpose, with a reason: `table.*` and `elem.drop` and
 * `data.drop`, because they keep state that is neither memory nor global, so that a snapshot would forget it.
 */
import { ModuleError, type WasmReader } from './wasm-reader.ts';

/** What follows an opcode. */
export enum Follows {
  Refused,
  Nothing,
  BlockType,
  Index,
  BranchTable,
  CallIndirect,
  MemoryArgument,
  ZeroByte,
  Signed32,
  Signed64,
  Bytes4,
  Bytes8,
  Prefix,
}

export const OP = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  call: 0x10,
  callIndirect: 0x11,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Const: 0x41,
  i32LtS: 0x48,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  emptyBlock: 0x40,
} as const;

const table = new Uint8Array(256);
const fill = (from: number, to: number, follows: Follows) => table.fill(follows, from, to + 1);
fill(0x00, 0x01, Follows.Nothing); // unreachable, nop
fill(0x02, 0x04, Follows.BlockType); // block, loop, if
fill(0x05, 0x05, Follows.Nothing); // else
fill(0x0b, 0x0b, Follows.Nothing); // end
fill(0x0c, 0x0d, Follows.Index); // br, br_if
fill(0x0e, 0x0e, Follows.BranchTable);
fill(0x0f, 0x0f, Follows.Nothing); // return
fill(0x10, 0x10, Follows.Index); // call
fill(0x11, 0x11, Follows.CallIndirect);
fill(0x1a, 0x1b, Follows.Nothing); // drop, select
fill(0x20, 0x24, Follows.Index); // local.*, global.*
fill(0x28, 0x3e, Follows.MemoryArgument); // loads, stores
fill(0x3f, 0x40, Follows.ZeroByte); // memory.size, memory.grow
fill(0x41, 0x41, Follows.Signed32);
fill(0x42, 0x42, Follows.Signed64);
fill(0x43, 0x43, Follows.Bytes4);
fill(0x44, 0x44, Follows.Bytes8);
fill(0x45, 0xc4, Follows.Nothing); // numeric, sign extension
fill(0xfc, 0xfc, Follows.Prefix);

/** Indexed by opcode. */
export const FOLLOWS: Readonly<Uint8Array> = table;

/** Skips the immediate of `opcode`, whose own byte has been read at `start`. Call targets are read by the caller. */
export function skipImmediate(reader: WasmReader, opcode: number, start: number): void {
  switch (table[opcode] as Follows) {
    case Follows.Nothing:
      return;
    case Follows.BlockType:
      reader.skipSigned(33);
      return;
    case Follows.Index:
      reader.u32();
      return;
    case Follows.CallIndirect:
    case Follows.MemoryArgument:
      reader.u32();
      reader.u32();
      return;
    case Follows.BranchTable:
      for (let left = reader.count(); left >= 0; left--) reader.u32();
      return;
    case Follows.ZeroByte:
      if (reader.byte() !== 0) throw new ModuleError('unsupported', 'a second memory', start);
      return;
    case Follows.Signed32:
      reader.skipSigned(32);
      return;
    case Follows.Signed64:
      reader.skipSigned(64);
      return;
    case Follows.Bytes4:
      reader.skip(4);
      return;
    case Follows.Bytes8:
      reader.skip(8);
      return;
    case Follows.Prefix:
      skipPrefixed(reader, start);
      return;
    default:
      throw new ModuleError(
        'unknown-opcode',
        `opcode 0x${opcode.toString(16).padStart(2, '0')} is not accepted`,
        start,
      );
  }
}

export function skipPrefixed(reader: WasmReader, start: number): void {
  const sub = reader.u32();
  if (sub <= 7) return; // i32/i64.trunc_sat_f32/f64
  if (sub === 8) {
    reader.u32(); // memory.init
    reader.skip(1);
  } else if (sub === 10) {
    reader.skip(2); // memory.copy
  } else if (sub === 11) {
    reader.skip(1); // memory.fill
  } else if (sub === 9 || (sub >= 12 && sub <= 17)) {
    throw new ModuleError('unsupported', `opcode 0xfc ${sub} changes state that no snapshot sees`, start);
  } else {
    throw new ModuleError('unknown-opcode', `opcode 0xfc ${sub} is not accepted`, start);
  }
}
