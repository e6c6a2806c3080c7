/**
 * The journal (SPEC 8): typed records in flash, appended, the newest valid one of a type counts. One journal per module: the vault's holds its
 * secrets, the application's its configuration.
 *
 * A record is programmed in ascending order, so a torn one fails its CRC or has an unreadable word: the reader goes on at the next
 * word. The journal ends at a blank stretch longer than any record (a torn record can hold shorter ones). Left out: collecting garbage; a full
 * sector is NO_ROOM.
 */
import { flash_program, flash_read } from '../../hal/hal';
import { filledWith, wipe } from '../mem/bytes';
import { CRC32_START, crc32Finish, crc32Update } from '../mem/crc32';
import { INVALID, NOT_FOUND, NO_ROOM, OK } from '../status/status';

const MAGIC: u32 = 0x524a4250;
const WORD: u32 = 32;
const HEAD: u32 = 32;
const SECTOR: u32 = 128 * 1024;
export const JOURNAL_PAYLOAD_MAX: i32 = 4096;
const LONGEST: u32 = HEAD + JOURNAL_PAYLOAD_MAX;
/** Types are 1..31. */
const TYPES: i32 = 32;
const WINDOW: u32 = 1024;

/** Address of the newest valid record of each type, 0: none. */
const newest = memory.data(TYPES * 4, 4);
const head = memory.data(HEAD, 8);
const window = memory.data(WINDOW, 8);
const piece = memory.data(WORD, 8);

let base: u32 = 0;
/** Where the next record goes. */
let end: u32 = 0;
let sequence: u32 = 0;
/** What `window` holds: address, or 0 for nothing. */
let windowAt: u32 = 0;

/**
 * Reads the journal of a region of `sectors` sectors: the active one is that with the highest sequence number. What cannot be
 * read is not there.
 */
export function journalOpen(region: u32, sectors: i32): void {
  let active = region;
  let highest: u32 = 0;
  for (let n = 0; n < sectors; n++) {
    const top = scan(region + <u32>n * SECTOR);
    if (top > highest) {
      highest = top;
      active = region + <u32>n * SECTOR;
    }
  }
  base = active;
  sequence = scan(active);
  windowAt = 0;
  wipe(window, WINDOW);
  wipe(piece, WORD);
}

/** Payload length of the newest record of a type, or NOT_FOUND. */
export function journalLength(type: i32): i32 {
  const at = newestOf(type);
  if (at == 0) return NOT_FOUND;
  return readHead(at) ? <i32>load<u16>(head, 10) : NOT_FOUND;
}

/** Copies the newest payload of a type. @returns its length, NOT_FOUND, NO_ROOM, or the status of the flash */
export function journalRead(type: i32, out: usize, capacity: i32): i32 {
  const length = journalLength(type);
  if (length < 0) return length;
  if (length > capacity) return NO_ROOM;
  if (length == 0) return 0;
  const status = flash_read(newestOf(type) + HEAD, out, length);
  return status < 0 ? status : length;
}

/** Appends a record; it counts once its last word is programmed. @returns OK, INVALID, NO_ROOM, or the status of the flash */
export function journalAppend(type: i32, payload: usize, length: i32): i32 {
  if (base == 0 || type < 1 || type >= TYPES || length < 0 || length > JOURNAL_PAYLOAD_MAX) return INVALID;
  const size = HEAD + padded(length);
  if (end + size > base + SECTOR) return NO_ROOM;
  const at = end;
  // Whatever happens, this stretch is not written again: a torn word can not be programmed before an erase.
  end += size;
  writeHead(type, payload, length);
  let status = flash_program(at, head, HEAD);
  for (let done: u32 = 0; done < <u32>length && status == OK; done += WORD) {
    memory.fill(piece, 0xff, WORD);
    memory.copy(piece, payload + done, min(WORD, <u32>length - done));
    status = flash_program(at + HEAD + done, piece, WORD);
  }
  wipe(piece, WORD);
  windowAt = 0;
  if (status != OK) return status;
  sequence += 1;
  store<u32>(newest + (type << 2), at);
  return OK;
}

function newestOf(type: i32): u32 {
  return type < 1 || type >= TYPES ? 0 : load<u32>(newest + (type << 2));
}

/** Notes the newest record of each type of a sector, and its end. @returns the highest sequence number, 0: no valid record */
function scan(sector: u32): u32 {
  memory.fill(newest, 0, TYPES * 4);
  windowAt = 0;
  let top: u32 = 0;
  end = sector;
  for (let at = sector; at < sector + SECTOR && at - end < LONGEST + WORD; ) {
    const size = recordAt(at, sector + SECTOR);
    if (size > 0) {
      const number = load<u32>(head, 4);
      if (number >= top) {
        top = number;
        store<u32>(newest + (<i32>load<u16>(head, 8) << 2), at);
      }
      at += size;
      end = at;
    } else {
      if (!isBlank(at)) end = at + WORD;
      at += WORD;
    }
  }
  return top;
}

/** Size of the valid record at an address, whose head is then in `head`; 0: there is none. */
function recordAt(at: u32, limit: u32): u32 {
  if (!readWord(at, head)) return 0;
  if (load<u32>(head) != MAGIC || !filledWith(head + 16, 16, 0)) return 0;
  const type = <i32>load<u16>(head, 8);
  const length = <u32>load<u16>(head, 10);
  if (type < 1 || type >= TYPES || length > <u32>JOURNAL_PAYLOAD_MAX) return 0;
  const size = HEAD + padded(length);
  if (at + size > limit) return 0;
  let crc = crc32Update(CRC32_START, head, 12);
  for (let done: u32 = 0; done < length; done += WORD) {
    if (!readWord(at + HEAD + done, piece)) return 0;
    crc = crc32Update(crc, piece, <i32>min(WORD, length - done));
  }
  wipe(piece, WORD);
  return crc32Finish(crc) == load<u32>(head, 12) ? size : 0;
}

function isBlank(at: u32): bool {
  return readWord(at, piece) && filledWith(piece, WORD, 0xff);
}

/** One flash word, through a window of 1 KiB; word by word where the window holds an unreadable one. */
function readWord(at: u32, out: usize): bool {
  const from = at & ~(WINDOW - 1);
  if (windowAt != from) {
    windowAt = 0;
    if (flash_read(from, window, WINDOW) != 0) return flash_read(at, out, WORD) == 0;
    windowAt = from;
  }
  memory.copy(out, window + (at - from), WORD);
  return true;
}

function readHead(at: u32): bool {
  return flash_read(at, head, HEAD) == 0 && load<u32>(head) == MAGIC;
}

function writeHead(type: i32, payload: usize, length: i32): void {
  memory.fill(head, 0, HEAD);
  store<u32>(head, MAGIC);
  store<u32>(head, sequence + 1, 4);
  store<u16>(head, <u16>type, 8);
  store<u16>(head, <u16>length, 10);
  const crc = crc32Update(crc32Update(CRC32_START, head, 12), payload, length);
  store<u32>(head, crc32Finish(crc), 12);
}

function padded(length: i32): u32 {
  return (<u32>length + WORD - 1) & ~(WORD - 1);
}
