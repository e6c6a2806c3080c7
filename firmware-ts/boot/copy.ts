/**
 * Is the bootloader's copy there, which runs if the banks are swapped (SPEC 1)? Looked at in its first and its last 256 bytes, the parameters: a station programs in
 * ascending order, so a copy that was begun and not ended lacks them. That it stays as it is, is write protection's business.
 */
import { flash_read } from '../hal/hal';
import { equal } from '../lib/mem/bytes';
import { BOOT, BOOT_COPY, BOOT_PARAMETERS } from './flash-map';

const BYTES: i32 = 256;
const original = memory.data(BYTES, 8);
const copy = memory.data(BYTES, 8);

export function bootCopyIsThere(): bool {
  return same(0) && same(BOOT_PARAMETERS - BOOT);
}

function same(offset: u32): bool {
  if (flash_read(BOOT + offset, original, BYTES) != 0) return false;
  return flash_read(BOOT_COPY + offset, copy, BYTES) == 0 && equal(original, copy, BYTES);
}
