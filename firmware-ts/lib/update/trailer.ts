/**
 * The trailer of the update slot (SPEC 22): its last 4 KiB, appended word by word. The application asks there for an install and confirms a new
 * image; boot says there that it refuses. Whatever stands there is a wish: boot believes the image's signature and its own records in bank 1.
 */
import { flash_program, flash_read } from '../../hal/hal';
import { filledWith } from '../mem/bytes';
import { NO_ROOM } from '../status/status';
import { WORD, wordIs, wordMake } from './word';

export const UPDATE_SLOT: u32 = 0x08120000;
/** Of an image: the slot without its trailer. */
export const IMAGE_ROOM: u32 = 0x5f000;
export const TRAILER: u32 = 0x0817f000;
const TRAILER_END: u32 = 0x08180000;

/** "PBUR": install what is staged. Value 1. */
const REQUEST: u32 = 0x52554250;
/** "PBUX": boot refuses the request before it. Value: its reason (SPEC 9). */
const REFUSAL: u32 = 0x58554250;
/** "PBUC": the image that runs is good. Value: number of the install that brought it. */
const CONFIRMATION: u32 = 0x43554250;

const word = memory.data(WORD, 8);

let requested: bool = false;
let refusal: u32 = 0;
let confirmation: u32 = 0;
/** Where the next record goes; TRAILER_END: nowhere. */
let next: u32 = 0x08180000;

/** Reads it; the first blank word ends it, an unreadable one is passed over. */
export function trailerRead(): void {
  requested = false;
  refusal = 0;
  confirmation = 0;
  for (next = TRAILER; next < TRAILER_END; next += WORD) {
    if (flash_read(next, word, WORD) != 0) continue;
    if (filledWith(word, WORD, 0xff)) return;
    if (wordIs(word, REQUEST)) {
      requested = true;
      refusal = 0;
    } else if (wordIs(word, REFUSAL)) {
      requested = false;
      refusal = load<u32>(word, 4);
    } else if (wordIs(word, CONFIRMATION)) {
      confirmation = load<u32>(word, 4);
    }
  }
}

/** A request that boot has not answered. */
export function trailerRequested(): bool {
  return requested;
}

/** Boot's reason for refusing what is staged; 0: it did not. */
export function trailerRefusal(): u32 {
  return refusal;
}

/** Number of the install that was confirmed last, 0: none. */
export function trailerConfirmation(): u32 {
  return confirmation;
}

export function trailerRequest(): i32 {
  return append(REQUEST, 1);
}

export function trailerConfirm(install: u32): i32 {
  return append(CONFIRMATION, install);
}

export function trailerRefuse(reason: u32): i32 {
  return append(REFUSAL, reason);
}

/** The caller has read the trailer in this boot. @returns OK, NO_ROOM, or the status of the flash */
function append(magic: u32, value: u32): i32 {
  if (next >= TRAILER_END) return NO_ROOM;
  wordMake(word, magic, value);
  const status = flash_program(next, word, WORD);
  trailerRead();
  return status;
}
