/**
 * Option bytes, RM0433 4.4: OPTSR, write protection, boot addresses; how they are unlocked and changed, and what the read protection level does to that.
 *
 * A change is written to the _PRG registers and started by OPTSTART (4.4.3); it takes effect when it is over, and until then every register write waits.
 * Levels (4.5.3): 0 to 1 and to 2 freely; 1 to 0 erases both banks; at level 2 nothing can be changed any more but SWAP_BANK_OPT: not WRP (4.5.2), not the boot
 * addresses, not RDP. PCROP and secure areas (PRAR, SCAR), SECURITY, ST_RAM_SIZE and the low-power bits are tagged: without effect.
 */
import { BusFault } from './faults.ts';
import { KeyLock, type KeyState } from './key-lock.ts';
import {
  BANK2_OFFSET,
  FACTORY,
  OPTCR,
  OPTION_KEYS,
  OPTSR,
  OPTSR_OPTIONS,
  OPTSR_RESERVED,
  RDP,
  REG,
} from './registers.ts';
import { eraseBankNs, OPTION_CHANGE_NS } from './timing.ts';

export interface OptionBytes {
  readonly optsr: number;
  /** WRPSn of bank 1 and 2: a cleared bit protects its sector. */
  readonly wpsn: readonly [number, number];
  readonly boot: number;
}

export interface OptionsSnapshot {
  readonly current: OptionBytes;
  readonly next: OptionBytes;
  readonly keys: KeyState;
  readonly state: OptionState;
}

interface OptionState {
  readonly error: boolean;
  readonly interrupt: boolean;
  readonly pending: { readonly after: OptionBytes; readonly regression: boolean; readonly endNs: number } | undefined;
}

export interface OptionsHost {
  nowNs(): number;
  /** Counts the change as an operation. @throws PowerCutSignal */
  begin(change: OptionChange): void;
  /** Level 1 to 0: both banks, backup SRAM and RTC backup registers are erased (4.5.3). */
  eraseAll(): void;
  tearAll(): void;
  changed(after: OptionBytes): void;
  readonly ignoresLock: boolean;
  readonly ignoresRdp: boolean;
}

export interface OptionChange {
  readonly ns: number;
  complete(): void;
  tear(): void;
}

export type RdpLevel = 0 | 1 | 2;

const MASS_ERASE_NS = eraseBankNs(3);

export class Options {
  current: OptionBytes = { optsr: FACTORY.OPTSR, wpsn: [FACTORY.WPSN, FACTORY.WPSN], boot: FACTORY.BOOT };
  private next: OptionBytes = this.current;
  private state: OptionState = initialState();
  private readonly lock: KeyLock;
  private readonly host: OptionsHost;

  constructor(host: OptionsHost) {
    this.host = host;
    this.lock = new KeyLock(OPTION_KEYS, host.ignoresLock);
  }

  get rdpLevel(): RdpLevel {
    const byte = rdpOf(this.current);
    if (byte === RDP.LEVEL_0 || this.host.ignoresRdp) return 0;
    return byte === RDP.LEVEL_2 ? 2 : 1;
  }

  get swapOption(): boolean {
    return (this.current.optsr & OPTSR.SWAP_BANK_OPT) !== 0;
  }

  get busyUntilNs(): number {
    return this.state.pending?.endNs ?? 0;
  }

  /** Nothing is being changed, and no key is half given: a write to another register has no effect on it. */
  get settled(): boolean {
    return this.state.pending === undefined && this.lock.state !== 'half';
  }

  get busy(): boolean {
    this.settle();
    return this.state.pending !== undefined;
  }

  /** What is being changed is not (4.3.14); registers are locked and loaded. */
  reset(): void {
    this.settle();
    if (this.state.pending?.regression) this.host.tearAll();
    this.state = initialState();
    this.lock.state = 'locked';
    this.next = this.current;
  }

  settle(): void {
    const { pending } = this.state;
    if (pending && pending.endNs <= this.host.nowNs()) this.finish(pending.after, pending.regression);
  }

  /** Registers that exist once; undefined: not one of ours. */
  read(register: number): number | undefined {
    const busy = this.busy ? OPTSR.OPT_BUSY : 0;
    switch (register) {
      case REG.OPTKEYR:
      case REG.OPTCCR:
        return 0;
      case REG.OPTCR:
        return (this.lock.locked ? OPTCR.OPTLOCK : 0) | (this.state.interrupt ? OPTCR.OPTCHANGEERRIE : 0);
      case REG.OPTSR_CUR:
        return (this.current.optsr | OPTSR_RESERVED | busy | (this.state.error ? OPTSR.OPTCHANGEERR : 0)) >>> 0;
      case REG.OPTSR_PRG:
        return (this.next.optsr | OPTSR_RESERVED) >>> 0;
      case REG.BOOT_CUR:
        return this.current.boot;
      case REG.BOOT_PRG:
        return this.next.boot;
      case REG.WPSN_CUR:
        return this.current.wpsn[0];
      case REG.WPSN_PRG:
        return this.next.wpsn[0];
      case REG.WPSN_CUR + BANK2_OFFSET:
        return this.current.wpsn[1];
      case REG.WPSN_PRG + BANK2_OFFSET:
        return this.next.wpsn[1];
      default:
        return undefined;
    }
  }

  /** @returns whether the register is one of ours */
  write(register: number, value: number, address: number): boolean {
    const [wpsn1, wpsn2] = this.next.wpsn;
    switch (register) {
      case REG.OPTKEYR:
        if (!this.lock.key(value))
          throw new BusFault(address, 'wrong key in FLASH_OPTKEYR: options locked until reset');
        return true;
      case REG.OPTCR:
        this.control(value);
        return true;
      case REG.OPTCCR:
        if (value & OPTSR.OPTCHANGEERR) this.state = { ...this.state, error: false };
        return true;
      case REG.OPTSR_PRG:
        return this.stage({ optsr: (value & OPTSR_OPTIONS) >>> 0 });
      case REG.BOOT_PRG:
        return this.stage({ boot: value });
      case REG.WPSN_PRG:
        return this.stage({ wpsn: [value & 0xff, wpsn2] });
      case REG.WPSN_PRG + BANK2_OFFSET:
        return this.stage({ wpsn: [wpsn1, value & 0xff] });
      case REG.OPTSR_CUR:
      case REG.BOOT_CUR:
      case REG.WPSN_CUR:
      case REG.WPSN_CUR + BANK2_OFFSET:
        return true; // read-only
      default:
        return false;
    }
  }

  /** A write to another register than OPTKEYR (4.5.1). */
  otherRegister(address: number): void {
    if (!this.lock.otherRegister()) throw new BusFault(address, 'written between the keys of FLASH_OPTKEYR');
  }

  /** MER asks for OPTCR to be unlocked (4.9). */
  allowsMassErase(value: number): boolean {
    return (value & OPTCR.MER) !== 0 && this.writable;
  }

  /**
   * Whether an erase of the bank removes its write protection with it: WRPSn staged as all ones, and nothing else staged (4.3.10). At level 2
   * WRP cannot be changed (4.5.2).
   */
  removesProtection(bank: 0 | 1, mass: boolean): boolean {
    const { current, next } = this;
    const other = bank === 0 ? 1 : 0;
    const otherFits = next.wpsn[other] === current.wpsn[other] || (mass && next.wpsn[other] === 0xff);
    return (
      this.rdpLevel !== 2 &&
      next.wpsn[bank] === 0xff &&
      current.wpsn[bank] !== 0xff &&
      otherFits &&
      next.optsr === current.optsr &&
      next.boot === current.boot
    );
  }

  removeProtection(bank: 0 | 1): void {
    const wpsn: [number, number] = [...this.current.wpsn];
    wpsn[bank] = 0xff;
    this.current = { ...this.current, wpsn };
    this.host.changed(this.current);
  }

  /** Behind the interface's back. */
  poke(register: number, value: number): void {
    const [wpsn1, wpsn2] = this.current.wpsn;
    const after: Partial<OptionBytes> =
      register === REG.OPTSR_CUR
        ? { optsr: (value & OPTSR_OPTIONS) >>> 0 }
        : register === REG.BOOT_CUR
          ? { boot: value >>> 0 }
          : register === REG.WPSN_CUR
            ? { wpsn: [value & 0xff, wpsn2] }
            : register === REG.WPSN_CUR + BANK2_OFFSET
              ? { wpsn: [wpsn1, value & 0xff] }
              : {};
    if (Object.keys(after).length === 0) throw new RangeError(`register 0x${register.toString(16)} holds no option`);
    this.current = { ...this.current, ...after };
    this.next = this.current;
  }

  snapshot(): OptionsSnapshot {
    return { current: this.current, next: this.next, keys: this.lock.state, state: this.state };
  }

  restore({ current, next, keys, state }: OptionsSnapshot): void {
    this.current = current;
    this.next = next;
    this.lock.state = keys;
    this.state = state;
  }

  private get writable(): boolean {
    return !this.lock.locked || this.host.ignoresLock;
  }

  private stage(change: Partial<OptionBytes>): true {
    if (this.writable) this.next = { ...this.next, ...change };
    return true;
  }

  private control(value: number): void {
    if (!this.writable) return;
    if (value & OPTCR.OPTLOCK) {
      this.lock.lock(); // the other bits do not change (4.9)
      if (!this.host.ignoresLock) return;
    }
    this.state = { ...this.state, interrupt: (value & OPTCR.OPTCHANGEERRIE) !== 0 };
    if (value & OPTCR.OPTSTART) this.start();
  }

  private start(): void {
    const { current, next } = this;
    if (same(current, next)) return; // 4.4.3: nothing to program
    if (this.rdpLevel === 2 && !same(current, { ...next, optsr: withSwapOf(current.optsr, next.optsr) })) {
      this.state = { ...this.state, error: true }; // all changes are ignored, _PRG keeps what was asked (4.4.3)
      return;
    }
    const regression = this.rdpLevel === 1 && rdpOf(next) === RDP.LEVEL_0;
    const ns = OPTION_CHANGE_NS + (regression ? MASS_ERASE_NS : 0);
    this.host.begin({
      ns,
      complete: () => this.finish(next, regression),
      tear: () => {
        if (regression) this.host.tearAll();
      },
    });
    this.state = { ...this.state, pending: { after: next, regression, endNs: this.host.nowNs() + ns } };
  }

  private finish(after: OptionBytes, regression: boolean): void {
    this.state = { ...this.state, pending: undefined };
    if (regression) this.host.eraseAll();
    this.current = after;
    this.next = after;
    this.host.changed(after);
  }
}

function initialState(): OptionState {
  return { error: false, interrupt: false, pending: undefined };
}

const rdpOf = ({ optsr }: OptionBytes): number => (optsr & OPTSR.RDP) >>> OPTSR.RDP_SHIFT;

/** `next` with the swap option of `current`: equal to `current` when nothing else is asked for. */
function withSwapOf(current: number, next: number): number {
  return ((next & ~OPTSR.SWAP_BANK_OPT) | (current & OPTSR.SWAP_BANK_OPT)) >>> 0;
}

function same(a: OptionBytes, b: OptionBytes): boolean {
  return a.optsr === b.optsr && a.boot === b.boot && a.wpsn[0] === b.wpsn[0] && a.wpsn[1] === b.wpsn[1];
}
