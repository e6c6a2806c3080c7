/**
 * What a debugger reaches through SWD, by read protection level (RM0433 4.5.3).
 *
 * Level 0: everything. Level 1: attached, but that is an intrusion, remembered until power is lost: flash reads answer with a bus error (RDPERR), programs and
 * erases are refused (WRPERR), backup SRAM and RTC backup registers do not answer; registers do, so that a regression to level 0, which erases all of
 * that, can be started. Level 2: the port does not answer, from the moment the level is reached.
 */
import { BusFault } from './faults.ts';
import type { FlashInterface } from './interface.ts';
import { BLOCK_BYTES, FLASH_BLOCK, FLASH_BYTES, FLASH_START } from './registers.ts';

export const FLASH_REGISTERS = FLASH_BLOCK;

/** Memory that is not flash: SRAM, other peripherals. */
export interface OtherMemory {
  read(addr: number, length: number): Uint8Array;
  write(addr: number, bytes: Uint8Array): void;
}

/** "Other secured regions" of 4.5.3: RTC with its backup registers, backup SRAM (RM0433 2.3). */
const SECURED = [
  { start: 0x5800_4000, end: 0x5800_4400 },
  { start: 0x3880_0000, end: 0x3880_1000 },
] as const;

export class DebugAccess {
  private readonly flash: FlashInterface;
  private readonly other: OtherMemory;

  constructor(flash: FlashInterface, other: OtherMemory) {
    this.flash = flash;
    this.other = other;
  }

  /** Whether the access port answers at all. */
  get answers(): boolean {
    return this.flash.rdpLevel !== 2;
  }

  /** Attaches. @returns whether the port answers */
  connect(): boolean {
    if (this.answers) this.flash.intrude();
    return this.answers;
  }

  read(addr: number, length: number): Uint8Array {
    this.reach(addr, length);
    if (overlaps(addr, length, FLASH_START, FLASH_START + FLASH_BYTES)) return this.flash.readMemory(addr, length);
    if (!isRegister(addr)) return this.other.read(addr, length);
    wholeWords(addr, length);
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < length; at += 4) {
      view.setUint32(at, this.flash.readRegister(addr + at - FLASH_REGISTERS), true);
    }
    return bytes;
  }

  write(addr: number, bytes: Uint8Array): void {
    this.reach(addr, bytes.length);
    if (overlaps(addr, bytes.length, FLASH_START, FLASH_START + FLASH_BYTES)) {
      this.flash.writeMemory(addr, bytes);
      return;
    }
    if (!isRegister(addr)) {
      this.other.write(addr, bytes);
      return;
    }
    wholeWords(addr, bytes.length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.length; at += 4) {
      this.flash.writeRegister(addr + at - FLASH_REGISTERS, view.getUint32(at, true));
    }
  }

  private reach(addr: number, length: number): void {
    if (!this.connect()) throw new BusFault(addr, 'the debug port is closed');
    if (this.flash.hidden && SECURED.some(({ start, end }) => overlaps(addr, length, start, end))) {
      throw new BusFault(addr, 'read protection');
    }
  }
}

function overlaps(addr: number, length: number, start: number, end: number): boolean {
  return addr < end && addr + length > start;
}

function isRegister(addr: number): boolean {
  return addr >= FLASH_REGISTERS && addr < FLASH_REGISTERS + BLOCK_BYTES;
}

function wholeWords(addr: number, length: number): void {
  if (addr % 4 !== 0 || length % 4 !== 0) throw new BusFault(addr, 'registers are reached by whole words here');
}
