/** The state of a hash or a cipher as locals while a function works on it. */
import { bodyOf, each, holds, type List, type Node } from '../wat.ts';
import { accessOf, placesOf, withWordsInLocals, wordName, wordsOf } from './words.ts';

/**
 * A function that does nothing to memory but work on the words at one argument, again and again, loads them first and stores them last.
 * HACL* asks its callers for arguments that do not overlap, so that no other load of the function reads these words.
 */
export function withStateInLocals(func: List, isPure: (name: Node) => boolean): List {
  const stores: List[] = [];
  const touchesMore = (part: List) =>
    /^(memory|global)\.(copy|fill|grow|set)$/.test(String(part[0])) ||
    part[0] === 'call_indirect' ||
    (part[0] === 'call' && !isPure(part[1]!));
  each(func, (part) => {
    if (/\.store/.test(String(part[0]))) stores.push(part);
  });
  if (stores.length === 0 || holds(func, touchesMore)) return func;
  for (const [, state] of func.filter((part) => part[0] === 'param')) {
    const piece = String(state);
    const whole = new Map([[piece, Number.POSITIVE_INFINITY]]);
    const places = placesOf(func, whole);
    const words = wordsOf(func, places, whole).get(piece);
    if (!words || !stores.every((store) => accessOf(store, places)) || stores.length < words.size * AGAIN) continue;
    const place = (at: number) => [`offset=${at}`, 'align=1', ['local.get', piece]] as const;
    const name = (at: number) => wordName({ piece, at });
    const first = [...words].map(([at, type]) => ['local.set', name(at), [`${type}.load`, ...place(at)]]);
    const last = [...words].map(([at, type]) => [`${type}.store`, ...place(at), ['local.get', name(at)]]);
    const within = withWordsInLocals(func, { places, words: new Map([[piece, words]]) });
    const body = bodyOf(within);
    const result = within.some((part) => part[0] === 'result') ? within.length - 1 : within.length;
    return [...within.slice(0, body), ...first, ...within.slice(body, result), ...last, ...within.slice(result)];
  }
  return func;
}

/** Stores for each word of a state, at least. */
const AGAIN = 4;
