/**
 * One module of a bundle at run time: its own memory, its exports (SPEC 4), its state for snapshots. What it may import is
 * checked before it is instantiated: `hal.*` only, with the signature of the HAL table, within its grant.
 *
 * Instances are pooled per compiled module, because V8 reserves gigabytes of address space per memory and frees them late:
 * a fork takes a used instance and overwrites all its state (memory, globals; a table cannot change, see wasm-opcodes.ts).
 */
import type { BundleModule } from './bundle.ts';
import { type CompiledModule, compile } from './compile-cache.ts';
import { DEPTH_EXPORT, FUEL_EXPORT, FUEL_PER_EVENT, MAX_CALL_DEPTH, START_EXPORT } from './fuel.ts';
import { HAL_BY_NAME, type HalCall } from './hal-table.ts';
import { Hang, Trap } from './signals.ts';
import { ModuleError } from './wasm-reader.ts';

/** Answers a HAL call: a status or count, or throws an `Unwind`. */
export type HalDispatch = (call: HalCall, args: readonly number[]) => number;

export const MAILBOX_BYTES = 2048;
const PAGE = 65536;
const POOL_SIZE = 8;
const I32 = 0x7f;

export interface ModuleState {
  readonly memory: Uint8Array;
  readonly globals: readonly (number | bigint)[];
  readonly dead: boolean;
}

interface Shell {
  readonly instance: WebAssembly.Instance;
  readonly globals: readonly WebAssembly.Global[];
  readonly fuel: WebAssembly.Global;
  readonly depth: WebAssembly.Global;
  dispatch: HalDispatch;
}

interface Pool {
  readonly free: Shell[];
  readonly fresh: ModuleState;
}

const pools = new WeakMap<CompiledModule, Pool>();

export class ModuleInstance {
  readonly entry: BundleModule;
  readonly compiled: CompiledModule;
  /** Trapped while it answered a call; it answers no more until the next reset. */
  dead = false;
  private shell: Shell;
  private view: Uint8Array;

  /** @throws ModuleError */
  constructor(entry: BundleModule, dispatch: (instance: ModuleInstance) => HalDispatch) {
    this.entry = entry;
    this.compiled = checked(entry);
    this.shell = acquire(this.compiled);
    this.shell.dispatch = dispatch(this);
    this.view = new Uint8Array(memoryOf(this.shell).buffer);
  }

  /** The linear memory as it is now (it may have grown). */
  get memory(): Uint8Array {
    if (this.view.length === 0) this.view = new Uint8Array(memoryOf(this.shell).buffer);
    return this.view;
  }

  get fuel(): number {
    return this.shell.fuel.value as number;
  }

  set fuel(value: number) {
    this.shell.fuel.value = value;
  }

  /** Takes work off this event's budget. */
  burn(fuel: number): void {
    this.fuel -= fuel;
    if (this.fuel < 0) throw new Hang(`module "${this.entry.name}" works longer than the watchdog allows`);
  }

  refuel(): void {
    this.fuel = FUEL_PER_EVENT;
    this.shell.depth.value = MAX_CALL_DEPTH;
  }

  /** Runs the module's own initialisation (Wasm's start function). */
  initialise(): void {
    if (this.compiled.hasStart) this.invoke(START_EXPORT);
  }

  /** Calls an export. @throws Trap, Hang, or what a HAL call unwinds with */
  invoke(name: string, ...args: number[]): number {
    const code = this.shell.instance.exports[name] as (...args: number[]) => number | undefined;
    try {
      return code(...args) ?? 0;
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) {
        if (this.fuel < 0) throw new Hang(`module "${this.entry.name}" works longer than the watchdog allows`);
        if ((this.shell.depth.value as number) < 0) throw new Trap('stack overflow');
        throw new Trap(error.message);
      }
      // V8's own stack ran out before the counted depth: frames far larger than any compiler of ours makes.
      if (error instanceof RangeError && error.message.includes('call stack')) throw new Trap('stack overflow');
      throw error;
    }
  }

  /** Gives a view of a buffer of the module. @throws Trap when it leaves its memory */
  buffer(address: number, length: number): Uint8Array {
    const start = address >>> 0;
    const size = length >>> 0;
    const { memory } = this;
    if (start + size > memory.length) {
      throw new Trap(`buffer 0x${start.toString(16)}+${size} outside memory of ${memory.length} bytes`);
    }
    return memory.subarray(start, start + size);
  }

  save(): ModuleState {
    return { memory: this.memory.slice(), globals: this.shell.globals.map((global) => global.value), dead: this.dead };
  }

  load(state: ModuleState): void {
    if (this.memory.length > state.memory.length) {
      const { dispatch } = this.shell;
      this.shell = acquire(this.compiled);
      this.shell.dispatch = dispatch;
    }
    overwrite(this.shell, state);
    this.view = new Uint8Array(memoryOf(this.shell).buffer);
    this.dead = state.dead;
  }

  /** Gives the instance back; this object must not be used any more. */
  release(): void {
    release(this.compiled, this.shell);
  }
}

/** Checked modules by their bundle entry: a fork runs the very same entry and need not hash it again. */
const checkedEntries = new WeakMap<BundleModule, CompiledModule>();

function checked(entry: BundleModule): CompiledModule {
  const known = checkedEntries.get(entry);
  if (known) return known;
  const compiled = compile(entry.wasm, entry.memoryPages);
  checkImports(compiled, entry);
  checkExports(compiled, entry);
  checkedEntries.set(entry, compiled);
  return compiled;
}

function checkImports(compiled: CompiledModule, entry: BundleModule): void {
  for (const { module, name, type } of compiled.imports) {
    const call = module === 'hal' ? HAL_BY_NAME.get(name) : undefined;
    if (!call) throw new ModuleError('import-unknown', `"${entry.name}" imports ${module}.${name}`);
    const matches =
      type.parameters.length === call.parameters.length &&
      type.parameters.every((parameter) => parameter === I32) &&
      type.results.length === 1 &&
      type.results[0] === I32;
    if (!matches) {
      const expected = `(${call.parameters.map(() => 'i32').join(', ')}) -> i32`;
      throw new ModuleError('import-signature', `"${entry.name}" imports hal.${name}; expected ${expected}`);
    }
    if ((entry.halCalls & (1 << call.number)) === 0) {
      throw new ModuleError('import-denied', `"${entry.name}" imports hal.${name}, which its bundle does not grant`);
    }
  }
}

function checkExports(compiled: CompiledModule, entry: BundleModule): void {
  const wanted = entry.index === 0 ? ['start', 'event'] : ['mailbox', 'serve'];
  const missing = wanted.filter((name) => !compiled.functionExports.has(name));
  if (!compiled.hasMemory) missing.unshift('memory');
  if (missing.length > 0)
    throw new ModuleError('export-missing', `"${entry.name}" does not export ${missing.join(', ')}`);
}

function memoryOf(shell: Shell): WebAssembly.Memory {
  return shell.instance.exports.memory as WebAssembly.Memory;
}

function acquire(compiled: CompiledModule): Shell {
  const pool = pools.get(compiled);
  const used = pool?.free.pop();
  if (pool && used) {
    overwrite(used, pool.fresh);
    return used;
  }
  const shell = instantiate(compiled);
  if (!pool) {
    const fresh = {
      memory: new Uint8Array(memoryOf(shell).buffer).slice(),
      globals: shell.globals.map((global) => global.value),
      dead: false,
    };
    pools.set(compiled, { free: [], fresh });
  }
  return shell;
}

function release(compiled: CompiledModule, shell: Shell): void {
  const pool = pools.get(compiled)!;
  shell.dispatch = unplugged;
  // A memory that has grown cannot shrink: leave it to the collector.
  if (memoryOf(shell).buffer.byteLength === pool.fresh.memory.length && pool.free.length < POOL_SIZE)
    pool.free.push(shell);
}

function unplugged(): number {
  throw new Trap('a HAL call outside any board');
}

function instantiate(compiled: CompiledModule): Shell {
  const hal: Record<string, (...args: number[]) => number> = {};
  for (const { name } of compiled.imports) {
    const call = HAL_BY_NAME.get(name)!;
    hal[name] = (...args) => shell.dispatch(call, args);
  }
  let instance: WebAssembly.Instance;
  try {
    instance = new WebAssembly.Instance(compiled.module, { hal });
  } catch (error) {
    // A data or element segment that does not fit: a fault of the module, found by V8 when it is instantiated.
    if (error instanceof WebAssembly.RuntimeError || error instanceof WebAssembly.LinkError) {
      throw new ModuleError('invalid', error.message);
    }
    throw error;
  }
  const global = (name: string) => instance.exports[name] as WebAssembly.Global;
  const shell: Shell = {
    instance,
    globals: compiled.globals.map(global),
    fuel: global(FUEL_EXPORT),
    depth: global(DEPTH_EXPORT),
    dispatch: unplugged,
  };
  return shell;
}

function overwrite(shell: Shell, state: ModuleState): void {
  const memory = memoryOf(shell);
  const missing = state.memory.length - memory.buffer.byteLength;
  if (missing > 0) memory.grow(missing / PAGE);
  new Uint8Array(memory.buffer).set(state.memory);
  shell.globals.forEach((global, index) => {
    global.value = state.globals[index]!;
  });
}
