/**
 * Option bytes, RM0433 4.4: OPTSR, write protection, boot addresses; how they are unlocked and changed, and what the read protection level does to that.
 *
 * A change is written to the _PRG registers and started by OPTSTART (4.4.3). Levels (4.5.3): 0 to 1 and to 2 freely; 1 to 0 erases both banks; at level 2
 * nothing can be changed any more but SWAP_BANK_OPT. PCROP and secure areas (PRAR, SCAR), CRC and OTP are tagged: stored, without effect.
 */
import { BusFault } from './faults.ts';
import {
  BANK2_OFFSET,
  FACTORY,
  OPTCR,
  OPTION_CHANGE_NS,
  OPTION_KEYS,
  OPTSR,
  OPTSR_OPTIONS,
  RDP,
  REG,
} from './registers.ts';

export interface OptionBytes {
  readonly optsr: number;
  /** WRPSn of bank 1 and 2: a cleared bit protects its sector (4.9.14). */
  readonly wpsn: readonly [number, number];
  readonly boot: number;
}

export interface OptionsSnapshot {
  readonly current: OptionBytes;
  readonly next: OptionBytes;
  readonly state: OptionState;
}

interface OptionState {
  locked: boolean;
  /** Locked until the next reset by a wrong key (4.9.3). */
  sealed: boolean;
  keys: number;
  error: boolean;
  busyUntilNs: number;
  control: number;
}

interface OptionsHost {
  nowNs(): number;
  /** Level 1 to 0: both banks are erased before the level changes (4.5.3). */
  eraseAll(): void;
  changed(before: OptionBytes, after: OptionBytes): void;
  readonly ignoresLock: boolean;
}

export type RdpLevel = 0 | 1 | 2;

export class Options {
  current: OptionBytes = { optsr: FACTORY.OPTSR, wpsn: [FACTORY.WPSN, FACTORY.WPSN], boot: FACTORY.BOOT };
  private next: OptionBytes = this.current;
  private state: OptionState = initialState();

  constructor(private readonly host: OptionsHost) {}

  get rdpLevel(): RdpLevel {
    const byte = (this.current.optsr & OPTSR.RDP) >>> OPTSR.RDP_SHIFT;
    return byte === RDP.LEVEL_0 ? 0 : byte === RDP.LEVEL_2 ? 2 : 1;
  }

  get swapOption(): boolean {
    return (this.current.optsr & OPTSR.SWAP_BANK_OPT) !== 0;
  }

  get busyUntilNs(): number {
    return this.state.busyUntilNs;
  }

  reset(): void {
    this.state = initialState();
    this.next = this.current;
  }

  /** Registers that exist once; undefined: not one of ours. */
  read(register: number): number | undefined {
    switch (register) {
      case REG.OPTKEYR:
      case REG.OPTCCR:
        return 0;
      case REG.OPTCR:
        return (this.state.control | (this.state.locked ? OPTCR.OPTLOCK : 0)) >>> 0;
      case REG.OPTSR_CUR:
        return (
          (this.current.optsr | (this.busy ? OPTSR.OPT_BUSY : 0) | (this.state.error ? OPTSR.OPTCHANGEERR : 0)) >>> 0
        );
      case REG.OPTSR_PRG:
        return this.next.optsr;
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
    const open = !this.state.locked && !this.busy;
    const [wpsn1, wpsn2] = this.next.wpsn;
    switch (register) {
      case REG.OPTKEYR:
        this.key(value, address);
        return true;
      case REG.OPTCR:
        this.control(value);
        return true;
      case REG.OPTCCR:
        if (value & OPTSR.OPTCHANGEERR) this.state.error = false;
        return true;
      case REG.OPTSR_PRG:
        if (open) this.next = { ...this.next, optsr: (value & OPTSR_OPTIONS) >>> 0 };
        return true;
      case REG.BOOT_PRG:
        if (open) this.next = { ...this.next, boot: value >>> 0 };
        return true;
      case REG.WPSN_PRG:
        if (open) this.next = { ...this.next, wpsn: [value & 0xff, wpsn2] };
        return true;
      case REG.WPSN_PRG + BANK2_OFFSET:
        if (open) this.next = { ...this.next, wpsn: [wpsn1, value & 0xff] };
        return true;
      case REG.OPTSR_CUR:
      case REG.BOOT_CUR:
      case REG.WPSN_CUR:
      case REG.WPSN_CUR + BANK2_OFFSET:
        return true; // read-only
      default:
        return false;
    }
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
    return { current: this.current, next: this.next, state: { ...this.state } };
  }

  restore({ current, next, state }: OptionsSnapshot): void {
    this.current = current;
    this.next = next;
    this.state = { ...state };
  }

  private get busy(): boolean {
    return this.host.nowNs() < this.state.busyUntilNs;
  }

  /** 4.9.3: the two keys in order unlock; anything else locks until reset and is answered with a bus error. */
  private key(value: number, address: number): void {
    const { state } = this;
    if (!state.sealed && state.locked && value === OPTION_KEYS[state.keys]) {
      state.keys += 1;
      if (state.keys === OPTION_KEYS.length) {
        state.locked = false;
        state.keys = 0;
      }
      return;
    }
    state.locked = true;
    state.keys = 0;
    if (!this.host.ignoresLock) state.sealed = true;
    throw new BusFault(address, 'wrong key in FLASH_OPTKEYR: options locked until reset');
  }

  private control(value: number): void {
    const { state } = this;
    if (state.locked) return;
    state.control = (state.control & OPTCR.SWAP_BANK) | (value & OPTCR.OPTCHANGEERRIE);
    if (value & OPTCR.OPTSTART) this.start();
    if (value & OPTCR.OPTLOCK) {
      state.locked = true;
      state.keys = 0;
    }
  }

  private start(): void {
    const before = this.current;
    const after = this.next;
    if (this.rdpLevel === 2) {
      const onlySwap =
        ((before.optsr ^ after.optsr) & ~OPTSR.SWAP_BANK_OPT) === 0 &&
        before.boot === after.boot &&
        before.wpsn[0] === after.wpsn[0] &&
        before.wpsn[1] === after.wpsn[1];
      if (!onlySwap) {
        this.state.error = true;
        this.next = before;
        return;
      }
    }
    const regression = this.rdpLevel === 1 && (after.optsr & OPTSR.RDP) >>> OPTSR.RDP_SHIFT === RDP.LEVEL_0;
    if (regression) this.host.eraseAll();
    this.state.busyUntilNs = this.host.nowNs() + OPTION_CHANGE_NS;
    this.current = after;
    this.host.changed(before, after);
  }
}

function initialState(): OptionState {
  return { locked: true, sealed: false, keys: 0, error: false, busyUntilNs: 0, control: 0 };
}
