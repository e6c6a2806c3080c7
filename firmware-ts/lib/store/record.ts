/**
 * One record of the journal (SPEC 8) in flash: found, checked, written, copied. It is programmed in ascending order, so a torn one fails its CRC or has an unreadable word,
 * and what cannot be read is not there.
 */
import { flash_program, flash_read } from '../../hal/hal';
import { filledWith, wipe } from '../mem/bytes';
import { CRC32_START, crc32Finish, crc32Update } from '../mem/crc32';
import { OK } from '../status/status';

export const WORD: u32 = 32;
export const RECORD_HEAD: u32 = 32;
export const RECORD_PAYLOAD_MAX: i32 = 4096;
export const RECORD_MAX: u32 = RECORD_HEAD + RECORD_PAYLOAD_MAX;
/** Types are 1..31. */
export const RECORD_TYPES: i32 = 32;
const MAGIC: u32 = 0x524a4250;
const WINDOW: u32 = 1024;

const head = memory.data(RECORD_HEAD, 8);
const window = memory.data(WINDOW, 8);
const piece = memory.data(WORD, 8);
/** What `window` holds: address, or 0 for nothing. */
let windowAt: u32 = 0;
/** Bit n: its word n is unreadable. */
let unreadable: u32 = 0;

/** Of the record that recordAt found. */
export function recordSequence(): u32 {
  return load<u32>(head, 4);
}

export function recordType(): i32 {
  return <i32>load<u16>(head, 8);
}

export function recordLength(): i32 {
  return <i32>load<u16>(head, 10);
}

/** Flash a record of that payload takes. */
export function recordSize(length: i32): u32 {
  return RECORD_HEAD + ((<u32>length + WORD - 1) & ~(WORD - 1));
}

/** Size of the valid record at an address, with its head at hand; 0: there is none. @param limit it ends before */
export function recordAt(at: u32, limit: u32): u32 {
  if (!readWord(at, head)) return 0;
  if (load<u32>(head) != MAGIC || !filledWith(head + 16, 16, 0)) return 0;
  const type = recordType();
  const length = recordLength();
  if (type < 1 || type >= RECORD_TYPES || length > RECORD_PAYLOAD_MAX) return 0;
  const size = recordSize(length);
  if (at + size > limit) return 0;
  let crc = crc32Update(CRC32_START, head, 12);
  for (let done = 0; done < length; done += WORD) {
    if (!readWord(at + RECORD_HEAD + done, piece)) return 0;
    crc = crc32Update(crc, piece, min<i32>(WORD, length - done));
  }
  return crc32Finish(crc) == load<u32>(head, 12) ? size : 0;
}

/** Payload length of a record that was found before, or the status of the flash. Of its payload nothing is read. */
export function recordLengthAt(at: u32): i32 {
  const status = flash_read(at, head, RECORD_HEAD);
  return status < 0 ? status : recordLength();
}

/** @returns OK, or the status of the flash; then a part of it may stand there, and it does not count */
export function recordWrite(at: u32, sequence: u32, type: i32, payload: usize, length: i32): i32 {
  memory.fill(head, 0, RECORD_HEAD);
  store<u32>(head, MAGIC);
  store<u32>(head, sequence, 4);
  store<u16>(head, <u16>type, 8);
  store<u16>(head, <u16>length, 10);
  store<u32>(head, crc32Finish(crc32Update(crc32Update(CRC32_START, head, 12), payload, length)), 12);
  let status = flash_program(at, head, RECORD_HEAD);
  for (let done = 0; done < length && status == OK; done += WORD) {
    memory.fill(piece, 0xff, WORD);
    memory.copy(piece, payload + done, min<i32>(WORD, length - done));
    status = flash_program(at + RECORD_HEAD + done, piece, WORD);
  }
  recordForget();
  return status;
}

/** Copies a valid record as it is. @returns OK, or the status of the flash */
export function recordCopy(from: u32, to: u32, size: u32): i32 {
  let status = OK;
  for (let done: u32 = 0; done < size && status == OK; done += WORD) {
    status = flash_read(from + done, piece, WORD);
    if (status == OK) status = flash_program(to + done, piece, WORD);
  }
  return status;
}

/** The word can be read and was not programmed since its erase, or holds what looks so. */
export function wordIsBlank(at: u32): bool {
  return readWord(at, piece) && filledWith(piece, WORD, 0xff);
}

/** No payload stays in memory, and what was read before is read anew. */
export function recordForget(): void {
  windowAt = 0;
  wipe(window, WINDOW);
  wipe(piece, WORD);
}

/** One flash word, through a window of 1 KiB. @returns false: it is unreadable */
function readWord(at: u32, out: usize): bool {
  const from = at & ~(WINDOW - 1);
  if (windowAt != from) {
    windowAt = from;
    unreadable = 0;
    if (flash_read(from, window, WINDOW) != OK) readEach(from);
  }
  if (((unreadable >> ((at - from) / WORD)) & 1) != 0) return false;
  memory.copy(out, window + (at - from), WORD);
  return true;
}

function readEach(from: u32): void {
  for (let n: u32 = 0; n < WINDOW / WORD; n++) if (flash_read(from + n * WORD, window + n * WORD, WORD) != OK) unreadable |= 1 << n;
}
