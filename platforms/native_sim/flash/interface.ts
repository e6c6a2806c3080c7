/**
 * The STM32H753's embedded flash interface after RM0433 Rev 8 chapter 4: two banks behind one register block, options, read protection, bank swap, ECC,
 * in virtual time, with a hook that cuts power at an operation.
 *
 * Left out: single-bit ECC corrections, CRC unit, OTP, PCROP and secure areas (registers tagged: stored, no effect), interrupts, cache and timing of
 * reads. An operation takes effect when it starts; a reset in its busy time does not undo it (the power-cut hook is what tears operations).
 */
import { type ArraySnapshot, FlashArray, WORD_STATE } from './array.ts';
import { Bank, type BankSnapshot } from './bank.ts';
import { BusFault, PowerCutSignal } from './faults.ts';
import type { FlashMutant } from './mutants.ts';
import { type OptionBytes, Options, type OptionsSnapshot, type RdpLevel } from './options.ts';
import {
  ACR_MASK,
  BANK_BYTES,
  BANK2_OFFSET,
  BLOCK_BYTES,
  FLASH_BYTES,
  FLASH_START,
  OPTCR,
  REG,
  SECTOR_BYTES,
  SR,
  WORD_BYTES,
} from './registers.ts';

export interface FlashOperation {
  readonly op: 'program' | 'erase' | 'options' | 'refused';
  /** As the bus sees it: with the banks swapped, the swapped address. */
  readonly addr: number;
  readonly bytes?: Uint8Array;
  readonly note?: string;
}

export interface FlashInterfaceOptions {
  readonly nowNs: () => number;
  /** Waits in virtual time until the instant. */
  readonly stallUntil: (ns: number) => void;
  readonly seed: string;
  readonly mutant?: FlashMutant | undefined;
  readonly onOperation?: (operation: FlashOperation) => void;
}

export interface FlashSnapshot {
  readonly array: ArraySnapshot;
  readonly banks: readonly [BankSnapshot, BankSnapshot];
  readonly options: OptionsSnapshot;
  readonly tagged: readonly (readonly [number, number])[];
  readonly swapped: boolean;
  readonly operations: number;
}

export class FlashInterface {
  private readonly array = new FlashArray();
  private readonly banks: readonly [Bank, Bank];
  private readonly options: Options;
  /** Registers that are stored and have no effect. */
  private tagged = new Map<number, number>();
  /** The banks are exchanged now; follows the option at reset (4.3.13). */
  private swapped = false;
  /** Program and erase operations since the beginning: what a power cut counts. */
  operations = 0;
  private cut: { operation: number; mode: PowerCutSignal['mode'] } | undefined;

  constructor(private readonly host: FlashInterfaceOptions) {
    this.banks = [this.makeBank(0), this.makeBank(1)];
    const ignoresLock = host.mutant === 'ignores-option-lock';
    this.options = new Options({
      nowNs: host.nowNs,
      ignoresLock,
      eraseAll: () => {
        for (let at = 0; at < FLASH_BYTES; at += SECTOR_BYTES) this.array.eraseSector(at);
        host.onOperation?.({ op: 'erase', addr: FLASH_START, note: 'RDP regression: both banks' });
      },
      changed: (before, after) => this.optionsChanged(before, after),
    });
  }

  get rdpLevel(): RdpLevel {
    return this.host.mutant === 'rdp-ignored' ? 0 : this.options.rdpLevel;
  }

  get isSwapped(): boolean {
    return this.swapped;
  }

  /** Until when the last option change is busy, virtual ns. */
  get optionsBusyUntilNs(): number {
    return this.options.busyUntilNs;
  }

  /** Any reset but the one of the backup domain: volatile registers go, options are loaded (4.4.2). */
  reset(): void {
    for (const bank of this.banks) bank.reset();
    this.options.reset();
    this.swapped = this.options.swapOption && this.host.mutant !== 'swap-does-nothing';
  }

  /** @param cut where power goes; counted from now. Undefined: nowhere */
  cutPower(cut: { operation: number; mode: PowerCutSignal['mode'] } | undefined): void {
    this.cut = cut && { operation: this.operations + cut.operation, mode: cut.mode };
  }

  /** @param register offset in the block; @throws BusFault outside of it */
  readRegister(register: number): number {
    const { own, single } = this.locate(register);
    const bank = this.banks[this.bankOf(register)]!;
    switch (single) {
      case REG.ACR:
        return this.tagged.get(REG.ACR) ?? 0;
      case REG.KEYR:
        return 0;
      case REG.CR:
        return bank.control;
      case REG.SR:
        return bank.status;
      case REG.CCR:
        return 0;
      case REG.ECC_FA:
        return bank.eccAddress;
    }
    const value = this.options.read(own);
    if (value === undefined) return this.tagged.get(register) ?? 0;
    return own === REG.OPTCR ? (value | (this.swapped ? OPTCR.SWAP_BANK : 0)) >>> 0 : value;
  }

  writeRegister(register: number, value: number): void {
    const { own, single } = this.locate(register);
    const bank = this.banks[this.bankOf(register)]!;
    switch (single) {
      case REG.ACR:
        this.tagged.set(REG.ACR, value & ACR_MASK);
        return;
      case REG.KEYR:
        bank.key(value >>> 0, register);
        return;
      case REG.CR:
        bank.writeControl(value >>> 0);
        return;
      case REG.CCR:
        bank.clear(value >>> 0);
        return;
      case REG.SR:
      case REG.ECC_FA:
        return; // read-only
    }
    if (!this.options.write(own, value >>> 0, register)) this.tagged.set(register, value >>> 0);
  }

  /**
   * Reads as the CPU does.
   * @throws BusFault for a word whose ECC does not fit (4.7.7), and outside of flash
   */
  readMemory(addr: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = this.arrayOffset(addr + done);
      const part = Math.min(length - done, SECTOR_BYTES - (at % SECTOR_BYTES));
      const bad = this.host.mutant === 'torn-word-reads-old' ? undefined : this.array.firstUnreadable(at, part);
      if (bad !== undefined) {
        this.banks[bad < BANK_BYTES ? 0 : 1].raise(SR.DBECCERR, (bad % BANK_BYTES) / WORD_BYTES);
        throw new BusFault(this.busAddress(bad), 'double ECC error');
      }
      out.set(this.array.read(at, part), done);
      done += part;
    }
    return out;
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

  peek(addr: number, length: number): Uint8Array {
    const at = this.arrayOffset(addr);
    this.arrayOffset(addr + Math.max(0, length - 1));
    return this.swapped ? this.peekAcross(addr, length) : this.array.peek(at, length);
  }

  poke(addr: number, bytes: Uint8Array): void {
    const { swapped } = this;
    for (let done = 0; done < bytes.length; ) {
      const at = this.arrayOffset(addr + done);
      const part = swapped ? Math.min(bytes.length - done, BANK_BYTES - (at % BANK_BYTES)) : bytes.length - done;
      this.array.poke(at, bytes.subarray(done, done + part));
      done += part;
    }
  }

  /** Current value of an option register: OPTSR_CUR, WPSN_CUR (bank 1 and 2), BOOT_CUR. */
  peekOption(register: number): number {
    return this.readRegister(register);
  }

  pokeOption(register: number, value: number): void {
    const { own } = this.locate(register);
    this.options.poke(own, value >>> 0);
  }

  /**
   * Where the core fetches first (4.4.7): BOOT_CM7_ADD0 with the BOOT pin low, BOOT_CM7_ADD1 with it high; address bits 31 to 16.
   */
  bootAddress(bootPin: boolean): number {
    const { boot } = this.options.current;
    return ((bootPin ? boot >>> 16 : boot & 0xffff) << 16) >>> 0;
  }

  snapshot(): FlashSnapshot {
    return {
      array: this.array.snapshot(),
      banks: [this.banks[0].snapshot(), this.banks[1].snapshot()],
      options: this.options.snapshot(),
      tagged: [...this.tagged],
      swapped: this.swapped,
      operations: this.operations,
    };
  }

  restore(snapshot: FlashSnapshot): void {
    this.array.restore(snapshot.array);
    this.banks[0].restore(snapshot.banks[0]);
    this.banks[1].restore(snapshot.banks[1]);
    this.options.restore(snapshot.options);
    this.tagged = new Map(snapshot.tagged);
    this.swapped = snapshot.swapped;
    this.operations = snapshot.operations;
    this.cut = undefined;
  }

  /** SHA-256 of contents, unreadable words included, hex. */
  hash(): string {
    return this.array.hash();
  }

  private makeBank(index: 0 | 1): Bank {
    const { host } = this;
    const start = index * BANK_BYTES;
    return new Bank({
      nowNs: host.nowNs,
      stallUntil: host.stallUntil,
      ignoresLock: host.mutant === 'ignores-lock',
      isProtected: (sectors) => {
        const blocked =
          host.mutant !== 'ignores-wrp' &&
          sectors.some((sector) => (this.options.current.wpsn[index]! & (1 << sector)) === 0);
        if (blocked) {
          const addr = this.busAddress(start + sectors[0]! * SECTOR_BYTES);
          host.onOperation?.({ op: 'refused', addr, note: 'WRPERR' });
        }
        return blocked;
      },
      programWord: (at, bytes) => this.program(start + at, bytes),
      eraseSectors: (sectors) => this.erase(sectors.map((sector) => start + sector * SECTOR_BYTES)),
    });
  }

  private program(at: number, bytes: Uint8Array): void {
    this.host.onOperation?.({ op: 'program', addr: this.busAddress(at), bytes });
    this.operate({
      tear: () => this.array.tear(at),
      complete: () => {
        if (this.host.mutant === 'double-program-allowed' && this.array.state(at) !== WORD_STATE.erased) {
          this.array.poke(
            at,
            this.array.read(at, WORD_BYTES).map((old, index) => old & bytes[index]!),
          );
        } else {
          this.array.program(at, bytes);
        }
      },
    });
  }

  private erase(sectors: readonly number[]): void {
    this.host.onOperation?.({ op: 'erase', addr: this.busAddress(sectors[0]!), note: `${sectors.length} sectors` });
    this.operate({
      tear: () => {
        const random = generator(`${this.host.seed}/${this.operations}`);
        for (const sector of sectors) this.tearSector(sector, random);
      },
      complete: () => {
        for (const sector of sectors) this.array.eraseSector(sector);
      },
    });
  }

  /** Each word of a torn erase is old, erased or unreadable. */
  private tearSector(sector: number, random: () => number): void {
    for (let at = sector; at < sector + SECTOR_BYTES; at += WORD_BYTES) {
      const fate = random() % 3;
      if (fate === 1) this.array.eraseWord(at);
      if (fate === 2) this.array.tear(at);
    }
  }

  private operate(effect: { tear: () => void; complete: () => void }): void {
    this.operations += 1;
    const cut = this.cut?.operation === this.operations ? this.cut : undefined;
    if (cut) this.cut = undefined;
    if (cut?.mode === 'torn') effect.tear();
    if (cut?.mode !== 'before' && cut?.mode !== 'torn') effect.complete();
    if (cut) throw new PowerCutSignal(this.operations, cut.mode);
  }

  private optionsChanged(before: OptionBytes, after: OptionBytes): void {
    const differs = JSON.stringify(before) !== JSON.stringify(after);
    const note = differs ? JSON.stringify(after) : 'unchanged';
    this.host.onOperation?.({ op: 'options', addr: REG.OPTCR, note });
  }

  /** @returns `own`: the register with bank 2's single copies folded; `single`: without the bank's offset */
  private locate(register: number): { own: number; single: number } {
    if (register < 0 || register >= BLOCK_BYTES || register % 4 !== 0)
      throw new BusFault(register, 'no flash register');
    const single = register % BANK2_OFFSET;
    const perBank = single === REG.WPSN_CUR || single === REG.WPSN_PRG;
    return { own: perBank ? this.bankOf(register) * BANK2_OFFSET + single : single, single };
  }

  /** Bank that a register belongs to: register mappings are exchanged with the banks (4.3.13). */
  private bankOf(register: number): 0 | 1 {
    return register >= BANK2_OFFSET !== this.swapped ? 1 : 0;
  }

  private arrayOffset(addr: number): number {
    const offset = addr - FLASH_START;
    if (offset < 0 || offset >= FLASH_BYTES) throw new BusFault(addr, 'no flash memory');
    return this.swapped ? (offset + BANK_BYTES) % FLASH_BYTES : offset;
  }

  private busAddress(at: number): number {
    return FLASH_START + (this.swapped ? (at + BANK_BYTES) % FLASH_BYTES : at);
  }

  private peekAcross(addr: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = this.arrayOffset(addr + done);
      const part = Math.min(length - done, BANK_BYTES - (at % BANK_BYTES));
      out.set(this.array.peek(at, part), done);
      done += part;
    }
    return out;
  }
}

/** xorshift32 from a text's FNV-1a hash: what a torn erase leaves is decided by the seed and the operation's number. */
function generator(seed: string): () => number {
  let state = 0x811c_9dc5;
  for (let index = 0; index < seed.length; index++) state = Math.imul(state ^ seed.charCodeAt(index), 0x0100_0193);
  state = state >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state >>> 3;
  };
}
