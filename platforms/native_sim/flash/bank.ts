/**
 * One bank's control: key sequence, control and status register, the 256-bit write buffer, program and erase. RM0433 4.3.8 to 4.3.11, 4.7.
 *
 * An operation takes effect when it starts; BSY stands until its time is over, and the bank stalls the bus meanwhile. PSIZE changes no timing.
 */
import { BusFault } from './faults.ts';
import {
  BANK_ERASE_NS,
  CCR_MASK,
  CR,
  KEYS,
  PROGRAM_NS,
  SECTOR_BYTES,
  SECTOR_ERASE_NS,
  SECTORS_PER_BANK,
  SR,
  WORD_BYTES,
} from './registers.ts';

export interface BankHost {
  nowNs(): number;
  /** Waits in virtual time: the access stalls. */
  stallUntil(ns: number): void;
  /** Whether any sector of the list is write-protected (4.5.1). */
  isProtected(sectors: readonly number[]): boolean;
  programWord(at: number, bytes: Uint8Array): void;
  eraseSectors(sectors: readonly number[]): void;
  readonly ignoresLock: boolean;
}

interface BankState {
  control: number;
  flags: number;
  locked: boolean;
  /** Locked until reset by a wrong key (4.9.2). */
  sealed: boolean;
  keys: number;
  busyUntilNs: number;
  /** Offset in the bank of the word in the write buffer; -1: empty. */
  bufferAt: number;
  /** Bit n: byte n of the buffer is written. */
  bufferMask: number;
  eccAddress: number;
}

export interface BankSnapshot {
  readonly state: BankState;
  readonly buffer: Uint8Array;
}

const ALL_WRITTEN = 0xffff_ffff;
const WRITABLE_CR = CR.PG | CR.SER | CR.BER | CR.PSIZE | CR.SNB | CR.CRC_EN | CR.INTERRUPT_ENABLES;

export class Bank {
  private state = initialState();
  private buffer = new Uint8Array(WORD_BYTES).fill(0xff);

  constructor(private readonly host: BankHost) {}

  reset(): void {
    this.state = initialState();
    this.buffer.fill(0xff);
  }

  get control(): number {
    return (this.state.control | (this.state.locked ? CR.LOCK : 0)) >>> 0;
  }

  get status(): number {
    const busy = this.host.nowNs() < this.state.busyUntilNs ? SR.BSY | SR.QW : 0;
    return (this.state.flags | busy | (this.state.bufferAt >= 0 ? SR.WBNE : 0)) >>> 0;
  }

  /** FLASH_ECC_FA: word number in the bank of the last ECC error. */
  get eccAddress(): number {
    return this.state.eccAddress;
  }

  /** FLASH_KEYR (4.9.2). */
  key(value: number, address: number): void {
    const { state } = this;
    if (!state.sealed && state.locked && value === KEYS[state.keys]) {
      state.keys += 1;
      if (state.keys === KEYS.length) {
        state.locked = false;
        state.keys = 0;
      }
      return;
    }
    state.locked = true;
    state.keys = 0;
    state.control = 0;
    if (!this.host.ignoresLock) state.sealed = true;
    throw new BusFault(address, 'wrong key in FLASH_KEYR: bank locked until reset');
  }

  /** FLASH_CR: dropped while the bank is locked or busy (4.9.4). */
  writeControl(value: number): void {
    if (this.state.locked) return;
    this.host.stallUntil(this.state.busyUntilNs);
    this.state.control = (value & WRITABLE_CR) >>> 0;
    if (value & CR.FW && this.state.bufferAt >= 0) this.flush();
    if (value & CR.START) this.start();
    if (value & CR.LOCK) {
      this.state.locked = true;
      this.state.keys = 0;
    }
  }

  clear(value: number): void {
    this.state.flags = (this.state.flags & ~(value & CCR_MASK)) >>> 0;
  }

  raise(flag: number, eccAddress?: number): void {
    this.state.flags = (this.state.flags | flag) >>> 0;
    if (eccAddress !== undefined) this.state.eccAddress = eccAddress;
  }

  /** A store to the bank's memory, at most 32 bytes and within one word (4.3.9). */
  write(at: number, bytes: Uint8Array): void {
    const { state } = this;
    this.host.stallUntil(state.busyUntilNs);
    if (state.locked || (state.control & CR.PG) === 0) {
      this.raise(SR.PGSERR); // 4.7.4: PG is not set
      return;
    }
    const word = Math.floor(at / WORD_BYTES) * WORD_BYTES;
    if (this.host.isProtected([Math.floor(at / SECTOR_BYTES)])) {
      this.raise(SR.WRPERR); // 4.7.3
      this.dropBuffer();
      return;
    }
    if (state.bufferAt >= 0 && state.bufferAt !== word) {
      this.raise(SR.INCERR); // 4.7.6: another word before this one was full
      this.dropBuffer();
      return;
    }
    for (let index = 0; index < bytes.length; index++) {
      const bit = 2 ** ((at + index) % WORD_BYTES);
      if (Math.floor(state.bufferMask / bit) % 2 === 1) {
        this.raise(SR.STRBERR); // 4.7.5: the same byte twice
        this.dropBuffer();
        return;
      }
      this.buffer[(at + index) % WORD_BYTES] = bytes[index]!;
      state.bufferMask += bit;
    }
    state.bufferAt = word;
    if (state.bufferMask === ALL_WRITTEN) this.flush();
  }

  snapshot(): BankSnapshot {
    return { state: { ...this.state }, buffer: this.buffer.slice() };
  }

  restore({ state, buffer }: BankSnapshot): void {
    this.state = { ...state };
    this.buffer = buffer.slice();
  }

  /** Programs the buffer; bytes that were not written stay ones (force-write, 4.3.9). */
  private flush(): void {
    const at = this.state.bufferAt;
    const bytes = this.buffer.slice();
    this.dropBuffer();
    this.state.busyUntilNs = this.host.nowNs() + PROGRAM_NS;
    this.host.programWord(at, bytes);
    this.raise(SR.EOP);
  }

  private dropBuffer(): void {
    this.state.bufferAt = -1;
    this.state.bufferMask = 0;
    this.buffer.fill(0xff);
  }

  private start(): void {
    const { control } = this.state;
    const wholeBank = (control & CR.BER) !== 0;
    if (!wholeBank && (control & CR.SER) === 0) return;
    if (control & CR.PG || this.state.bufferAt >= 0) {
      this.raise(SR.PGSERR); // 4.7.4: erase while programming
      this.dropBuffer();
      return;
    }
    const sectors = wholeBank
      ? Array.from({ length: SECTORS_PER_BANK }, (_, sector) => sector)
      : [(control & CR.SNB) >>> CR.SNB_SHIFT];
    if (this.host.isProtected(sectors)) {
      this.raise(SR.WRPERR); // 4.7.3: one protected sector refuses the bank erase
      return;
    }
    this.state.busyUntilNs = this.host.nowNs() + (wholeBank ? BANK_ERASE_NS : SECTOR_ERASE_NS);
    this.host.eraseSectors(sectors);
    this.raise(SR.EOP);
  }
}

function initialState(): BankState {
  return {
    control: 0,
    flags: 0,
    locked: true,
    sealed: false,
    keys: 0,
    busyUntilNs: 0,
    bufferAt: -1,
    bufferMask: 0,
    eccAddress: 0,
  };
}
