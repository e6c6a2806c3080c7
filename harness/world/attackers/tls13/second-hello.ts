/**
 * The ClientHello that answers a HelloRetryRequest (RFC 8446 4.1.2): the first one over again, but for a share in the group that was asked for and the cookie, which
 * comes back as it was. A pre-shared key, padding and early data, which may change as well, are not known here.
 */
import type { Extension } from './wire.ts';

export interface ClientHello {
  /** From legacy_version up to the extensions. */
  readonly fixed: Uint8Array;
  readonly extensions: readonly Extension[];
}

const KEY_SHARE = 51;
const COOKIE = 44;

/** @param asked extensions of the HelloRetryRequest @returns what is wrong with the second one, undefined: nothing */
export function differenceAfterRetry(
  first: ClientHello,
  second: ClientHello,
  asked: readonly Extension[],
): string | undefined {
  if (!same(first.fixed, second.fixed)) return 'another random, session id, cipher suite or compression method';
  const cookie = dataOf(asked, COOKIE);
  const echoed = dataOf(second.extensions, COOKIE);
  if (!same(cookie, echoed)) return echoed ? 'another cookie' : 'no cookie';
  const group = dataOf(asked, KEY_SHARE);
  const share = dataOf(second.extensions, KEY_SHARE);
  // One share: its vector's length, then the group. None was asked for: the former one again.
  if (group ? !same(group, share?.subarray(2, 4)) : !same(share, dataOf(first.extensions, KEY_SHARE)))
    return 'another key share than was asked for';
  const [before, after] = [first, second].map(({ extensions }) => extensions.filter(isUnchanged));
  const stray = after!.findIndex(([type, data], n) => before![n]?.[0] !== type || !same(before![n]![1], data));
  if (stray >= 0) return `another extension ${after![stray]![0]}`;
  return before!.length === after!.length ? undefined : 'extensions that are missing';
}

const isUnchanged = ([type]: Extension) => type !== KEY_SHARE && type !== COOKIE;
const dataOf = (list: readonly Extension[], type: number) => list.find(([one]) => one === type)?.[1];

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;
}
