/**
 * The STM32H753's embedded flash interface after RM0433 chapter 4: two banks behind one register block, options, read protection, bank swap, ECC, in
 * virtual time, with a hook that cuts power at an operation. Section numbers were checked against the same chapter of RM0399 (the dual-core sibling).
 *
 * Left out: CRC unit, OTP, PCROP and secure areas (registers tagged: writes are dropped with a warning), interrupts, caches, wait states, system memory.
 * bit-table.ts says of every bit whether it is modelled, tagged or reserved.
 */
import { type ArraySnapshot, FlashArray } from './array.ts';
import { Bank, type BankSnapshot, sectorOf } from './bank.ts';
import { BusFault } from './faults.ts';
import type { FlashMutant } from './mutants.ts';
import {
  type Cut,
  type FlashOperation,
  type OperationObserver,
  Operations,
  type OperationsSnapshot,
} from './operations.ts';
import { type OptionBytes, Options, type OptionsSnapshot, type RdpLevel } from './options.ts';
import { isBanked, TAGGED } from './register-map.ts';
import {
  ACR_MASK,
  ACR_RESET,
  BANK_BYTES,
  BANK2_OFFSET,
  BLOCK_BYTES,
  CR,
  FLASH_BLOCK,
  FLASH_BYTES,
  FLASH_START,
  OPTCR,
  REG,
  SECTOR_BYTES,
  SR,
  WORD_BYTES,
} from './registers.ts';
import { programNs } from './timing.ts';

export type { ArraySnapshot, FlashOperation, OperationObserver, OptionBytes };

export interface FlashInterfaceOptions {
  readonly nowNs: () => number;
  /** Waits in virtual time until the instant. */
  readonly stallUntil: (ns: number) => void;
  readonly seed: string;
  readonly mutant?: FlashMutant | undefined;
  readonly onOperation?: (operation: FlashOperation) => void;
  /** Whether anybody takes down what `onOperation` tells. Default: yes. */
  readonly attended?: () => boolean;
  /** Until when a stall can last without anything else happening. Default: no time at all. */
  readonly freeUntilNs?: () => number;
  /** RDP level 1 to 0 also erases backup SRAM and RTC backup registers (4.5.3). */
  readonly onRegression?: () => void;
  /** An access that has no effect here: tagged registers. */
  readonly onWarning?: (register: number, why: string) => void;
}

export interface FlashSnapshot {
  readonly array: ArraySnapshot;
  readonly banks: readonly [BankSnapshot, BankSnapshot];
  readonly options: OptionsSnapshot;
  readonly control: InterfaceState;
  readonly work: OperationsSnapshot;
}

interface InterfaceState {
  readonly acr: number;
  /** The banks are exchanged now; follows the option at reset (4.3.13). */
  readonly swapped: boolean;
  /** A debugger is or was connected, or boot was not from flash: until power is lost (4.5.3). */
  readonly intruded: boolean;
}

/** Resets that lose power; the others are resets of the D1 domain (4.3.14). */
export type FlashReset = 'power-on' | 'brown-out' | 'pin' | 'watchdog' | 'software';

export class FlashInterface {
  private readonly array = new FlashArray();
  private readonly banks: readonly [Bank, Bank];
  private readonly options: Options;
  private readonly host: FlashInterfaceOptions;
  private state: InterfaceState = {
    acr: ACR_RESET,
    swapped: false,
    intruded: false,
  };
  private readonly work: Operations;

  constructor(host: FlashInterfaceOptions) {
    this.host = host;
    this.work = new Operations({
      array: this.array,
      host,
      options: () => this.options,
      hidden: () => this.hidden,
      busAddress: (at) => this.busAddress(at),
    });
    this.banks = [this.makeBank(0), this.makeBank(1)];
    this.options = new Options({
      nowNs: host.nowNs,
      ignoresLock: host.mutant === 'ignores-option-lock',
      ignoresRdp: host.mutant === 'rdp-ignored',
      begin: (change) => this.work.beginOptions(change),
      eraseAll: () => this.work.regress(),
      tearAll: () => this.work.tearAll(),
      changed: (after) => this.work.optionsChanged(after),
    });
  }

  /** Programs, erases and option changes that were begun since the beginning: what a power cut counts. */
  get operations(): number {
    return this.work.operations;
  }

  get rdpLevel(): RdpLevel {
    this.settle();
    return this.options.rdpLevel;
  }

  /** In force now. */
  get optionBytes(): OptionBytes {
    this.settle();
    return this.options.current;
  }

  get isSwapped(): boolean {
    return this.state.swapped;
  }

  /** Until when the option change that runs is busy, virtual ns; 0: none runs. */
  get optionsBusyUntilNs(): number {
    return this.options.busyUntilNs;
  }

  /** Level 1 with an intrusion: flash memory, backup SRAM and RTC backup registers answer with errors (4.5.3). */
  get hidden(): boolean {
    return this.rdpLevel === 1 && this.state.intruded;
  }

  /** A debugger is connected, or the core booted from other than flash memory. Remembered until power is lost. */
  intrude(): void {
    if (!this.state.intruded) this.state = { ...this.state, intruded: true };
  }

  /** @param kind without one, a system reset that keeps power */
  reset(kind: FlashReset = 'software'): void {
    this.settle();
    const power = kind === 'power-on' || kind === 'brown-out';
    for (const bank of this.banks) {
      const stopped = bank.reset();
      if (stopped && !power) bank.raise(SR.OPERR); // 4.7.6: a modify operation was stopped by a system reset
    }
    this.options.reset();
    this.state = {
      ...this.state,
      acr: ACR_RESET,
      swapped: this.options.swapOption && this.host.mutant !== 'swap-does-nothing',
      intruded: this.state.intruded && !power,
    };
    this.work.reset();
  }

  /** The supply goes and comes back; what runs is torn. */
  powerCycle(): void {
    this.reset('power-on');
  }

  /** @param cut where power goes; counted from now. Undefined: nowhere */
  cutPower(cut: Cut | undefined): void {
    this.work.cutPower(cut);
  }

  /** Looks at operations as they begin, for campaigns; undefined: nobody does. @param range by their numbers; default all */
  observe(observer: OperationObserver | undefined, range?: { from: number; to: number }): void {
    this.work.observe(observer, range);
  }

  /** The array alone, without registers: what outlives the loss of power. */
  arraySnapshot(): ArraySnapshot {
    this.settle();
    return this.array.snapshot();
  }

  /** @param register offset in the block; @throws BusFault outside of it */
  readRegister(register: number): number {
    const { own, single } = this.locate(register);
    this.settle();
    const index = this.bankOf(register);
    const bank = this.banks[index];
    switch (single) {
      case REG.ACR:
        return this.state.acr;
      case REG.KEYR:
      case REG.CCR:
        return 0;
      case REG.CR:
        return bank.control;
      case REG.SR: // the option bytes lie in bank 1 (4.4.3)
        return (bank.status | (index === 0 && this.options.busy ? SR.BSY | SR.QW : 0)) >>> 0;
      case REG.ECC_FA:
        return bank.eccAddress;
    }
    const value = this.options.read(own);
    if (value === undefined) return TAGGED[single] ?? 0;
    return own === REG.OPTCR ? (value | (this.state.swapped ? OPTCR.SWAP_BANK : 0)) >>> 0 : value;
  }

  /** @param sizeBytes a key of less than 32 bits is a wrong one (4.5.1); other registers take whole words only here */
  writeRegister(register: number, value: number, sizeBytes: 1 | 2 | 4 = 4): void {
    const { own, single } = this.locate(register);
    // Register writes are put on hold until an option change is over (4.9, FLASH_OPTCR and FLASH_CRCCR1).
    if (this.options.busy) this.host.stallUntil(this.options.busyUntilNs);
    this.settle();
    const bank = this.banks[this.bankOf(register)];
    const address = FLASH_BLOCK + register;
    if (single !== REG.OPTKEYR) this.options.otherRegister(address);
    if (single !== REG.KEYR && isBanked(single)) bank.otherRegister(address);
    const word = sizeBytes === 4 ? value >>> 0 : NO_KEY;
    switch (single) {
      case REG.KEYR:
        bank.key(word, address);
        return;
      case REG.OPTKEYR:
        this.options.write(own, word, address);
        return;
    }
    if (sizeBytes !== 4) throw new BusFault(address, 'only whole words are modelled');
    switch (single) {
      case REG.ACR:
        this.state = { ...this.state, acr: word & ACR_MASK };
        return;
      case REG.CR:
        bank.writeControl(word);
        return;
      case REG.CCR:
        bank.clear(word);
        return;
      case REG.SR:
      case REG.ECC_FA:
        return; // read-only
      case REG.OPTCR:
        if (this.options.allowsMassErase(word)) this.massErase();
    }
    if (!this.options.write(own, word, address)) this.host.onWarning?.(register, 'tagged: the write has no effect');
  }

  /**
   * Reads as the CPU does; waits for the bank.
   * @throws BusFault for a word whose ECC does not fit (4.7.7), for hidden flash (4.7.8), and outside of flash
   */
  readMemory(addr: number, length: number): Uint8Array {
    let out: Uint8Array | undefined;
    for (let done = 0; done < length; ) {
      const at = this.arrayOffset(addr + done);
      const part = Math.min(length - done, SECTOR_BYTES - (at % SECTOR_BYTES));
      const bank = this.banks[at < BANK_BYTES ? 0 : 1];
      if (this.hidden) {
        bank.raise(SR.RDPERR);
        throw new BusFault(addr + done, 'read protection');
      }
      bank.stall();
      const bad = this.array.firstUnreadable(at, part);
      const corrected = this.array.firstCorrectable(at, bad === undefined ? part : bad - at);
      if (corrected !== undefined) bank.eccError(SR.SNECCERR, wordInBank(corrected));
      if (bad !== undefined) {
        bank.eccError(SR.DBECCERR, wordInBank(bad));
        throw new BusFault(this.busAddress(bad), 'double ECC error');
      }
      const bytes = this.array.read(at, part);
      if (part === length) return bytes;
      out ??= new Uint8Array(length);
      out.set(bytes, done);
      done += part;
    }
    return out ?? new Uint8Array(0);
  }

  /** Stores as the CPU does: cut at flash-word borders, each part into its bank's write buffer. */
  writeMemory(addr: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const at = this.arrayOffset(addr + done);
      const part = Math.min(bytes.length - done, WORD_BYTES - (at % WORD_BYTES));
      this.banks[at < BANK_BYTES ? 0 : 1].write(at % BANK_BYTES, bytes.subarray(done, done + part));
      done += part;
    }
  }

  /**
   * A shortcut for campaigns: programs whole erased words of a sector as the driver's sequence does it word by word (unlock, PG, 32 bytes, wait, clear, lock),
   * where nothing of that could be seen or could go otherwise. @returns false, and nothing is done: go word by word
   */
  programAtOnce(addr: number, bytes: Uint8Array): boolean {
    const count = bytes.length / WORD_BYTES;
    const at = this.arrayOffset(addr);
    const bank = at < BANK_BYTES ? 0 : 1;
    const sector = sectorOf(at % BANK_BYTES);
    const endNs = this.host.nowNs() + count * programNs(CR.PSIZE >>> CR.PSIZE_SHIFT);
    const plain =
      (at % SECTOR_BYTES) + bytes.length <= SECTOR_BYTES &&
      this.work.unobserved(count) &&
      this.banks.every(({ ready }) => ready) &&
      this.options.settled &&
      this.options.rdpLevel !== 1 &&
      (this.options.current.wpsn[bank] & (1 << sector)) !== 0 &&
      endNs < (this.host.freeUntilNs?.() ?? 0);
    if (!plain || !this.array.programRun(at, bytes)) return false;
    this.work.operations += count;
    this.banks[bank].programmed();
    this.host.stallUntil(endNs);
    return true;
  }

  /** As a decapped chip shows it, at the addresses of now; unreadable words as zeros. */
  peek(addr: number, length: number): Uint8Array {
    this.settle();
    return this.across(addr, length, (at, part) => this.array.peek(at, part));
  }

  /** The same with what the cells of unreadable words hold: for searches of remnants. */
  peekCells(addr: number, length: number): Uint8Array {
    this.settle();
    return this.across(addr, length, (at, part) => this.array.read(at, part));
  }

  poke(addr: number, bytes: Uint8Array): void {
    this.settle();
    this.across(addr, bytes.length, (at, part, done) => {
      const piece = bytes.subarray(done, done + part);
      this.array.poke(at, piece);
      return piece;
    });
  }

  /** Makes a word one that is read with a corrected bit (`single`), or not at all. */
  disturb(addr: number, error: 'single' | 'double'): void {
    const at = this.arrayOffset(addr - (addr % WORD_BYTES));
    if (error === 'single') this.array.disturb(at);
    else this.array.tear(at);
  }

  /** Current value of an option register: OPTSR_CUR, WPSN_CUR (bank 1 and 2), BOOT_CUR. */
  peekOption(register: number): number {
    return this.readRegister(register);
  }

  pokeOption(register: number, value: number): void {
    this.settle();
    this.options.poke(this.locate(register).own, value >>> 0);
  }

  /** Where the core fetches first (4.4.7): BOOT_CM7_ADD0 with the BOOT pin low, BOOT_CM7_ADD1 with it high; address bits 31 to 16. */
  bootAddress(bootPin: boolean): number {
    this.settle();
    const { boot } = this.options.current;
    return ((bootPin ? boot >>> 16 : boot & 0xffff) << 16) >>> 0;
  }

  snapshot(): FlashSnapshot {
    return {
      array: this.array.snapshot(),
      banks: [this.banks[0].snapshot(), this.banks[1].snapshot()],
      options: this.options.snapshot(),
      control: this.state,
      work: this.work.snapshot(),
    };
  }

  restore(snapshot: FlashSnapshot): void {
    this.array.restore(snapshot.array);
    this.banks[0].restore(snapshot.banks[0]);
    this.banks[1].restore(snapshot.banks[1]);
    this.options.restore(snapshot.options);
    this.state = snapshot.control;
    this.work.restore(snapshot.work);
  }

  /** Waits until nothing runs or waits any more. @throws PowerCutSignal of an operation that waited */
  drain(): void {
    for (const bank of this.banks) bank.stall();
    if (this.options.busy) this.host.stallUntil(this.options.busyUntilNs);
    this.settle();
  }

  /** SHA-256 of contents, unreadable words included, hex. */
  hash(): string {
    this.settle();
    return this.array.hash();
  }

  private settle(): void {
    this.banks[0].settle();
    this.banks[1].settle();
    this.options.settle();
  }

  private makeBank(index: 0 | 1): Bank {
    const { host } = this;
    return new Bank({
      nowNs: host.nowNs,
      stallUntil: host.stallUntil,
      ignoresLock: host.mutant === 'ignores-lock',
      begin: (command) => this.work.begin(index, command),
      complete: (command) => this.work.complete(index, command),
      tear: (command) => this.work.tear(index, command),
    });
  }

  private massErase(): void {
    // 4.9, MER: CR1 and CR2 must be unlocked as well.
    if (this.banks.some((bank) => bank.locked && this.host.mutant !== 'ignores-lock')) return;
    this.work.massErase();
    for (const bank of this.banks) bank.massErase();
  }

  /** @returns `own`: the register with the single ones' second place folded; `single`: without the bank's offset */
  private locate(register: number): { own: number; single: number } {
    if (register < 0 || register >= BLOCK_BYTES || register % 4 !== 0) {
      throw new BusFault(FLASH_BLOCK + register, 'no flash register');
    }
    const single = register % BANK2_OFFSET;
    const perBank = single === REG.WPSN_CUR || single === REG.WPSN_PRG;
    return { own: perBank ? this.bankOf(register) * BANK2_OFFSET + single : single, single };
  }

  /** Bank that a register belongs to: register mappings are exchanged with the banks (4.3.13). */
  private bankOf(register: number): 0 | 1 {
    return register >= BANK2_OFFSET !== this.state.swapped ? 1 : 0;
  }

  private arrayOffset(addr: number): number {
    const offset = addr - FLASH_START;
    if (offset < 0 || offset >= FLASH_BYTES) throw new BusFault(addr, 'no flash memory');
    return this.state.swapped ? (offset + BANK_BYTES) % FLASH_BYTES : offset;
  }

  private busAddress(at: number): number {
    return FLASH_START + (this.state.swapped ? (at + BANK_BYTES) % FLASH_BYTES : at);
  }

  private across(
    addr: number,
    length: number,
    piece: (at: number, part: number, done: number) => Uint8Array,
  ): Uint8Array {
    const out = new Uint8Array(length);
    if (length > 0) this.arrayOffset(addr + length - 1);
    for (let done = 0; done < length; ) {
      const at = this.arrayOffset(addr + done);
      const part = Math.min(length - done, BANK_BYTES - (at % BANK_BYTES));
      out.set(piece(at, part, done), done);
      done += part;
    }
    return out;
  }
}

/** Neither a key nor the start of one. */
const NO_KEY = 0;
const wordInBank = (at: number): number => (at % BANK_BYTES) / WORD_BYTES;
