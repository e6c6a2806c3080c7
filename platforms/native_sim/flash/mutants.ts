/** Named defects of the flash model, for negative controls: a check or a case that does not notice one proves nothing. */
export const FLASH_MUTANTS = [
  /** WRP bits are stored and block nothing (as on a model without them). */
  'ignores-wrp',
  /** A wrong key does not lock a bank until reset. */
  'ignores-lock',
  /** A wrong key does not lock the options until reset. */
  'ignores-option-lock',
  /** SWAP_BANK is stored and exchanges nothing. */
  'swap-does-nothing',
  /** A word can be programmed again without an erase. */
  'double-program-allowed',
  /** The debug port answers at every read protection level. */
  'rdp-ignored',
  /** A torn word reads as before, without an ECC error. */
  'torn-word-reads-old',
] as const;

export type FlashMutant = (typeof FLASH_MUTANTS)[number];
