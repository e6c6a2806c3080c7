/** Karamel's stack pointer, word 0 of the memory: how it is read, and moved by an addition. */
import { type List, match, pattern } from '../wat.ts';

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
