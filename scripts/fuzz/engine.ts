/**
 * A fuzzer that learns: an input whose outcome was not seen before joins the corpus. All of it follows from the seed and the number of executions; the clock only
 * says when to stop.
 */
export interface Target {
  readonly name: string;
  /** Well-formed inputs, which the first mutations start from. */
  readonly seeds: readonly Uint8Array[];
  /** Pieces that the format knows, inserted as they are. */
  readonly words?: readonly Uint8Array[];
  readonly maxBytes: number;
  /** Executes one input. @returns what came of it, few distinct texts. @throws what no input may cause: a trap, a hang, a broken promise */
  run(input: Uint8Array): string;
  /** The module starts over, as after a reset. */
  reset(): void;
  /** 64 KiB pages of linear memory. */
  pages(): number;
}

export interface Failure {
  readonly input: Uint8Array;
  readonly message: string;
}

const EDGES = [0, 1, 0x7f, 0x80, 0x81, 0x82, 0xfe, 0xff];
const EDITS_MAX = 4;
const CORPUS_MAX = 4096;
const MINIMIZE_MAX = 3000;

export class Fuzzer {
  readonly corpus: Uint8Array[];
  readonly outcomes = new Map<string, number>();
  executions = 0;
  private state: number;

  constructor(
    readonly target: Target,
    seed: number,
    more: readonly Uint8Array[] = [],
  ) {
    this.state = seed >>> 0;
    this.corpus = [...target.seeds, ...more];
  }

  /** The next input: first the corpus as it is, then mutations. */
  next(): Uint8Array {
    if (this.executions < this.corpus.length) return this.corpus[this.executions]!;
    let bytes = Buffer.from(this.pick(this.corpus));
    for (let edits = 1 + this.below(EDITS_MAX); edits > 0; edits--) bytes = this.edit(bytes);
    return Uint8Array.from(bytes.subarray(0, this.target.maxBytes));
  }

  /** @returns the failure that the input is, if it is one */
  execute(input: Uint8Array): Failure | undefined {
    this.executions += 1;
    try {
      const outcome = this.target.run(input);
      const seen = this.outcomes.get(outcome) ?? 0;
      this.outcomes.set(outcome, seen + 1);
      if (seen === 0 && this.corpus.length < CORPUS_MAX) this.corpus.push(input);
      return undefined;
    } catch (error) {
      return { input, message: messageOf(error) };
    }
  }

  private edit(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
    const at = this.below(bytes.length + 1);
    const size = 1 + this.below(8);
    const { words } = this.target;
    switch (this.below(10)) {
      case 0:
        if (at < bytes.length) bytes[at]! ^= 1 << this.below(8);
        return bytes;
      case 1:
        if (at < bytes.length) bytes[at] = this.below(256);
        return bytes;
      case 2:
        if (at < bytes.length) bytes[at] = EDGES[this.below(EDGES.length)]!;
        return bytes;
      case 3:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]);
      case 4:
        return Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from(Array.from({ length: size }, () => this.below(256))),
          bytes.subarray(at),
        ]);
      case 5:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - 4 * size))]);
      case 6:
        return Buffer.from(bytes.subarray(0, at));
      case 7: {
        const other = Buffer.from(this.pick(this.corpus));
        return Buffer.concat([bytes.subarray(0, at), other.subarray(this.below(other.length + 1))]);
      }
      case 8: {
        if (at + 2 > bytes.length) return bytes;
        const value = [0, 1, 0x7fff, 0x8000, 0xffff, bytes.length][this.below(6)]! & 0xffff;
        if (this.below(2) === 0) bytes.writeUInt16BE(value, at);
        else bytes.writeUInt16LE(value, at);
        return bytes;
      }
      default:
        if (!words || words.length === 0) return bytes;
        return Buffer.concat([bytes.subarray(0, at), this.pick(words), bytes.subarray(at)]);
    }
  }

  private pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** Mulberry32. */
  private below(limit: number): number {
    this.state = (this.state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }
}

/** A smaller input that fails with the same message: pieces taken out, then bytes made zero, until nothing more can go. */
export function minimize(target: Target, failure: Failure): Failure {
  let best = failure.input;
  let left = MINIMIZE_MAX;
  const fails = (input: Uint8Array): boolean => {
    left -= 1;
    target.reset();
    try {
      target.run(input);
      return false;
    } catch (error) {
      return messageOf(error) === failure.message;
    }
  };
  // What fails in a module that has heard much before does not shrink from a fresh one.
  if (!fails(best)) return failure;
  for (let size = best.length >> 1; size > 0 && left > 0; size >>= 1)
    for (let at = 0; at < best.length && left > 0; ) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (fails(shorter)) best = Uint8Array.from(shorter);
      else at += size;
    }
  for (let at = 0; at < best.length && left > 0; at++) {
    if (best[at] === 0) continue;
    const plainer = Uint8Array.from(best);
    plainer[at] = 0;
    if (fails(plainer)) best = plainer;
  }
  target.reset();
  return { input: best, message: failure.message };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
