/** Frames on Karamel's stack in linear memory: a body saves the stack pointer, word 0 of the memory, and puts it back, whether it takes a piece of the stack or not. */
import { each, holds, type List, match, type Node, pattern, setsIn } from '../wat.ts';
import { KEPT, WORD_0 } from './pointer.ts';

const ZERO = pattern('(local.set ?zero (i32.const 0))');
const COPIED = pattern('(local.set ?pointer (local.get ?value))');
const PUT_BACK = pattern('(i32.store align=1 (local.get ?zero) (local.get ?pointer))');

/** Without the frames of bodies that take no piece: the stack pointer is neither saved nor put back, for calls leave it as they find it. */
export function withoutIdleFrames(func: List): List {
  const sets = setsIn(func);
  const isZero = (address: Node) =>
    isWord0(address) ||
    (address[0] === 'local.get' && (sets.get(address[1]!)?.every((set) => isWord0(set[2]!)) ?? false));
  const isPutBack = (saved: Node, pointer: Node): boolean => {
    const [set, more] = sets.get(pointer) ?? [];
    const copied = more === undefined && set !== undefined ? match(COPIED, set)?.value : undefined;
    return pointer === saved || (copied !== undefined && isPutBack(saved, copied));
  };
  return withoutUnread(withoutPuttingBack(func, { isZero, isPutBack }));
}

interface Pointers {
  readonly isZero: (address: Node) => boolean;
  /** Whether what is stored from the local `pointer` is what `saved` holds. */
  readonly isPutBack: (saved: Node, pointer: Node) => boolean;
}

function isWord0(address: Node): boolean {
  return match(WORD_0, address) !== undefined;
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
function putsBackAt(list: List, from: number, saved: Node, { isZero, isPutBack }: Pointers): number {
  for (let at = from + 1; at + 2 < list.length; at++) {
    const { pointer, value } = match(COPIED, list[at + 1]!) ?? {};
    const store = match(PUT_BACK, list[at + 2]!);
    const zero = match(ZERO, list[at]!)?.zero;
    if (store && store.pointer === pointer && store.zero === zero && isPutBack(saved, value!)) return at;
    if (holds(list[at]!, (part) => part[0] === 'i32.store' && isZero(part.at(-2)!))) return -1;
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
      if (!isUnread || !(match(KEPT, node) || match(COPIED, node) || isWord0(node[2]!))) return [kept(node)];
      dropped = true;
      return [];
    });
  const less = kept(func);
  return dropped ? withoutUnread(less) : less;
}
