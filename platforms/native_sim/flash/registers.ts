/**
 * Registers of the STM32H753's embedded flash interface, RM0433 Rev 8 section 4.9: offsets in the FLASH block at 0x52002000.
 *
 * Bank 2's copies of the per-bank registers lie 0x100 higher; ACR, OPTKEYR, OPTCR, OPTSR, OPTCCR and BOOT exist once and answer at both places. Bits that
 * are not listed are reserved: they read as zero and writes to them are dropped.
 */

export const REG = {
  ACR: 0x00,
  KEYR: 0x04,
  OPTKEYR: 0x08,
  CR: 0x0c,
  SR: 0x10,
  CCR: 0x14,
  OPTCR: 0x18,
  OPTSR_CUR: 0x1c,
  OPTSR_PRG: 0x20,
  OPTCCR: 0x24,
  PRAR_CUR: 0x28,
  PRAR_PRG: 0x2c,
  SCAR_CUR: 0x30,
  SCAR_PRG: 0x34,
  WPSN_CUR: 0x38,
  WPSN_PRG: 0x3c,
  BOOT_CUR: 0x40,
  BOOT_PRG: 0x44,
  CRCCR: 0x50,
  CRCSADD: 0x54,
  CRCEADD: 0x58,
  CRCDATA: 0x5c,
  ECC_FA: 0x60,
} as const;

export const BANK2_OFFSET = 0x100;
export const BLOCK_BYTES = 0x200;
/** The block on the bus, and FLASH_OPTCR in it. */
export const FLASH_BLOCK = 0x5200_2000;
export const OPTCR_ADDRESS = FLASH_BLOCK + REG.OPTCR;

/** FLASH_ACR bits: LATENCY 3:0, WRHIGHFREQ 5:4. */
export const ACR_MASK = 0x3f;
export const ACR_RESET = 0x37;

/** FLASH_KEYR, FLASH_OPTKEYR: unlock sequences (4.9.2, 4.9.3). */
export const KEYS = [0x4567_0123, 0xcdef_89ab] as const;
export const OPTION_KEYS = [0x0819_2a3b, 0x4c5d_6e7f] as const;

/** FLASH_CR bits (4.9.4). The interrupt enables and CRC_EN are tagged: stored, without effect. PSIZE decides how long operations take. */
export const CR = {
  LOCK: 2 ** 0,
  PG: 2 ** 1,
  SER: 2 ** 2,
  BER: 2 ** 3,
  PSIZE: 3 * 2 ** 4,
  PSIZE_SHIFT: 4,
  FW: 2 ** 6,
  START: 2 ** 7,
  SNB_SHIFT: 8,
  SNB: 7 * 2 ** 8,
  CRC_EN: 2 ** 15,
  INTERRUPT_ENABLES: 0x1fef_0000,
  /** PSIZE x64; LOCK is kept by the key lock. */
  RESET: 0x30,
} as const;

/** FLASH_SR bits (4.9.5). CRC_BUSY, RDSERR, CRCEND and CRCRDERR are never set: CRC unit and secure areas are tagged. */
export const SR = {
  BSY: 2 ** 0,
  WBNE: 2 ** 1,
  QW: 2 ** 2,
  CRC_BUSY: 2 ** 3,
  EOP: 2 ** 16,
  WRPERR: 2 ** 17,
  PGSERR: 2 ** 18,
  STRBERR: 2 ** 19,
  INCERR: 2 ** 21,
  OPERR: 2 ** 22,
  RDPERR: 2 ** 23,
  RDSERR: 2 ** 24,
  SNECCERR: 2 ** 25,
  DBECCERR: 2 ** 26,
  CRCEND: 2 ** 27,
  CRCRDERR: 2 ** 28,
} as const;

/** FLASH_CCR clears the flags of the same places. */
export const CCR_MASK = 0x1fef_0000;

/** FLASH_OPTCR bits (4.9.7). */
export const OPTCR = {
  OPTLOCK: 2 ** 0,
  OPTSTART: 2 ** 1,
  MER: 2 ** 4,
  OPTCHANGEERRIE: 2 ** 30,
  /** The banks are exchanged now: loaded from OPTSR_CUR.SWAP_BANK_OPT at reset (4.3.13). */
  SWAP_BANK: 2 ** 31,
} as const;

/** FLASH_OPTSR bits (4.9.8). Those without an effect here are tagged: they are stored and read back. */
export const OPTSR = {
  OPT_BUSY: 2 ** 0,
  BOR_LEV: 3 * 2 ** 2,
  IWDG1_SW: 2 ** 4,
  NRST_STOP_D1: 2 ** 6,
  NRST_STBY_D1: 2 ** 7,
  RDP_SHIFT: 8,
  RDP: 0xff * 2 ** 8,
  FZ_IWDG_STOP: 2 ** 17,
  FZ_IWDG_SDBY: 2 ** 18,
  ST_RAM_SIZE: 3 * 2 ** 19,
  SECURITY: 2 ** 21,
  IO_HSLV: 2 ** 29,
  OPTCHANGEERR: 2 ** 30,
  SWAP_BANK_OPT: 2 ** 31,
} as const;

/** What of OPTSR a change can set: all but the busy and error flags. */
export const OPTSR_OPTIONS =
  (OPTSR.BOR_LEV +
    OPTSR.IWDG1_SW +
    OPTSR.NRST_STOP_D1 +
    OPTSR.NRST_STBY_D1 +
    OPTSR.RDP +
    OPTSR.FZ_IWDG_STOP +
    OPTSR.FZ_IWDG_SDBY +
    OPTSR.ST_RAM_SIZE +
    OPTSR.SECURITY +
    OPTSR.IO_HSLV +
    OPTSR.SWAP_BANK_OPT) >>>
  0;

/** Reserved bits of OPTSR as parts of this die read them (FLASH_OPTSR_CUR from the factory: 0x1BC6AAF0). */
export const OPTSR_RESERVED = 0x1bc0_0020;

/** Read protection levels (4.5.3): every byte that is neither of these two means level 1. */
export const RDP = { LEVEL_0: 0xaa, LEVEL_1: 0x55, LEVEL_2: 0xcc } as const;

/** Factory values of the option registers: level 0, no write protection, both boot addresses as 4.4.7 has them. */
export const FACTORY = {
  OPTSR: (0x10 + 0xc0 + RDP.LEVEL_0 * 2 ** 8 + 0x0006_0000) >>> 0,
  WPSN: 0xff,
  /** No PCROP and no secure area: their start lies above their end (4.4.6). */
  AREA: 0x0000_00ff,
  /** BOOT_CM7_ADD0 0x0800 in the low half, BOOT_CM7_ADD1 0x1FF0 (system memory) in the high one. */
  BOOT: 0x1ff0_0800,
} as const;

/** What the option registers of a part from the factory read as, current and to be programmed alike. */
export const FACTORY_OPTIONS: ReadonlyMap<number, number> = new Map(
  (
    [
      [REG.OPTSR_CUR, REG.OPTSR_PRG, (FACTORY.OPTSR | OPTSR_RESERVED) >>> 0],
      [REG.WPSN_CUR, REG.WPSN_PRG, FACTORY.WPSN],
      [REG.WPSN_CUR + BANK2_OFFSET, REG.WPSN_PRG + BANK2_OFFSET, FACTORY.WPSN],
      [REG.BOOT_CUR, REG.BOOT_PRG, FACTORY.BOOT],
    ] as const
  ).flatMap(([current, next, value]) => [
    [current, value],
    [next, value],
  ]),
);

export const FLASH_START = 0x0800_0000;
export const BANK_BYTES = 0x10_0000;
export const FLASH_BYTES = 2 * BANK_BYTES;
export const SECTOR_BYTES = 0x2_0000;
export const SECTORS_PER_BANK = 8;
/** A flash word: 256 bits, and 10 of ECC that programming twice would break (4.3.9). */
export const WORD_BYTES = 32;
