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

export const WORD_STATE = { erased: 0, programmed: 1, unreadable: 2, correctable: 3 } as const;

interface Sector {
  readonly bytes: Uint8Array;
  /** WORD_STATE of each word. */
  readonly states: Uint8Array;
  hash: string | undefined;
}

export interface ArraySnapshot {
  readonly sectors: readonly Sector[];
}

/** Shared by all: never written. */
const ERASED: Sector = {
  bytes: new Uint8Array(SECTOR_BYTES).fill(0xff),
  states: new Uint8Array(WORDS),
  hash: undefined,
};

/** SHA-256 of contents and word states, hex. Each sector's own is kept until it is written. */
export function hashArray({ sectors }: ArraySnapshot): string {
  const hash = createHash('sha256');
  for (const sector of sectors) {
    sector.hash ??= createHash('sha256').update(sector.bytes).update(sector.states).digest('hex');
    hash.update(sector.hash);
  }
  return hash.digest('hex');
}

export class FlashArray {
  sectors: Sector[] = Array.from({ length: SECTORS }, () => ERASED);
  /** Sectors that nobody else holds: they may be written in place. */
  private owned: boolean[] = this.sectors.map(() => false);

  /** @param at offset in the array, bank 1 first; the range lies within one sector or spans several */
  read(at: number, length: number): Uint8Array {
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
  }

  /** The word's cells are neither old nor new: what a decapped chip would show of them stays, so that no remnant is forgotten. */
  tear(at: number, cells?: Uint8Array): void {
    const { sector, offset, word } = this.writable(at);
    if (cells) sector.bytes.set(cells, offset);
    sector.states[word] = WORD_STATE.unreadable;
  }

  /** One bit of a word has gone wrong: read right, and reported. */
  disturb(at: number): void {
    const { sector, word } = this.writable(at);
    sector.states[word] = WORD_STATE.correctable;
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
      if (this.state(word) === WORD_STATE.unreadable) {
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

  /** SHA-256 of contents and word states, hex. */
  hash(): string {
    return hashArray(this);
  }

  /** Offset of the first word of that state that the range touches. */
  private find(at: number, length: number, state: number): number | undefined {
    for (let word = at - (at % WORD_BYTES); word < at + length; ) {
      const sectorEnd = word - (word % SECTOR_BYTES) + SECTOR_BYTES;
      const end = Math.min(sectorEnd, Math.ceil((at + length) / WORD_BYTES) * WORD_BYTES);
      const first = (word % SECTOR_BYTES) / WORD_BYTES;
      const last = first + (end - word) / WORD_BYTES;
      const found = this.sectorAt(word).states.subarray(first, last).indexOf(state);
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
      const { bytes, states } = this.sectors[index]!;
      this.sectors[index] = { bytes: bytes.slice(), states: states.slice(), hash: undefined };
      this.owned[index] = true;
    }
    this.sectors[index]!.hash = undefined;
    const offset = at % SECTOR_BYTES;
    return { sector: this.sectors[index]!, offset, word: offset / WORD_BYTES };
  }
}
