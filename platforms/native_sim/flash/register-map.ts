/** Which registers of the FLASH block belong to one bank, and what the tagged ones read as (RM0433 4.3.13, 4.9). */
import { FACTORY, REG } from './registers.ts';

export const TAGGED: Readonly<Record<number, number>> = {
  [REG.PRAR_CUR]: FACTORY.AREA,
  [REG.PRAR_PRG]: FACTORY.AREA,
  [REG.SCAR_CUR]: FACTORY.AREA,
  [REG.SCAR_PRG]: FACTORY.AREA,
  [REG.CRCCR]: 0x001c_0000,
  [REG.CRCSADD]: 0,
  [REG.CRCEADD]: 0,
  [REG.CRCDATA]: 0,
};

const BANKED: readonly number[] = [
  REG.KEYR,
  REG.CR,
  REG.SR,
  REG.CCR,
  REG.PRAR_CUR,
  REG.PRAR_PRG,
  REG.SCAR_CUR,
  REG.SCAR_PRG,
  REG.WPSN_CUR,
  REG.WPSN_PRG,
  REG.CRCCR,
  REG.CRCSADD,
  REG.CRCEADD,
  REG.ECC_FA,
];

export const isBanked = (single: number): boolean => BANKED.includes(single);
