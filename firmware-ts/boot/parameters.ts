/** Boot's parameters (SPEC 2): the last 256 bytes of sector 1.0, written by the station under the same write protection as the code. */
import { flash_read } from '../hal/hal';
import { sha256 } from '../lib/hacl/sha2';
import { FLASH_UNREADABLE, PARAMETERS } from '../lib/image/reasons';
import { equal, filledWith } from '../lib/mem/bytes';
import { BOOT_PARAMETERS } from './flash-map';

const MAGIC: u32 = 0x50424250;
const COVERED: i32 = 96;
const TOTAL: i32 = 128;

const block = memory.data(TOTAL, 8);
const hash = memory.data(32, 8);

/** Addresses in memory, valid after `readParameters` answered 0. */
export const productIdAt: usize = block + 8;
export const publicKeyAt: usize = block + 24;

/** @returns 0 or a reason of SPEC 9 */
export function readParameters(): i32 {
  if (flash_read(BOOT_PARAMETERS, block, TOTAL) != 0) return FLASH_UNREADABLE;
  if (load<u32>(block) != MAGIC || load<u32>(block, 4) != COVERED) return PARAMETERS;
  if (!filledWith(block + 56, 40, 0)) return PARAMETERS;
  sha256(block, COVERED, hash);
  return equal(hash, block + COVERED, 32) ? 0 : PARAMETERS;
}
