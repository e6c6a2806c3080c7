/** Frames on Karamel's stack in linear memory: a body saves the stack pointer, word 0 of the memory, and puts it back, whether it takes a piece of the stack or not. */
import { each, type List, match, type Node, pattern, setsIn } from '../wat.ts';
import { KEPT, movesPointer, WORD_0 } from './pointer.ts';

const ZERO = pattern('(local.set ?zero (i32.const 0))');
const COPIED = pattern('(local.set ?pointer (local.get ?value))');
const PUT_BACK = pattern('(i32.store align=1 (local.get ?zero) (local.get ?pointer))');

/** Without the frames of bodies that take no piece: the stack pointer is neither saved nor put back, for calls leave it as they find it. */
export function withoutIdleFrames(func: List): List {
  const sets = setsIn(func);
  const isSame = (saved: Node, pointer: Node, between: List): boolean => {
    if (sets.get(pointer)?.length !== 1) return false;
    if (pointer === saved) return true;
    const at = between.findIndex((node) => match(COPIED, node)?.pointer === pointer);
    const copied = match(COPIED, between[at] ?? '')?.value;
    return copied !== undefined && isSame(saved, copied, between.slice(0, at));
  };
  return withoutUnread(withoutPuttingBack(func, { moves: movesPointer(func), isSame }));
}

interface Pointers {
  /** Whether what stands there moves the stack pointer. */
  readonly moves: (part: Node) => boolean;
  /** Whether the local `pointer` holds what `saved` does, behind the statements `between`. */
  readonly isSame: (saved: Node, pointer: Node, between: List) => boolean;
}

function withoutPuttingBack(nodes: List, pointers: Pointers): List {
  const list: Node[] = nodes.map((node) => (typeof node === 'string' ? node : withoutPuttingBack(node, pointers)));
  for (let at = list.length - 1; at >= 0; at--) {
    const saved = match(KEPT, list[at]!)?.piece;
    const back = saved === undefined ? -1 : putsBackAt(list, at, saved, pointers);
    if (back >= 0) list.splice(back, 3);
  }
  return list;
}

/** Where, after `from`, `saved` is put back by three statements, with no move of the stack pointer in between; -1: nowhere. */
function putsBackAt(list: List, from: number, saved: Node, { moves, isSame }: Pointers): number {
  for (let at = from + 1; at + 2 < list.length; at++) {
    const { pointer, value } = match(COPIED, list[at + 1]!) ?? {};
    const store = match(PUT_BACK, list[at + 2]!);
    const zero = match(ZERO, list[at]!)?.zero;
    if (store && store.pointer === pointer && store.zero === zero && isSame(saved, value!, list.slice(from + 1, at)))
      return at;
    if (moves(list[at]!)) return -1;
  }
  return -1;
}

/** Without what is set and never read: what was saved, and word 0's address. Again, for a copy may have been the reader. */
function withoutUnread(func: List): List {
  const read = new Set<Node>();
  each(func, (part) => {
    if (part[0] === 'local.get') read.add(part[1]!);
  });
  let dropped = false;
  const kept = (nodes: List): List =>
    nodes.flatMap((node): readonly Node[] => {
      if (typeof node === 'string') return [node];
      const isUnread = node[0] === 'local.set' && !read.has(node[1]!);
      if (!isUnread || !(match(KEPT, node) || match(COPIED, node) || match(WORD_0, node[2]!))) return [kept(node)];
      dropped = true;
      return [];
    });
  const less = kept(func);
  return dropped ? withoutUnread(less) : less;
}
