/**
 * The trace: every transaction of a board as one ordered list with virtual time stamps and a running SHA-256.
 *
 * `hash` covers all lanes; `halHash` covers the lane `hal` alone (events delivered, HAL calls with their results), which is
 * what a replay reproduces. Entries are immutable; a trace can be bounded for long campaigns (hashes go on, entries drop).
 */
import type { Hash } from 'node:crypto';
import { HarnessError } from '../errors.ts';
import { RunningHash } from './running-hash.ts';

export type Lane = 'hal' | 'console' | 'modem' | 'spi' | 'flash' | 'debug' | 'native' | 'power' | 'world';

export interface TraceEntry {
  readonly atNs: number;
  readonly lane: Lane;
  /** What happened, e.g. `program`, `erase`, `tx`, `rx`, `reset`, `event`, `call`. */
  readonly what: string;
  /** Numbers and short strings that belong to it. */
  readonly fields: Readonly<Record<string, number | string>>;
  readonly data: Uint8Array | undefined;
}

/** A position of a trace to which it can go back, or from which another trace can go on. */
export interface TraceMark {
  readonly entries: readonly TraceEntry[];
  readonly count: number;
  /** Immutable: copied before use. */
  readonly all: Hash | undefined;
  readonly hal: Hash | undefined;
}

interface Hashes {
  readonly all: RunningHash;
  readonly hal: RunningHash;
}

export interface TraceOptions {
  /** Keep at most this many entries (the newest); undefined keeps all. */
  keep?: number;
  /** False: no hashes, for devices of whose checks the verdict alone is wanted. */
  hashed?: boolean;
  /** Take nothing down: for campaigns of thousands of lives that are judged by console and flash alone. */
  off?: boolean;
}

export class Trace {
  readonly entries: TraceEntry[] = [];
  private hashes: Hashes | undefined;
  private readonly keep: number | undefined;
  private readonly off: boolean;
  private added = 0;

  constructor(options: TraceOptions = {}) {
    this.keep = options.keep;
    this.off = options.off ?? false;
    if (options.hashed ?? true) this.hashes = { all: new RunningHash(), hal: new RunningHash() };
  }

  /** Whether entries are taken down at all. */
  get attended(): boolean {
    return !this.off;
  }

  add(atNs: number, lane: Lane, what: string, fields: TraceEntry['fields'] = {}, data?: Uint8Array): void {
    if (this.off) return;
    const entry: TraceEntry = { atNs, lane, what, fields, data: data?.slice() };
    this.hashes?.all.add(entry);
    if (lane === 'hal') this.hashes?.hal.add(entry);
    this.added++;
    this.entries.push(entry);
    if (this.keep !== undefined && this.entries.length > this.keep * 2) {
      this.entries.splice(0, this.entries.length - this.keep);
    }
  }

  /** Entries so far, those included that a bounded trace has dropped. */
  get count(): number {
    return this.added;
  }

  mark(): TraceMark {
    return {
      entries: this.entries.slice(),
      count: this.added,
      all: this.hashes?.all.state(),
      hal: this.hashes?.hal.state(),
    };
  }

  /** Becomes what the trace was (this one or another) when the mark was made. */
  rewind(mark: TraceMark): void {
    if (this.off) return;
    this.entries.length = 0;
    for (const entry of mark.entries) this.entries.push(entry);
    this.added = mark.count;
    if (this.hashes) this.hashes = { all: new RunningHash(mark.all), hal: new RunningHash(mark.hal) };
  }

  /** SHA-256 of all entries so far, hex. */
  get hash(): string {
    return this.known.all.state().digest('hex');
  }

  /** SHA-256 of the lane `hal` so far, hex. */
  get halHash(): string {
    return this.known.hal.state().digest('hex');
  }

  private get known(): Hashes {
    if (!this.hashes) throw new HarnessError('trace: expected one with hashes, got one without (TraceOptions.hashed)');
    return this.hashes;
  }
}
