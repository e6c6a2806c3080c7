/**
 * The download of an announced update (SPEC 26), piece by piece into the update slot, in ascending order; after a reset it goes on where flash shows that it was.
 *
 * ```
 *                   erased, noted      last piece        hash right: asked for, restart
 *   begin -> ERASE --------------> FETCH -------> CHECK -------------------------------> DONE
 *                                    ^              | hash wrong: once more from the start, then refused
 *   reset -> RESUME -----------------+
 * ```
 * A word that a power cut tore cannot be programmed again before its sector is erased: that sector starts over. Nothing here is trusted by boot.
 */
import { flash_erase, flash_program, flash_read } from '../hal/hal';
import { SHA256_STATE, sha256Finish, sha256Init, sha256Update } from '../lib/hacl/sha2';
import { IMAGE_HASH } from '../lib/image/reasons';
import { equal, filledWith } from '../lib/mem/bytes';
import { print, printEnd, printNumber } from '../lib/mem/console';
import { OK } from '../lib/status/status';
import { journalAppend, journalRead } from '../lib/store/journal';
import { RECORD_DOWNLOAD } from '../lib/store/types';
import { text, textBegin, textEnd, textNumber } from '../lib/text/builder';
import { bootInfoOnTrial } from '../lib/update/boot-info';
import { UPDATE_SLOT, trailerRead, trailerRefusal, trailerRequest, trailerRequested } from '../lib/update/trailer';
import { NEVER, now } from './clock';
import { EVENT_UPDATE_ANNOUNCED, EVENT_UPDATE_DOWNLOADED } from './events';
import { eventlogOnce } from './eventlog';
import { restartSoon } from './restart';
import { RESULT_IMAGE } from './results';
import { updateHash, updateLength, updateRuns, updateSequence } from './update';
import { verdictFell, verdictRefuse } from './verdict';

const NONE: i32 = 0;
const ERASE: i32 = 1;
const RESUME: i32 = 2;
const FETCH: i32 = 3;
const CHECK: i32 = 4;

const BEGUN: u32 = 1;
const DONE: u32 = 2;

const MAGIC: u32 = 0x48434250;
const HEAD: i32 = 12;
const PIECE: i32 = 4096;
const WORD: i32 = 32;
const SECTOR: u32 = 128 * 1024;
const SECTORS: u32 = 3;
/** A piece that has not come is asked for again. */
const PIECE_MS: u64 = 20_000;

const state = memory.data(8, 4);
const word = memory.data(WORD, 8);
const piece = memory.data(PIECE, 8);
const hashState = memory.data(SHA256_STATE, 8);
const hash = memory.data(32, 8);

let phase: i32 = 0; // NONE
let erased: u32 = 0;
let offset: u32 = 0;
/** Uptime of the question that waits for its piece, 0: none does. */
let askedAt: u64 = 0;
/** In this life the whole has come with a wrong hash. */
let failedOnce: bool = false;

/** At start, behind updateOpen. */
export function downloadOpen(): void {
  phase = NONE;
  if (updateSequence() == 0) return;
  const known = journalRead(RECORD_DOWNLOAD, state, 8) == 8 && load<u32>(state) == updateSequence();
  if (!known) {
    eventlogOnce(EVENT_UPDATE_ANNOUNCED, 0, updateSequence());
    return downloadBegin();
  }
  if (load<u32>(state, 4) == DONE) return;
  trailerRead();
  if (updateRuns() || trailerRefusal() != 0 || trailerRequested() || verdictFell(updateSequence())) note(DONE);
  else phase = RESUME;
}

/** From nothing. What the slot holds is of no use any more, unless the running image may still have to be taken back. */
export function downloadBegin(): void {
  erased = 0;
  offset = 0;
  askedAt = 0;
  phase = ERASE;
}

/** A piece of an image has come: u32 magic, u32 number of the command, u32 offset, bytes. Anything but the one that was asked for is nothing. */
export function downloadPiece(at: usize, length: i32): void {
  if (phase != FETCH || askedAt == 0 || length <= HEAD || load<u32>(at) != MAGIC) return;
  if (load<u32>(at, 4) != updateSequence() || load<u32>(at, 8) != offset || length - HEAD != wanted()) return;
  askedAt = 0;
  if (programPiece(at + HEAD, wanted())) offset += wanted();
  else startSectorOver();
}

// ---- a source of the outbox ----

export function downloadDue(): u64 {
  if (phase == NONE) return NEVER;
  return phase == FETCH && askedAt != 0 ? askedAt + PIECE_MS : 0;
}

/** Goes a step further; the question for the next piece is one. */
export function downloadWrite(out: usize, capacity: i32): i32 {
  switch (phase) {
    case ERASE: eraseNext(); return 0;
    case RESUME: resume(); return 0;
    case CHECK: check(); return 0;
    case FETCH: break;
    default: return 0;
  }
  if (offset == updateLength()) {
    phase = CHECK;
    return 0;
  }
  askedAt = now();
  textBegin(out, capacity);
  text('{"update":');
  textNumber(updateSequence());
  text(',"offset":');
  textNumber(offset);
  text(',"length":');
  textNumber(wanted());
  text('}');
  return textEnd();
}

/** The connection ended: the piece will not come. */
export function downloadLost(): void {
  askedAt = 0;
}

// ---- steps ----

function eraseNext(): void {
  // The former image lies there until boot has seen that this one is good.
  if (bootInfoOnTrial()) {
    phase = NONE;
    return restartSoon();
  }
  if (flash_erase(UPDATE_SLOT + erased * SECTOR) != OK) return refuse();
  if (++erased < SECTORS) return;
  note(BEGUN);
  begin();
}

function begin(): void {
  phase = FETCH;
  print('app: download seq=');
  printNumber(updateSequence());
  print(' from=');
  printNumber(offset);
  print(' of=');
  printNumber(updateLength());
  printEnd();
}

/** Behind the last word that is not blank; at the start of its sector when that holds a torn one. */
function resume(): void {
  offset = 0;
  for (let n: u32 = 0; n < SECTORS; n++) {
    const last = lastWritten(UPDATE_SLOT + n * SECTOR);
    if (last == TORN) {
      offset = n * SECTOR;
      flash_erase(UPDATE_SLOT + offset);
    } else if (last >= 0) {
      offset = n * SECTOR + <u32>last;
    }
  }
  offset = min(offset, updateLength());
  offset -= offset % PIECE;
  begin();
}

const TORN: i32 = -2;

/** Offset of the end of what is written in a sector, -1: nothing is, TORN: a word of it cannot be read. */
function lastWritten(sector: u32): i32 {
  let end = -1;
  for (let at: u32 = 0; at < SECTOR; at += WORD) {
    if (flash_read(sector + at, word, WORD) != OK) return TORN;
    if (!filledWith(word, WORD, 0xff)) end = <i32>at + WORD;
  }
  return end;
}

/** Bytes of the next piece. */
function wanted(): i32 {
  return min<i32>(PIECE, updateLength() - offset);
}

/** What stands there already stays. @returns false: a word can not be made what it has to be */
function programPiece(from: usize, length: i32): bool {
  for (let at = 0; at < length; at += WORD) {
    const target = UPDATE_SLOT + offset + at;
    memory.fill(word, 0xff, WORD);
    memory.copy(word, from + at, min(WORD, length - at));
    if (flash_read(target, piece, WORD) != OK) return false;
    if (equal(piece, word, WORD)) continue;
    if (!filledWith(piece, WORD, 0xff) || flash_program(target, word, WORD) != OK) return false;
  }
  return true;
}

function startSectorOver(): void {
  offset -= offset % SECTOR;
  if (flash_erase(UPDATE_SLOT + offset) != OK) refuse();
}

/** Whole: boot is asked to install it. */
function check(): void {
  if (!hashHolds()) {
    if (failedOnce) return refuse();
    failedOnce = true;
    return downloadBegin();
  }
  phase = NONE;
  // First, as behind the request boot may have the next word.
  eventlogOnce(EVENT_UPDATE_DOWNLOADED, 0, updateSequence());
  trailerRead();
  if (!trailerRequested() && trailerRequest() != OK) return refuse();
  note(DONE);
  restartSoon();
}

function hashHolds(): bool {
  sha256Init(hashState);
  for (let at: u32 = 0; at < updateLength(); at += PIECE) {
    const size = min<i32>(PIECE, updateLength() - at);
    if (flash_read(UPDATE_SLOT + at, piece, size) != OK) return false;
    sha256Update(hashState, piece, size);
  }
  sha256Finish(hashState, hash);
  return equal(hash, updateHash(), 32);
}

/** It cannot be had: not again before another is announced. */
function refuse(): void {
  phase = NONE;
  verdictRefuse(updateSequence(), RESULT_IMAGE + IMAGE_HASH);
  note(DONE);
}

function note(what: u32): void {
  store<u32>(state, updateSequence());
  store<u32>(state, what, 4);
  journalAppend(RECORD_DOWNLOAD, state, 8);
}
