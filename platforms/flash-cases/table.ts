/**
 * The one table of flash cases, for every board. RM0433's text was read in RM0399 Rev 4, whose chapter 4 describes the same interface for the
 * dual-core parts of the die, with the same section numbers up to 4.8; of 4.9, only register names are cited.
 */
import type { FlashCase } from './case.ts';
import { driverCases } from './driver.ts';
import { eraseCases } from './erase.ts';
import { keyCases } from './keys.ts';
import { optionCases, rdpCases } from './options.ts';
import { programCases } from './program.ts';
import { eccCases, powerCases, swapCases } from './swap-power-ecc.ts';

export const FLASH_CASES: readonly FlashCase[] = [
  ...keyCases,
  ...programCases,
  ...eraseCases,
  ...eccCases,
  ...optionCases,
  ...rdpCases,
  ...swapCases,
  ...powerCases,
  ...driverCases,
];
