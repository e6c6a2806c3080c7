/**
 * The board `nucleo_h753zi`: the firmware's native runtime and Wasm on a Cortex-M7 in Renode, with the parts of `platforms/nucleo_h753zi/parts` (SPEC 18, 19).
 *
 * Renode stands still but for `run`, in which the conductor goes in steps of virtual time. What sets something (sensor, entropy, pokes) is kept in order
 * and done before the next thing that waits; what looks (flash, console, trace) sees what the last report brought. So checks written for native_sim run here.
 * Native code needs a core that waits for an event: `injectNative` runs on until it does.
 */

import { FLASH_MUTANTS } from '../../../platforms/native_sim/flash/mutants.ts';
import { WRITE_PROTECTION } from '../../../platforms/native_sim/machine.ts';
import { EnvironmentError, FirmwareError, HarnessError, TimeoutError } from '../../errors.ts';
import { Trace, type TraceMark, type TraceOptions } from '../../trace/trace.ts';
import type {
  Board,
  BusOp,
  BusResult,
  DebugPort,
  EntropyControl,
  PowerCut,
  Privilege,
  ResetKind,
  SensorControl,
  SensorFault,
  Snapshot,
  UartPeer,
} from '../board.ts';
import { hex } from '../flash-region.ts';
import { portWith } from '../leaky-port.ts';
import type { BoardMutant } from '../native-sim.ts';
import { accessText, busResult } from './access.ts';
import { ConsoleLines } from './console-lines.ts';
import { IMAGE_HEADER_BYTES, Images, type Slot } from './images.ts';
import { FlashMirror } from './mirror.ts';
import { ModemLink } from './modem-link.ts';
import type { SeatPool, Sitter } from './pool.ts';
import type { Report, ReportLine } from './report.ts';
import { type MachineOptions, pokeCells, runAccesses, type Seat } from './seat.ts';
import { TapReader, type TapState } from './tap.ts';

const NS_PER_MS = 1e6;
/** Turns in which the modem and the machine may have something to tell each other at one instant. */
const MAX_STANDING = 1000;
/** Virtual time until a core that works must wait for its next event: the watchdog allows no more. */
const REST_WITHIN_NS = 32_000 * NS_PER_MS;

export interface NucleoOptions {
  readonly pool: SeatPool;
  readonly seed?: string | number;
  readonly startMs?: number;
  readonly mutant?: BoardMutant | undefined;
  readonly vbat?: boolean;
  readonly trace?: TraceOptions;
  readonly maxTransactions?: number;
  /** Region of the application's image: what its privilege may execute. */
  readonly appSlot: Slot;
}

/** What a board is when it has no seat: the whole machine, or without power and battery what outlives that. */
type Parked =
  | { readonly kind: 'machine'; readonly content: Uint8Array; readonly machineNowNs: number }
  | {
      readonly kind: 'off';
      /** The flash. */
      readonly content: Uint8Array;
      /** The entropy source, which is the laboratory's. */
      readonly rng: string;
      /** Operations until the power cut that was asked for, and its mode. */
      readonly cut: string;
    };

class NucleoSnapshot implements Snapshot {
  readonly board = 'nucleo_h753zi';
  constructor(
    readonly parked: Parked,
    readonly state: BoardState,
  ) {}
}

interface BoardState {
  readonly nowNs: number;
  readonly powered: boolean;
  readonly attached: boolean;
  readonly images: ReturnType<Images['save']>;
  readonly mirror: ReturnType<FlashMirror['save']>;
  readonly console: ReturnType<ConsoleLines['save']>;
  readonly trace: TraceMark;
  readonly tap: TapState;
  readonly sensor: readonly string[];
  readonly modem: ReturnType<ModemLink['save']>;
  readonly driftPpm: number;
}

export class NucleoBoard implements Board, Sitter {
  readonly name = 'nucleo_h753zi';
  readonly hardwareEvidence = 'certified';
  readonly trace: Trace;
  readonly seed: string;
  readonly startMs: number;
  readonly debug: DebugPort;
  readonly sensor: SensorControl;
  readonly entropy: EntropyControl;
  readonly rtc: Board['rtc'];
  private readonly options: NucleoOptions;
  private readonly mirror = new FlashMirror();
  private readonly terminal = new ConsoleLines();
  private readonly modem = new ModemLink();
  private readonly images: Images;
  private readonly tap: TapReader;
  private seat: Seat | undefined;
  private parked: Parked | undefined;
  private queue: ((seat: Seat) => Promise<unknown>)[] = [];
  private powered = false;
  private attached = false;
  private resting = false;
  private machineNowNs = 0;
  /** Board's time minus the machine's. */
  private skewNs = 0;
  private sensorState: readonly string[] = [];
  private driftPpm = 0;
  private busy = false;
  private closed = false;
  private broken = false;

  constructor(options: NucleoOptions) {
    this.options = options;
    this.seed = String(options.seed ?? '1');
    this.startMs = options.startMs ?? Date.UTC(2026, 0, 1);
    this.trace = new Trace(options.trace);
    this.images = new Images(this.mirror, options.appSlot);
    const port: DebugPort = {
      connect: () => this.alone(() => this.connect()),
      disconnect: () => this.alone(() => this.disconnect()),
      access: (ops) => this.alone(() => this.debugAccess(ops)),
    };
    this.debug = portWith(options.mutant, port, this);
    this.sensor = {
      set: (sixteenths) => this.setSensor(`spi1.sensor Sixteenths ${sixteenths}`),
      fault: (fault) => this.setSensor(`spi1.sensor Fault "${faultText(fault)}"`),
    };
    this.entropy = {
      feed: (words) =>
        this.later((seat) => seat.command(`rng Feed "${words.map((word) => (word >>> 0).toString(16)).join(' ')}"`)),
      fault: (fault) => this.later((seat) => seat.command(`rng Fault "${fault ?? 'none'}"`)),
    };
    this.rtc = {
      setMs: (ms) => this.later((seat) => seat.command(ms === undefined ? 'rtc Lose' : `rtc SetMs ${Math.floor(ms)}`)),
      driftPpm: (ppm) => {
        this.driftPpm = ppm;
        this.later((seat) => seat.command(`rtc DriftPpm ${ppm}`));
      },
    };
    this.tap = new TapReader({
      entry: (atNs, what, fields, data) => this.trace.add(atNs, 'hal', what, fields, data),
      started: () => this.images.started(),
      handedOver: () => this.images.handedOver(),
      trapped: (atNs, module, message) => this.trace.add(atNs, 'power', 'fault', { module, what: 'trap', message }),
    });
  }

  get nowNs(): number {
    return this.machineNowNs + this.skewNs;
  }

  get console(): ConsoleLines {
    return this.terminal;
  }

  get bundles(): readonly Uint8Array[] {
    return this.images.bundles;
  }

  attachModem(peer: UartPeer): void {
    this.modem.attach(peer, this.nowNs);
  }

  power(on: boolean): Promise<void> {
    return this.alone(async () => {
      if (on === this.powered) return;
      if (on) await this.powerOn();
      else await this.powerOff('off');
    });
  }

  reset(kind: ResetKind): Promise<void> {
    return this.alone(async () => {
      if (!this.powered) throw new HarnessError(`reset ${kind}: expected a board with power, got none; power it first`);
      if (kind === 'power-on') {
        await this.powerOff('off');
        await this.powerOn();
        return;
      }
      const seat = await this.sit();
      this.attached = false;
      await seat.command(`probe ResetMachine "${kind}" false`);
    });
  }

  run(limitMs: number, until?: () => boolean): Promise<boolean> {
    return this.alone(async () => {
      const endNs = this.nowNs + limitMs * NS_PER_MS;
      const seat = await this.sit();
      let standing = 0;
      for (;;) {
        if (until?.()) return true;
        await this.modemsTurn();
        const beforeNs = this.nowNs;
        if (beforeNs >= endNs) return until?.() ?? false;
        await this.advance(seat, endNs);
        this.refuseRestless();
        standing = this.nowNs > beforeNs ? 0 : standing + 1;
        if (standing > MAX_STANDING)
          throw new HarnessError(`run: expected virtual time to pass, got ${standing} turns at ${this.nowNs} ns`);
      }
    });
  }

  peekFlash(addr: number, length: number): Uint8Array {
    return this.mirror.peek(addr, length);
  }

  pokeFlash(addr: number, bytes: Uint8Array): void {
    this.mirror.poke(addr, bytes);
    const copy = bytes.slice();
    this.later((seat) => pokeCells(seat, addr, copy));
  }

  peekOption(register: number): number {
    return this.mirror.peekOption(register);
  }

  pokeOption(register: number, value: number): void {
    this.mirror.pokeOption(register, value);
    this.later((seat) => seat.command(`flash PokeOption ${register} ${value >>> 0}`));
  }

  injectNative(ops: readonly BusOp[], privilege: Privilege): Promise<BusResult[]> {
    return this.alone(async () => {
      if (!this.powered || this.attached)
        throw new HarnessError('injectNative: expected a running core, got none; power the board and run it first');
      const seat = await this.sit();
      await this.rest(seat);
      const { start, end } = this.images.region();
      const texts = ops.map(accessText);
      const answer = await seat.command(`nativeCode Run "${texts.join(';')}" "${privilege}" ${start} ${end}`);
      const answers = answer.split('\n').map((line) => line.trim());
      const results = ops.map((op, index) => busResult(op, answers[index] ?? 'lost', 'bus'));
      ops.forEach((op, index) => {
        this.noteAccess('native', op, results[index]!, { privilege });
      });
      await this.absorb(await seat.report());
      return results;
    });
  }

  cutPower(cut: PowerCut | undefined): void {
    this.later((seat) => seat.command(`flash CutPower ${cut?.operation ?? 0} "${cut?.mode ?? 'before'}"`));
  }

  snapshot(): Promise<Snapshot> {
    return this.alone(async () => {
      const seat = await this.sit();
      return new NucleoSnapshot(await this.keep(seat), this.save());
    });
  }

  restore(snapshot: Snapshot): Promise<void> {
    if (!(snapshot instanceof NucleoSnapshot))
      throw new HarnessError(`restore: expected a snapshot of nucleo_h753zi, got one of ${snapshot.board}`);
    return this.alone(async () => {
      this.load(snapshot.state);
      this.parked = snapshot.parked;
      // A power cut that was asked for then is forgotten.
      this.queue = [(seat) => seat.command('flash CutPower 0 "before"')];
      if (this.seat) await this.unpark(this.seat);
    });
  }

  async fork(snapshot: Snapshot): Promise<NucleoBoard> {
    const board = new NucleoBoard(this.options);
    await board.restore(snapshot);
    return board;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.modem.detach();
    this.parked = undefined;
    if (this.seat && this.broken) await this.options.pool.drop(this);
    else if (this.seat) this.options.pool.give(this);
    this.seat = undefined;
  }

  /** @see Sitter */
  async park(): Promise<void> {
    const { seat } = this;
    if (!seat) return;
    await this.flush(seat);
    this.parked = await this.keep(seat);
    this.seat = undefined;
    this.options.pool.give(this);
  }

  // ---- seat ----

  private async sit(): Promise<Seat> {
    const { pool } = this.options;
    if (this.seat) {
      pool.touch(this);
    } else {
      this.seat = await pool.take(this);
      if (this.parked) await this.unpark(this.seat);
      else {
        await this.seat.makeMachine(this.machineOptions());
        this.skewNs = this.nowNs;
        this.machineNowNs = 0;
        this.mirror.absorb(await this.seat.report());
      }
    }
    await this.flush(this.seat);
    return this.seat;
  }

  private async flush(seat: Seat): Promise<void> {
    while (this.queue.length > 0) await this.queue.shift()!(seat);
  }

  private later(command: (seat: Seat) => Promise<unknown>): void {
    this.queue.push(command);
  }

  private machineOptions(): MachineOptions {
    const { mutant, vbat = false, appSlot } = this.options;
    return {
      seed: this.seed,
      flashMutant: FLASH_MUTANTS.find((name) => name === mutant),
      warmResetVectors: mutant === 'warm-reset-skips-boot' ? appSlot.start + IMAGE_HEADER_BYTES : undefined,
      vbat,
    };
  }

  private async keep(seat: Seat): Promise<Parked> {
    // With a battery more than the flash outlives the supply.
    if (this.powered || this.options.vbat)
      return { kind: 'machine', content: await seat.save('Save'), machineNowNs: this.machineNowNs };
    const rng = await seat.command('rng State');
    const cut = await seat.command('flash WaitingCut');
    return { kind: 'off', content: await seat.save('flash SaveContents'), rng, cut };
  }

  private async unpark(seat: Seat): Promise<void> {
    const parked = this.parked!;
    const now = this.nowNs;
    if (parked.kind === 'machine') {
      await seat.load(parked.content);
      this.machineNowNs = parked.machineNowNs;
    } else {
      await seat.makeMachine(this.machineOptions());
      await seat.command('flash LoadContents "{file}"', parked.content);
      await seat.command(`rng State "${parked.rng}"`);
      const [operations, mode] = parked.cut.split(' ');
      await seat.command(`flash CutPower ${operations} "${mode}"`);
      for (const command of this.sensorState) await seat.command(command);
      if (this.driftPpm !== 0) await seat.command(`rtc DriftPpm ${this.driftPpm}`);
      this.machineNowNs = 0;
    }
    this.skewNs = now - this.machineNowNs;
    this.parked = undefined;
    const report = await seat.report();
    this.resting = report.state === 'RESTS';
    this.mirror.absorb(report);
  }

  private save(): BoardState {
    return {
      nowNs: this.nowNs,
      powered: this.powered,
      attached: this.attached,
      images: this.images.save(),
      mirror: this.mirror.save(),
      console: this.terminal.save(),
      trace: this.trace.mark(),
      tap: this.tap.save(),
      sensor: this.sensorState,
      modem: this.modem.save(),
      driftPpm: this.driftPpm,
    };
  }

  private load(state: BoardState): void {
    this.skewNs = state.nowNs - this.machineNowNs;
    this.powered = state.powered;
    this.attached = state.attached;
    this.images.load(state.images);
    this.mirror.load(state.mirror);
    this.terminal.load(state.console);
    this.trace.rewind(state.trace);
    this.tap.load(state.tap);
    this.sensorState = state.sensor;
    this.modem.load(state.modem);
    this.driftPpm = state.driftPpm;
  }

  // ---- time ----

  private async modemsTurn(): Promise<void> {
    if (this.modem.dueNs <= this.nowNs) await this.modem.exchange(this.nowNs, new Uint8Array(0), this.powered);
  }

  /** Runs until something is to be told, the modem's turn has come, or it is `endNs`; with `toRest` also until the core waits for an event. */
  private async advance(seat: Seat, endNs: number, toRest = false): Promise<void> {
    const heard = this.modem.take().map(({ atNs, bytes }) => ({ atNs: Math.max(0, atNs - this.skewNs), bytes }));
    const limitNs = Math.ceil(Math.min(endNs, this.modem.dueNs) - this.skewNs);
    await this.absorb(await seat.run(limitNs, { heard, toRest }));
  }

  /** Takes in what a report tells, then speaks with the modem. */
  private async absorb(report: Report): Promise<void> {
    this.machineNowNs = report.nowNs;
    this.resting = report.state === 'RESTS';
    this.mirror.absorb(report);
    const sent: Uint8Array[] = [];
    for (const line of report.lines) this.note(line, line.atNs + this.skewNs, sent);
    if (sent.length > 0) await this.modem.exchange(this.nowNs, Buffer.concat(sent), this.powered);
    if (report.state === 'DARK' && this.powered) await this.lostPower();
  }

  private note(line: ReportLine, atNs: number, sent: Uint8Array[]): void {
    switch (line.kind) {
      case 'fetch':
        this.fetched(atNs, line.vectors, line.pc, line.cause);
        return;
      case 'console':
        this.trace.add(atNs, 'console', 'tx', {}, line.bytes);
        this.terminal.write(line.bytes);
        return;
      case 'tx':
        this.trace.add(atNs, 'modem', 'tx', {}, line.bytes);
        sent.push(line.bytes);
        return;
      case 'rx':
        this.trace.add(atNs, 'modem', 'rx', { overruns: line.overruns }, line.bytes);
        return;
      case 'spi':
        this.trace.add(
          atNs,
          'spi',
          'transfer',
          { bytes: line.sent.length },
          new Uint8Array(Buffer.concat([line.sent, line.received])),
        );
        return;
      case 'flash': {
        const { op, addr, outcome, note, bytes } = line;
        const fields = { addr, outcome, ...(note === undefined ? {} : { note }) };
        this.trace.add(atNs, 'flash', op, fields, bytes);
        return;
      }
      case 'tap':
        if (line.whole) this.tap.read(atNs, line.record);
        return;
    }
  }

  /** The core goes on after a reset: what it forgot, and what it runs first. */
  private fetched(atNs: number, vectors: number, pc: number, cause: string): void {
    if (cause !== 'power-on') {
      this.tap.cut(atNs, cause === 'watchdog' ? 'watchdog' : 'reset');
      this.trace.add(atNs, 'power', 'reset', { cause });
      this.modem.deviceReset(atNs, false);
    }
    const { address, bytes, sha256 } = this.images.fetched(vectors, pc);
    this.trace.add(atNs, 'power', 'fetch', { address: hex(address), bytes, sha256, pc: hex(pc) });
  }

  /** Runs until the core waits for its next event. */
  private async rest(seat: Seat): Promise<void> {
    const endNs = this.nowNs + REST_WITHIN_NS;
    while (this.nowNs < endNs && this.powered) {
      if (this.resting && /true/i.test(await seat.command('nativeCode Ready'))) return;
      await this.modemsTurn();
      await this.advance(seat, endNs, true);
    }
    throw new HarnessError(
      `injectNative: expected a core that waits for an event within ${REST_WITHIN_NS / 1e9} s, got one that works on`,
    );
  }

  private refuseRestless(): void {
    const { maxTransactions = Number.POSITIVE_INFINITY } = this.options;
    if (this.trace.count <= maxTransactions) return;
    throw new FirmwareError(
      `the device does not rest: expected at most ${maxTransactions} transactions, got more by ${this.nowNs / NS_PER_MS} ms`,
    );
  }

  // ---- power ----

  private async powerOn(): Promise<void> {
    const seat = await this.sit();
    this.powered = true;
    this.attached = false;
    this.trace.add(this.nowNs, 'power', 'on', {});
    if (this.options.mutant === 'power-off-lifts-protection')
      for (const register of WRITE_PROTECTION) await seat.command(`flash PokeOption ${register} 255`);
    await seat.command('probe ResetMachine "power-on" false');
  }

  private async powerOff(why: 'off' | 'cut'): Promise<void> {
    const seat = await this.sit();
    await seat.command('probe PowerOff');
    this.trace.add(this.nowNs, 'power', why, {});
    await this.lost(seat);
  }

  private async lostPower(): Promise<void> {
    this.trace.add(this.nowNs, 'power', 'cut', {});
    await this.lost(this.seat!);
  }

  private async lost(seat: Seat): Promise<void> {
    await seat.command('modemLine Silence');
    this.powered = false;
    this.attached = false;
    this.tap.cut(this.nowNs, 'power-cut');
    this.modem.deviceReset(this.nowNs, true);
  }

  // ---- debug port ----

  private async connect(): Promise<boolean> {
    if (!this.powered) return false;
    const seat = await this.sit();
    await seat.command('probe ResetMachine "pin" true');
    const answers = /true/i.test(await seat.command('flash AttachDebugger'));
    this.trace.add(this.nowNs, 'debug', 'connect', { answers: answers ? 1 : 0 });
    this.attached = answers;
    if (!answers) await seat.command('probe Resume');
    await this.absorb(await seat.report());
    return answers;
  }

  private async disconnect(): Promise<void> {
    if (!this.attached) return;
    const seat = await this.sit();
    this.trace.add(this.nowNs, 'debug', 'disconnect', {});
    this.attached = false;
    await seat.command('probe Resume');
  }

  private async debugAccess(ops: readonly BusOp[]): Promise<BusResult[]> {
    const seat = await this.sit();
    const answers = this.attached ? await runAccesses(seat, ops.map(accessText)) : [];
    const results = ops.map((op, index) => busResult(op, answers[index] ?? 'debug', 'debug'));
    ops.forEach((op, index) => {
      this.noteAccess('debug', op, results[index]!, {});
    });
    if (this.attached) await seat.command('flash Drain');
    await this.absorb(await seat.report());
    return results;
  }

  private noteAccess(lane: 'native' | 'debug', op: BusOp, result: BusResult, more: Record<string, string>): void {
    const length = op.op === 'read' ? op.length : op.op === 'write' ? op.bytes.length : 4;
    const fields = { op: op.op, addr: op.addr >>> 0, length, ...more, result: result.ok ? result.value : result.fault };
    const data = op.op === 'write' ? op.bytes : result.ok && op.op === 'read' ? result.bytes : undefined;
    this.trace.add(this.nowNs, lane, 'access', fields, data);
  }

  private setSensor(command: string): void {
    const [, property] = command.split(' ');
    this.sensorState = [...this.sensorState.filter((known) => known.split(' ')[1] !== property), command];
    this.later((seat) => seat.command(command));
  }

  private async alone<T>(body: () => Promise<T>): Promise<T> {
    if (this.closed) throw new HarnessError('board: expected an open board, got a closed one');
    if (this.busy)
      throw new HarnessError('board: expected one command at a time, got a second one while the first runs');
    this.busy = true;
    try {
      return await body();
    } catch (error) {
      // Renode is gone or does not answer: nobody else shall sit there.
      if (error instanceof EnvironmentError || error instanceof TimeoutError) this.broken = true;
      throw error;
    } finally {
      this.busy = false;
    }
  }
}

function faultText(fault: SensorFault | undefined): string {
  if (!fault) return 'none';
  if (fault.kind === 'wrong-id') return `wrong-id ${fault.id}`;
  return fault.kind === 'flip' ? `flip ${fault.bit} ${fault.every}` : fault.kind;
}
