/**
 * Exchanges app slot and update slot, sector by sector, through the scratch sector. Each step reads a sector that stays whole until the next
 * step begins, so a step that power cut short is simply done again, from its erase on:
 *
 *   step 3i     scratch     <- update slot, sector i
 *   step 3i+1   update slot <- app slot
 *   step 3i+2   app slot    <- scratch
 *   step 3n     the update slot's trailer is blank (its sector is erased where the swap did not reach it)
 *
 * A step's word in the status follows the step, never leads it. The copy is compared with its source before it counts.
 */
import { flash_erase, flash_program, flash_read, watchdog_feed } from '../hal/hal';
import { FLASH_WRITE } from '../lib/image/reasons';
import { equal, filledWith } from '../lib/mem/bytes';
import { IMAGE_ROOM, UPDATE_SLOT } from '../lib/update/trailer';
import { WORD } from '../lib/update/word';
import { APP_SLOT, SCRATCH, SECTOR_BYTES } from './flash-map';
import { statusDone, statusSectors, statusStep, statusSteps } from './status';

const CHUNK: i32 = 4096;
const source = memory.data(CHUNK, 8);
const copied = memory.data(CHUNK, 8);
/** Sectors of a slot. */
const SLOT_SECTORS: u32 = 3;

/** Goes on with the swap that the status describes, to its end. @returns 0 or a reason */
export function swapFinish(): i32 {
  const sectors = statusSectors();
  for (let step = statusSteps(); step <= 3 * sectors; step++) {
    watchdog_feed();
    if (!perform(step, sectors)) return FLASH_WRITE;
    const reason = statusStep(step);
    if (reason != 0) return reason;
  }
  return statusDone();
}

function perform(step: u32, sectors: u32): bool {
  if (step == 3 * sectors) {
    return sectors == SLOT_SECTORS || flash_erase(UPDATE_SLOT + (SLOT_SECTORS - 1) * SECTOR_BYTES) == 0;
  }
  const offset = (step / 3) * SECTOR_BYTES;
  const bytes = min(SECTOR_BYTES, IMAGE_ROOM - offset);
  switch (step % 3) {
    case 0: return copy(UPDATE_SLOT + offset, SCRATCH, bytes);
    case 1: return copy(APP_SLOT + offset, UPDATE_SLOT + offset, bytes);
    default: return copy(SCRATCH, APP_SLOT + offset, bytes);
  }
}

/** Erased words stay erased; words that cannot be read (of an image that is damaged anyway) become erased ones. */
function copy(from: u32, to: u32, bytes: u32): bool {
  if (flash_erase(to) != 0) return false;
  for (let at: u32 = 0; at < bytes; at += CHUNK) {
    fetch(from + at, source);
    if (!programWords(to + at) || !reads(to + at)) return false;
  }
  return true;
}

function programWords(to: u32): bool {
  for (let word = 0; word < CHUNK; ) {
    let end = word;
    while (end < CHUNK && !filledWith(source + end, WORD, 0xff)) end += WORD;
    if (end > word && flash_program(to + word, source + word, end - word) != 0) return false;
    word = end + WORD;
  }
  return true;
}

/** What was written is what is read. */
function reads(to: u32): bool {
  return flash_read(to, copied, CHUNK) == 0 && equal(source, copied, CHUNK);
}

/** Reads a chunk, word by word where one of them is unreadable. */
function fetch(from: u32, out: usize): void {
  if (flash_read(from, out, CHUNK) == 0) return;
  for (let at = 0; at < CHUNK; at += WORD) {
    if (flash_read(from + at, out + at, WORD) != 0) memory.fill(out + at, 0xff, WORD);
  }
}
