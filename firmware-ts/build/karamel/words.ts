/**
 * Words in memory as locals (scalar replacement of aggregates): of a piece of memory whose address stays in its function, and which is read and written in whole words at constant places alone.
 *
 * Works on the lists of a function's text. What does not look exactly as expected stays in memory.
 */
import { bodyOf, isPlain, type List, type Node, offsetOf, setsIn } from '../wat.ts';
import { constant } from './constants.ts';
import { pieceAt } from './pointer.ts';

const WHOLE_WORD = /^(i32|i64)\.(load|store)$/;

/** Bytes `at` and on of the piece whose address is in the local `piece`. */
export interface Place {
  readonly piece: string;
  readonly at: number;
}
/** What is known of a function's pieces. */
export interface Pieces {
  readonly places: ReadonlyMap<string, Place>;
  /** Of the pieces that become locals: where their words begin, and their types. */
  readonly words: ReadonlyMap<string, ReadonlyMap<number, string>>;
}

/** A function with the words of its pieces in locals. */
export function withWordsInLocals(func: List, pieces: Pieces): List {
  const declared = [...pieces.words].flatMap(([piece, words]) =>
    [...words].map(([at, type]) => ['local', wordName({ piece, at }), type]),
  );
  const body = bodyOf(func);
  return [...func.slice(0, body), ...declared, ...rewritten(func.slice(body), pieces)];
}

/** Locals that hold the same address within a piece, whatever way the function went. What holds a piece is set once, an argument never. */
export function placesOf(func: List, pieces: ReadonlyMap<string, number>): Map<string, Place> {
  const sets = setsIn(func);
  const isArgument = new Set(func.filter((part) => part[0] === 'param').map((part) => part[1]!));
  const places = new Map<string, Place>();
  for (const piece of pieces.keys())
    if ((sets.get(piece)?.length ?? 0) === (isArgument.has(piece) ? 0 : 1)) places.set(piece, { piece, at: 0 });
  const copyOf = (all: readonly List[]): Place | undefined => {
    const [place, ...others] = all.map((set) => (set[0] === 'local.set' ? placeOf(set[2]!, places) : undefined));
    const isSame = (other: Place | undefined) => other?.piece === place?.piece && other?.at === place?.at;
    return others.every(isSame) ? place : undefined;
  };
  for (let found = true; found; ) {
    found = false;
    for (const [name, all] of sets) {
      const place = places.has(String(name)) || isArgument.has(name) ? undefined : copyOf(all);
      if (!place) continue;
      places.set(String(name), place);
      found = true;
    }
  }
  return places;
}

function placeOf(address: Node, places: ReadonlyMap<string, Place>): Place | undefined {
  if (address[0] === 'local.get') return places.get(String(address[1]));
  if (address[0] !== 'i32.add') return undefined;
  const base = placeOf(address[1]!, places);
  const offset = constant(address[2]!);
  return base && offset !== undefined ? { piece: base.piece, at: base.at + offset } : undefined;
}

interface Access {
  readonly type: string;
  readonly place: Place;
  /** Of a store. */
  readonly value: Node | undefined;
}

/** A load or store of a whole word within a piece. */
export function accessOf(node: List, places: ReadonlyMap<string, Place>): Access | undefined {
  const [, type, verb] = WHOLE_WORD.exec(String(node[0])) ?? [];
  if (type === undefined) return undefined;
  const [address, value] = node.slice(verb === 'load' ? -1 : -2);
  const place = placeOf(address!, places);
  return place && { type, place: { ...place, at: place.at + offsetOf(node) }, value };
}

/** A `memory.fill` with zeros of a part of a piece, or a `memory.copy` to or from it. */
interface Range {
  readonly place: Place;
  readonly bytes: number;
  /** The other side of a copy. */
  readonly to?: Node;
  readonly from?: Node;
}

function rangeOf(node: List, places: ReadonlyMap<string, Place>): Range | undefined {
  const [op, to, from, length] = node;
  const bytes = op === 'memory.fill' || op === 'memory.copy' ? constant(length!) : undefined;
  if (bytes === undefined) return undefined;
  const place = placeOf(to!, places);
  if (op === 'memory.fill') return place && constant(from!) === 0 ? { place, bytes } : undefined;
  const source = placeOf(from!, places);
  if (place && source) return undefined;
  if (place && isPlain(from!)) return { place, bytes, from: from! };
  return source && isPlain(to!) ? { place: source, bytes, to: to! } : undefined;
}

/** Whether a range takes words whole, and, copied from, holds nothing else. */
function isOfWords({ place, bytes, to }: Range, words: ReadonlyMap<number, string>): boolean {
  const end = place.at + bytes;
  let known = 0;
  for (const [at, type] of words) {
    const next = at + wordBytes(type);
    if (next <= place.at || at >= end) continue;
    if (at < place.at || next > end) return false;
    known += next - at;
  }
  return to === undefined || known === bytes;
}

const wordBytes = (type: string) => (type === 'i64' ? 8 : 4);

/** Of the pieces that can become locals. @param sizes in bytes */
export function wordsOf(
  func: List,
  places: ReadonlyMap<string, Place>,
  sizes: ReadonlyMap<string, number>,
): Map<string, Map<number, string>> {
  const words = new Map([...places.values()].map(({ piece }) => [piece, new Map<number, string>()]));
  const ranges: Range[] = [];
  const visit = (node: Node): void => {
    if (typeof node === 'string') return;
    const access = accessOf(node, places);
    if (access) {
      const { type, place, value } = access;
      const own = words.get(place.piece);
      if ((own?.get(place.at) ?? type) === type) own?.set(place.at, type);
      else words.delete(place.piece);
      if (value !== undefined) visit(value);
      return;
    }
    const range = rangeOf(node, places);
    if (range) {
      ranges.push(range);
      // The other side may lie in a piece, at a place that is computed.
      visit(range.to ?? range.from ?? '');
    } else if (node[0] === 'local.get' && places.has(String(node[1]))) words.delete(places.get(String(node[1]))!.piece);
    else if (node[0] !== 'local.set' || !places.has(String(node[1])))
      node.forEach((part, at) => {
        if (pieceAt(node, at - 1) === undefined) visit(part);
      });
  };
  visit(func);
  for (const [piece, own] of words) {
    const size = sizes.get(piece) ?? 0;
    const isOutside = (range: Range) => range.place.at + range.bytes > size || !isOfWords(range, own);
    if (!areApart(own, size) || ranges.some((range) => range.place.piece === piece && isOutside(range)))
      words.delete(piece);
  }
  return words;
}

/** From each other, and from what is behind their piece. */
function areApart(words: ReadonlyMap<number, string>, size: number): boolean {
  const sorted = [...words].sort(([a], [b]) => a - b);
  return sorted.every(([at, type], i) => at + wordBytes(type) <= (sorted[i + 1]?.[0] ?? size));
}

export const wordName = ({ piece, at }: Place) => `${piece}.${at}`;

function rewritten(nodes: List, pieces: Pieces): List {
  const isInLocals = (place: Place | undefined) => place !== undefined && pieces.words.has(place.piece);
  return nodes.flatMap((node, at): readonly Node[] => {
    if (typeof node === 'string') return [node];
    const access = accessOf(node, pieces.places);
    if (access && isInLocals(access.place)) {
      const name = wordName(access.place);
      if (access.value === undefined) return [['local.get', name]];
      return [['local.set', name, ...rewritten([access.value], pieces)]];
    }
    const range = rangeOf(node, pieces.places);
    const words = range && pieces.words.get(range.place.piece);
    if (words) return wordByWord(range, words);
    if (node[0] === 'local.set' && isInLocals(pieces.places.get(String(node[1])))) return [];
    const taken = pieceAt(nodes, at - 1);
    return taken && pieces.words.has(taken.name) ? [] : [rewritten(node, pieces)];
  });
}

function wordByWord({ place, bytes, to, from }: Range, words: ReadonlyMap<number, string>): List {
  return [...words]
    .filter(([at]) => at >= place.at && at < place.at + bytes)
    .map(([at, type]) => {
      const name = wordName({ piece: place.piece, at });
      const offset = `offset=${at - place.at}`;
      if (to !== undefined) return [`${type}.store`, offset, 'align=1', to, ['local.get', name]];
      return [
        'local.set',
        name,
        from === undefined ? [`${type}.const`, '0'] : [`${type}.load`, offset, 'align=1', from],
      ];
    });
}
