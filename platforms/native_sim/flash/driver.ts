/**
 * The flash driver behind HAL calls 0 to 4 (SPEC 4), through registers and memory accesses alone, as the chip's driver does it.
 *
 * RM0433 sections: program 4.3.9, erase 4.3.10, status flags 4.7. Answers are SPEC 5's status codes.
 */
import { BusFault } from './faults.ts';
import type { FlashInterface } from './interface.ts';
import {
  BANK_BYTES,
  BANK2_OFFSET,
  CCR_MASK,
  CR,
  FLASH_BYTES,
  FLASH_START,
  KEYS,
  REG,
  SECTOR_BYTES,
  SR,
  WORD_BYTES,
} from './registers.ts';

export const FLASH_STATUS = {
  OK: 0,
  INVALID: -2,
  WRP: -16,
  LOCKED: -17,
  PGS: -18,
  STRB: -19,
  INC: -20,
  ECC: -21,
  RDP: -22,
} as const;

export const LOCK = { bank1: 1, bank2: 2, options: 4 } as const;

/** A value that is no key: it locks what it is written to until reset (4.9.2, 4.9.3). */
const WRONG_KEY = 0;
const OPTION_REGISTERS: readonly number[] = [
  REG.OPTCR,
  REG.OPTSR_CUR,
  REG.WPSN_CUR,
  REG.WPSN_CUR + BANK2_OFFSET,
  REG.BOOT_CUR,
];

export class FlashDriver {
  constructor(private readonly flash: FlashInterface) {}

  read(addr: number, length: number): { status: number; bytes: Uint8Array } {
    const none = new Uint8Array(0);
    if (!inFlash(addr, length)) return { status: FLASH_STATUS.INVALID, bytes: none };
    try {
      return { status: FLASH_STATUS.OK, bytes: this.flash.readMemory(addr, length) };
    } catch (error) {
      if (!(error instanceof BusFault)) throw error;
      this.flash.writeRegister(REG.CCR + bankOffset(addr), CCR_MASK);
      return { status: FLASH_STATUS.ECC, bytes: none };
    }
  }

  program(addr: number, bytes: Uint8Array): number {
    if (addr % WORD_BYTES !== 0 || bytes.length % WORD_BYTES !== 0 || !inFlash(addr, bytes.length)) {
      return FLASH_STATUS.INVALID;
    }
    for (let done = 0; done < bytes.length; done += WORD_BYTES) {
      const status = this.programWord(addr + done, bytes.subarray(done, done + WORD_BYTES));
      if (status !== FLASH_STATUS.OK) return status;
    }
    return FLASH_STATUS.OK;
  }

  erase(addr: number): number {
    if ((addr - FLASH_START) % SECTOR_BYTES !== 0 || !inFlash(addr, SECTOR_BYTES)) return FLASH_STATUS.INVALID;
    const sector = ((addr - FLASH_START) % BANK_BYTES) / SECTOR_BYTES;
    return this.withBank(addr, (offset) => {
      const control = CR.SER | (sector << CR.SNB_SHIFT);
      this.flash.writeRegister(REG.CR + offset, control);
      this.flash.writeRegister(REG.CR + offset, control | CR.START);
    });
  }

  /** Locks until the next reset by a wrong key; the bus error that answers it is expected. */
  lock(mask: number): number {
    if (mask === 0 || mask & ~(LOCK.bank1 | LOCK.bank2 | LOCK.options)) return FLASH_STATUS.INVALID;
    if (mask & LOCK.bank1) this.spoil(REG.KEYR);
    if (mask & LOCK.bank2) this.spoil(REG.KEYR + BANK2_OFFSET);
    if (mask & LOCK.options) this.spoil(REG.OPTKEYR);
    return FLASH_STATUS.OK;
  }

  option(register: number): { status: number; value: number } {
    if (!OPTION_REGISTERS.includes(register)) return { status: FLASH_STATUS.INVALID, value: 0 };
    return { status: FLASH_STATUS.OK, value: this.flash.readRegister(register) };
  }

  private programWord(addr: number, bytes: Uint8Array): number {
    // Programming a word twice breaks its ECC silently (4.3.9): look before.
    if (!this.isErased(addr)) return FLASH_STATUS.PGS;
    return this.withBank(addr, (offset) => {
      this.flash.writeRegister(REG.CR + offset, CR.PG);
      this.flash.writeMemory(addr, bytes);
    });
  }

  private isErased(addr: number): boolean {
    try {
      return this.flash.readMemory(addr, WORD_BYTES).every((byte) => byte === 0xff);
    } catch (error) {
      if (!(error instanceof BusFault)) throw error;
      this.flash.writeRegister(REG.CCR + bankOffset(addr), CCR_MASK);
      return false;
    }
  }

  /** Unlocks the bank of the address, works, waits, reads the flags, locks again. */
  private withBank(addr: number, work: (offset: number) => void): number {
    const offset = bankOffset(addr);
    try {
      if (this.flash.readRegister(REG.CR + offset) & CR.LOCK) {
        for (const key of KEYS) this.flash.writeRegister(REG.KEYR + offset, key);
      }
    } catch (error) {
      if (!(error instanceof BusFault)) throw error;
      return FLASH_STATUS.LOCKED;
    }
    this.flash.writeRegister(REG.CCR + offset, CCR_MASK);
    work(offset);
    // A write to the control register stalls until the operation is over.
    this.flash.writeRegister(REG.CR + offset, 0);
    const status = statusOf(this.flash.readRegister(REG.SR + offset));
    this.flash.writeRegister(REG.CCR + offset, CCR_MASK);
    this.flash.writeRegister(REG.CR + offset, CR.LOCK);
    return status;
  }

  private spoil(register: number): void {
    try {
      this.flash.writeRegister(register, WRONG_KEY);
    } catch (error) {
      if (!(error instanceof BusFault)) throw error;
    }
  }
}

function statusOf(flags: number): number {
  if (flags & SR.WRPERR) return FLASH_STATUS.WRP;
  if (flags & SR.PGSERR) return FLASH_STATUS.PGS;
  if (flags & SR.STRBERR) return FLASH_STATUS.STRB;
  if (flags & SR.INCERR) return FLASH_STATUS.INC;
  if (flags & SR.DBECCERR) return FLASH_STATUS.ECC;
  if (flags & (SR.RDPERR | SR.RDSERR)) return FLASH_STATUS.RDP;
  return FLASH_STATUS.OK;
}

function bankOffset(addr: number): number {
  return addr - FLASH_START >= BANK_BYTES ? BANK2_OFFSET : 0;
}

function inFlash(addr: number, length: number): boolean {
  return addr >= FLASH_START && length >= 0 && addr + length <= FLASH_START + FLASH_BYTES;
}
