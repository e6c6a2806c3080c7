/**
 * RNG, the true random number generator (RM0433 chapter 34), as the HAL sees it: 32-bit words of RNG_DR, or an error flag.
 *
 * Its noise is a generator of the board's seed (SHA-256 of seed and block number), so that a run can be repeated; a check can
 * feed words of its own. Faults are the part's: RNG_SR.SECS (seed error), RNG_SR.CECS (clock error), DRDY that stays clear (`slow`: the driver
 * gives up as after a clock error), and a source that sticks, repeats itself or is biased without the part's noticing. Left out on purpose: the part's own conditioning and self-test.
 */
import { createHash } from 'node:crypto';
import type { EntropyFault } from '../../../harness/board/board.ts';
import { STATUS } from '../runtime/hal-table.ts';

const WORDS_PER_BLOCK = 8;
/** What a source that repeats itself alternates between. */
const REPEATED = [0x9e3779b9, 0x7f4a7c15] as const;

export class Rng {
  private readonly seed: string;
  private block: Buffer = Buffer.alloc(0);
  private drawn = 0;
  private fed: number[] = [];
  private activeFault: EntropyFault | undefined;
  private stuckWord: number | undefined;

  constructor(seed: string) {
    this.seed = seed;
  }

  feed(words: readonly number[]): void {
    this.fed.push(...words);
  }

  fault(fault: EntropyFault | undefined): void {
    this.activeFault = fault;
    this.stuckWord = undefined;
  }

  /** One word, 0 to 2^32-1, or a status below zero. */
  word(): number {
    switch (this.activeFault) {
      case 'seed':
        return STATUS.ENTROPY_SEED;
      case 'clock':
      case 'slow':
        return STATUS.ENTROPY_CLOCK;
      case 'stuck':
        this.stuckWord ??= this.draw();
        return this.stuckWord;
      case 'repeating':
        this.draw();
        return REPEATED[this.drawn % 2]!;
      case 'biased':
        // Each bit is set seven times out of eight.
        return (this.draw() | this.draw() | this.draw()) >>> 0;
      default:
        return this.draw();
    }
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
