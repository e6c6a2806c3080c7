/** The state of a hash or a cipher as locals while a function works on it. */
import { bodyOf, each, holds, isPlain, type List, type Node } from '../wat.ts';
import { accessOf, placesOf, withWordsInLocals, wordName, wordsOf } from './words.ts';

/** A function by what it does to memory. */
export interface Known {
  readonly name: string;
  /** Of its state, and how often it stores to them. */
  readonly words: number;
  readonly stores: number;
  /** Loads that read something else; none of them reads the state. */
  readonly otherLoads: number;
}

/** Where another load would read the state, it would read what is not stored yet: so each has its reason. */
const KNOWN: readonly Known[] = [
  // It has one argument, and reads nothing else.
  { name: 'double_round of Hacl_Impl_Chacha20', words: 16, stores: 64, otherLoads: 0 },
  // Hacl.Hash.SHA2's `update` requires `disjoint` of the block and the hash; its constants are the module's data, its message schedule is on the stack.
  { name: 'sha256_update of Hacl_SHA2_Generic', words: 8, stores: 136, otherLoads: 32 },
];

/** A function that does nothing to memory but work on the words at one argument, again and again, loads them first and stores them last. */
export function withStateInLocals(func: List, isPure: (name: Node) => boolean, known = KNOWN): List {
  const [stores, loads] = [/\.store/, /\.load/].map((kind) => accesses(func, kind)) as [List[], List[]];
  if (stores.length === 0 || !isSimple(func, isPure)) return func;
  for (const [, state] of func.filter((part) => part[0] === 'param')) {
    const piece = String(state);
    const whole = new Map([[piece, Number.POSITIVE_INFINITY]]);
    const places = placesOf(func, whole);
    const words = wordsOf(func, places, whole).get(piece);
    if (!words || !stores.every((store) => accessOf(store, places)) || stores.length < words.size * AGAIN) continue;
    const otherLoads = loads.filter((load) => !accessOf(load, places)).length;
    refuseUnknown({ name: String(func[1]), words: words.size, stores: stores.length, otherLoads }, known);
    const place = (at: number) => [`offset=${at}`, 'align=1', ['local.get', piece]] as const;
    const name = (at: number) => wordName({ piece, at });
    const first = [...words].map(([at, type]) => ['local.set', name(at), [`${type}.load`, ...place(at)]]);
    const last = [...words].map(([at, type]) => [`${type}.store`, ...place(at), ['local.get', name(at)]]);
    const within = withWordsInLocals(func, { places, words: new Map([[piece, words]]) });
    const body = bodyOf(within);
    const result = hasResult(within) ? within.length - 1 : within.length;
    return [...within.slice(0, body), ...first, ...within.slice(body, result), ...last, ...within.slice(result)];
  }
  return func;
}

/** Stores for each word of a state, at least. */
const AGAIN = 4;

function accesses(func: List, kind: RegExp): List[] {
  const found: List[] = [];
  each(func, (part) => {
    if (kind.test(String(part[0]))) found.push(part);
  });
  return found;
}

const SIMPLE =
  /^(func|type|param|result|local|local\.(get|set|tee)|i(32|64)\.[a-z0-9_]+|block|loop|if|then|else|drop|nop|select)$/;

/** Whether it is left at its end alone, and changes nothing but by its own stores. What a trap leaves behind nobody reads. */
function isSimple(func: List, isPure: (name: Node) => boolean): boolean {
  const labels = new Set<Node>();
  each(func, ([op, label]) => {
    if (op === 'block' || op === 'loop') labels.add(label!);
  });
  const isOther = ([op, name]: List): boolean => {
    if (op === 'call') return !isPure(name!);
    if (op === 'br' || op === 'br_if') return !labels.has(name!);
    return !SIMPLE.test(String(op));
  };
  return !holds(func, isOther) && (!hasResult(func) || isPlain(func.at(-1)!));
}

function hasResult(func: List): boolean {
  return func.some((part) => part[0] === 'result');
}

function refuseUnknown(got: Known, known: readonly Known[]): void {
  const isSame = ({ words, stores, otherLoads }: Known) =>
    words === got.words && stores === got.stores && otherLoads === got.otherLoads;
  if (known.some(isSame)) return;
  const names = known.map(({ name }) => name).join(', ');
  throw new Error(
    `expected ${names} to work on a state, got ${JSON.stringify(got)}: say in karamel/state.ts why none of its loads reads its state`,
  );
}
