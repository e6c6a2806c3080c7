/**
 * One pass over a function's code: where its loops begin, how much work each turn is, and whom it calls. This is the hot part of
 * loading a module, so it walks the bytes by itself; what it does not check (types, the length of numbers) V8 does when it
 * compiles the rewritten module.
 */

import type { Span } from './wasm-binary.ts';
import { FOLLOWS, Follows, OP, skipPrefixed } from './wasm-opcodes.ts';
import { ModuleError, WasmReader } from './wasm-reader.ts';

/** Target of a `call_indirect`. */
export const THROUGH_TABLE = -1;

export interface CodeScan {
  /** Where the instructions begin, behind the local declarations. */
  readonly codeAt: number;
  /** Instructions outside of loops. */
  readonly weight: number;
  /** In the order of the code: `after` the loop's header; instructions in it, inner loops not counted. */
  readonly loops: readonly LoopMark[];
  /** In the order of the code, from `at` to `after`. */
  readonly calls: readonly CallMark[];
}

export interface LoopMark {
  readonly after: number;
  weight: number;
}

export interface CallMark {
  readonly at: number;
  readonly after: number;
  readonly target: number;
}

export function scanBody(bytes: Uint8Array, { start, end }: Span): CodeScan {
  const reader = new WasmReader(bytes, start, end);
  for (let groups = reader.count(); groups > 0; groups--) {
    reader.u32();
    reader.skip(1);
  }
  const codeAt = reader.at;
  const loops: LoopMark[] = [];
  const calls: CallMark[] = [];
  const whole: LoopMark = { after: codeAt, weight: 0 };
  /** The open blocks: a loop, the function itself, or the one whose work a plain block's is. */
  const blocks: LoopMark[] = [whole];
  let current = whole;
  let pos = codeAt;
  const skipNumber = () => {
    while (bytes[pos++]! & 0x80);
  };
  const number = (): number => {
    reader.at = pos;
    const value = reader.u32();
    pos = reader.at;
    return value;
  };

  while (pos < end) {
    const at = pos;
    const opcode = bytes[pos++]!;
    current.weight++;
    switch (FOLLOWS[opcode] as Follows) {
      case Follows.Nothing:
        if (opcode === OP.end) {
          blocks.pop();
          if (blocks.length === 0) {
            if (pos !== end) throw new ModuleError('malformed', 'code behind the end of a function', pos);
            return { codeAt, weight: whole.weight, loops, calls };
          }
          current = blocks[blocks.length - 1]!;
        }
        break;
      case Follows.Index:
        if (opcode === OP.call) calls.push({ at, target: number(), after: pos });
        else skipNumber();
        break;
      case Follows.Signed32:
      case Follows.Signed64:
        skipNumber();
        break;
      case Follows.MemoryArgument:
        skipNumber();
        skipNumber();
        break;
      case Follows.BlockType:
        skipNumber();
        if (opcode === OP.loop) {
          current = { after: pos, weight: 0 };
          loops.push(current);
        }
        blocks.push(current);
        break;
      case Follows.CallIndirect:
        skipNumber();
        skipNumber();
        calls.push({ at, target: THROUGH_TABLE, after: pos });
        break;
      case Follows.BranchTable:
        for (let left = number(); left >= 0 && pos < end; left--) skipNumber();
        break;
      case Follows.ZeroByte:
        if (bytes[pos++] !== 0) throw new ModuleError('unsupported', 'a second memory', at);
        break;
      case Follows.Bytes4:
        pos += 4;
        break;
      case Follows.Bytes8:
        pos += 8;
        break;
      case Follows.Prefix:
        reader.at = pos;
        skipPrefixed(reader, at);
        pos = reader.at;
        break;
      default:
        throw new ModuleError('unknown-opcode', `opcode 0x${opcode.toString(16).padStart(2, '0')} is not accepted`, at);
    }
  }
  throw new ModuleError('truncated', 'a function without its end', end);
}
