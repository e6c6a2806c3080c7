/**
 * What a board's flash interface must offer so that the table of cases can be run on it: native_sim's model in this process, or the
 * C# model in Renode through its monitor. Addresses and register offsets are those of the STM32H753 (RM0433 4.9).
 */

/** The access was answered with a bus error. */
export class TargetFault extends Error {}

/** The supply went away within the access; only `reset('power-on')` goes on from here. */
export class TargetPowerLoss extends Error {}

export type CaseReset = 'power-on' | 'pin' | 'watchdog' | 'software' | 'brown-out';

/** Accesses throw TargetFault and TargetPowerLoss. */
export interface FlashTarget {
  readRegister(offset: number): Promise<number>;
  /** @param sizeBytes width of the store on the configuration bus */
  writeRegister(offset: number, value: number, sizeBytes: 1 | 2 | 4): Promise<void>;
  readMemory(addr: number, length: number): Promise<Uint8Array>;
  writeMemory(addr: number, bytes: Uint8Array): Promise<void>;
  reset(kind: CaseReset): Promise<void>;
  /** Virtual time goes on. */
  pass(ns: number): Promise<void>;
  /** The supply goes before, within or after the n-th operation from now. */
  cutPower(operation: number, mode: 'before' | 'torn' | 'after'): Promise<void>;
  /** A debugger attaches. False: the port does not answer. */
  attachDebugger(): Promise<boolean>;
  /** A word gets one wrong bit, or two. */
  disturb(addr: number, error: 'single' | 'double'): Promise<void>;
  /** Where the core would fetch first. */
  bootAddress(pinHigh: boolean): Promise<number>;
  /** Hash of all contents, unreadable words included. */
  contents(): Promise<string>;
}
