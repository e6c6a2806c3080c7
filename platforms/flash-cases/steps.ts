/** The vocabulary of the cases: single steps, and the sequences of RM0433 chapter 4 made of them. Every step says what must come of it. */
import type { CaseReset } from './target.ts';

/** Offsets of the registers in the FLASH block, RM0433 4.9. */
export const R = {
  ACR: 0x00,
  KEYR1: 0x04,
  OPTKEYR: 0x08,
  CR1: 0x0c,
  SR1: 0x10,
  CCR1: 0x14,
  OPTCR: 0x18,
  OPTSR_CUR: 0x1c,
  OPTSR_PRG: 0x20,
  OPTCCR: 0x24,
  PRAR_CUR1: 0x28,
  SCAR_CUR1: 0x30,
  WPSN_CUR1: 0x38,
  WPSN_PRG1: 0x3c,
  BOOT_CUR: 0x40,
  BOOT_PRG: 0x44,
  CRCDATA: 0x5c,
  ECC_FA1: 0x60,
  KEYR2: 0x104,
  CR2: 0x10c,
  SR2: 0x110,
  CCR2: 0x114,
  WPSN_CUR2: 0x138,
  WPSN_PRG2: 0x13c,
  ECC_FA2: 0x160,
} as const;

export const CR = {
  LOCK: 1,
  PG: 2,
  SER: 4,
  BER: 8,
  PSIZE: 0x30,
  FW: 0x40,
  START: 0x80,
  SNB: (sector: number) => sector << 8,
} as const;
export const SR = {
  BSY: 1,
  WBNE: 2,
  QW: 4,
  EOP: 1 << 16,
  WRPERR: 1 << 17,
  PGSERR: 1 << 18,
  STRBERR: 1 << 19,
  INCERR: 1 << 21,
  OPERR: 1 << 22,
  RDPERR: 1 << 23,
  SNECCERR: 1 << 25,
  DBECCERR: 1 << 26,
  ERRORS: 0x07ee_0000,
} as const;
export const OPTCR = { OPTLOCK: 1, OPTSTART: 2, MER: 0x10, SWAP_BANK: 0x8000_0000 } as const;
export const OPTSR = {
  OPT_BUSY: 1,
  RDP: 0xff00,
  IWDG1_SW: 0x10,
  BOR_LEV: 0x0c,
  OPTCHANGEERR: 0x4000_0000,
  SWAP_BANK_OPT: 0x8000_0000,
} as const;
export const KEY = [0x4567_0123, 0xcdef_89ab] as const;
export const OPTKEY = [0x0819_2a3b, 0x4c5d_6e7f] as const;
/** FLASH_OPTSR as the factory delivers it. */
export const OPTSR_FACTORY = 0x1bc6_aaf0;
export const rdp = (byte: number): number => ((OPTSR_FACTORY & ~OPTSR.RDP) | (byte << 8)) >>> 0;

export const BANK1 = 0x0800_0000;
export const BANK2 = 0x0810_0000;
export const SECTOR = 0x2_0000;

/** What must come of a step; by default nothing special. */
export type Outcome = 'done' | 'fault' | 'power-loss';

export type Step =
  | {
      readonly do: 'write';
      readonly register: number;
      readonly value: number;
      readonly size: 1 | 2 | 4;
      readonly outcome: Outcome;
    }
  | { readonly do: 'expect'; readonly register: number; readonly mask: number; readonly value: number }
  | { readonly do: 'store'; readonly addr: number; readonly bytes: Uint8Array; readonly outcome: Outcome }
  | { readonly do: 'load'; readonly addr: number; readonly bytes: Uint8Array }
  | { readonly do: 'load-fault'; readonly addr: number }
  | { readonly do: 'reset'; readonly kind: CaseReset }
  | { readonly do: 'pass'; readonly ns: number }
  | { readonly do: 'cut'; readonly operation: number; readonly mode: 'before' | 'torn' | 'after' }
  | { readonly do: 'debugger'; readonly answers: boolean }
  | { readonly do: 'disturb'; readonly addr: number; readonly error: 'single' | 'double' }
  | { readonly do: 'boot'; readonly pinHigh: boolean; readonly addr: number };

const step = (value: Step): Step[] => [value];

export const w = (register: number, value: number, outcome: Outcome = 'done', size: 1 | 2 | 4 = 4): Step[] =>
  step({ do: 'write', register, value: value >>> 0, size, outcome });
/** The bits of `mask` read as `value`. */
export const r = (register: number, mask: number, value: number): Step[] =>
  step({ do: 'expect', register, mask: mask >>> 0, value: value >>> 0 });
export const store = (addr: number, bytes: Uint8Array, outcome: Outcome = 'done'): Step[] =>
  step({ do: 'store', addr, bytes, outcome });
export const load = (addr: number, bytes: Uint8Array): Step[] => step({ do: 'load', addr, bytes });
export const loadFault = (addr: number): Step[] => step({ do: 'load-fault', addr });
export const reset = (kind: CaseReset = 'software'): Step[] => step({ do: 'reset', kind });
export const powerCycle = reset('power-on');
export const pass = (ns: number): Step[] => step({ do: 'pass', ns });
export const cut = (operation: number, mode: 'before' | 'torn' | 'after'): Step[] =>
  step({ do: 'cut', operation, mode });
export const debuggerAttaches = (answers = true): Step[] => step({ do: 'debugger', answers });
export const disturb = (addr: number, error: 'single' | 'double'): Step[] => step({ do: 'disturb', addr, error });
export const boot = (pinHigh: boolean, addr: number): Step[] => step({ do: 'boot', pinHigh, addr });

/** Longer than any single operation at any parallelism. */
export const idle = pass(20_000_000_000);

export const fill = (byte: number, length = 32): Uint8Array => new Uint8Array(length).fill(byte);
/** 32 bytes that differ from each other. */
export const word = (first: number): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, index) => (first + index * 7) & 0xff);
export const BLANK = fill(0xff);

type BankNumber = 1 | 2;
const at = (register: number, bank: BankNumber): number => register + (bank === 2 ? 0x100 : 0);

export const unlock = (bank: BankNumber): Step[] => KEY.flatMap((key) => w(at(R.KEYR1, bank), key));
export const unlockOptions: readonly Step[] = OPTKEY.flatMap((key) => w(R.OPTKEYR, key));
export const control = (bank: BankNumber, value: number, outcome: Outcome = 'done'): Step[] =>
  w(at(R.CR1, bank), CR.PSIZE | value, outcome);
export const clearFlags = (bank: BankNumber): Step[] => w(at(R.CCR1, bank), 0x1fef_0000);
/** RM0433 4.3.9, single write sequence, the bank unlocked. */
export const program = (bank: BankNumber, addr: number, bytes: Uint8Array): Step[] =>
  [control(bank, CR.PG), store(addr, bytes), idle, control(bank, 0)].flat();
/** RM0433 4.3.10, sector erase sequence, the bank unlocked. */
export const erase = (bank: BankNumber, sector: number): Step[] =>
  [control(bank, CR.SER | CR.SNB(sector)), control(bank, CR.SER | CR.SNB(sector) | CR.START), idle].flat();
export const eraseBank = (bank: BankNumber): Step[] => [control(bank, CR.BER | CR.START), idle].flat();
/** RM0433 4.4.3, option byte modification sequence. */
export const changeOptions = (changes: readonly (readonly [register: number, value: number])[]): Step[] => [
  ...unlockOptions,
  ...changes.flatMap(([register, value]) => w(register, value)),
  ...w(R.OPTCR, OPTCR.OPTSTART),
  ...idle,
  ...w(R.OPTCR, OPTCR.OPTLOCK),
];
