/**
 * The journal (SPEC 8): typed records in the two sectors of a region, appended to the active one. Of most types the newest record counts; of those from FIRST_OF_MANY on
 * each does, in order, and the oldest go when room is needed. One journal per module: the vault's holds its secrets, the application's its configuration and its log.
 *
 * When the active sector is full, what counts is copied to the other one, whose first word, its head, is written last: until then it does not exist, from then on it is
 * the active one. So a power cut leaves the one or the other. The generation in the head is the number of such turns: the wear of both sectors.
 *
 * In a sector the records end at a blank stretch longer than any record (a torn one can hold shorter ones).
 */
import { flash_erase, flash_program, flash_read } from '../../hal/hal';
import { INVALID, NOT_FOUND, NO_ROOM, OK } from '../status/status';
import { CRC32_START, crc32Finish, crc32Update } from '../mem/crc32';
import { filledWith } from '../mem/bytes';
import {
  RECORD_HEAD, RECORD_MAX, RECORD_PAYLOAD_MAX, RECORD_TYPES, WORD, recordAt, recordCopy, recordForget, recordLength, recordLengthAt, recordSequence, recordSize, recordType, recordWrite,
  wordIsBlank,
} from './record';
import { FIRST_OF_MANY } from './types';

/** "PBJS" */
const HEAD: u32 = 0x534a4250;
const SECTOR: u32 = 128 * 1024;
/** So many records of the types of which each counts outlive a turn. */
const KEPT: i32 = 256;

/** Address of the newest valid record of each type, 0: none. */
const newest = memory.data(RECORD_TYPES * 4, 4);
const word = memory.data(WORD, 8);

let region: u32 = 0;
/** The active sector, 0: none has a head. */
let base: u32 = 0;
let generation: u32 = 0;
/** Where the next record goes. */
let end: u32 = 0;
let sequence: u32 = 0;
/** Records of the types of which each counts. */
let many: i32 = 0;

/** Reads the journal of the region of two sectors that begins at an address. */
export function journalOpen(at: u32): void {
  region = at;
  base = 0;
  generation = 0;
  for (let sector = at; sector <= at + SECTOR; sector += SECTOR) {
    if (flash_read(sector, word, WORD) != OK || !headHolds()) continue;
    const number = load<u32>(word, 4);
    if (number <= generation) continue;
    generation = number;
    base = sector;
  }
  scan();
  recordForget();
}

/** Payload length of the newest record of a type, or NOT_FOUND. */
export function journalLength(type: i32): i32 {
  const at = type < 1 || type >= RECORD_TYPES ? 0 : load<u32>(newest + (type << 2));
  return at == 0 ? NOT_FOUND : recordLengthAt(at);
}

/** Copies the newest payload of a type. @returns its length, NOT_FOUND, NO_ROOM, or the status of the flash */
export function journalRead(type: i32, out: usize, capacity: i32): i32 {
  const length = journalLength(type);
  return length < 0 ? length : journalReadAt(load<u32>(newest + (type << 2)), out, capacity);
}

/** Address of the first record of a type behind an address, 0: there is none. @param after 0: from the beginning */
export function journalNext(type: i32, after: u32): u32 {
  if (base == 0) return 0;
  let at = base + WORD;
  if (after != 0) at = after + recordSize(recordLengthAt(after));
  while (at < end) {
    const size = recordAt(at, base + SECTOR);
    if (size > 0 && recordType() == type) return at;
    at += size > 0 ? size : WORD;
  }
  return 0;
}

/** Copies the payload of the record that journalNext found. @returns its length, NO_ROOM, or the status of the flash */
export function journalReadAt(at: u32, out: usize, capacity: i32): i32 {
  const length = recordLengthAt(at);
  if (length > capacity) return NO_ROOM;
  if (length <= 0) return length;
  const status = flash_read(at + RECORD_HEAD, out, length);
  return status < 0 ? status : length;
}

/**
 * Appends a record; it counts once its last word is programmed. One without payload says that nothing of its type counts any more. Addresses of records may change.
 * @returns OK, INVALID, NO_ROOM, or the status of the flash
 */
export function journalAppend(type: i32, payload: usize, length: i32): i32 {
  if (region == 0 || type < 1 || type >= RECORD_TYPES || length < 0 || length > RECORD_PAYLOAD_MAX) return INVALID;
  const size = recordSize(length);
  let status = OK;
  if (base == 0) status = format();
  else if (end + size > base + SECTOR) status = turn();
  if (status != OK) return status;
  if (end + size > base + SECTOR) return NO_ROOM;
  const at = end;
  // Whatever happens, this stretch is not written again: a torn word can not be programmed before an erase.
  end += size;
  status = recordWrite(at, sequence + 1, type, payload, length);
  if (status != OK) return status;
  sequence += 1;
  note(at, type);
  return OK;
}

/** Number of turns so far; addresses of records hold until it changes. */
export function journalGeneration(): u32 {
  return generation;
}

/** Bytes of the active sector that are written. */
export function journalUsed(): u32 {
  return base == 0 ? 0 : end - base;
}

/** For secrets: nothing that does not count is left in flash, in the active sector or the other. @returns OK, or the status of the flash */
export function journalPurge(): i32 {
  if (base == 0) return OK;
  const status = turn();
  return status == OK ? journalClean() : status;
}

/** Finishes a purge that power cut short: the sector that is not active is blank. */
export function journalClean(): i32 {
  const other = otherSector();
  for (let at = other; at < other + SECTOR; at += WORD) if (!wordIsBlank(at)) return flash_erase(other);
  return OK;
}

/** A region without a journal gets one. */
function format(): i32 {
  generation = 0;
  base = region + SECTOR;
  end = base;
  const status = turn();
  if (status != OK) base = 0;
  return status;
}

/** What counts moves to the other sector. @returns OK, or the status of the flash: then all is as it was */
function turn(): i32 {
  const target = otherSector();
  let status = flash_erase(target);
  let to = target + WORD;
  let passed = many > KEPT ? many - KEPT : 0;
  for (let at = base + WORD; at < end && status == OK; ) {
    const size = recordAt(at, base + SECTOR);
    if (size == 0) {
      at += WORD;
      continue;
    }
    if (recordType() >= FIRST_OF_MANY ? --passed < 0 : counts(at)) {
      status = recordCopy(at, to, size);
      to += size;
    }
    at += size;
  }
  if (status == OK) {
    headMake(generation + 1);
    status = flash_program(target, word, WORD);
  }
  if (status == OK) {
    generation += 1;
    base = target;
    scan();
  }
  recordForget();
  return status;
}

/** In `word`: magic, generation, its complement, CRC-32 of these, zeros. */
function headMake(number: u32): void {
  memory.fill(word, 0, WORD);
  store<u32>(word, HEAD);
  store<u32>(word, number, 4);
  store<u32>(word, ~number, 8);
  store<u32>(word, headCrc(), 12);
}

function headHolds(): bool {
  const fields = load<u32>(word) == HEAD && load<u32>(word, 4) == ~load<u32>(word, 8);
  return fields && load<u32>(word, 12) == headCrc() && filledWith(word + 16, 16, 0);
}

function headCrc(): u32 {
  return crc32Finish(crc32Update(CRC32_START, word, 12));
}

/** Whether the record at hand is the newest of its type and says something. */
function counts(at: u32): bool {
  return recordLength() > 0 && load<u32>(newest + (recordType() << 2)) == at;
}

function otherSector(): u32 {
  return base == region ? region + SECTOR : region;
}

/** Notes the newest record of each type of the active sector, and its end. */
function scan(): void {
  memory.fill(newest, 0, RECORD_TYPES * 4);
  sequence = 0;
  many = 0;
  if (base == 0) return;
  end = base + WORD;
  for (let at = end; at < base + SECTOR && at - end < RECORD_MAX + WORD; ) {
    const size = recordAt(at, base + SECTOR);
    if (size > 0) {
      sequence = max(sequence, recordSequence());
      note(at, recordType());
      at += size;
      end = at;
    } else {
      if (!wordIsBlank(at)) end = at + WORD;
      at += WORD;
    }
  }
}

function note(at: u32, type: i32): void {
  store<u32>(newest + (type << 2), at);
  if (type >= FIRST_OF_MANY) many += 1;
}
