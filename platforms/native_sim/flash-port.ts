/**
 * Where the flash interface meets this machine: virtual time, trace, status codes, and the addresses at which the core and a
 * debugger find it. The interface itself (registers, protection, power cuts) is `flash/`.
 */
import type { PowerCut, ResetKind } from '../../harness/board/board.ts';
import { FirmwareError } from '../../harness/errors.ts';
import { BusRefusal } from './bus.ts';
import { FlashDriver } from './flash/driver.ts';
import { BusFault, PowerCutSignal } from './flash/faults.ts';
import { FlashInterface, type FlashOperation, type FlashSnapshot } from './flash/interface.ts';
import type { FlashMutant } from './flash/mutants.ts';
import { BLOCK_BYTES, FLASH_BYTES, FLASH_START, SECTOR_BYTES } from './flash/registers.ts';
import type { HalAnswer } from './hal/dispatch.ts';
import type { Machine } from './machine.ts';
import { PowerCutUnwind } from './runtime/signals.ts';

export const FLASH_REGISTERS = 0x52002000;
/** SPEC 2: boot's parameters end its sector. */
const PARAMETER_BYTES = 256;
/** SPEC 1: bundles that may span sectors. */
const SLOTS = [
  { start: 0x08040000, end: 0x080a0000 },
  { start: 0x08120000, end: 0x08180000 },
];

export interface FlashPortOptions {
  readonly seed: string;
  readonly flashMutant: FlashMutant | undefined;
}

export class FlashPort {
  readonly interface: FlashInterface;
  private readonly driver: FlashDriver;
  private readonly machine: Machine;

  constructor(options: FlashPortOptions, machine: Machine) {
    this.machine = machine;
    this.interface = new FlashInterface({
      nowNs: () => machine.nowNs,
      stallUntil: (ns) => machine.waitUntil(ns),
      seed: options.seed,
      mutant: options.flashMutant,
      onOperation: (operation) => this.record(operation),
      attended: () => machine.trace.attended,
      freeUntilNs: () => machine.freeUntilNs,
      onRegression: () => machine.regress(),
    });
    this.driver = new FlashDriver(this.interface);
  }

  /** Any reset, that of power included: options are loaded, locks end, what runs is torn (RM0433 4.3.14, 4.4.2). */
  reset(kind: ResetKind): void {
    this.interface.reset(kind);
  }

  /** Waits for what the flash interface is doing. @throws PowerCutUnwind */
  drain(): void {
    cuttable(() => this.interface.drain());
  }

  /** HAL 0 to 4. */
  read(addr: number, length: number): HalAnswer {
    const { status, bytes } = cuttable(() => this.driver.read(addr, length));
    return { status, out: bytes };
  }

  program(addr: number, bytes: Uint8Array): HalAnswer {
    return { status: cuttable(() => this.driver.program(addr, bytes)) };
  }

  erase(addr: number): HalAnswer {
    return { status: cuttable(() => this.driver.erase(addr)) };
  }

  lock(mask: number): HalAnswer {
    this.machine.note('flash', 'lock', { mask });
    return { status: cuttable(() => this.driver.lock(mask)) };
  }

  option(register: number): HalAnswer {
    const { status, value } = cuttable(() => this.driver.option(register));
    if (status < 0) return { status };
    const out = new Uint8Array(4);
    new DataView(out.buffer).setUint32(0, value, true);
    return { status, out };
  }

  /** Whether the whole range is flash memory, or registers of the flash interface. */
  covers(addr: number, length: number): boolean {
    return isMemory(addr, length) || isRegisters(addr, length);
  }

  /** A load by native code. @throws BusRefusal */
  busRead(addr: number, length: number): Uint8Array {
    return refusable(() => {
      if (isMemory(addr, length)) return this.interface.readMemory(addr, length);
      wordAligned(addr, length);
      const bytes = new Uint8Array(length);
      const view = new DataView(bytes.buffer);
      for (let at = 0; at < length; at += 4) {
        view.setUint32(at, this.interface.readRegister(addr + at - FLASH_REGISTERS), true);
      }
      return bytes;
    });
  }

  /** A store by native code. @throws BusRefusal, PowerCutUnwind */
  busWrite(addr: number, bytes: Uint8Array): void {
    refusable(() => {
      if (isMemory(addr, bytes.length)) {
        this.interface.writeMemory(addr, bytes);
        return;
      }
      wordAligned(addr, bytes.length);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let at = 0; at < bytes.length; at += 4) {
        this.interface.writeRegister(addr + at - FLASH_REGISTERS, view.getUint32(at, true));
      }
    });
  }

  /** An instruction or data fetch of the core. @throws FirmwareError: a bus fault, which ends in lockup this early */
  fetch(addr: number, length: number): Uint8Array {
    try {
      return this.interface.readMemory(addr, length);
    } catch (error) {
      if (error instanceof BusFault) throw new FirmwareError(error.message);
      throw error;
    }
  }

  bootAddress(bootPin: boolean): number {
    return this.interface.bootAddress(bootPin);
  }

  /** How long a bundle at this address may be. */
  roomAt(addr: number): number {
    const slot = SLOTS.find(({ start, end }) => addr >= start && addr < end);
    if (slot) return slot.end - addr;
    return SECTOR_BYTES - (addr % SECTOR_BYTES) - PARAMETER_BYTES;
  }

  cutPower(cut: PowerCut | undefined): void {
    this.interface.cutPower(cut);
  }

  save(): FlashSnapshot {
    return this.interface.snapshot();
  }

  load(state: FlashSnapshot): void {
    this.interface.restore(state);
  }

  private record({ op, addr, bytes, note }: FlashOperation): void {
    this.machine.note('flash', op, note === undefined ? { addr } : { addr, note }, bytes);
  }
}

function isMemory(addr: number, length: number): boolean {
  return addr >= FLASH_START && addr + length <= FLASH_START + FLASH_BYTES;
}

function isRegisters(addr: number, length: number): boolean {
  return addr >= FLASH_REGISTERS && addr + length <= FLASH_REGISTERS + BLOCK_BYTES;
}

function wordAligned(addr: number, length: number): void {
  if (addr % 4 !== 0 || length % 4 !== 0) throw new BusRefusal('registers are words');
}

/** The model's power cut as this machine's. */
function cuttable<T>(operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    if (error instanceof PowerCutSignal) throw new PowerCutUnwind(`power cut, ${error.mode}`);
    throw error;
  }
}

function refusable<T>(operation: () => T): T {
  try {
    return cuttable(operation);
  } catch (error) {
    if (error instanceof BusFault) throw new BusRefusal(error.message);
    throw error;
  }
}
