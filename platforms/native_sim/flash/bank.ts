/**
 * One bank's control: key sequence, control and status register, the 256-bit write buffer, the queue of programs and erases.
 * RM0433 4.3.8 to 4.3.11, 4.5.1, 4.7, 4.9.
 *
 * An operation is checked when it leaves the queue, just before it acts (4.3.9), and takes effect when its time is over; the bank stalls reads
 * and a third command meanwhile. One queue of two stands for the write queue and the erase queue. Left out: a second AXI master, wrap bursts.
 */
import { BusFault } from './faults.ts';
import { KeyLock, type KeyState } from './key-lock.ts';
import { CCR_MASK, CR, KEYS, SECTOR_BYTES, SECTORS_PER_BANK, SR, WORD_BYTES } from './registers.ts';
import { eraseBankNs, eraseSectorNs, programNs } from './timing.ts';

/** Offsets and sector numbers are the bank's own. */
export type Command =
  | { readonly kind: 'program'; readonly at: number; readonly bytes: Uint8Array; readonly ns: number }
  | { readonly kind: 'erase'; readonly sectors: readonly number[]; readonly ns: number };

interface Running {
  readonly command: Command;
  readonly endNs: number;
}

export interface BankHost {
  nowNs(): number;
  /** Waits in virtual time: the access stalls. */
  stallUntil(ns: number): void;
  /** Decides what becomes of a command. False: refused by a protection. @throws PowerCutSignal */
  begin(command: Command): boolean;
  complete(command: Command): void;
  tear(command: Command): void;
  readonly ignoresLock: boolean;
}

interface BankState {
  control: number;
  flags: number;
  /** Offset in the bank of the word in the write buffer; -1: empty. */
  bufferAt: number;
  /** Bit n: byte n of the buffer is written. */
  bufferMask: number;
  eccAddress: number;
}

export interface BankSnapshot {
  readonly state: BankState;
  readonly keys: KeyState;
  readonly buffer: Uint8Array;
  readonly queue: readonly Running[];
}

const ALL_WRITTEN = 0xffff_ffff;
const QUEUE_DEPTH = 2;
const STORED_CR = CR.PG | CR.SER | CR.BER | CR.PSIZE | CR.SNB | CR.CRC_EN | CR.INTERRUPT_ENABLES;
const ALL_SECTORS = Array.from({ length: SECTORS_PER_BANK }, (_, sector) => sector);

export class Bank {
  private state = initialState();
  private buffer = new Uint8Array(WORD_BYTES).fill(0xff);
  private queue: Running[] = [];
  private readonly lock: KeyLock;
  private readonly host: BankHost;

  constructor(host: BankHost) {
    this.host = host;
    this.lock = new KeyLock(KEYS, host.ignoresLock);
  }

  /** What runs is torn, what waits is lost; registers go to their reset values (4.3.14). @returns whether anything was torn */
  reset(): boolean {
    this.settle();
    const [running] = this.queue;
    this.queue = [];
    if (running) this.host.tear(running.command);
    this.state = initialState();
    this.dropBuffer();
    this.lock.state = 'locked';
    return running !== undefined;
  }

  get locked(): boolean {
    return this.lock.locked;
  }

  get control(): number {
    return (this.state.control | (this.lock.locked ? CR.LOCK : 0)) >>> 0;
  }

  get status(): number {
    this.settle();
    const busy = this.queue.length > 0 ? SR.BSY | SR.QW : 0;
    return (this.state.flags | busy | (this.state.bufferAt >= 0 ? SR.WBNE : 0)) >>> 0;
  }

  /** FLASH_ECC_FA: word number in the bank of the first ECC error since the flags were cleared (4.7.7). */
  get eccAddress(): number {
    return this.state.eccAddress;
  }

  /** FLASH_KEYR. */
  key(value: number, address: number): void {
    if (!this.lock.key(value)) throw new BusFault(address, 'wrong key in FLASH_KEYR: bank locked until reset');
  }

  /** A write to another register of this bank (4.5.1). */
  otherRegister(address: number): void {
    if (!this.lock.otherRegister()) throw new BusFault(address, 'written between the keys of FLASH_KEYR');
  }

  /** FLASH_CR: dropped while it is locked; with LOCK set the other bits stay as they are (4.9). */
  writeControl(value: number): void {
    if (this.lock.locked && !this.host.ignoresLock) return;
    if (value & CR.LOCK) {
      this.lock.lock();
      if (!this.host.ignoresLock) return;
    }
    this.state.control = (value & STORED_CR) >>> 0;
    if ((value & CR.PG) === 0) this.dropBuffer(); // 4.6.2: resetting PG loses the buffer
    if (value & CR.FW) this.forceWrite();
    if (value & CR.START) this.start();
  }

  /** FLASH_CCR. */
  clear(value: number): void {
    this.state.flags = (this.state.flags & ~(value & CCR_MASK)) >>> 0;
    if ((this.state.flags & (SR.SNECCERR | SR.DBECCERR)) === 0) this.state.eccAddress = 0;
  }

  raise(flag: number): void {
    this.state.flags = (this.state.flags | flag) >>> 0;
  }

  /** Only the first error's address is kept (4.7.7). */
  eccError(flag: number, word: number): void {
    if ((this.state.flags & (SR.SNECCERR | SR.DBECCERR)) === 0) this.state.eccAddress = word;
    this.raise(flag);
  }

  /** A store to the bank's memory within one flash word. */
  write(at: number, bytes: Uint8Array): void {
    const { state } = this;
    // 4.7.3: without PG, or after an INCERR that was not cleared; a PGSERR that was not cleared blocks, too. LOCK guards the register, not this.
    if ((state.control & CR.PG) === 0 || state.flags & (SR.INCERR | SR.PGSERR)) {
      this.raise(SR.PGSERR);
      this.dropBuffer();
      return;
    }
    const word = at - (at % WORD_BYTES);
    if (state.bufferAt >= 0 && state.bufferAt !== word) {
      this.raise(SR.INCERR); // 4.7.5: another word before this one was full; what was there is lost
      this.dropBuffer();
      return;
    }
    state.bufferAt = word;
    for (let index = 0; index < bytes.length; index++) {
      const place = (at + index) % WORD_BYTES;
      const bit = (1 << place) >>> 0;
      if (state.bufferMask & bit) this.raise(SR.STRBERR); // 4.7.4: the new byte replaces the old one
      this.buffer[place] = bytes[index]!;
      state.bufferMask = (state.bufferMask | bit) >>> 0;
    }
    if (state.bufferMask === ALL_WRITTEN) this.flush();
  }

  /** Nothing runs or waits, and the two keys would open it: a driver's sequence goes through without a stop. */
  get ready(): boolean {
    return this.queue.length === 0 && this.lock.state === 'locked';
  }

  /** What the driver's sequence of programs leaves in the registers: flags cleared, PG off, locked. */
  programmed(): void {
    this.dropBuffer();
    this.state = { ...initialState(), control: CR.PSIZE };
  }

  /** Starts what SER and BER ask for; a bank erase supersedes a sector erase (4.3.10). */
  start(): void {
    const { control } = this.state;
    const psize = (control & CR.PSIZE) >>> CR.PSIZE_SHIFT;
    if (control & CR.BER) this.enqueue({ kind: 'erase', sectors: ALL_SECTORS, ns: eraseBankNs(psize) });
    else if (control & CR.SER) {
      this.enqueue({ kind: 'erase', sectors: [(control & CR.SNB) >>> CR.SNB_SHIFT], ns: eraseSectorNs(psize) });
    }
  }

  /** MER sets BER and START of both banks (4.9, FLASH_OPTCR). */
  massErase(): void {
    this.state.control = (this.state.control | CR.BER) >>> 0;
    this.start();
  }

  /** Applies what is over by now. */
  settle(): void {
    for (let running = this.queue[0]; running && running.endNs <= this.host.nowNs(); running = this.queue[0]) {
      this.host.complete(running.command);
      this.raise(SR.EOP);
      this.queue.shift();
      const [next] = this.queue;
      if (!next) return;
      this.queue.shift();
      this.run(next.command, running.endNs);
    }
  }

  /** A read waits for the operations asked for before it (4.3.8). */
  stall(): void {
    for (let running = this.queue[0]; running; running = this.queue[0]) {
      this.host.stallUntil(running.endNs);
      this.settle();
    }
  }

  snapshot(): BankSnapshot {
    return { state: { ...this.state }, keys: this.lock.state, buffer: this.buffer.slice(), queue: [...this.queue] };
  }

  restore({ state, keys, buffer, queue }: BankSnapshot): void {
    this.state = { ...state };
    this.lock.state = keys;
    this.buffer = buffer.slice();
    this.queue = [...queue];
  }

  /** Bytes that were not written stay ones; without a cleared bit it does nothing (4.3.9). */
  private forceWrite(): void {
    if (this.state.bufferAt >= 0 && this.buffer.some((byte) => byte !== 0xff)) this.flush();
  }

  private flush(): void {
    const psize = (this.state.control & CR.PSIZE) >>> CR.PSIZE_SHIFT;
    const command: Command = {
      kind: 'program',
      at: this.state.bufferAt,
      bytes: this.buffer.slice(),
      ns: programNs(psize),
    };
    this.dropBuffer();
    this.enqueue(command);
  }

  private enqueue(command: Command): void {
    this.settle();
    while (this.queue.length >= QUEUE_DEPTH) {
      this.host.stallUntil(this.queue[0]!.endNs);
      this.settle();
    }
    if (this.queue.length === 0) this.run(command, this.host.nowNs());
    else this.queue.push({ command, endNs: Number.POSITIVE_INFINITY });
  }

  /** The command leaves the queue at `startNs`. */
  private run(command: Command, startNs: number): void {
    if (this.host.begin(command)) this.queue.unshift({ command, endNs: startNs + command.ns });
    else {
      this.raise(SR.WRPERR); // 4.7.2: nothing is changed, and nothing is blocked by the flag
      const next = this.queue.shift();
      if (next) this.run(next.command, startNs);
    }
  }

  private dropBuffer(): void {
    this.state.bufferAt = -1;
    this.state.bufferMask = 0;
    this.buffer.fill(0xff);
  }
}

function initialState(): BankState {
  return { control: CR.RESET, flags: 0, bufferAt: -1, bufferMask: 0, eccAddress: 0 };
}

/** Sector of an offset in the bank. */
export const sectorOf = (at: number): number => Math.floor(at / SECTOR_BYTES);
