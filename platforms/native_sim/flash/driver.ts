/**
 * The flash driver behind HAL calls 0 to 4 (SPEC 4), through registers and memory accesses alone, as the chip's driver does it.
 *
 * RM0433 sections: program 4.3.9, erase 4.3.10, status flags 4.7. Answers are SPEC 5's status codes. It waits for an operation by reading the bank, which
 * the bank holds until it is done (4.3.8), and then looks at QW.
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
  OPTCR,
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

/** All the driver needs of the chip. */
export type FlashBus = Pick<FlashInterface, 'readRegister' | 'writeRegister' | 'readMemory' | 'writeMemory'> &
  Partial<Pick<FlashInterface, 'programAtOnce'>>;

/** A value that is no key: it locks what it is written to until reset (4.5.1). */
const WRONG_KEY = 0;
const OPTION_REGISTERS: readonly number[] = [
  REG.OPTCR,
  REG.OPTSR_CUR,
  REG.WPSN_CUR,
  REG.WPSN_CUR + BANK2_OFFSET,
  REG.BOOT_CUR,
];

export class FlashDriver {
  private readonly flash: FlashBus;

  constructor(flash: FlashBus) {
    this.flash = flash;
  }

  read(addr: number, length: number): { status: number; bytes: Uint8Array } {
    const none = new Uint8Array(0);
    if (!inFlash(addr, length)) return { status: FLASH_STATUS.INVALID, bytes: none };
    try {
      return { status: FLASH_STATUS.OK, bytes: this.flash.readMemory(addr, length) };
    } catch (error) {
      if (!(error instanceof BusFault)) throw error;
      return { status: this.readError(), bytes: none };
    }
  }

  /** Looks at every word first: a call that is refused with PGS has changed nothing. */
  program(addr: number, bytes: Uint8Array): number {
    if (addr % WORD_BYTES !== 0 || bytes.length % WORD_BYTES !== 0 || !inFlash(addr, bytes.length)) {
      return FLASH_STATUS.INVALID;
    }
    if (bytes.length > 0 && this.flash.programAtOnce?.(addr, bytes)) return FLASH_STATUS.OK;
    // Programming a word twice breaks its ECC without an error flag (4.3.9).
    for (let done = 0; done < bytes.length; done += WORD_BYTES) {
      const { status, bytes: old } = this.read(addr + done, WORD_BYTES);
      if (status === FLASH_STATUS.RDP) return status;
      if (status !== FLASH_STATUS.OK || old.some((byte) => byte !== 0xff)) return FLASH_STATUS.PGS;
    }
    for (let done = 0; done < bytes.length; done += WORD_BYTES) {
      const word = bytes.subarray(done, done + WORD_BYTES);
      const status = this.withBank(addr + done, (offset) => {
        this.flash.writeRegister(REG.CR + offset, CR.PG | CR.PSIZE);
        this.flash.writeMemory(addr + done, word);
      });
      if (status !== FLASH_STATUS.OK) return status;
    }
    return FLASH_STATUS.OK;
  }

  erase(addr: number): number {
    if ((addr - FLASH_START) % SECTOR_BYTES !== 0 || !inFlash(addr, SECTOR_BYTES)) return FLASH_STATUS.INVALID;
    const sector = ((addr - FLASH_START) % BANK_BYTES) / SECTOR_BYTES;
    return this.withBank(addr, (offset) => {
      const control = CR.SER | CR.PSIZE | (sector << CR.SNB_SHIFT);
      this.flash.writeRegister(REG.CR + offset, control);
      this.flash.writeRegister(REG.CR + offset, control | CR.START);
    });
  }

  /** Locks until the next reset by a wrong key; the bus error that answers it is expected. */
  lock(mask: number): number {
    if (mask === 0 || mask & ~(LOCK.bank1 | LOCK.bank2 | LOCK.options)) return FLASH_STATUS.INVALID;
    let locked = true;
    if (mask & LOCK.bank1) locked = this.lockBank(0) && locked;
    if (mask & LOCK.bank2) locked = this.lockBank(BANK2_OFFSET) && locked;
    if (mask & LOCK.options) {
      this.spoil(REG.OPTKEYR);
      locked = (this.flash.readRegister(REG.OPTCR) & OPTCR.OPTLOCK) !== 0 && locked;
    }
    return locked ? FLASH_STATUS.OK : FLASH_STATUS.LOCKED;
  }

  option(register: number): { status: number; value: number } {
    if (!OPTION_REGISTERS.includes(register)) return { status: FLASH_STATUS.INVALID, value: 0 };
    return { status: FLASH_STATUS.OK, value: this.flash.readRegister(register) };
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
    this.wait(addr, offset);
    const status = statusOf(this.flash.readRegister(REG.SR + offset));
    this.flash.writeRegister(REG.CCR + offset, CCR_MASK);
    // PG must not stay set: LOCK guards the control register, not the write buffer (4.9, FLASH_CR1.LOCK1).
    this.flash.writeRegister(REG.CR + offset, CR.PSIZE);
    this.flash.writeRegister(REG.CR + offset, CR.LOCK);
    return status;
  }

  private wait(addr: number, offset: number): void {
    do {
      try {
        this.flash.readMemory(addr, WORD_BYTES);
      } catch (error) {
        if (!(error instanceof BusFault)) throw error;
        // The flags say what it was.
      }
    } while (this.flash.readRegister(REG.SR + offset) & SR.QW);
  }

  private lockBank(offset: number): boolean {
    if ((this.flash.readRegister(REG.CR + offset) & CR.LOCK) === 0) {
      this.flash.writeRegister(REG.CR + offset, CR.PSIZE);
    }
    this.spoil(REG.KEYR + offset);
    const control = this.flash.readRegister(REG.CR + offset);
    return (control & CR.LOCK) !== 0 && (control & CR.PG) === 0;
  }

  private spoil(register: number): void {
    try {
      this.flash.writeRegister(register, WRONG_KEY);
    } catch (error) {
      if (!(error instanceof BusFault)) throw error;
    }
  }

  /** What the flags of both banks say of a read that failed. */
  private readError(): number {
    let flags = 0;
    for (const offset of [0, BANK2_OFFSET]) {
      flags |= this.flash.readRegister(REG.SR + offset);
      this.flash.writeRegister(REG.CCR + offset, CCR_MASK);
    }
    return flags & SR.RDPERR ? FLASH_STATUS.RDP : FLASH_STATUS.ECC;
  }
}

function statusOf(flags: number): number {
  if (flags & SR.RDPERR) return FLASH_STATUS.RDP;
  if (flags & SR.WRPERR) return FLASH_STATUS.WRP;
  if (flags & SR.PGSERR) return FLASH_STATUS.PGS;
  if (flags & SR.STRBERR) return FLASH_STATUS.STRB;
  if (flags & SR.INCERR) return FLASH_STATUS.INC;
  if (flags & SR.DBECCERR) return FLASH_STATUS.ECC;
  return FLASH_STATUS.OK;
}

function bankOffset(addr: number): number {
  return addr - FLASH_START >= BANK_BYTES ? BANK2_OFFSET : 0;
}

function inFlash(addr: number, length: number): boolean {
  return addr >= FLASH_START && length >= 0 && addr + length <= FLASH_START + FLASH_BYTES;
}
