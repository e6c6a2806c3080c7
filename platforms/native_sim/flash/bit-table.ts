/**
 * Every bit of the flash interface's registers, RM0433 4.9: modelled (it does what the manual says), tagged (known, without effect here) or reserved
 * (reads as its reset value). What is in neither list of a register is reserved.
 */
import type { REG } from './registers.ts';

export interface RegisterBits {
  readonly name: keyof typeof REG;
  /** Bank 2 has one of its own, 0x100 higher. */
  readonly banked: boolean;
  readonly modelled: Readonly<Record<string, number>>;
  readonly tagged: Readonly<Record<string, number>>;
}

const bit = (n: number): number => 2 ** n;
const bits = (high: number, low: number): number => 2 ** (high + 1) - 2 ** low;

const FLAGS = {
  EOP: bit(16),
  WRPERR: bit(17),
  PGSERR: bit(18),
  STRBERR: bit(19),
  INCERR: bit(21),
  OPERR: bit(22),
  RDPERR: bit(23),
  SNECCERR: bit(25),
  DBECCERR: bit(26),
};
const TAGGED_FLAGS = { RDSERR: bit(24), CRCEND: bit(27), CRCRDERR: bit(28) };
const withSuffix = (flags: Readonly<Record<string, number>>, prefix: string, suffix: string): Record<string, number> =>
  Object.fromEntries(Object.entries(flags).map(([name, mask]) => [`${prefix}${name}${suffix}`, mask]));

const OPTIONS = { BOR_LEV: bits(3, 2), IWDG1_SW: bit(4), RDP: bits(15, 8), SWAP_BANK_OPT: bit(31) };
const TAGGED_OPTIONS = {
  NRST_STOP_D1: bit(6),
  NRST_STBY_D1: bit(7),
  FZ_IWDG_STOP: bit(17),
  FZ_IWDG_SDBY: bit(18),
  ST_RAM_SIZE: bits(20, 19),
  SECURITY: bit(21),
  IO_HSLV: bit(29),
};
const all = { ALL: bits(31, 0) };
const none = {};
const single = (
  name: RegisterBits['name'],
  modelled: RegisterBits['modelled'],
  tagged: RegisterBits['tagged'] = none,
): RegisterBits => ({ name, banked: false, modelled, tagged });
const banked = (
  name: RegisterBits['name'],
  modelled: RegisterBits['modelled'],
  tagged: RegisterBits['tagged'] = none,
): RegisterBits => ({ name, banked: true, modelled, tagged });

export const REGISTER_BITS: readonly RegisterBits[] = [
  single('ACR', none, { LATENCY: bits(3, 0), WRHIGHFREQ: bits(5, 4) }),
  banked('KEYR', all),
  single('OPTKEYR', all),
  banked(
    'CR',
    {
      LOCK: bit(0),
      PG: bit(1),
      SER: bit(2),
      BER: bit(3),
      PSIZE: bits(5, 4),
      FW: bit(6),
      START: bit(7),
      SNB: bits(10, 8),
    },
    { CRC_EN: bit(15), ...withSuffix({ ...FLAGS, ...TAGGED_FLAGS }, '', 'IE') },
  ),
  banked('SR', { BSY: bit(0), WBNE: bit(1), QW: bit(2), ...FLAGS }, { CRC_BUSY: bit(3), ...TAGGED_FLAGS }),
  banked('CCR', withSuffix(FLAGS, 'CLR_', ''), withSuffix(TAGGED_FLAGS, 'CLR_', '')),
  single('OPTCR', { OPTLOCK: bit(0), OPTSTART: bit(1), MER: bit(4), SWAP_BANK: bit(31) }, { OPTCHANGEERRIE: bit(30) }),
  single('OPTSR_CUR', { OPT_BUSY: bit(0), OPTCHANGEERR: bit(30), ...OPTIONS }, TAGGED_OPTIONS),
  single('OPTSR_PRG', OPTIONS, TAGGED_OPTIONS),
  single('OPTCCR', { CLR_OPTCHANGEERR: bit(30) }),
  banked('PRAR_CUR', none, { PROT_AREA_START: bits(11, 0), PROT_AREA_END: bits(27, 16), DMEP: bit(31) }),
  banked('PRAR_PRG', none, { PROT_AREA_START: bits(11, 0), PROT_AREA_END: bits(27, 16), DMEP: bit(31) }),
  banked('SCAR_CUR', none, { SEC_AREA_START: bits(11, 0), SEC_AREA_END: bits(27, 16), DMES: bit(31) }),
  banked('SCAR_PRG', none, { SEC_AREA_START: bits(11, 0), SEC_AREA_END: bits(27, 16), DMES: bit(31) }),
  banked('WPSN_CUR', { WRPSN: bits(7, 0) }),
  banked('WPSN_PRG', { WRPSN: bits(7, 0) }),
  single('BOOT_CUR', { BOOT_CM7_ADD0: bits(15, 0), BOOT_CM7_ADD1: bits(31, 16) }),
  single('BOOT_PRG', { BOOT_CM7_ADD0: bits(15, 0), BOOT_CM7_ADD1: bits(31, 16) }),
  banked('CRCCR', none, {
    CRC_SECT: bits(2, 0),
    CRC_BY_SECT: bit(8),
    ADD_SECT: bit(9),
    CLEAN_SECT: bit(10),
    START_CRC: bit(16),
    CLEAN_CRC: bit(17),
    CRC_BURST: bits(21, 20),
    ALL_BANK: bit(22),
  }),
  banked('CRCSADD', none, { CRC_START_ADDR: bits(19, 2) }),
  banked('CRCEADD', none, { CRC_END_ADDR: bits(19, 2) }),
  single('CRCDATA', none, { CRC_DATA: bits(31, 0) }),
  banked('ECC_FA', { FAIL_ECC_ADDR: bits(14, 0) }),
];
