/**
 * Knows when real peers in this process (OpenSSL behind `node:tls`, an `aedes` broker) have nothing left to do.
 *
 * Everything a peer starts (next-tick callbacks, immediates, crypto jobs, writes) is counted while it is outstanding; `drained()` waits for none. That is a
 * condition, not a number of turns of the event loop, so that a busy machine changes nothing. Timers are not counted: the peers' own run on virtual time.
 */
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { HarnessError } from '../errors.ts';
import { installVirtualTimers, VirtualTimers } from './virtual-timers.ts';

const context = new AsyncLocalStorage<PeerTasks>();
const outstanding = new Map<number, { readonly tasks: PeerTasks; readonly soon: boolean }>();

/** One callback each, run by a coming turn of the event loop. */
const SOON = new Set(['Immediate', 'TickObject']);
/** Work of the thread pool or the kernel: ends when it ends. */
const LATER = /REQUEST$|REQWRAP$|^WRITEWRAP$|^SHUTDOWNWRAP$/;

const hook = createHook({
  init(asyncId, type) {
    const soon = SOON.has(type);
    if (!soon && !LATER.test(type)) return;
    const tasks = context.getStore();
    if (!tasks) return;
    const task = { tasks, soon };
    outstanding.set(asyncId, task);
    tasks.change(task.soon, 1);
  },
  after: finished,
  destroy: finished,
});

function finished(asyncId: number): void {
  const task = outstanding.get(asyncId);
  if (!task) return;
  outstanding.delete(asyncId);
  task.tasks.change(task.soon, -1);
}

/** A peer that keeps itself busy for ever is a bug of the peer or of ours, not something to wait for. */
const MAX_TURNS = 100_000;

export class PeerTasks {
  /** The peers' timers, on virtual time. */
  readonly timers = new VirtualTimers();
  private soon = 0;
  private later = 0;
  private onLater: () => void = () => {};

  constructor() {
    hook.enable();
    installVirtualTimers(() => context.getStore()?.timers);
  }

  /** Tasks outstanding. */
  get count(): number {
    return this.soon + this.later;
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
   * is counted.
   */
  async drained(): Promise<void> {
    for (let turn = 0; this.count > 0; ) {
      if (this.soon === 0) {
        await this.outside(() => new Promise<void>((resolve) => (this.onLater = resolve)));
        continue;
      }
      if (++turn > MAX_TURNS) throw new HarnessError(`peers still busy after ${MAX_TURNS} turns (${this.count} tasks)`);
      await this.outside(() => new Promise<void>((resolve) => setImmediate(resolve)));
    }
  }

  /** For the hook alone. */
  change(soon: boolean, by: 1 | -1): void {
    if (soon) this.soon += by;
    else this.later += by;
    if (!soon && by < 0) this.onLater();
  }
}
