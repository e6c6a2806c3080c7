/**
 * The flash array: two banks of eight sectors, what each word holds and whether it can be read. No protection, no registers.
 *
 * A word is erased (all ones), programmed once, or unreadable: programmed twice or torn by a power cut, its ECC no longer fits, and it stays so until
 * its sector is erased (4.3.9 says that a second program "may" break the ECC: here it always does). A single wrong bit is corrected on reading (4.3.12).
 * Left out: the ten ECC bits themselves, ageing. Snapshots share sectors until one side writes (copy on write).
 */
import { createHash } from 'node:crypto';
import { FLASH_BYTES, SECTOR_BYTES, WORD_BYTES } from './registers.ts';

const WORDS = SECTOR_BYTES / WORD_BYTES;
const SECTORS = FLASH_BYTES / SECTOR_BYTES;
const BLOCK_BYTES = 2048;
const BLOCK_WORDS = BLOCK_BYTES / WORD_BYTES;
const BLOCKS = SECTOR_BYTES / BLOCK_BYTES;

export const WORD_STATE = { erased: 0, programmed: 1, unreadable: 2, correctable: 3 } as const;

interface Sector {
  readonly bytes: Uint8Array;
  /** WORD_STATE of each word. */
  readonly states: Uint8Array;
  /** False: no word is unreadable or corrected, so that nobody has to look. */
  flawed: boolean;
  /** SHA-256 of each block, forgotten when it is written; then the sector's. */
  readonly blocks: (Buffer | undefined)[];
  hash: string | undefined;
}

export interface ArraySnapshot {
  readonly sectors: readonly Sector[];
}

/** Shared by all: never written. */
const ERASED: Sector = {
  bytes: new Uint8Array(SECTOR_BYTES).fill(0xff),
  states: new Uint8Array(WORDS),
  flawed: false,
  blocks: [],
  hash: undefined,
};

/**
 * SHA-256 of what a reader can see, hex: contents and word states, with the cells of unreadable words left out. What was written since is hashed anew, by blocks.
 */
export function hashArray({ sectors }: ArraySnapshot): string {
  const hash = createHash('sha256');
  for (const sector of sectors) {
    sector.hash ??= hashSector(sector);
    hash.update(sector.hash);
  }
  return hash.digest('hex');
}

function hashSector({ bytes, states, flawed, blocks }: Sector): string {
  const hash = createHash('sha256');
  for (let block = 0; block < BLOCKS; block++) {
    blocks[block] ??= hashBlock(
      bytes.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES),
      states.subarray(block * BLOCK_WORDS, (block + 1) * BLOCK_WORDS),
      flawed,
    );
    hash.update(blocks[block]!);
  }
  return hash.digest('hex');
}

function hashBlock(bytes: Uint8Array, states: Uint8Array, flawed: boolean): Buffer {
  let seen = bytes;
  if (flawed) {
    seen = bytes.slice();
    states.forEach((state, word) => {
      if (state === WORD_STATE.unreadable) seen.fill(0, word * WORD_BYTES, (word + 1) * WORD_BYTES);
    });
  }
  return createHash('sha256').update(seen).update(states).digest();
}

export class FlashArray {
  sectors: Sector[] = Array.from({ length: SECTORS }, () => ERASED);
  /** Sectors that nobody else holds: they may be written in place. */
  private owned: boolean[] = this.sectors.map(() => false);

  /** @param at offset in the array, bank 1 first; the range lies within one sector or spans several */
  read(at: number, length: number): Uint8Array {
    const start = at % SECTOR_BYTES;
    if (start + length <= SECTOR_BYTES) return this.sectorAt(at).bytes.slice(start, start + length);
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const offset = (at + done) % SECTOR_BYTES;
      const part = Math.min(length - done, SECTOR_BYTES - offset);
      out.set(this.sectorAt(at + done).bytes.subarray(offset, offset + part), done);
      done += part;
    }
    return out;
  }

  /** Offset of the first unreadable word in the range. */
  firstUnreadable(at: number, length: number): number | undefined {
    return this.find(at, length, WORD_STATE.unreadable);
  }

  /** Offset of the first word in the range that is read with one bit corrected. */
  firstCorrectable(at: number, length: number): number | undefined {
    return this.find(at, length, WORD_STATE.correctable);
  }

  state(at: number): number {
    return this.sectorAt(at).states[(at % SECTOR_BYTES) / WORD_BYTES]!;
  }

  /** Programs one word: bits go from one to zero; a word that is not erased becomes unreadable. */
  program(at: number, bytes: Uint8Array): void {
    const { sector, offset, word } = this.writable(at);
    const again = sector.states[word] !== WORD_STATE.erased;
    for (let index = 0; index < WORD_BYTES; index++) sector.bytes[offset + index]! &= bytes[index]!;
    sector.states[word] = again ? WORD_STATE.unreadable : WORD_STATE.programmed;
    if (again) sector.flawed = true;
  }

  /** Programs whole words of one sector at once. @returns false, and nothing is done, where one of them is not erased */
  programRun(at: number, bytes: Uint8Array): boolean {
    const first = (at % SECTOR_BYTES) / WORD_BYTES;
    const last = first + bytes.length / WORD_BYTES;
    const { states } = this.sectorAt(at);
    for (let word = first; word < last; word++) if (states[word] !== WORD_STATE.erased) return false;
    const { sector, offset } = this.writable(at);
    for (let block = offset - (offset % BLOCK_BYTES); block < offset + bytes.length; block += BLOCK_BYTES) {
      sector.blocks[block / BLOCK_BYTES] = undefined;
    }
    sector.bytes.set(bytes, offset);
    sector.states.fill(WORD_STATE.programmed, first, last);
    return true;
  }

  /** The word's cells are neither old nor new: what a decapped chip would show of them stays, so that no remnant is forgotten. */
  tear(at: number, cells?: Uint8Array): void {
    const { sector, offset, word } = this.writable(at);
    if (cells) sector.bytes.set(cells, offset);
    sector.states[word] = WORD_STATE.unreadable;
    sector.flawed = true;
  }

  /** One bit of a word has gone wrong: read right, and reported. */
  disturb(at: number): void {
    const { sector, word } = this.writable(at);
    sector.states[word] = WORD_STATE.correctable;
    sector.flawed = true;
  }

  /** Does something to one word, has a look, and undoes it: cheaper than a snapshot and the copy of a sector. */
  tryWord<T>(at: number, change: () => void, look: () => T): T {
    const { sector, offset, word } = this.writable(at);
    const saved = {
      bytes: sector.bytes.slice(offset, offset + WORD_BYTES),
      state: sector.states[word]!,
      flawed: sector.flawed,
    };
    change();
    const seen = look();
    const now = this.writable(at).sector;
    now.bytes.set(saved.bytes, offset);
    now.states[word] = saved.state;
    now.flawed = saved.flawed;
    return seen;
  }

  eraseWord(at: number): void {
    const { sector, offset, word } = this.writable(at);
    sector.bytes.fill(0xff, offset, offset + WORD_BYTES);
    sector.states[word] = WORD_STATE.erased;
  }

  /** @param at offset of the sector */
  eraseSector(at: number): void {
    this.sectors[at / SECTOR_BYTES] = ERASED;
    this.owned[at / SECTOR_BYTES] = false;
  }

  /** Bytes as they lie in the cells; unreadable words read as zero. */
  peek(at: number, length: number): Uint8Array {
    const bytes = this.read(at, length);
    const first = Math.floor(at / WORD_BYTES) * WORD_BYTES;
    for (let word = first; word < at + length; word += WORD_BYTES) {
      if (!this.sectorAt(word).flawed) word += SECTOR_BYTES - (word % SECTOR_BYTES) - WORD_BYTES;
      else if (this.state(word) === WORD_STATE.unreadable) {
        bytes.fill(0, Math.max(0, word - at), Math.min(length, word + WORD_BYTES - at));
      }
    }
    return bytes;
  }

  /** Sets bytes whatever they were; the words around them become readable. */
  poke(at: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const { sector, offset, word } = this.writable(Math.floor((at + done) / WORD_BYTES) * WORD_BYTES);
      const skip = (at + done) % WORD_BYTES;
      const part = Math.min(bytes.length - done, WORD_BYTES - skip);
      if (sector.states[word] === WORD_STATE.unreadable) sector.bytes.fill(0, offset, offset + WORD_BYTES);
      sector.bytes.set(bytes.subarray(done, done + part), offset + skip);
      const blank = sector.bytes.subarray(offset, offset + WORD_BYTES).every((byte) => byte === 0xff);
      sector.states[word] = blank ? WORD_STATE.erased : WORD_STATE.programmed;
      done += part;
    }
  }

  snapshot(): ArraySnapshot {
    this.owned.fill(false);
    return { sectors: [...this.sectors] };
  }

  restore(snapshot: ArraySnapshot): void {
    this.sectors = [...snapshot.sectors];
    this.owned.fill(false);
  }

  /** SHA-256 of contents and word states, hex, cells of unreadable words included: over the sectors' own, each in hex, as the C# model computes it. */
  hash(): string {
    const hash = createHash('sha256');
    for (const { bytes, states } of this.sectors)
      hash.update(createHash('sha256').update(bytes).update(states).digest('hex'));
    return hash.digest('hex');
  }

  /** Offset of the first word of that state that the range touches. */
  private find(at: number, length: number, state: number): number | undefined {
    for (let word = at - (at % WORD_BYTES); word < at + length; ) {
      const sectorEnd = word - (word % SECTOR_BYTES) + SECTOR_BYTES;
      const end = Math.min(sectorEnd, Math.ceil((at + length) / WORD_BYTES) * WORD_BYTES);
      const first = (word % SECTOR_BYTES) / WORD_BYTES;
      const last = first + (end - word) / WORD_BYTES;
      const sector = this.sectorAt(word);
      const found = sector.flawed ? sector.states.subarray(first, last).indexOf(state) : -1;
      if (found >= 0) return word + found * WORD_BYTES;
      word = end;
    }
    return undefined;
  }

  private sectorAt(at: number): Sector {
    return this.sectors[Math.floor(at / SECTOR_BYTES)]!;
  }

  private writable(at: number): { sector: Sector; offset: number; word: number } {
    const index = Math.floor(at / SECTOR_BYTES);
    if (!this.owned[index]) {
      const { bytes, states, flawed, blocks } = this.sectors[index]!;
      const own = { bytes: bytes.slice(), states: states.slice(), flawed, blocks: [...blocks], hash: undefined };
      this.sectors[index] = own;
      this.owned[index] = true;
    }
    const sector = this.sectors[index]!;
    const offset = at % SECTOR_BYTES;
    sector.hash = undefined;
    sector.blocks[Math.floor(offset / BLOCK_BYTES)] = undefined;
    return { sector, offset, word: offset / WORD_BYTES };
  }
}
