/**
 * What a debugger reaches through SWD, by read protection level (RM0433 4.5.3).
 *
 * Level 0: everything. Level 1: attached, but flash memory is refused (read: bus error; write and erase: RDPERR, no effect); registers answer, so that a regression to
 * level 0, which erases both banks, can be started. Level 2: the port does not answer. The level counts as it was when the port was asked.
 */
import { BusFault } from './faults.ts';
import type { FlashInterface } from './interface.ts';
import { BANK2_OFFSET, BLOCK_BYTES, CR, FLASH_BYTES, FLASH_START, REG } from './registers.ts';

export const FLASH_REGISTERS = 0x5200_2000;

/** Memory that is not flash: SRAM, other peripherals. */
export interface OtherMemory {
  read(addr: number, length: number): Uint8Array;
  write(addr: number, bytes: Uint8Array): void;
}

export class DebugAccess {
  constructor(
    private readonly flash: FlashInterface,
    private readonly other: OtherMemory,
  ) {}

  /** Whether the access port answers at all. */
  get answers(): boolean {
    return this.flash.rdpLevel !== 2;
  }

  read(addr: number, length: number): Uint8Array {
    if (isFlash(addr)) {
      if (this.flash.rdpLevel !== 0) throw new BusFault(addr, 'read protection');
      return this.flash.readMemory(addr, length);
    }
    if (isRegister(addr)) return wordBytes(this.flash.readRegister(addr - FLASH_REGISTERS)).subarray(0, length);
    return this.other.read(addr, length);
  }

  write(addr: number, bytes: Uint8Array): void {
    if (isFlash(addr)) {
      if (this.flash.rdpLevel !== 0) throw new BusFault(addr, 'read protection');
      this.flash.writeMemory(addr, bytes);
      return;
    }
    if (!isRegister(addr)) {
      this.other.write(addr, bytes);
      return;
    }
    const value = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
    const register = addr - FLASH_REGISTERS;
    if (this.flash.rdpLevel === 1 && register % BANK2_OFFSET === REG.CR && value & CR.START) {
      throw new BusFault(addr, 'read protection: no erase but by regression');
    }
    this.flash.writeRegister(register, value);
  }
}

function isFlash(addr: number): boolean {
  return addr >= FLASH_START && addr < FLASH_START + FLASH_BYTES;
}

function isRegister(addr: number): boolean {
  return addr >= FLASH_REGISTERS && addr < FLASH_REGISTERS + BLOCK_BYTES;
}

function wordBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
