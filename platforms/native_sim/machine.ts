/**
 * The machine: every part of the board, wired, with its reset and power behaviour, in virtual time. It knows no promises: the
 * facade (`harness/board/native-sim.ts`) talks to the modem's model between events.
 *
 * native_sim stands for an STM32H753 with an LM74 on SPI, an ESP-AT modem on one UART and a console on another (DESIGN). What it
 * leaves out is said in each part.
 */
import type { ResetKind, UartAnswer } from '../../harness/board/board.ts';
import type { Lane, Trace, TraceEntry } from '../../harness/trace/trace.ts';
import { inBackup } from './bus.ts';
import { Core, hex } from './core.ts';
import { FlashPort, type FlashPortOptions } from './flash-port.ts';
import type { HalService } from './hal/dispatch.ts';
import { flashServices } from './hal/flash.ts';
import { ioServices } from './hal/io.ts';
import { systemServices } from './hal/system.ts';
import { BackupSram } from './parts/backup-sram.ts';
import { Console } from './parts/console.ts';
import { Iwdg } from './parts/iwdg.ts';
import { Lm74 } from './parts/lm74.ts';
import { Rcc } from './parts/rcc.ts';
import { Rng } from './parts/rng.ts';
import { Rtc } from './parts/rtc.ts';
import { MODULE_RAM, Sram } from './parts/sram.ts';
import { Timer } from './parts/timer.ts';
import { Uart } from './parts/uart.ts';
import { EVENT } from './runtime/hal-table.ts';
import { WatchdogBite } from './runtime/signals.ts';
import { type Job, NS_PER_MS, Scheduler } from './scheduler.ts';

/** From the release of reset to the first instruction (data sheet DS12117, tRSTTEMPO 377 us typical, and start-up). */
const RESET_NS = 1 * NS_PER_MS;

const MIN_POLL_NS = 1_000;

export interface MachineOptions extends FlashPortOptions {
  readonly seed: string;
  /** VBAT present: the backup domain outlives the supply. */
  readonly vbat: boolean;
  /** Level of the BOOT pin at reset. */
  readonly bootPin: boolean;
  readonly defect: MachineDefect | undefined;
}

/** WPSN_CUR1R and WPSN_CUR2R (RM0433 4.9.13, 4.9.27). */
export const WRITE_PROTECTION = [0x38, 0x138] as const;

/** Named defects of the board beside its flash, for negative controls. */
export const MACHINE_DEFECTS = [
  /** Native code of the application runs with every privilege. */
  'mpu-off',
  'snapshot-forgets-globals',
  /** The runtime serves flash calls without a look at the caller's grants. */
  'grants-ignored',
  /** After any reset but power-on the core goes on where the application was started, past the bootloader. */
  'warm-reset-skips-boot',
  /** Write protection is gone when the supply comes back. */
  'power-off-lifts-protection',
] as const;

export type MachineDefect = (typeof MACHINE_DEFECTS)[number];

/** The modem hears of it after the bytes sent before. */
export interface PeerNotice {
  readonly atNs: number;
  readonly power: boolean;
}

export class Machine {
  readonly options: MachineOptions;
  readonly trace: Trace;
  readonly scheduler = new Scheduler();
  readonly flash: FlashPort;
  readonly lm74 = new Lm74();
  readonly rng: Rng;
  readonly rtc = new Rtc();
  readonly iwdg = new Iwdg();
  readonly rcc = new Rcc();
  readonly console = new Console();
  readonly uart = new Uart();
  readonly backupSram = new BackupSram();
  readonly sram = new Sram();
  readonly timer = new Timer(this.scheduler);
  readonly core: Core;
  /** Level of the BOOT pin, sampled at reset. */
  bootPin: boolean;
  /** Sent by the device since the modem was last called. */
  modemTx: Uint8Array[] = [];
  peerNotices: PeerNotice[] = [];
  /** When the core was last released from reset. */
  resetNs = 0;
  /** How often the supply went at a flash operation. */
  cuts = 0;

  constructor(options: MachineOptions, trace: Trace) {
    this.options = options;
    this.trace = trace;
    this.rng = new Rng(options.seed);
    this.bootPin = options.bootPin;
    this.flash = new FlashPort(options, this);
    const services: Record<string, HalService> = {
      ...flashServices(this),
      ...ioServices(this),
      ...systemServices(this),
    };
    this.core = new Core(this, (request) => services[request.call.name]!(request));
  }

  get nowNs(): number {
    return this.scheduler.nowNs;
  }

  /** Whole milliseconds since the core was released from reset. */
  get uptimeMs(): number {
    return Math.floor((this.nowNs - this.resetNs) / NS_PER_MS);
  }

  get powered(): boolean {
    return this.core.state !== 'off';
  }

  note(lane: Lane, what: string, fields: TraceEntry['fields'], data?: Uint8Array): void {
    this.trace.add(this.nowNs, lane, what, fields, data);
  }

  /** An operation that keeps the core busy. @throws WatchdogBite when the watchdog does not wait for its end */
  spend(ns: number): void {
    const end = this.nowNs + ns;
    const deadline = this.iwdg.deadlineNs;
    if (deadline !== undefined && end >= deadline) {
      this.scheduler.nowNs = deadline;
      throw new WatchdogBite();
    }
    this.scheduler.nowNs = end;
  }

  /** Until when a module can be kept busy before the watchdog bites; nothing of it when none runs. */
  get freeUntilNs(): number {
    return this.core.executing ? (this.iwdg.deadlineNs ?? 0) : 0;
  }

  /** The bus stalls until an instant: costs the core its time, and nobody when a debugger or the laboratory waits. */
  waitUntil(ns: number): void {
    if (ns <= this.nowNs) return;
    if (this.core.executing) this.spend(ns - this.nowNs);
    else this.scheduler.nowNs = ns;
  }

  powerOn(): void {
    if (this.powered) return;
    this.rcc.kind = 'power-on';
    this.note('power', 'on', {});
    if (this.options.defect === 'power-off-lifts-protection') {
      for (const register of WRITE_PROTECTION) this.flash.interface.pokeOption(register, 0xff);
    }
    this.flash.reset('power-on');
    this.release();
  }

  powerOff(why: 'off' | 'cut'): void {
    if (!this.powered) return;
    this.note('power', why, {});
    if (why === 'cut') this.cuts += 1;
    this.core.stop('off');
    this.quiet();
    this.scheduler.cancel('modem-rx');
    this.lm74.powerOff();
    this.flash.reset('power-on');
    if (!this.options.vbat) {
      this.rtc.set(undefined, this.nowNs);
      this.backupSram.powerOff();
    }
    this.peerNotices.push({ atNs: this.nowNs, power: true });
  }

  /** RDP level 1 to 0 erases the other secured regions as well (RM0433 4.5.3). */
  regress(): void {
    this.backupSram.powerOff();
  }

  /** A system reset; the core fetches again after the reset's time. */
  reset(kind: Exclude<ResetKind, 'power-on'>, reason?: number): void {
    this.hold(kind, 'reset', reason);
    this.release();
  }

  /** The same, but a debugger halts the core before its first instruction. */
  halt(): void {
    this.hold('pin', 'halted');
  }

  /** Lets a halted core go. */
  resume(): void {
    if (this.core.state === 'halted') this.release();
  }

  transmit(bytes: Uint8Array): void {
    this.note('modem', 'tx', {}, bytes);
    this.modemTx.push(bytes);
  }

  /** The modem's answer goes onto the line. */
  hear(answer: UartAnswer): void {
    for (const { atNs, bytes } of this.uart.schedule(answer.rx, this.nowNs)) {
      this.scheduler.at(atNs, { kind: 'modem-rx', bytes });
    }
    this.scheduler.cancel('modem-poll');
    // A peer that always asks for "now" must not hold virtual time still.
    const earliest = this.nowNs + MIN_POLL_NS;
    if (answer.nextNs !== undefined) this.scheduler.at(Math.max(answer.nextNs, earliest), { kind: 'modem-poll' });
  }

  /** The modem is called at the next opportunity. */
  pollModem(): void {
    this.scheduler.cancel('modem-poll');
    this.scheduler.at(this.nowNs, { kind: 'modem-poll' });
  }

  /** Bytes that arrived while the core was busy are in the ring before it looks. */
  receiveDue(): void {
    for (const job of this.scheduler.takeDue('modem-rx')) this.perform(job);
  }

  /** Everything but `modem-poll`, which is the facade's. */
  perform(job: Job): void {
    switch (job.kind) {
      case 'boot':
        this.resetNs = this.nowNs;
        this.core.boot();
        return;
      case 'timer':
        this.core.post({ kind: EVENT.TIMER, a: 0, b: 0 });
        return;
      case 'iwdg':
        this.watchdogDue();
        return;
      case 'fault-reset':
        this.reset('software');
        return;
      case 'modem-rx':
        if (!this.powered) return;
        this.note('modem', 'rx', { overruns: this.uart.overruns }, job.bytes);
        this.uart.arrive(job.bytes);
        this.core.post({ kind: EVENT.MODEM_RX, a: 0, b: 0 });
        return;
      case 'modem-poll':
        return;
    }
  }

  /** Reads as the core's bus does. @throws FirmwareError */
  fetch(addr: number, length: number): Uint8Array {
    if (this.sram.has(addr, length)) return this.sram.read([], addr, length);
    return this.flash.fetch(addr, length);
  }

  /** Whether the whole range is RAM or backup SRAM. */
  hasMemory(addr: number, length: number): boolean {
    return this.sram.has(addr, length) || inBackup(addr, length);
  }

  bootAddress(): number {
    return this.flash.bootAddress(this.bootPin);
  }

  roomAt(addr: number): number {
    return this.flash.roomAt(addr);
  }

  memoryPagesOf(index: number): number {
    return MODULE_RAM[index]?.pages ?? 0;
  }

  private hold(kind: Exclude<ResetKind, 'power-on'>, state: 'reset' | 'halted', reason?: number): void {
    this.rcc.kind = kind;
    this.note('power', 'reset', reason === undefined ? { cause: kind } : { cause: kind, reason });
    this.core.stop(state);
    this.quiet();
    this.flash.reset(kind);
    this.peerNotices.push({ atNs: this.nowNs, power: false });
  }

  /** What every reset does to the parts. */
  private quiet(): void {
    for (const kind of ['boot', 'timer', 'iwdg', 'fault-reset'] as const) this.scheduler.cancel(kind);
    this.iwdg.stop();
    this.uart.reset();
    this.sram.clear();
  }

  private release(): void {
    this.core.state = 'reset';
    const start = this.nowNs + RESET_NS;
    this.scheduler.at(start, { kind: 'boot' });
    this.iwdg.feed(start);
    this.scheduler.at(this.iwdg.deadlineNs!, { kind: 'iwdg' });
    this.note('power', 'release', { boot: hex(this.bootAddress()) });
  }

  private watchdogDue(): void {
    const deadline = this.iwdg.deadlineNs;
    if (deadline === undefined) return;
    if (deadline > this.nowNs) this.scheduler.at(deadline, { kind: 'iwdg' });
    else this.reset('watchdog');
  }
}
