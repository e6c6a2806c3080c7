/**
 * Board: what every check knows of a device. Two implementations: `native_sim` (V8) and `nucleo_h753zi` (Renode).
 *
 * A check observes from outside only: flash, bus transactions, modem bytes, console, what a debugger reads.
 * Addresses are those of the STM32H753 memory map (RM0433 2.3); registers bear RM0433's names and offsets.
 */
import type { Trace } from '../trace/trace.ts';

/** Causes a reset can have, as RCC_RSR tells them (RM0433 8.7.39). */
export type ResetKind = 'power-on' | 'pin' | 'watchdog' | 'software' | 'brown-out';

/** One access on the bus. A refused access answers with a fault instead of a value. */
export type BusOp =
  | { op: 'read32'; addr: number }
  | { op: 'write32'; addr: number; value: number }
  /** A store to flash memory goes through the 256-bit write buffer (RM0433 4.3.9). */
  | { op: 'write'; addr: number; bytes: Uint8Array }
  | { op: 'read'; addr: number; length: number };

export type BusResult =
  | { ok: true; value: number; bytes: Uint8Array }
  /** `bus`: the memory system answered with an error; `mpu`: the MPU stopped the access; `debug`: the port is closed. */
  | { ok: false; fault: 'bus' | 'mpu' | 'debug'; at: number };

/** Native code's privilege on the Cortex-M7 (thread mode unprivileged, or handler / privileged thread mode). */
export type Privilege = 'application' | 'privileged';

/** SWD, as a probe sees it. Every method answers with a fault when the RDP level closes the port (RM0433 4.5.3). */
export interface DebugPort {
  /** Attaches under reset and halts the core before its first instruction. False: the port does not answer. */
  connect(): Promise<boolean>;
  disconnect(): Promise<void>;
  access(ops: readonly BusOp[]): Promise<BusResult[]>;
}

/** What the sensor on the SPI bus does. Values are sixteenths of a degree Celsius (TI LM74: 0.0625 degC). */
export interface SensorControl {
  set(sixteenths: number): void;
  fault(fault: SensorFault | undefined): void;
}

export type SensorFault =
  /** MISO tied to VDD or to ground, or nothing connected. */
  | { kind: 'stuck-high' }
  | { kind: 'stuck-low' }
  | { kind: 'absent' }
  /** Another part answers: its manufacturer and device id. */
  | { kind: 'wrong-id'; id: number }
  /** Bit `bit` (0 = first on the wire) of every `every`-th 16-bit word is inverted. */
  | { kind: 'flip'; bit: number; every: number };

export interface EntropyControl {
  /** Words to be delivered next; after them the seeded generator goes on. */
  feed(words: readonly number[]): void;
  fault(fault: EntropyFault | undefined): void;
}

/**
 * `seed`: RNG_SR.SECS; `clock`: RNG_SR.CECS; `slow`: no word becomes ready; and without a flag `stuck`: the same word for ever, `repeating`: two words in turn,
 * `biased`: each bit is set seven times out of eight.
 */
export const ENTROPY_FAULTS = ['seed', 'clock', 'slow', 'stuck', 'repeating', 'biased'] as const;
export type EntropyFault = (typeof ENTROPY_FAULTS)[number];

export interface ConsoleView {
  /** All complete lines since power was first applied, without their line ends. Another list after a snapshot was restored. */
  readonly lines: readonly string[];
}

/** A modem on the UART; the board calls it in lock step with virtual time. See world/modem. */
export interface UartPeer {
  /**
   * @param nowNs virtual time of the call
   * @param tx bytes the device has sent since the last call (may be empty)
   * @returns bytes for the device, each with the virtual time (>= nowNs) at which its last bit is on the line,
   *   in ascending order; and when the peer next wants to be called (undefined: only when the device sends)
   */
  exchange(nowNs: number, tx: Uint8Array): Promise<UartAnswer>;
  /** The device was reset or lost power; a modem on its own supply keeps its state when `power` is false. */
  deviceReset(nowNs: number, power: boolean): void;
}

export interface UartAnswer {
  rx: { atNs: number; bytes: Uint8Array }[];
  nextNs: number | undefined;
}

/** Where a power cut falls: before, within or after the n-th flash operation (1-based) from now on. */
export interface PowerCut {
  operation: number;
  mode: 'before' | 'torn' | 'after';
  /** What a torn erase leaves, on native_sim: its first words blank and the others old, or the other way round. Default: the seed draws it. */
  erase?: 'head-blank' | 'tail-blank';
}

export interface Snapshot {
  readonly board: string;
}

export interface Board {
  readonly name: 'native_sim' | 'nucleo_h753zi';
  /** Whether hardware clauses are shown on hardware's registers ('certified') or on a model over V8 ('simulated'). */
  readonly hardwareEvidence: 'certified' | 'simulated';
  readonly nowNs: number;
  readonly trace: Trace;
  readonly console: ConsoleView;
  readonly debug: DebugPort;
  readonly sensor: SensorControl;
  readonly entropy: EntropyControl;
  /** The module bundles (SPEC 3) that ran since the board was made, in order: what a recording carries. */
  readonly bundles: readonly Uint8Array[];

  attachModem(peer: UartPeer): void;

  power(on: boolean): Promise<void>;
  reset(kind: ResetKind): Promise<void>;
  /** Runs until `until` holds (looked at after every event) or the time limit is reached. True: it held. */
  run(limitMs: number, until?: () => boolean): Promise<boolean>;

  /** Flash as a decapped chip shows it: no protection applies. Unreadable words read as zero. */
  peekFlash(addr: number, length: number): Uint8Array;
  /** Changes flash behind the flash interface's back (a laboratory's power, for 'put there directly' and bit sweeps). */
  pokeFlash(addr: number, bytes: Uint8Array): void;
  /** Current value of an option register, RM0433 4.9, by its offset in the FLASH block. */
  peekOption(register: number): number;
  pokeOption(register: number, value: number): void;

  /** Native code that runs on the core now, at the given privilege, with this instant's locks and MPU. */
  injectNative(ops: readonly BusOp[], privilege: Privilege): Promise<BusResult[]>;
  cutPower(cut: PowerCut | undefined): void;
  /** The RTC's oscillator error in parts per million, and the backup domain's loss. */
  rtc: { setMs(ms: number | undefined): void; driftPpm(ppm: number): void };

  snapshot(): Promise<Snapshot>;
  restore(snapshot: Snapshot): Promise<void>;
  /** A board of its own that starts from the snapshot and shares nothing that can be written. */
  fork(snapshot: Snapshot): Promise<Board>;
  close(): Promise<void>;
}
