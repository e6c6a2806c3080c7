/**
 * Takes out of Karamel's Wasm what Karamel leaves to a compiler, Binaryen leaves as well, and an interpreter pays for at every turn:
 *
 * - a rotation spelled as two shifts becomes `rotl` (core specification 4.3.2);
 * - the stack pointer is not saved and put back around a body that does not move it (pointer.ts);
 * - a loop of a few turns over 32-bit words is written out, its index a constant in each, so that addresses become offsets. (With 64-bit words the interpreter's time goes elsewhere.)
 *
 * Works on the lists of a module's text. What does not look exactly as expected stays as it is.
 */

import { holds, type List, match, type Node, pattern, size } from '../wat.ts';
import { constant } from './constants.ts';
import { movesPointer } from './pointer.ts';

const ROTATIONS = ['i32', 'i64'].flatMap((type) => {
  const up = `(${type}.shl (local.get ?value) (${type}.const ?up))`;
  const down = `(${type}.shr_u (local.get ?value) (${type}.const ?down))`;
  return [pattern(`(${type}.or ${up} ${down})`), pattern(`(${type}.or ${down} ${up})`)];
});
const FRAME = pattern(
  '(local.set ?pointer (block (result i32) (local.set ?saved (i32.load align=1 (i32.const 0))) *body (local.set ?zero (i32.const 0)) (local.get ?saved)))',
);
const PUT_BACK = pattern('(i32.store align=1 (local.get ?zero) (local.get ?pointer))');
const START = pattern('(local.set ?index (i32.const 0))');
const LOOP = pattern(
  '(loop ?label (if (i32.lt_u (local.get ?index) !count) (then *body (local.set ?index (i32.add (local.get ?index) (i32.const 1))) (br ?label)) (else (nop))))',
);

/** Nodes of a loop that is written out; the sixteen rounds of SHA-256 have half of it. */
const MOST_NODES = 6000;

/** Loops that are written out: of a few turns over 32-bit words, of a single turn, none. */
export type WrittenOut = 'short' | 'single' | 'none';

/** @param node a module, a function, or what stands in one */
export function withoutLoopsAndFrames(node: Node, writeOut: WrittenOut): Node {
  if (typeof node === 'string') return node;
  if (node[0] === 'module') return node.map((part) => withoutLoopsAndFrames(part, writeOut));
  return fromInside(node, { writeOut, moves: movesPointer(node) });
}

interface Meant {
  readonly writeOut: WrittenOut;
  /** Whether a part of the function moves the stack pointer. */
  readonly moves: (part: Node) => boolean;
}

/** A body is free of frames and loops before what is around it is looked at. */
function fromInside(node: List, meant: Meant): List {
  const inner = node.map((part) => (typeof part === 'string' ? part : fromInside(part, meant)));
  const whole = withoutFrames(inner, meant.moves);
  return asRotation(meant.writeOut === 'none' ? whole : withoutLoops(whole, meant.writeOut));
}

function asRotation(node: List): List {
  for (const rotation of ROTATIONS) {
    const { value, up, down } = match(rotation, node) ?? {};
    if (value === undefined) continue;
    const type = String(node[0]).slice(0, 3);
    if (Number(up) + Number(down) === Number(type.slice(1)))
      return [`${type}.rotl`, ['local.get', value], [`${type}.const`, up!]];
  }
  return node;
}

function withoutFrames(nodes: List, moves: Meant['moves']): List {
  return nodes.flatMap((node, at) => {
    if (at > 0 && frame(nodes[at - 1]!, node, moves)) return [];
    return frame(node, nodes[at + 1] ?? '', moves) ?? [node];
  });
}

/** The body of a frame and the store behind it, where the body takes nothing from the stack and knows nothing of the frame. */
function frame(node: Node, next: Node, moves: Meant['moves']): List | undefined {
  const found = match(FRAME, node);
  const store = found && match(PUT_BACK, next);
  if (!store || store.zero !== found.zero || store.pointer !== found.pointer) return undefined;
  const own = [found.saved, found.zero, found.pointer];
  const isRead = holds(found.body!, ([op, name]) => op === 'local.get' && own.includes(name!));
  return isRead || moves(found.body!) ? undefined : (found.body as List);
}

function withoutLoops(nodes: List, writeOut: WrittenOut): List {
  return nodes.flatMap((node, at) => turns(nodes[at - 1] ?? '', node, writeOut) ?? [node]);
}

/** What the loop does, turn by turn, and leaves in its index. */
function turns(before: Node, node: Node, writeOut: WrittenOut): List | undefined {
  const found = match(LOOP, node);
  if (!found || match(START, before)?.index !== found.index) return undefined;
  const { index, label } = found;
  const count = constant(found.count!);
  if (count === undefined || (writeOut === 'single' && count !== 1)) return undefined;
  const body = found.body as List;
  const isMeant = (part: List) =>
    (writeOut === 'short' && String(part[0]).startsWith('i64.')) ||
    (String(part[0]).startsWith('br') && part.includes(label!)) ||
    (/^local\.(set|tee)$/.test(String(part[0])) && part[1] === index);
  if (holds(body, isMeant) || count * size(body) > MOST_NODES) return undefined;
  const each = Array.from({ length: count }, (_, turn) => withConstant(body, index!, String(turn)) as List);
  return [...each.flat(), ['local.set', index!, ['i32.const', String(count)]]];
}

function withConstant(node: Node, index: Node, value: string): Node {
  if (typeof node === 'string') return node;
  if (node[0] === 'local.get' && node[1] === index) return ['i32.const', value];
  return node.map((part) => withConstant(part, index, value));
}
