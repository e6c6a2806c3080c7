/**
 * The core: fetches a bundle at the boot address, runs its modules to completion, one event at a time, and turns whatever
 * unwinds a module (signals.ts) into the hardware's behaviour.
 *
 *   off -> reset -> running -> (handover) running     trap: fault, then a software reset
 *                \-> lockup   nothing to run            hang: waits for the watchdog
 *                \-> halted   a debugger holds the core
 *
 * Left out on purpose: instruction timing (code on V8 costs no virtual time), interrupts within an event.
 */
import { createHash } from 'node:crypto';
import { FirmwareError } from '../../harness/errors.ts';
import { dispatch, type HalLog, type HalService } from './hal/dispatch.ts';
import { ModuleCalls } from './hal/module-call.ts';
import type { Machine } from './machine.ts';
import { type Bundle, readBundle } from './runtime/bundle.ts';
import { EVENT } from './runtime/hal-table.ts';
import { ModuleInstance, type ModuleState } from './runtime/module.ts';
import { Handover, Hang, PowerCutUnwind, ResetRequest, Trap, Unwind, WatchdogBite } from './runtime/signals.ts';
import { NS_PER_MS } from './scheduler.ts';

export type CoreState = 'off' | 'reset' | 'running' | 'lockup' | 'hung' | 'fault' | 'halted';

export interface DeviceEvent {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

/** What the fault handler takes to report before it resets: also keeps a device that always traps from looping for free. */
const FAULT_REPORT_NS = 1000 * NS_PER_MS;
/** Of a place without a bundle, this much is hashed, so that the trace tells what was fetched. */
const FETCH_BYTES = 1024;
const KEEP_FAULTS = 100;
const KEEP_BUNDLES = 16;

export class Core {
  state: CoreState = 'off';
  /** After hand-over: the MPU is on, modules and native code of the application are unprivileged. */
  handedOver = false;
  /** A module is on the stack now. */
  executing = false;
  readonly faults: FirmwareError[] = [];
  faultCount = 0;
  modules: readonly ModuleInstance[] = [];
  calls = new ModuleCalls([], () => {});
  /** Bundles that ran since the board was made, by SHA-256: what a recording carries. */
  executed = new Map<string, Uint8Array>();
  private bundle: Bundle | undefined;
  private events: DeviceEvent[] = [];
  /** Where the application was started that ran last: only a defect looks at it. */
  private startedAt: number | undefined;
  private successor: { bundle: Bundle; modules: ModuleInstance[] } | undefined;
  private readonly machine: Machine;
  private readonly service: HalService;
  private readonly log: HalLog | undefined;

  constructor(machine: Machine, service: HalService) {
    this.machine = machine;
    this.service = service;
    this.log = machine.trace.attended ? (fields, data) => machine.note('hal', 'call', fields, data) : undefined;
  }

  get idle(): boolean {
    return this.events.length === 0 || this.state !== 'running';
  }

  /** Stops it and forgets all it ran: RAM is lost with every reset. */
  stop(state: 'off' | 'reset' | 'halted'): void {
    for (const module of this.modules) module.release();
    this.modules = [];
    this.bundle = undefined;
    this.successor = undefined;
    this.events = [];
    this.handedOver = false;
    this.state = state;
  }

  post(event: DeviceEvent): void {
    if (this.events.some((queued) => queued.kind === event.kind)) return;
    this.events.push(event);
  }

  /** The first instruction after reset. */
  boot(): void {
    const address = this.firstFetch();
    const found = this.look(address);
    if (found.bundle === undefined) {
      this.fetched(address, 0, this.hashOfHead(address));
      this.lockup(address, found.reason);
      return;
    }
    this.fetched(address, found.bundle.sizeBytes, found.bundle.sha256);
    if (found.modules) this.activate(found.bundle, found.modules);
    else this.lockup(address, found.reason);
  }

  private firstFetch(): number {
    const { options, rcc } = this.machine;
    const skipsBoot = options.defect === 'warm-reset-skips-boot' && rcc.kind !== 'power-on';
    return skipsBoot && this.startedAt !== undefined ? this.startedAt : this.machine.bootAddress();
  }

  /**
   * HAL 15: makes the bundle at `address` the one that runs when the caller is unwound.
   * @returns undefined, or why it cannot run
   */
  prepare(address: number): string | undefined {
    const { bundle, modules, reason } = this.look(address);
    if (!bundle || !modules) return reason;
    this.successor = { bundle, modules };
    this.startedAt = address;
    return undefined;
  }

  /** Delivers the oldest event. */
  deliver(): void {
    const event = this.events.shift();
    const module = this.modules[0];
    if (!event || !module) return;
    let { kind, a, b } = event;
    if (kind === EVENT.MODEM_RX) {
      a = this.machine.uart.pending;
      if (a === 0) return;
      b = 0;
    }
    this.machine.note('hal', 'event', { module: module.entry.name, kind, a, b });
    this.execute(module, () => module.invoke('event', kind, a, b));
  }

  /** What stands at an address: the bundle if it is one, its modules if they can run, else the reason. */
  private look(address: number): { bundle?: Bundle; modules?: ModuleInstance[]; reason: string } {
    let bundle: Bundle | undefined;
    try {
      bundle = readBundle(address, this.machine.roomAt(address), (addr, len) => this.machine.fetch(addr, len));
      return { bundle, modules: this.instantiate(bundle), reason: '' };
    } catch (error) {
      if (!(error instanceof FirmwareError)) throw error;
      return bundle ? { bundle, reason: error.message } : { reason: error.message };
    }
  }

  private instantiate(bundle: Bundle): ModuleInstance[] {
    const loaded: ModuleInstance[] = [];
    try {
      for (const entry of bundle.modules) {
        const room = this.machine.memoryPagesOf(entry.index);
        if (entry.memoryPages > room) {
          throw new FirmwareError(`module "${entry.name}" wants ${entry.memoryPages} pages, its RAM has ${room}`);
        }
        loaded.push(
          new ModuleInstance(entry, (module) => (call, args) => dispatch(module, call, args, this.service, this.log)),
        );
      }
      return loaded;
    } catch (error) {
      for (const module of loaded) module.release();
      throw error;
    }
  }

  private adopt(bundle: Bundle, modules: readonly ModuleInstance[]): void {
    this.bundle = bundle;
    this.modules = modules;
    this.calls = new ModuleCalls(modules, (module, trap) => this.report(module, trap.message));
  }

  private activate(bundle: Bundle, modules: readonly ModuleInstance[]): void {
    this.adopt(bundle, modules);
    this.state = 'running';
    this.executed.set(bundle.sha256, bundle.bytes);
    if (this.executed.size > KEEP_BUNDLES) this.executed.delete(this.executed.keys().next().value!);
    const first = modules[0]!;
    this.machine.note('hal', 'start', { module: first.entry.name, bundle: bundle.sha256 });
    this.execute(first, () => {
      for (const module of modules) {
        module.refuel();
        module.initialise();
      }
      first.refuel();
      first.invoke('start');
    });
  }

  private execute(module: ModuleInstance, body: () => void): void {
    module.refuel();
    this.executing = true;
    let unwind: Unwind | undefined;
    try {
      this.calls.within(module, body);
    } catch (error) {
      if (!(error instanceof Unwind)) throw error;
      unwind = error;
    } finally {
      this.executing = false;
    }
    if (unwind) this.settle(module, unwind);
  }

  private settle(module: ModuleInstance, unwind: Unwind): void {
    const { machine } = this;
    if (unwind instanceof Trap) {
      this.report(module, unwind.message);
      this.state = 'fault';
      machine.scheduler.at(machine.scheduler.nowNs + FAULT_REPORT_NS, { kind: 'fault-reset' });
    } else if (unwind instanceof Hang) {
      this.report(module, unwind.message, 'hang');
      this.state = 'hung';
    } else if (unwind instanceof WatchdogBite) {
      machine.reset('watchdog');
    } else if (unwind instanceof ResetRequest) {
      machine.reset('software', unwind.reason);
    } else if (unwind instanceof PowerCutUnwind) {
      machine.powerOff('cut');
    } else if (unwind instanceof Handover) {
      this.handOver();
    }
  }

  private handOver(): void {
    const { bundle, modules } = this.successor!;
    this.successor = undefined;
    for (const module of this.modules) module.release();
    this.handedOver = true;
    this.machine.note('power', 'handover', { address: hex(bundle.address), sha256: bundle.sha256 });
    this.activate(bundle, modules);
  }

  private report(module: ModuleInstance, message: string, what: 'trap' | 'hang' = 'trap'): void {
    // The HAL lane says only that it happened: the words are V8's, another board has its own.
    this.machine.note('hal', what, { module: module.entry.name });
    this.machine.note('power', 'fault', { module: module.entry.name, what, message });
    this.faultCount++;
    this.faults.push(new FirmwareError(`module "${module.entry.name}": ${what}: ${message}`));
    if (this.faults.length > KEEP_FAULTS) this.faults.shift();
  }

  private lockup(address: number, reason: string): void {
    this.state = 'lockup';
    this.machine.note('power', 'lockup', { address: hex(address), reason });
  }

  private hashOfHead(address: number): string {
    try {
      return createHash('sha256').update(this.machine.fetch(address, FETCH_BYTES)).digest('hex');
    } catch (error) {
      if (error instanceof FirmwareError) return 'unreadable';
      throw error;
    }
  }

  /** @param bytes of the code that was found there; 0: none */
  private fetched(address: number, bytes: number, sha256: string): void {
    this.machine.note('power', 'fetch', { address: hex(address), bytes, sha256 });
  }

  save(): CoreSnapshot {
    return {
      state: this.state,
      handedOver: this.handedOver,
      faults: [...this.faults],
      faultCount: this.faultCount,
      bundle: this.bundle,
      modules: this.modules.map((module) => module.save()),
      events: [...this.events],
    };
  }

  load(state: CoreSnapshot): void {
    const reuse = this.bundle === state.bundle && this.modules.length === state.modules.length;
    if (!reuse) {
      for (const module of this.modules) module.release();
      this.adopt(state.bundle!, state.bundle ? this.instantiate(state.bundle) : []);
    }
    this.modules.forEach((module, index) => {
      const saved = state.modules[index]!;
      module.load(
        this.machine.options.defect === 'snapshot-forgets-globals'
          ? { ...saved, globals: module.save().globals }
          : saved,
      );
    });
    this.state = state.state;
    this.handedOver = state.handedOver;
    this.faults.splice(0, this.faults.length, ...state.faults);
    this.faultCount = state.faultCount;
    this.events = [...state.events];
    this.successor = undefined;
  }
}

export interface CoreSnapshot {
  readonly state: CoreState;
  readonly handedOver: boolean;
  readonly faults: readonly FirmwareError[];
  readonly faultCount: number;
  readonly bundle: Bundle | undefined;
  readonly modules: readonly ModuleState[];
  readonly events: readonly DeviceEvent[];
}

export function hex(address: number): string {
  return `0x${(address >>> 0).toString(16).padStart(8, '0')}`;
}
