/**
 * Virtual time and what is due in it: nanoseconds since the board was made, and an ordered list of jobs. Two jobs of the same
 * instant keep the order in which they were entered. Jobs are plain data, so that a snapshot can hold them.
 *
 * A number holds nanoseconds exactly for 104 days. Code on V8 costs no time; HAL operations do (`Core.spend`).
 */
import { HarnessError } from '../../harness/errors.ts';

export type Job =
  /** The reset line is released: the core fetches its first instruction. */
  | { readonly kind: 'boot' }
  | { readonly kind: 'timer' }
  | { readonly kind: 'iwdg' }
  /** The fault handler has reported. */
  | { readonly kind: 'fault-reset' }
  /** Bytes whose last bit is on the modem's line now. */
  | { readonly kind: 'modem-rx'; readonly bytes: Uint8Array }
  /** The modem asked to be called. */
  | { readonly kind: 'modem-poll' };

export interface Due {
  readonly atNs: number;
  readonly job: Job;
}

export const NS_PER_MS = 1_000_000;

export class Scheduler {
  nowNs = 0;
  private queue: Due[] = [];

  at(atNs: number, job: Job): void {
    if (!Number.isFinite(atNs)) throw new HarnessError(`scheduler: expected a time for "${job.kind}", got ${atNs}`);
    const due = { atNs: Math.max(Math.round(atNs), this.nowNs), job };
    let index = this.queue.length;
    while (index > 0 && this.queue[index - 1]!.atNs > due.atNs) index--;
    this.queue.splice(index, 0, due);
  }

  /** Takes all jobs of a kind off the list. */
  cancel(kind: Job['kind']): void {
    if (this.has(kind)) this.queue = this.queue.filter((due) => due.job.kind !== kind);
  }

  has(kind: Job['kind']): boolean {
    return this.queue.some((due) => due.job.kind === kind);
  }

  get next(): Due | undefined {
    return this.queue[0];
  }

  /** Takes the first job; time moves on to it. */
  take(): Job | undefined {
    const due = this.queue.shift();
    if (!due) return undefined;
    this.nowNs = Math.max(this.nowNs, due.atNs);
    return due.job;
  }

  /** Takes the jobs of one kind that are due by now, first the earliest. */
  takeDue(kind: Job['kind']): Job[] {
    const taken: Job[] = [];
    this.queue = this.queue.filter((due) => {
      if (due.atNs > this.nowNs || due.job.kind !== kind) return true;
      taken.push(due.job);
      return false;
    });
    return taken;
  }

  save(): { readonly nowNs: number; readonly queue: readonly Due[] } {
    return { nowNs: this.nowNs, queue: [...this.queue] };
  }

  load(state: ReturnType<Scheduler['save']>): void {
    this.nowNs = state.nowNs;
    this.queue = [...state.queue];
  }
}
