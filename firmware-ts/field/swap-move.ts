/**
 * Part of no device: the other way to exchange two slots, without a scratch sector, as bootloaders of the field do it (MCUboot calls it
 * swap-move). Written for campaigns: field/variants.yaml puts it in the place of boot/swap.ts, sound or with a defect that a report describes.
 *
 *   steps 0..n-1     the app slot's image moves up by one sector, its last sector first
 *   step n+2i        app slot, sector i     <- update slot, sector i
 *   step n+2i+1      update slot, sector i  <- app slot, sector i+1 (where the former image lies now)
 *   step 3n          the update slot's trailer is blank
 *
 * Each step reads a sector that stays whole until the next one begins, so a step that was cut short is done again. n is 1 or 2: the third
 * sector of the app slot is the room to move in. Left out: an app slot that holds no image at all (it is not installed over).
 */
import { flash_erase, flash_program, flash_read, watchdog_feed } from '../hal/hal';
import { APP_SLOT, SECTOR_BYTES } from '../boot/flash-map';
import { statusDone, statusSectors, statusStep, statusSteps } from '../boot/status';
import { copy } from '../boot/swap';
import { IMAGE_MAGIC } from '../lib/image/layout';
import { FLASH_WRITE, IMAGE_MAGIC_WRONG } from '../lib/image/reasons';
import { filledWith } from '../lib/mem/bytes';
import { TRAILER, UPDATE_SLOT } from '../lib/update/trailer';
import { WORD, wordMake } from '../lib/update/word';

/** One of the slot's three is the room to move in. */
export const MOVE_SECTORS: u32 = 2;
const TRAILER_SECTOR: u32 = UPDATE_SLOT + 2 * SECTOR_BYTES;
/** "PBUV": the former image is to be installed for good. */
const MARK: u32 = 0x56554250;

const word = memory.data(WORD, 8);

/** Goes on with the exchange that the status describes, to its end. @returns 0 or a reason */
export function moveFinish(): i32 {
  const sectors = statusSectors();
  if (!headerAt(formerImage(statusSteps(), sectors))) return IMAGE_MAGIC_WRONG;
  for (let step = statusSteps(); step <= 3 * sectors; step++) {
    watchdog_feed();
    if (!perform(step, sectors)) return FLASH_WRITE;
    const reason = statusStep(step);
    if (reason != 0) return reason;
  }
  return statusDone();
}

/**
 * A revert is an install of the former image for good, and says so in the update slot's trailer before it begins. What decides is boot's own status, which
 * says that the image on trial was never confirmed: a mark that a loss of power tore changes nothing.
 * @returns whether the revert goes on
 */
export function markRevert(): bool {
  if (flash_read(TRAILER, word, WORD) != 0) return true;
  if (!filledWith(word, WORD, 0xff)) return true;
  wordMake(word, MARK, 1);
  return flash_program(TRAILER, word, WORD) == 0;
}

function perform(step: u32, sectors: u32): bool {
  if (step == 3 * sectors) return flash_erase(TRAILER_SECTOR) == 0;
  if (step < sectors) {
    const from = APP_SLOT + (sectors - 1 - step) * SECTOR_BYTES;
    return copy(from, from + SECTOR_BYTES, SECTOR_BYTES);
  }
  const offset = ((step - sectors) >> 1) * SECTOR_BYTES;
  if (((step - sectors) & 1) == 0) return copy(UPDATE_SLOT + offset, APP_SLOT + offset, SECTOR_BYTES);
  return copy(APP_SLOT + offset + SECTOR_BYTES, UPDATE_SLOT + offset, SECTOR_BYTES);
}

/** Where the header of the image that leaves the app slot lies when the step is about to be done. */
function formerImage(step: u32, sectors: u32): u32 {
  if (step < sectors) return APP_SLOT;
  if (step <= sectors + 1) return APP_SLOT + SECTOR_BYTES;
  return UPDATE_SLOT;
}

function headerAt(slot: u32): bool {
  return flash_read(slot, word, WORD) == 0 && load<u32>(word) == IMAGE_MAGIC;
}
