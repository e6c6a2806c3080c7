/**
 * What an operation leaves that its supply did not outlast, decided by the seed and the operation's number: the word of a torn program is unreadable,
 * each word of a torn erase is old, erased or unreadable (DESIGN; RM0433 4.3.14 guarantees nothing).
 */
import type { FlashArray } from './array.ts';
import { SECTOR_BYTES, WORD_BYTES } from './registers.ts';

/** xorshift32 from a text's FNV-1a hash. */
function generator(seed: string): () => number {
  let state = 0x811c_9dc5;
  for (let index = 0; index < seed.length; index++) state = Math.imul(state ^ seed.charCodeAt(index), 0x0100_0193);
  state = state >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state >>> 3;
  };
}

/** Some of the bits that were to be cleared are. */
export function tearProgram(array: FlashArray, at: number, bytes: Uint8Array, seed: string): void {
  const random = generator(seed);
  array.tear(
    at,
    array.read(at, WORD_BYTES).map((old, index) => old & (bytes[index]! | random())),
  );
}

/** What a torn erase may leave beside what the seed draws: the first words blank and the others old, or the other way round. */
export type TornErase = 'head-blank' | 'tail-blank';
/** Of a journal: its sector's head, and the beginning of its first record. */
const HEAD_BYTES = 2 * WORD_BYTES;

/** @param sectors offsets in the array */
export function halfErase(array: FlashArray, sectors: readonly number[], shape: TornErase): void {
  for (const sector of sectors) {
    const middle = sector + HEAD_BYTES;
    const [from, to] = shape === 'head-blank' ? [sector, middle] : [middle, sector + SECTOR_BYTES];
    for (let at = from; at < to; at += WORD_BYTES) array.eraseWord(at);
  }
}

/** @param sectors offsets in the array */
export function tearErase(array: FlashArray, sectors: readonly number[], seed: string): void {
  const random = generator(seed);
  for (const sector of sectors) {
    for (let at = sector; at < sector + SECTOR_BYTES; at += WORD_BYTES) {
      const fate = random() % 3;
      if (fate === 1) array.eraseWord(at);
      if (fate === 2) array.tear(at);
    }
  }
}
