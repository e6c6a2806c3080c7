/**
 * The application of campaigns of the journal (SPEC 8): in no image of a device. Its first life fills one sector, makes room in the other and fills that
 * but for a little; each further one counts a record up to the goal, through the same library as the real application, so that the journal has to make room on the way.
 * Another record, a large one, is to outlive that.
 */
import { EVENT_TIMER, timer_set, watchdog_feed } from '../hal/hal';
import { print, printEnd, printNumber } from '../lib/mem/console';
import { journalAppend, journalGeneration, journalOpen, journalRead, journalUsed } from '../lib/store/journal';
import { OK } from '../lib/status/status';
import { RECORD_CONFIGURATION, RECORD_READINGS } from '../lib/store/types';

const REGION: u32 = 0x081c0000;
const SECTOR: u32 = 128 * 1024;
const GOAL: u32 = 8;
/** So much of the sector is left free: room for a few records of the count. */
const FREE: u32 = 256;
/** The large record: bytes that say where they are. */
const LARGE: i32 = 512;
const LARGEST: i32 = 4096;
const FEED_EVERY_MS: i32 = 5000;

const payload = memory.data(4096, 8);
const value = memory.data(4, 4);

export function start(): void {
  journalOpen(REGION);
  const begun = count();
  say('begin', begun);
  if (begun == 0) {
    fill();
    turn();
    fill();
  }
  let next: u32 = begun + 1;
  const last: u32 = begun == 0 ? 1 : GOAL;
  for (; next <= last; next++) {
    store<u32>(value, next);
    if (journalAppend(RECORD_READINGS, value, 4) != OK) break;
  }
  say('end', count());
  feed();
}

export function event(kind: i32, a: i32, b: i32): void {
  if (kind == EVENT_TIMER) feed();
}

function say(when: string, value: u32): void {
  print('app: store ');
  print(when);
  print(' value=');
  printNumber(value);
  print(' goal=');
  printNumber(GOAL);
  print(largeHolds() ? ' large=1' : ' large=0');
  printEnd();
}

function count(): u32 {
  return journalRead(RECORD_READINGS, value, 4) == 4 ? load<u32>(value) : 0;
}

/** Large records until little is free, the last of them the one that counts. */
function fill(): void {
  for (let at = 0; at < LARGEST; at++) store<u8>(payload + at, <u8>(at * 7));
  while (journalUsed() + 32 + <u32>LARGEST + 32 + <u32>LARGE + FREE <= SECTOR) {
    if (journalAppend(RECORD_CONFIGURATION, payload, LARGEST) != OK) return;
  }
  while (journalUsed() + 32 + <u32>LARGE + FREE <= SECTOR) {
    if (journalAppend(RECORD_CONFIGURATION, payload, LARGE) != OK) return;
  }
}

/** Once round: the turn of the next life goes back into the sector that the journal began in. */
function turn(): void {
  const turns = journalGeneration();
  while (journalGeneration() == turns) if (journalAppend(RECORD_CONFIGURATION, payload, LARGE) != OK) return;
}

function largeHolds(): bool {
  if (journalRead(RECORD_CONFIGURATION, payload, LARGEST) != LARGE) return false;
  for (let at = 0; at < LARGE; at++) if (load<u8>(payload + at) != <u8>(at * 7)) return false;
  return true;
}

function feed(): void {
  watchdog_feed();
  timer_set(FEED_EVERY_MS);
}
