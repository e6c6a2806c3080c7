/**
 * How long operations take: typical values of the data sheet (DS12117, "Flash memory programming" and "Flash memory characteristics",
 * STM32H753xI), by FLASH_CR.PSIZE. The option byte change has no figure there; 100 ms stands for an erase of a small sector and a few words
 * (an assumption; nothing depends on its size).
 */

const US = 1_000;
const MS = 1_000_000;

/** 8, 16, 32, 64 bits of parallelism. */
const PROGRAM_WORD_NS = [290 * US, 180 * US, 130 * US, 100 * US] as const;
const ERASE_SECTOR_NS = [2_000 * MS, 1_800 * MS, 1_100 * MS, 1_000 * MS] as const;
const ERASE_BANK_NS = [13_000 * MS, 8_000 * MS, 6_000 * MS, 5_000 * MS] as const;

export const programNs = (psize: number): number => PROGRAM_WORD_NS[psize & 3]!;
export const eraseSectorNs = (psize: number): number => ERASE_SECTOR_NS[psize & 3]!;
export const eraseBankNs = (psize: number): number => ERASE_BANK_NS[psize & 3]!;
export const OPTION_CHANGE_NS = 100 * MS;
