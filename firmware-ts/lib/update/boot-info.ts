/** Boot's hand-over block (SPEC 7), as the application reads it. */
import { boot_info } from '../../hal/hal';

const MAGIC: u32 = 0x48424250;
const BYTES: i32 = 64;
const block = memory.data(BYTES, 8);

export const OUTCOME_NONE: u32 = 0;
export const OUTCOME_INSTALLED: u32 = 1;
export const OUTCOME_REVERTED: u32 = 2;
export const OUTCOME_REFUSED: u32 = 3;

/** @returns whether boot left a block; without one every value below is 0 */
export function bootInfoRead(): bool {
  memory.fill(block, 0, BYTES);
  if (boot_info(block, BYTES) == BYTES && load<u32>(block) == MAGIC && load<u32>(block, 4) == BYTES) return true;
  memory.fill(block, 0, BYTES);
  return false;
}

/** Address of the running image's version: u8 major, u8 minor, u16 revision, u32 build. */
export function bootInfoVersionAt(): usize {
  return block + 8;
}

export function bootInfoImageCounter(): u32 {
  return load<u32>(block, 16);
}

export function bootInfoDeviceCounter(): u32 {
  return load<u32>(block, 20);
}

/** Cause of the reset, 0: not known. */
export function bootInfoCause(): u32 {
  return load<u32>(block, 24);
}

export function bootInfoOutcome(): u32 {
  return load<u32>(block, 28);
}

export function bootInfoReason(): u32 {
  return load<u32>(block, 32);
}

/** Number of the last install, 0: there was none. */
export function bootInfoInstall(): u32 {
  return load<u32>(block, 36);
}

/** Whether the running image has to be confirmed. */
export function bootInfoOnTrial(): bool {
  return load<u32>(block, 40) == 1;
}
