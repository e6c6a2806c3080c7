/** Karamel's stack pointer, word 0 of the memory: how it is read, and what moves it. */
import { each, holds, type List, match, type Node, pattern, setsIn } from '../wat.ts';
import { constant } from './constants.ts';

export const WORD_0 = pattern('(i32.const 0)');
export const POINTER = '(i32.load align=1 (i32.const 0))';
/** Kept in a local: to take a piece from there, or to put it back. */
export const KEPT = pattern(`(local.set ?piece ${POINTER})`);
const TAKEN = pattern('(i32.store align=1 (i32.const 0) (i32.add (local.get ?piece) (i32.const ?bytes)))');

/** Of a piece whose size is known at run time alone, its address kept first. */
const SIZED = pattern(
  `(then (local.set ?piece ${POINTER}) (local.set ?end (call ?align (i32.add !bytes ${POINTER}))) (local.set ?zero (i32.const 0)) (local.set ?to (local.get ?end)) (i32.store align=1 (local.get ?zero) (local.get ?to)))`,
);

/** Of statements: the piece that this one and the next take. */
export function pieceAt(nodes: List, at: number): { name: string; bytes: number } | undefined {
  const piece = match(KEPT, nodes[at] ?? '')?.piece;
  const taken = piece === undefined ? undefined : match(TAKEN, nodes[at + 1] ?? '');
  return taken?.piece === piece && taken ? { name: String(piece), bytes: Number(taken.bytes) } : undefined;
}

export interface Taken {
  /** Pieces by the local that holds their address: their sizes in bytes. */
  readonly pieces: ReadonlyMap<string, number>;
  /** Locals that hold the stack pointer to put it back. */
  readonly saved: ReadonlySet<Node>;
}

/** What a function keeps the stack pointer for. */
export function takenIn(func: List): Taken {
  const pieces = new Map<string, number>();
  const saved = new Set<Node>();
  each(func, (part) => {
    for (let at = 0; at < part.length; at++) {
      const kept = match(KEPT, part[at]!)?.piece;
      const piece = pieceAt(part, at);
      if (piece) pieces.set(piece.name, piece.bytes);
      else if (kept !== undefined && !match(SIZED, ['then', ...part.slice(at, at + 5)])) saved.add(kept);
    }
  });
  return { pieces, saved };
}

/** Of a function: whether a part of it moves the stack pointer, or may: stores to word 0, or to a local that is ever 0. A function leaves the pointer as it found it, so a call does not move it. */
export function movesPointer(func: List): (part: Node) => boolean {
  const sets = [...setsIn(func).values()].flat();
  const zeros = new Set<Node>();
  const isZero = (value: Node): boolean =>
    endsOf(value).some((end) => constant(end) === 0 || (end[0] === 'local.get' && zeros.has(end[1]!)));
  for (let before = -1; before !== zeros.size; ) {
    before = zeros.size;
    for (const [, name, value] of sets) if (isZero(value!)) zeros.add(name!);
  }
  return (part) => holds(part, (store) => /^[if]\d\d\.store\d*$/.test(String(store[0])) && isZero(store.at(-2)!));
}

/** What an expression may come to: itself, or the last of its instructions, in each branch. */
function endsOf(value: Node): readonly Node[] {
  if (/^(block|loop|then|else)$/.test(String(value[0]))) return endsOf(value.at(-1)!);
  return value[0] === 'if' ? (value.slice(-2) as List).flatMap(endsOf) : [value];
}
