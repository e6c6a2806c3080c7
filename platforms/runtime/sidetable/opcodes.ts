/**
 * The opcode table of the engine, read from `../engine/opcodes.def`: the same lines that drive validation and execution in C
 * tell the builder here which immediates and stack effects an opcode has, so the two cannot drift.
 */
import { readFileSync } from 'node:fs';

/** What follows an opcode in the code; the names are those of opcodes.def. */
export type Immediate =
  | 'NONE'
  | 'BLOCK'
  | 'LABEL'
  | 'LABELS'
  | 'FUNC'
  | 'TYPE'
  | 'LOCAL'
  | 'GLOBAL'
  | 'MEM0'
  | 'MEM1'
  | 'MEM2'
  | 'MEM3'
  | 'MEMIDX'
  | 'I32'
  | 'I64'
  | 'F32'
  | 'F64'
  | 'DATA'
  | 'DATAMEM'
  | 'MEMMEM'
  | 'ELEM'
  | 'ELEMTAB'
  | 'TABTAB';

export interface Opcode {
  /** One byte, or 0xfc00 + the sub-opcode. */
  readonly code: number;
  readonly text: string;
  readonly immediate: Immediate;
  /** What it takes: bytes, or LEB128 integers. Behind those of LABELS come as many labels as the first says, and one. */
  readonly bytes: number;
  readonly lebs: number;
  /** `ii:i`, or `*` when the effect depends on the context. */
  readonly signature: string;
  readonly pops: number;
  readonly pushes: number;
}

const LINE = /^X(?:FC)?\(0x([0-9a-f]+),\s*\w+,\s*"([^"]+)",\s*(\w+),\s*"([^"]*)",/;

export function parseOpcodes(source: string): Map<number, Opcode> {
  const table = new Map<number, Opcode>();
  for (const line of source.split('\n')) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, hex = '', text = '', immediate = '', signature = ''] = match;
    const [operands = '', results = ''] = signature === '*' ? [] : signature.split(':');
    const code = Number.parseInt(hex, 16);
    table.set(code, {
      code,
      text,
      immediate: immediate as Immediate,
      ...room(immediate as Immediate),
      signature,
      pops: operands.length,
      pushes: results.length,
    });
  }
  return table;
}

function room(immediate: Immediate): { bytes: number; lebs: number } {
  switch (immediate) {
    case 'NONE':
      return { bytes: 0, lebs: 0 };
    case 'F32':
      return { bytes: 4, lebs: 0 };
    case 'F64':
      return { bytes: 8, lebs: 0 };
    case 'TYPE':
    case 'MEM0':
    case 'MEM1':
    case 'MEM2':
    case 'MEM3':
    case 'MEMMEM':
    case 'DATAMEM':
    case 'ELEMTAB':
    case 'TABTAB':
      return { bytes: 0, lebs: 2 };
    default:
      return { bytes: 0, lebs: 1 };
  }
}

export const OPCODES: ReadonlyMap<number, Opcode> = parseOpcodes(
  readFileSync(new URL('../engine/opcodes.def', import.meta.url), 'utf8'),
);
