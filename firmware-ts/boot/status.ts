/**
 * The swap status in sector 1.7 (SPEC 22): how far the install of the current number has come. One flash word per fact, written when
 * the fact holds, never before. The sector is erased when an install begins; what a torn erase leaves bears another number and is void.
 */
import { flash_erase, flash_program, flash_read } from '../hal/hal';
import { FLASH_WRITE, STATE_FULL } from '../lib/image/reasons';
import { filledWith } from '../lib/mem/bytes';
import { WORD, wordIs, wordMake } from '../lib/update/word';
import { installNumber } from './counter';
import { LOCK_PROOF, STATUS } from './flash-map';

/** "PBBS" */
const MAGIC: u32 = 0x53424250;

/** Value of a word: number of the install << 8 | fact. BEGIN's low four bits: sectors to swap 1..3, bit 2 set for a revert. */
const BEGIN: u32 = 0x10;
const BEGIN_REVERT: u32 = 0x04;
/** Low four bits: the step that is done. */
const STEP: u32 = 0x20;
const DONE: u32 = 0x30;
const TRIED: u32 = 0x31;
const KEPT: u32 = 0x32;

const word = memory.data(WORD, 8);
let next: u32 = 0;
/** Sectors that the newest swap moves, 0: this number has none. */
let sectors: u32 = 0;
let reverts: bool = false;
let done: bool = false;
let kept: bool = false;
let steps: u32 = 0;
let trials: u32 = 0;

/** Reads what stands there of the current install. */
export function statusRead(): void {
  sectors = 0;
  reverts = false;
  forget();
  for (next = STATUS; next < LOCK_PROOF; next += WORD) {
    if (flash_read(next, word, WORD) != 0) continue;
    if (filledWith(word, WORD, 0xff)) return;
    if (wordIs(word, MAGIC) && load<u32>(word, 4) >> 8 == installNumber()) take(load<u32>(word, 4) & 0xff);
  }
}

/** A swap has begun and is not at its end. */
export function statusSwapping(): bool {
  return sectors != 0 && !done;
}

/** A new image is in place that nobody has confirmed. */
export function statusOnTrial(): bool {
  return sectors != 0 && done && !reverts && !kept;
}

/** The last swap was, or is, a revert. */
export function statusReverts(): bool {
  return reverts;
}

export function statusSectors(): u32 {
  return sectors;
}

/** Steps that are done: the next one has this number. */
export function statusSteps(): u32 {
  return steps;
}

export function statusTrials(): u32 {
  return trials;
}

/** @returns 0 or a reason, as all below */
export function statusClear(): i32 {
  if (flash_erase(STATUS) != 0) return FLASH_WRITE;
  statusRead();
  return 0;
}

export function statusBegin(count: u32, revert: bool): i32 {
  return append(BEGIN | count | (revert ? BEGIN_REVERT : 0));
}

export function statusStep(step: u32): i32 {
  return append(STEP + step);
}

export function statusDone(): i32 {
  return append(DONE);
}

export function statusTried(): i32 {
  return append(TRIED);
}

export function statusKept(): i32 {
  return append(KEPT);
}

function take(fact: u32): void {
  if (fact == DONE) {
    done = true;
  } else if (fact == TRIED) {
    trials += 1;
  } else if (fact == KEPT) {
    kept = true;
  } else if (fact >= STEP) {
    steps = (fact & 15) + 1;
  } else if (fact >= BEGIN) {
    forget();
    sectors = fact & 3;
    reverts = (fact & BEGIN_REVERT) != 0;
  }
}

function forget(): void {
  done = false;
  kept = false;
  steps = 0;
  trials = 0;
}

function append(fact: u32): i32 {
  if (next >= LOCK_PROOF) return STATE_FULL;
  wordMake(word, MAGIC, (installNumber() << 8) | fact);
  if (flash_program(next, word, WORD) != 0) return FLASH_WRITE;
  next += WORD;
  take(fact);
  return 0;
}
