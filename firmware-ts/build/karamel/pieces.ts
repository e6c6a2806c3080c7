/**
 * Pieces of Karamel's stack in linear memory. Karamel lays every array and every 128-bit integer (two words of F*'s UInt128) on it, also those that no other function gets to see; Binaryen does not look
 * into memory, and an interpreter pays for each.
 *
 * - a piece of constant size is taken by an addition: word 0 of the memory, the stack pointer, is always a multiple of 8, so its size is what has to be rounded up (Karamel's align_64);
 * - a piece of the function's own becomes locals (words.ts).
 */
import { type List, match, type Node, pattern, setsIn } from '../wat.ts';
import { constant } from './constants.ts';
import { POINTER, takenIn, WORD_0 } from './pointer.ts';
import { placesOf, withWordsInLocals, wordsOf } from './words.ts';

const ALIGN = pattern('(import "WasmSupport" "WasmSupport_align_64" (func ?align (param i32) (result i32)))');
/** As Karamel takes a piece. */
const TAKE = pattern(
  `(local.set ?piece (block (result i32) (local.set ?from ${POINTER}) (local.set ?to (block (result i32) (local.set ?end (call ?align (i32.add !bytes ${POINTER}))) (local.set ?zero (i32.const 0)) (local.get ?end))) (i32.store align=1 (local.get ?zero) (local.get ?to)) (local.get ?from)))`,
);

/** Pieces of constant size taken by additions. @param module one that imports align_64 */
export function withPiecesTakenByAddition(module: Node): Node {
  if (typeof module === 'string') return module;
  const align = module.map((part) => match(ALIGN, part)?.align).find((name) => name !== undefined);
  return align === undefined ? module : takenByAddition(module, align);
}

function takenByAddition(nodes: List, align: Node): List {
  return nodes.flatMap((node): Node[] => {
    if (typeof node === 'string') return [node];
    const found = match(TAKE, node);
    const bytes = found?.align === align ? constant(found.bytes!) : undefined;
    if (bytes === undefined) return [takenByAddition(node, align)];
    const piece = found!.piece!;
    const end = ['i32.add', ['local.get', piece], ['i32.const', String(Math.ceil(bytes / 8) * 8)]];
    return [
      ['local.set', piece, pattern(POINTER)],
      ['i32.store', 'align=1', WORD_0, end],
    ];
  });
}

/** Pieces of the function's own as locals. */
export function withPiecesInLocals(func: List): List {
  const { pieces, saved } = takenIn(func);
  if (pieces.size === 0 || isUsed(func, saved)) return func;
  const places = placesOf(func, pieces);
  return withWordsInLocals(func, { places, words: wordsOf(func, places, pieces) });
}

/** Whether the stack pointer that a frame saved is more than copied and put back: as an address it is another name of the piece that is taken there. */
function isUsed(func: List, saved: ReadonlySet<Node>): boolean {
  const sets = setsIn(func);
  const copies = new Set(saved);
  const isSaved = (value: Node): boolean => value[0] === 'local.get' && copies.has(value[1]!);
  for (let before = -1; before !== copies.size; ) {
    before = copies.size;
    for (const [name, all] of sets) if (all.some((set) => isSaved(set[2]!))) copies.add(name);
  }
  const isWord0 = (address: Node): boolean =>
    match(WORD_0, address) !== undefined ||
    (address[0] === 'local.get' && (sets.get(address[1]!)?.every((set) => match(WORD_0, set[2]!)) ?? false));
  const isRead = (node: Node): boolean => {
    if (typeof node === 'string') return false;
    const isPutBack = node[0] === 'local.set' || (node[0] === 'i32.store' && isWord0(node.at(-2)!));
    return isSaved(node) || (!(isPutBack && isSaved(node.at(-1)!)) && node.some(isRead));
  };
  return isRead(func);
}
