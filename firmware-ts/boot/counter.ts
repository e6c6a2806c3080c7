/**
 * The anti-rollback counter: append-only flash words in sector 1.6, written by the station and by boot alone (bank 1 is locked afterwards). The largest
 * valid word counts.
 *   0 u32 magic 0x43424250 ("PBBC") | 4 u32 counter | 8 u32 its complement | 12 zero | 28 u32 CRC-32 of bytes 0..27
 * A torn word is unreadable and skipped; the first blank word ends the list.
 */
import { flash_read } from '../hal/hal';
import { PARAMETERS } from '../lib/image/reasons';
import { CRC32_START, crc32Finish, crc32Update } from '../lib/mem/crc32';
import { filledWith } from '../lib/mem/bytes';
import { BOOT_STATE, SECTOR_BYTES } from './flash-map';

const MAGIC: u32 = 0x43424250;
const WORD: i32 = 32;

const word = memory.data(WORD, 8);
let value: u32 = 0;

/** Valid after `readCounter` answered 0. */
export function counter(): u32 {
  return value;
}

/** @returns 0, or the reason: a device without one valid word was never provisioned */
export function readCounter(): i32 {
  let found = false;
  value = 0;
  for (let at: u32 = 0; at < SECTOR_BYTES; at += WORD) {
    if (flash_read(BOOT_STATE + at, word, WORD) != 0) continue;
    if (filledWith(word, WORD, 0xff)) break;
    if (!isValid()) continue;
    found = true;
    value = max(value, load<u32>(word, 4));
  }
  return found ? 0 : PARAMETERS;
}

function isValid(): bool {
  return load<u32>(word) == MAGIC &&
    load<u32>(word, 4) == ~load<u32>(word, 8) &&
    filledWith(word + 12, 16, 0) &&
    load<u32>(word, 28) == crc32Finish(crc32Update(CRC32_START, word, 28));
}
