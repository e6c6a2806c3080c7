/**
 * RNG, the true random number generator (RM0433 chapter 34), as the HAL sees it: 32-bit words of RNG_DR, or an error flag.
 *
 * Its noise is a generator of the board's seed (SHA-256 of seed and block number), so that a run can be repeated; a check can
 * feed words of its own. Faults are the part's: RNG_SR.SECS (seed error), RNG_SR.CECS (clock error), and a source that
 * sticks without the part's noticing. Left out on purpose: the part's own conditioning and self-test.
 */
import { createHash } from 'node:crypto';
import { STATUS } from '../runtime/hal-table.ts';

const WORDS_PER_BLOCK = 8;

export class Rng {
  private readonly seed: string;
  private block: Buffer = Buffer.alloc(0);
  private drawn = 0;
  private fed: number[] = [];
  private activeFault: 'seed' | 'clock' | 'stuck' | undefined;
  private stuckWord: number | undefined;

  constructor(seed: string) {
    this.seed = seed;
  }

  feed(words: readonly number[]): void {
    this.fed.push(...words);
  }

  fault(fault: 'seed' | 'clock' | 'stuck' | undefined): void {
    this.activeFault = fault;
    this.stuckWord = undefined;
  }

  /** One word, 0 to 2^32-1, or a status below zero. */
  word(): number {
    if (this.activeFault === 'seed') return STATUS.ENTROPY_SEED;
    if (this.activeFault === 'clock') return STATUS.ENTROPY_CLOCK;
    if (this.activeFault === 'stuck') {
      this.stuckWord ??= this.draw();
      return this.stuckWord;
    }
    return this.draw();
  }

  private draw(): number {
    const fed = this.fed.shift();
    if (fed !== undefined) return fed >>> 0;
    const index = this.drawn % WORDS_PER_BLOCK;
    if (index === 0 || this.block.length === 0) this.block = this.blockOf(Math.floor(this.drawn / WORDS_PER_BLOCK));
    this.drawn++;
    return this.block.readUInt32LE(index * 4);
  }

  private blockOf(number: number): Buffer {
    return createHash('sha256').update(`proofboard rng ${this.seed} ${number}`).digest();
  }

  save() {
    return { drawn: this.drawn, fed: [...this.fed], fault: this.activeFault, stuckWord: this.stuckWord };
  }

  load(state: ReturnType<Rng['save']>): void {
    this.drawn = state.drawn;
    this.fed = [...state.fed];
    this.activeFault = state.fault;
    this.stuckWord = state.stuckWord;
    this.block = Buffer.alloc(0);
  }
}
