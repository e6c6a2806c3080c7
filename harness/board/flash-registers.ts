/** The STM32H753's flash interface as bus accesses: register offsets and key sequences of RM0433 chapter 4, for programmers and attackers. */
import type { BusOp } from './board.ts';

export const FLASH_BASE = 0x5200_2000;
export const SECTOR_BYTES = 128 * 1024;
/** A flash word (RM0433 4.3.4). */
export const WORD_BYTES = 32;
export const BANK2 = 0x0810_0000;

/** Offsets in the FLASH block (RM0433 4.9); bank 2's copies lie 0x100 higher. */
export const REG = {
  KEYR1: 0x04,
  OPTKEYR: 0x08,
  CR1: 0x0c,
  SR1: 0x10,
  CCR1: 0x14,
  OPTCR: 0x18,
  OPTSR_CUR: 0x1c,
  OPTSR_PRG: 0x20,
  WPSN_CUR1: 0x38,
  WPSN_PRG1: 0x3c,
  BOOT_CUR: 0x40,
  BOOT_PRG: 0x44,
  KEYR2: 0x104,
  CR2: 0x10c,
  SR2: 0x110,
  CCR2: 0x114,
  WPSN_CUR2: 0x138,
  WPSN_PRG2: 0x13c,
} as const;

/** IWDG1_SW clear: the watchdog is started by hardware (RM0433 4.9.8). */
export const OPTSR = { IWDG1_SW: 2 ** 4, RDP_SHIFT: 8, SWAP_BANK: 2 ** 31 } as const;
export const RDP_LEVEL_0 = 0xaa;
export const RDP_LEVEL_2 = 0xcc;

/** FLASH_OPTSR with another byte for the read protection (4.9.8). */
export function withRdp(optsr: number, rdp: number): number {
  return ((optsr & ~(0xff << OPTSR.RDP_SHIFT)) | (rdp << OPTSR.RDP_SHIFT)) >>> 0;
}

const KEYS = [0x4567_0123, 0xcdef_89ab] as const;
const OPTION_KEYS = [0x0819_2a3b, 0x4c5d_6e7f] as const;
const CR = {
  LOCK: 1,
  PG: 1 << 1,
  SER: 1 << 2,
  BER: 1 << 3,
  PSIZE_64: 3 << 4,
  FW: 1 << 6,
  START: 1 << 7,
  SNB_SHIFT: 8,
} as const;
const OPTSTART = 1 << 1;
/** OPTCR.MER: erase of both banks (RM0433 4.3.10). */
const MER = 1 << 4;

export const write = (register: number, value: number): BusOp => ({
  op: 'write32',
  addr: FLASH_BASE + register,
  value: value >>> 0,
});
export const read = (register: number): BusOp => ({ op: 'read32', addr: FLASH_BASE + register });

const bankOffset = (addr: number) => (addr >= BANK2 ? 0x100 : 0);

/** Unlocks the control register of the address's bank. */
export function unlockBank(addr: number): BusOp[] {
  return KEYS.map((key) => write(REG.KEYR1 + bankOffset(addr), key));
}

/** Locks the control register of the address's bank; the keys open it again. */
export function lockBank(addr: number): BusOp {
  return write(REG.CR1 + bankOffset(addr), CR.LOCK);
}

/** Clears every error flag of the address's bank (RM0433 4.9.6). */
export function clearFlags(addr: number): BusOp {
  return write(REG.CCR1 + bankOffset(addr), 0x1fef_0000);
}

/** Erases the sector of the address. */
export function eraseSector(addr: number): BusOp[] {
  const sector = ((addr - 0x0800_0000) / SECTOR_BYTES) & 7;
  const control = CR.SER | CR.PSIZE_64 | (sector << CR.SNB_SHIFT);
  return [write(REG.CR1 + bankOffset(addr), control), write(REG.CR1 + bankOffset(addr), control | CR.START)];
}

/** Erases the whole bank of the address. */
export function eraseBank(addr: number): BusOp[] {
  const control = CR.BER | CR.PSIZE_64;
  return [write(REG.CR1 + bankOffset(addr), control), write(REG.CR1 + bankOffset(addr), control | CR.START)];
}

/** What is written to a bank's flash words from now on is programmed. */
export function enableProgramming(addr: number): BusOp {
  return write(REG.CR1 + bankOffset(addr), CR.PG | CR.PSIZE_64);
}

/** Programs one 32-byte flash word. */
export function programWord(addr: number, bytes: Uint8Array): BusOp[] {
  return [enableProgramming(addr), { op: 'write', addr, bytes }];
}

export function unlockOptions(): BusOp[] {
  return OPTION_KEYS.map((key) => write(REG.OPTKEYR, key));
}

/** Writes option registers and starts the change. */
export function changeOptions(changes: readonly (readonly [register: number, value: number])[]): BusOp[] {
  return [...changes.map(([register, value]) => write(register, value)), write(REG.OPTCR, OPTSTART)];
}

/** Erases both banks. */
export function eraseEverything(): BusOp[] {
  return [write(REG.OPTCR, MER)];
}
