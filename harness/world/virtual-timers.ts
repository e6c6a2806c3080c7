/**
 * Timers of peers on virtual time. `aedes` calls the global setTimeout and setInterval (keep-alive, connect time-out, heartbeat): when peer code
 * calls them they come here; everybody else's calls go to Node as ever.
 */

interface Entry {
  atNs: number;
  readonly order: number;
  readonly everyNs: number | undefined;
  readonly run: () => void;
}

const MS = 1e6;

/** What peer code holds of a timer; the methods of Node's Timeout that libraries use. */
export class VirtualTimer {
  constructor(
    private readonly owner: VirtualTimers,
    readonly entry: Entry,
    private readonly delayNs: number,
  ) {}

  refresh(): this {
    this.entry.atNs = this.owner.nowNs + this.delayNs;
    this.owner.add(this.entry);
    return this;
  }

  close(): this {
    this.owner.remove(this.entry);
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return false;
  }
}

export class VirtualTimers {
  nowNs = 0;
  private order = 0;
  private readonly entries = new Set<Entry>();

  set(run: () => void, delayMs: number, options: { repeat: boolean }): VirtualTimer {
    const delayNs = Math.max(1, Number.isFinite(delayMs) ? delayMs : 1) * MS;
    const everyNs = options.repeat ? delayNs : undefined;
    const entry: Entry = { atNs: this.nowNs + delayNs, order: this.order++, everyNs, run };
    this.entries.add(entry);
    return new VirtualTimer(this, entry, delayNs);
  }

  add(entry: Entry): void {
    this.entries.add(entry);
  }

  remove(entry: Entry): void {
    this.entries.delete(entry);
  }

  /** When the next timer is due, virtual ns. */
  get nextNs(): number | undefined {
    let next: number | undefined;
    for (const { atNs } of this.entries) next = next === undefined ? atNs : Math.min(next, atNs);
    return next;
  }

  /** Runs what is due at `nowNs`, in the order of time, then of making. */
  advance(nowNs: number): void {
    this.nowNs = nowNs;
    for (;;) {
      const due = [...this.entries].filter((entry) => entry.atNs <= nowNs);
      due.sort((a, b) => a.atNs - b.atNs || a.order - b.order);
      const entry = due[0];
      if (!entry) return;
      if (entry.everyNs === undefined) this.entries.delete(entry);
      else entry.atNs += entry.everyNs;
      entry.run();
    }
  }
}

let installed = false;

/**
 * Puts the dispatch in front of the global timers, once per process.
 * @param current the timers of the peer code that runs now; undefined: not a peer
 */
export function installVirtualTimers(current: () => VirtualTimers | undefined): void {
  if (installed) return;
  installed = true;
  const real = { setTimeout, setInterval, clearTimeout, clearInterval };
  type Callback = (...args: unknown[]) => void;
  const make =
    (name: 'setTimeout' | 'setInterval') =>
    (callback: Callback, delayMs = 1, ...args: unknown[]) => {
      const timers = current();
      if (!timers) return real[name](callback, delayMs, ...args);
      return timers.set(() => callback(...args), delayMs, { repeat: name === 'setInterval' });
    };
  const clear = (name: 'clearTimeout' | 'clearInterval') => (timer?: unknown) => {
    if (timer instanceof VirtualTimer) timer.close();
    else real[name](timer as NodeJS.Timeout | undefined);
  };
  Object.assign(globalThis, {
    // util.promisify reads a symbol off the original.
    setTimeout: Object.assign(make('setTimeout'), copySymbols(real.setTimeout)),
    setInterval: make('setInterval'),
    clearTimeout: clear('clearTimeout'),
    clearInterval: clear('clearInterval'),
  });
}

function copySymbols(from: object): object {
  return Object.fromEntries(Object.getOwnPropertySymbols(from).map((key) => [key, Reflect.get(from, key)]));
}
