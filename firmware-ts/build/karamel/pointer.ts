/** Karamel's stack pointer, word 0 of the memory: how it is read, and what moves it. */
import { holds, type List, match, type Node, pattern, setsIn } from '../wat.ts';
import { constant } from './constants.ts';

export const WORD_0 = pattern('(i32.const 0)');
export const POINTER = '(i32.load align=1 (i32.const 0))';
/** Kept in a local: to take a piece from there, or to put it back. */
export const KEPT = pattern(`(local.set ?piece ${POINTER})`);
const TAKEN = pattern('(i32.store align=1 (i32.const 0) (i32.add (local.get ?piece) (i32.const ?bytes)))');

/** Of statements: the piece that this one and the next take. */
export function pieceAt(nodes: List, at: number): string | undefined {
  const piece = match(KEPT, nodes[at] ?? '')?.piece;
  return piece !== undefined && match(TAKEN, nodes[at + 1] ?? '')?.piece === piece ? String(piece) : undefined;
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
  return value[0] === 'if' ? value.slice(-2).flatMap((branch) => endsOf(branch)) : [value];
}
