/**
 * The board `native_sim`: V8 runs the firmware's Wasm, TypeScript models stand for the hardware (`platforms/native_sim`). It needs
 * nothing but Node; hardware clauses are simulated on it, not certified.
 *
 * This facade adds what the machine does not know: promises, and the modem's model in lock step with virtual time. The peer is called
 * after each event in which the device transmitted and when it asked to be called, never from a timer of the host.
 */

import { runNative } from '../../platforms/native_sim/bus.ts';
import { NativeDebugPort } from '../../platforms/native_sim/debug-port.ts';
import { FLASH_MUTANTS, type FlashMutant } from '../../platforms/native_sim/flash/mutants.ts';
import {
  MACHINE_DEFECTS,
  Machine,
  type MachineDefect,
  type MachineOptions,
} from '../../platforms/native_sim/machine.ts';
import { NS_PER_MS } from '../../platforms/native_sim/scheduler.ts';
import { type MachineSnapshot, restoreMachine, saveMachine } from '../../platforms/native_sim/snapshot.ts';
import { FirmwareError, HarnessError } from '../errors.ts';
import { Trace, type TraceOptions } from '../trace/trace.ts';
import type {
  Board,
  BusOp,
  BusResult,
  ConsoleView,
  DebugPort,
  EntropyControl,
  PowerCut,
  Privilege,
  ResetKind,
  SensorControl,
  Snapshot,
  UartPeer,
} from './board.ts';
import { PORT_DEFECTS, type PortDefect, portWith } from './leaky-port.ts';

/** Defects for negative controls: a check that does not notice one proves nothing. */
export type BoardMutant = MachineDefect | FlashMutant | PortDefect;

/** The defects that a person can ask for on the command line. */
export const BOARD_DEFECTS: readonly BoardMutant[] = [...MACHINE_DEFECTS, ...FLASH_MUTANTS, ...PORT_DEFECTS];

export interface NativeSimOptions {
  /** Of the entropy source and of what a torn flash operation leaves. Default '1'. */
  readonly seed?: string | number;
  /** True time at virtual 0, milliseconds since 1970; the RTC knows nothing of it. Default 2026-01-01T00:00:00Z. */
  readonly startMs?: number;
  readonly mutant?: BoardMutant | undefined;
  /** VBAT present: RTC and backup SRAM outlive the supply. Default false. */
  readonly vbat?: boolean;
  /** Level of the BOOT pin. Default low. */
  readonly bootPin?: boolean;
  readonly trace?: TraceOptions;
  /** Transactions that the device may make; one that goes round and round without rest would fill the memory instead. Default: no limit. */
  readonly maxTransactions?: number;
}

export const DEFAULT_START_MS = Date.UTC(2026, 0, 1);

export async function createNativeSim(options: NativeSimOptions = {}): Promise<NativeSim> {
  return new NativeSim(options);
}

class NativeSnapshot implements Snapshot {
  readonly board = 'native_sim';
  readonly machine: MachineSnapshot;
  readonly bundles: ReadonlyMap<string, Uint8Array>;

  constructor(machine: MachineSnapshot, bundles: ReadonlyMap<string, Uint8Array>) {
    this.machine = machine;
    this.bundles = bundles;
  }
}

export class NativeSim implements Board {
  readonly name = 'native_sim';
  readonly hardwareEvidence = 'simulated';
  readonly trace: Trace;
  readonly seed: string;
  readonly startMs: number;
  readonly debug: DebugPort;
  readonly sensor: SensorControl;
  readonly entropy: EntropyControl;
  readonly rtc: Board['rtc'];
  readonly machine: Machine;
  private readonly options: NativeSimOptions;
  private peer: UartPeer | undefined;
  private busy = false;
  private closed = false;

  constructor(options: NativeSimOptions) {
    this.options = options;
    this.seed = String(options.seed ?? '1');
    this.startMs = options.startMs ?? DEFAULT_START_MS;
    this.trace = new Trace(options.trace);
    this.machine = new Machine(machineOptions(options, this.seed), this.trace);
    const { machine } = this;
    this.debug = portWith(options.mutant, new NativeDebugPort(machine, () => this.settle()), this);
    this.sensor = machine.lm74;
    this.entropy = machine.rng;
    this.rtc = {
      setMs: (ms) => machine.rtc.set(ms, machine.nowNs),
      driftPpm: (ppm) => machine.rtc.driftPpm(ppm, machine.nowNs),
    };
  }

  get nowNs(): number {
    return this.machine.nowNs;
  }

  /** True time now, milliseconds since 1970. */
  get trueMs(): number {
    return this.startMs + Math.floor(this.nowNs / NS_PER_MS);
  }

  get console(): ConsoleView {
    return this.machine.console;
  }

  /** Traps and endless events since the board was made, the newest hundred. */
  get faults(): readonly FirmwareError[] {
    return this.machine.core.faults;
  }

  get faultCount(): number {
    return this.machine.core.faultCount;
  }

  get bundles(): readonly Uint8Array[] {
    return [...this.machine.core.executed.values()];
  }

  /** Level of the BOOT pin, sampled at the next reset (RM0433 2.6). */
  set bootPin(high: boolean) {
    this.machine.bootPin = high;
  }

  /** On a fork, a modem that goes on from the same state is called when the former one had asked to be. */
  attachModem(peer: UartPeer): void {
    const continues = this.peer === undefined && this.machine.scheduler.has('modem-poll');
    this.peer = peer;
    if (!continues) this.machine.pollModem();
  }

  async power(on: boolean): Promise<void> {
    await this.alone(async () => {
      if (on) this.machine.powerOn();
      else this.machine.powerOff('off');
      await this.settle();
    });
  }

  async reset(kind: ResetKind): Promise<void> {
    await this.alone(async () => {
      if (!this.machine.powered)
        throw new HarnessError(`reset ${kind}: expected a board with power, got none; power it first`);
      if (kind === 'power-on') {
        this.machine.powerOff('off');
        this.machine.powerOn();
      } else {
        this.machine.reset(kind);
      }
      await this.settle();
    });
  }

  run(limitMs: number, until?: () => boolean): Promise<boolean> {
    return this.alone(async () => {
      const { machine } = this;
      const endNs = machine.nowNs + limitMs * NS_PER_MS;
      await this.settle();
      for (;;) {
        if (until?.()) return true;
        const { next } = machine.scheduler;
        const dueNow = next !== undefined && next.atNs <= machine.nowNs;
        if (!dueNow && !machine.core.idle) {
          machine.core.deliver();
        } else if (next && next.atNs <= endNs) {
          const job = machine.scheduler.take()!;
          if (job.kind === 'modem-poll') await this.exchange();
          else machine.perform(job);
        } else {
          machine.scheduler.nowNs = Math.max(machine.nowNs, endNs);
          return until?.() ?? false;
        }
        this.refuseRestless();
        if (machine.modemTx.length > 0 || machine.peerNotices.length > 0) await this.settle();
      }
    });
  }

  private refuseRestless(): void {
    const { maxTransactions = Number.POSITIVE_INFINITY } = this.options;
    if (this.trace.count <= maxTransactions) return;
    const last = this.trace.entries
      .slice(-3)
      .map(({ lane, what, fields }) => `${lane} ${what} ${JSON.stringify(fields)}`);
    throw new FirmwareError(
      `the device does not rest: expected at most ${maxTransactions} transactions, got more by ${this.nowNs / NS_PER_MS} ms; the last: ${last.join('; ')}`,
    );
  }

  peekFlash(addr: number, length: number): Uint8Array {
    return this.machine.flash.interface.peek(addr, length);
  }

  pokeFlash(addr: number, bytes: Uint8Array): void {
    this.machine.flash.interface.poke(addr, bytes);
  }

  peekOption(register: number): number {
    return this.machine.flash.interface.peekOption(register);
  }

  pokeOption(register: number, value: number): void {
    this.machine.flash.interface.pokeOption(register, value);
  }

  async injectNative(ops: readonly BusOp[], privilege: Privilege): Promise<BusResult[]> {
    return this.alone(async () => {
      const { state } = this.machine.core;
      if (state !== 'running') {
        throw new HarnessError(
          `injectNative: expected a running core, got "${state}"; power the board and run it first`,
        );
      }
      const results = runNative(this.machine, ops, privilege);
      await this.settle();
      return results;
    });
  }

  cutPower(cut: PowerCut | undefined): void {
    this.machine.flash.cutPower(cut);
  }

  async snapshot(): Promise<Snapshot> {
    return this.alone(async () => new NativeSnapshot(saveMachine(this.machine), new Map(this.machine.core.executed)));
  }

  /** The modem's model stays attached as it is: whoever attached it restores it. */
  async restore(snapshot: Snapshot): Promise<void> {
    if (!(snapshot instanceof NativeSnapshot)) {
      throw new HarnessError(`restore: expected a snapshot of native_sim, got one of ${snapshot.board}`);
    }
    await this.alone(async () => {
      restoreMachine(this.machine, snapshot.machine);
      this.machine.core.executed = new Map(snapshot.bundles);
    });
  }

  /** The new board has no modem attached. */
  async fork(snapshot: Snapshot): Promise<NativeSim> {
    const board = new NativeSim(this.options);
    await board.restore(snapshot);
    return board;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.machine.core.stop('off');
    this.peer = undefined;
  }

  /** Tells the modem what it does not know yet: bytes first, then resets. */
  private async settle(): Promise<void> {
    const { machine } = this;
    while (machine.modemTx.length > 0) await this.exchange();
    const notices = machine.peerNotices;
    machine.peerNotices = [];
    for (const { atNs, power } of notices) this.peer?.deviceReset(atNs, power);
    if (notices.length > 0 && this.peer) machine.pollModem();
  }

  private async exchange(): Promise<void> {
    const { machine, peer } = this;
    const tx = Buffer.concat(machine.modemTx);
    machine.modemTx = [];
    if (!peer) return;
    machine.hear(await peer.exchange(machine.nowNs, new Uint8Array(tx)));
  }

  private async alone<T>(body: () => Promise<T>): Promise<T> {
    if (this.closed) throw new HarnessError('board: expected an open board, got a closed one');
    if (this.busy)
      throw new HarnessError('board: expected one command at a time, got a second one while the first runs');
    this.busy = true;
    try {
      return await body();
    } finally {
      this.busy = false;
    }
  }
}

function machineOptions(options: NativeSimOptions, seed: string): MachineOptions {
  const { mutant } = options;
  const defect = MACHINE_DEFECTS.find((name) => name === mutant);
  return {
    seed,
    vbat: options.vbat ?? false,
    bootPin: options.bootPin ?? false,
    defect,
    flashMutant: FLASH_MUTANTS.find((name) => name === mutant),
  };
}
