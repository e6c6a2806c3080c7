/**
 * Karamel's loops that fill an array with zeros or copy one, from the last word to the first, as `memory.fill` and `memory.copy` (core specification 2.0, 4.4.7).
 *
 * An array that is filled with something else has it put into its first element; the loop spreads it to the others. What does not look exactly as expected stays as it is.
 *
 * To the same effect as HACL* calls them: arrays that are copied are apart or the same (it requires that of its callers), arrays lie within memory also when nothing of
 * them is filled or copied, and no one reads the inner index of a loop over bytes behind it.
 */
import { each, holds, isPlain, type List, match, type Node, offsetOf, pattern } from '../wat.ts';

const LOOP = pattern(
  '(loop ?label (if (i32.gt_u (local.get ?index) (i32.const 0)) (then *body (local.set ?index (i32.sub (local.get ?index) (i32.const 1))) (br ?label)) (else (nop))))',
);
const ELEMENT = pattern('(i32.add !base (i32.mul !index (i32.const ?bytes)))');
const BELOW = pattern('(i32.sub (local.get ?index) (i32.const 1))');
const AT = pattern('(local.get ?index)');
const COUNTED = pattern('(local.set ?index (i32.const ?count))');
const ONE_LESS = pattern('(local.set ?index (i32.sub (local.get ?index) (i32.const 1)))');
/** An element of several words goes byte by byte. */
const SPREAD = pattern(
  '(then (local.set ?byte (i32.const 0)) (loop ?inner (if (i32.lt_u (local.get ?byte) (i32.const ?bytes)) (then (i32.store8 (i32.add (i32.add (i32.add !base (i32.mul (local.get ?index) (i32.const ?bytes))) (i32.const 0)) (local.get ?byte)) (i32.load8_u (i32.add (i32.add !first (i32.mul (i32.mul (i32.const 0) (i32.const ?bytes)) (i32.const 1))) (local.get ?byte)))) (local.set ?byte (i32.add (local.get ?byte) (i32.const 1))) (br ?inner)) (else (nop)))))',
);
const STORES: Readonly<Record<string, { load: string; bytes: string }>> = {
  'i32.store8': { load: 'i32.load8_u', bytes: '1' },
  'i32.store': { load: 'i32.load', bytes: '4' },
  'i64.store': { load: 'i64.load', bytes: '8' },
};

export function withoutFillLoops(func: List): List {
  const zeros = new Set<Node>();
  const others = new Set<Node>();
  each(func, (part) => {
    if (/^local\.(set|tee)$/.test(String(part[0]))) (isZero(part[2]!) ? zeros : others).add(part[1]!);
    if (part[0] === 'param') others.add(part[1]!);
  });
  const isZeroed = (value: Node) =>
    isZero(value) || (value[0] === 'local.get' && zeros.has(value[1]!) && !others.has(value[1]!));
  return replaced(func, isZeroed);
}

type IsZero = (value: Node) => boolean;

function isZero(value: Node): boolean {
  return (value[0] === 'i32.const' || value[0] === 'i64.const') && value[1] === '0';
}

function replaced(nodes: List, isZeroed: IsZero): List {
  return nodes.flatMap((node, at): readonly Node[] => {
    if (typeof node === 'string') return [node];
    const loop = match(LOOP, node);
    const operation = loop && operationOf(loop.index!, loop.body as List, nodes.slice(0, at), isZeroed);
    return operation ? [operation, ['local.set', loop.index!, ['i32.const', '0']]] : [replaced(node, isZeroed)];
  });
}

function operationOf(index: Node, body: List, before: List, isZeroed: IsZero): List | undefined {
  const bytes = (width: string): List => {
    const count = countOf(index, before);
    return count === undefined
      ? ['i32.mul', ['local.get', index], ['i32.const', width]]
      : ['i32.const', String(count * Number(width))];
  };
  const spread = match(SPREAD, ['then', ...body]);
  if (spread?.index === index && sameNode(spread.base!, spread.first!)) {
    const { base, byte } = spread;
    const width = String(spread.bytes);
    const isFixed = byte !== index && isPlain(base!) && !reads(base!, index) && !reads(base!, byte!);
    return isFixed && isFirstZero({ base: base!, width, index }, before, isZeroed)
      ? ['memory.fill', behind(base!, width), ZERO, bytes(width)]
      : undefined;
  }
  const [store, more] = body;
  const kind = STORES[String(store?.[0])];
  if (store === undefined || more !== undefined || kind === undefined || hasOffset(store as List)) return undefined;
  const [address, value] = (store as List).slice(-2);
  const to = element(address!, kind.bytes, index);
  if (!to) return undefined;
  if (to.isBelow && isZeroed(value!)) return ['memory.fill', to.base, ZERO, bytes(kind.bytes)];
  if (value![0] !== kind.load || hasOffset(value as List)) return undefined;
  const source = (value as List).at(-1)!;
  if (!to.isBelow)
    return sameNode(source, to.base) && isFirstZero({ base: to.base, width: kind.bytes, index }, before, isZeroed)
      ? ['memory.fill', behind(to.base, kind.bytes), ZERO, bytes(kind.bytes)]
      : undefined;
  const from = element(source, kind.bytes, index);
  return from?.isBelow ? ['memory.copy', to.base, from.base, bytes(kind.bytes)] : undefined;
}

const ZERO = pattern('(i32.const 0)');

function hasOffset(access: List): boolean {
  return offsetOf(access) !== 0;
}

/** The element `index`, or the one below it, of the array at `base`. */
function element(address: Node, width: string, index: Node): { base: Node; isBelow: boolean } | undefined {
  const found = match(ELEMENT, address);
  if (found?.bytes !== width || !isPlain(found.base!) || reads(found.base!, index)) return undefined;
  if (match(BELOW, found.index!)?.index === index) return { base: found.base!, isBelow: true };
  return match(AT, found.index!)?.index === index ? { base: found.base!, isBelow: false } : undefined;
}

/** How many elements are left before the loop, where that is known. */
function countOf(index: Node, before: List): number | undefined {
  for (let at = before.length - 1, less = 0; at >= 0; at--) {
    const node = before[at]!;
    const counted = match(COUNTED, node);
    if (counted?.index === index) return Number(counted.count) - less;
    if (match(ONE_LESS, node)?.index === index) less += 1;
    else if (holds(node, (part) => /^local\.(set|tee)$/.test(String(part[0])) && part[1] === index)) return undefined;
  }
  return undefined;
}

interface Elements {
  readonly base: Node;
  readonly width: string;
  readonly index: Node;
}

/** Whether the stores that stand before the loop put nothing but zeros to the first element, to each byte of it once. */
function isFirstZero({ base, width, index }: Elements, before: List, isZeroed: IsZero): boolean {
  const stored: number[] = [];
  for (const node of before.toReversed()) {
    if (match(ONE_LESS, node)?.index === index) continue;
    const kind = STORES[String(node[0])];
    const [address, value] = node.slice(-2) as List;
    if (!kind || !sameNode(address!, base)) break;
    if (!isZeroed(value!)) return false;
    const from = offsetOf(node as List);
    for (let at = 0; at < Number(kind.bytes); at++) stored.push(from + at);
  }
  return stored.length === Number(width) && stored.sort((a, b) => a - b).every((at, i) => at === i);
}

function reads(address: Node, local: Node): boolean {
  return holds(address, ([op, name]) => op === 'local.get' && name === local);
}

function behind(base: Node, width: string): List {
  return ['i32.add', base, ['i32.const', width]];
}

function sameNode(a: Node, b: Node): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
