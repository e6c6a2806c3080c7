/**
 * Mutations of a valid module, by the case's generator: of single bytes anywhere, of opcodes to others of the same
 * signature (these stay valid and run), of lengths, of the side table. A third of the cases are not mutated at all.
 */
import { buildSideTableLeniently } from '../sidetable/builder.ts';
import { OPCODES } from '../sidetable/opcodes.ts';
import { generateModule } from './generate.ts';
import { Random } from './random.ts';

export interface FuzzCase {
  readonly kind: 'valid' | 'bytes' | 'opcodes' | 'splice' | 'table';
  readonly wasm: Uint8Array;
  readonly table: Uint8Array;
}

const KINDS = ['valid', 'bytes', 'bytes', 'opcodes', 'opcodes', 'splice', 'table'] as const;

/** Opcodes of one byte that may stand for each other. */
const SIBLINGS = new Map<number, number[]>();
for (const op of OPCODES.values()) {
  if (op.signature === '*' || op.code > 0xff) continue;
  const same = [...OPCODES.values()].filter(
    (other) =>
      other.code <= 0xff &&
      other.signature === op.signature &&
      other.immediate.slice(0, 3) === op.immediate.slice(0, 3),
  );
  SIBLINGS.set(
    op.code,
    same.map(({ code }) => code),
  );
}

function mutateBytes(bytes: Uint8Array, random: Random, from = 0): void {
  if (bytes.length <= from) return;
  for (let count = 1 + random.below(3); count > 0; count--) {
    const at = from + random.below(bytes.length - from);
    const old = bytes[at] ?? 0;
    bytes[at] = random.pick([old ^ (1 << random.below(8)), old + 1, old - 1, random.below(256), 0, 0x7f, 0x80, 0xff]);
  }
}

/** Bytes that read as a plain opcode become a sibling; some hit immediates, which is welcome too. */
function mutateOpcodes(bytes: Uint8Array, random: Random): void {
  for (let count = 1 + random.below(6), tries = 0; count > 0 && tries < 200; tries++) {
    const at = 8 + random.below(Math.max(bytes.length - 8, 1));
    const siblings = SIBLINGS.get(bytes[at] ?? 0) ?? [];
    if (siblings.length < 2) continue;
    bytes[at] = random.pick(siblings);
    count -= 1;
  }
}

function splice(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length);
  const size = random.below(8);
  if (random.below(3) === 0) return bytes.slice(0, at);
  const from = random.below(bytes.length);
  const inserted = random.below(2) ? bytes.slice(from, from + size) : new Uint8Array();
  return Uint8Array.from([...bytes.slice(0, at), ...inserted, ...bytes.slice(at + (random.below(2) ? size : 0))]);
}

export function fuzzCase(seed: number, number: number): FuzzCase {
  const random = new Random((Math.imul(seed, 0x9e3779b1) ^ number) >>> 0);
  let wasm = generateModule(random);
  const kind = random.pick(KINDS);
  if (kind === 'bytes') mutateBytes(wasm, random, random.below(4) === 0 ? 0 : 8);
  if (kind === 'opcodes') mutateOpcodes(wasm, random);
  if (kind === 'splice') wasm = splice(wasm, random);
  let table = buildSideTableLeniently(wasm);
  if (kind === 'table') {
    if (random.below(6) === 0) table = table.slice(0, random.below(table.length));
    else mutateBytes(table, random);
  }
  return { kind, wasm, table };
}
