/**
 * Knows when real peers in this process (OpenSSL behind `node:tls`, an `aedes` broker) have nothing left to do.
 *
 * Everything a peer starts (next-tick callbacks, immediates, crypto jobs) is counted while it is outstanding; `drained()` waits for none. That is a
 * condition, not a number of turns of the event loop, so that a busy machine changes nothing. Timers are not counted: the peers' own run on virtual time.
 */
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { HarnessError } from '../errors.ts';
import { installVirtualTimers, VirtualTimers } from './virtual-timers.ts';

const context = new AsyncLocalStorage<PeerTasks>();
const outstanding = new Map<number, PeerTasks>();

/** One callback each, run by a coming turn of the event loop. */
const SOON = new Set(['Immediate', 'TickObject']);
/**
 * Crypto jobs of the thread pool. Writes are not counted by themselves: over in-memory streams they end by an immediate, and one whose stream was
 * destroyed never reports its end.
 */
const JOB = /REQUEST$/;

const hook = createHook({
  init(asyncId, type, _trigger, resource) {
    const soon = SOON.has(type);
    if (!soon && !JOB.test(type)) return;
    const tasks = context.getStore();
    if (!tasks) return;
    outstanding.set(asyncId, tasks);
    tasks.begin(asyncId, resource, soon);
  },
  // No `destroy`: with one, node has the collector watch each promise of the process.
  after(asyncId) {
    outstanding.get(asyncId)?.end(asyncId);
    outstanding.delete(asyncId);
  },
});

/** A peer that keeps itself busy for ever is a bug of the peer or of ours, not something to wait for. */
const MAX_TURNS = 100_000;

export class PeerTasks {
  /** The peers' timers, on virtual time. */
  readonly timers = new VirtualTimers();
  private readonly soon = new Map<number, object>();
  private readonly jobs = new Map<number, object>();
  private onJobEnd: () => void = () => {};

  constructor() {
    hook.enable();
    installVirtualTimers(() => context.getStore()?.timers);
  }

  /** Tasks outstanding. */
  get count(): number {
    // An immediate that was cleared never runs.
    for (const [asyncId, { _destroyed }] of this.soon as Map<number, { _destroyed?: boolean }>)
      if (_destroyed) this.forget(this.soon, asyncId);
    // A synchronous call makes a job, too, which runs at once and never reports its end: nobody has given it an `ondone`.
    for (const [asyncId, job] of this.jobs) if (!('ondone' in job)) this.forget(this.jobs, asyncId);
    return this.soon.size + this.jobs.size;
  }

  /** Runs peer code; all that it starts is counted. */
  run<T>(work: () => T): T {
    return context.run(this, work);
  }

  /** Runs code that is no peer of the scenario's: not counted, on real timers. */
  outside<T>(work: () => T): T {
    return context.exit(work);
  }

  /**
   * Resolves when no task is outstanding. Promise jobs need no counting: they run before the event loop's next turn, and what they start
   * is counted. Therefore a turn follows the end of a job, too: what waited for it may be many promises away from its next one.
   */
  async drained(): Promise<void> {
    for (let turn = 0; this.count > 0; ) {
      if (this.soon.size === 0) {
        await this.outside(() => new Promise<void>((resolve) => (this.onJobEnd = resolve)));
      } else if (++turn > MAX_TURNS) {
        throw new HarnessError(`peers still busy after ${MAX_TURNS} turns (${this.count} tasks)`);
      }
      await this.outside(() => new Promise<void>((resolve) => setImmediate(resolve)));
    }
  }

  private forget(tasks: Map<number, object>, asyncId: number): void {
    tasks.delete(asyncId);
    outstanding.delete(asyncId);
  }

  /** For the hook alone. @param soon a callback of the event loop; false: a job */
  begin(asyncId: number, task: object, soon: boolean): void {
    (soon ? this.soon : this.jobs).set(asyncId, task);
  }

  /** For the hook alone. */
  end(asyncId: number): void {
    this.soon.delete(asyncId);
    if (this.jobs.delete(asyncId)) this.onJobEnd();
  }
}
