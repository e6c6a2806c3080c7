/**
 * Knows when real peers in this process (OpenSSL behind `node:tls`, an `aedes` broker) have nothing left to do.
 *
 * Everything a peer starts (next-tick callbacks, immediates, crypto jobs) is counted while it is outstanding; `drained()` waits for none. That is a
 * condition, not a number of turns of the event loop, so that a busy machine changes nothing. Timers are not counted: the peers' own run on virtual time.
 */
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { installVirtualTimers, VirtualTimers } from './virtual-timers.ts';

const context = new AsyncLocalStorage<PeerTasks>();
const outstanding = new Map<number, PeerTasks>();

/** Resources that stand for one piece of work and end with it. */
function isTask(type: string): boolean {
  return type === 'Immediate' || type === 'TickObject' || type.endsWith('REQUEST');
}

const hook = createHook({
  init(asyncId, type) {
    if (!isTask(type)) return;
    const tasks = context.getStore();
    if (!tasks) return;
    outstanding.set(asyncId, tasks);
    tasks.count += 1;
  },
  after: finished,
  destroy: finished,
});

function finished(asyncId: number): void {
  const tasks = outstanding.get(asyncId);
  if (!tasks) return;
  outstanding.delete(asyncId);
  tasks.count -= 1;
}

/** A peer that keeps itself busy for ever is a bug of the peer or of ours, not something to wait for. */
const MAX_TURNS = 100_000;

export class PeerTasks {
  count = 0;
  /** The peers' timers, on virtual time. */
  readonly timers = new VirtualTimers();

  constructor() {
    hook.enable();
    installVirtualTimers(() => context.getStore()?.timers);
  }

  /** Runs peer code; all that it starts is counted. */
  run<T>(work: () => T): T {
    return context.run(this, work);
  }

  /** Runs code that is no peer of the scenario's: not counted, on real timers. */
  outside<T>(work: () => T): T {
    return context.exit(work);
  }

  /** Resolves when no task is outstanding. */
  async drained(): Promise<void> {
    for (let turn = 0; this.count > 0; turn++) {
      if (turn > MAX_TURNS) throw new Error(`peers still busy after ${MAX_TURNS} turns (${this.count} tasks)`);
      await context.exit(() => new Promise<void>((resolve) => setImmediate(resolve)));
    }
  }
}
