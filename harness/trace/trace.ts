/**
 * The trace: every transaction of a board as one ordered list with virtual time stamps and a running SHA-256.
 *
 * `hash` covers all lanes; `halHash` covers the lane `hal` alone (events delivered, HAL calls with their results), which is
 * what a replay reproduces. Entries are immutable; a trace can be bounded for long campaigns (hashes go on, entries drop).
 */
import { createHash, type Hash } from 'node:crypto';

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

export interface TraceOptions {
  /** Keep at most this many entries (the newest); undefined keeps all. */
  keep?: number;
}

export class Trace {
  readonly entries: TraceEntry[] = [];
  private all: Hash = createHash('sha256');
  private hal: Hash = createHash('sha256');
  private readonly keep: number | undefined;

  constructor(options: TraceOptions = {}) {
    this.keep = options.keep;
  }

  add(atNs: number, lane: Lane, what: string, fields: TraceEntry['fields'] = {}, data?: Uint8Array): void {
    const copy = data === undefined ? undefined : data.slice();
    const head = JSON.stringify([atNs, lane, what, fields, copy?.length ?? -1]);
    this.all.update(head);
    if (copy) this.all.update(copy);
    if (lane === 'hal') {
      this.hal.update(head);
      if (copy) this.hal.update(copy);
    }
    this.entries.push({ atNs, lane, what, fields, data: copy });
    if (this.keep !== undefined && this.entries.length > this.keep * 2) {
      this.entries.splice(0, this.entries.length - this.keep);
    }
  }

  /** SHA-256 of all entries so far, hex. */
  get hash(): string {
    return this.all.copy().digest('hex');
  }

  /** SHA-256 of the lane `hal` so far, hex. */
  get halHash(): string {
    return this.hal.copy().digest('hex');
  }
}
