/**
 * Boot's own state in sector 1.6 (SPEC 15): the anti-rollback counter and the number of the last install. Append-only for the device's life and
 * never erased, so that no power cut can take away what it says; the station writes the first word, boot the others (bank 1 is locked afterwards).
 * The largest valid word of a kind counts; a torn one is unreadable and passed over; the first blank one ends the list.
 */
import { flash_program, flash_read } from '../hal/hal';
import { PARAMETERS, STATE_FULL } from '../lib/image/reasons';
import { filledWith } from '../lib/mem/bytes';
import { WORD, wordIs, wordMake } from '../lib/update/word';
import { BOOT_STATE, SECTOR_BYTES } from './flash-map';

/** "PBBC" */
const COUNTER: u32 = 0x43424250;
/** "PBBN" */
const INSTALL: u32 = 0x4e424250;

const word = memory.data(WORD, 8);
let value: u32 = 0;
let number: u32 = 0;
/** Where the next word goes. */
let next: u32 = 0;

/** Valid after `readState` answered 0. */
export function counter(): u32 {
  return value;
}

/** Number of the last install, 0: there was none. */
export function installNumber(): u32 {
  return number;
}

/** @returns 0, or the reason: a device without one valid counter was never provisioned */
export function readState(): i32 {
  let found = false;
  value = 0;
  number = 0;
  for (next = BOOT_STATE; next < BOOT_STATE + SECTOR_BYTES; next += WORD) {
    if (flash_read(next, word, WORD) != 0) continue;
    if (filledWith(word, WORD, 0xff)) break;
    if (wordIs(word, COUNTER)) {
      found = true;
      value = max(value, load<u32>(word, 4));
    } else if (wordIs(word, INSTALL)) {
      number = max(number, load<u32>(word, 4));
    }
  }
  return found ? 0 : PARAMETERS;
}

/** Raises the counter to an image's; nothing is written when it is there already. @returns 0 or a reason */
export function raiseCounter(to: u32): i32 {
  return to <= value ? 0 : append(COUNTER, to);
}

/** Begins a new number: the status sector's words of any other are void from here on. @returns 0 or a reason */
export function nextInstall(): i32 {
  return append(INSTALL, number + 1);
}

function append(magic: u32, content: u32): i32 {
  if (next >= BOOT_STATE + SECTOR_BYTES) return STATE_FULL;
  wordMake(word, magic, content);
  if (flash_program(next, word, WORD) != 0) return STATE_FULL;
  return readState();
}
