/**
 * Time: milliseconds since reset, and trusted time where there is one. The RTC keeps it across warm resets; after a loss of power there is none until SNTP brings it, also where a battery kept the RTC going.
 *
 * A clock that nobody has confirmed for days is trusted no more: a modem that loses the time server's datagrams alone must not let it drift away.
 *
 * What SNTP brings is an offer (SPEC 27): not before the floor, which is the firmware's build, the newest time taken in this life, and the newest one that a verified
 * server vouched for, which is kept in flash; and not further from a clock that runs than an oscillator can have drifted. The true time of a clock that is wrong
 * all the same is taken when it insists: three questions in a row, minutes apart.
 */
import { rtc_read, rtc_set, uptime } from '../hal/hal';
import { SNTP_FLOOR, SNTP_OK, SNTP_SLEW } from '../lib/sntp/sntp';
import { OK } from '../lib/status/status';
import { journalAppend, journalRead } from '../lib/store/journal';
import { RECORD_TIME } from '../lib/store/types';
import { bootInfoCause } from '../lib/update/boot-info';

/** Later than anything that will be. */
export const NEVER: u64 = 0xffffffffffffffff;
/** 2025-06-01T00:00:00Z: no firmware of this version existed before, so no clock of it shows less. */
const BUILD_MS: u64 = 1748736000000;
/** An oscillator that is wrong by 100 ppm needs a month for it. */
const SLEW_MS: u64 = 5 * 60 * 1000;
const INSISTENT: i32 = 3;
/** So long the clock goes on without an answer: an oscillator that is wrong by 500 ppm has lost 4.3 minutes by then. */
const HOLDOVER_MS: u64 = 6 * 24 * 3600 * 1000;
/** The time in flash is renewed once a day at most. */
const RECORD_MS: u64 = 24 * 3600 * 1000;

/** Cause of the reset in boot's block (SPEC 7). */
const POWER_ON: u32 = 1;

const word = memory.data(8, 8);
let floorMs: u64 = 0;
let recordedMs: u64 = 0;
/** Uptime of the last answer that was taken; in a life without one, its beginning. */
let takenAt: u64 = 0;
/** The supply was gone: whatever a battery kept going is no trusted time before an answer. */
let cold: bool = false;
/** Answers beyond the slew bound: when the reset was, by the last one, and how many in a row say so. */
let claimedStart: u64 = 0;
let claims: i32 = 0;

/** Milliseconds since reset. */
export function now(): u64 {
  uptime(word);
  return load<u64>(word);
}

/** At start: reads the floor that outlives the supply. The journal is open, boot's block has been read. */
export function loadFloor(): void {
  cold = bootInfoCause() == POWER_ON;
  recordedMs = journalRead(RECORD_TIME, word, 8) == 8 ? load<u64>(word) : 0;
  floorMs = max(BUILD_MS, recordedMs);
}

/** Milliseconds since 1970; 0: there is no trusted time. A clock that shows less than the floor was not set by us. */
export function trustedTime(): u64 {
  if (cold) return 0;
  if (now() - takenAt > HOLDOVER_MS) return 0;
  if (rtc_read(word) != OK) return 0;
  const time = load<u64>(word);
  return time < floorMs ? 0 : time;
}

/** Takes the time that a server offers, or not. @returns SNTP_OK, or why not */
export function offerTime(ms: u64): i32 {
  if (ms < floorMs) return SNTP_FLOOR;
  const shown = trustedTime();
  if (shown != 0 && distance(ms, shown) > SLEW_MS && !insists(ms)) return SNTP_SLEW;
  claims = 0;
  store<u64>(word, ms);
  if (rtc_set(word) != OK) return SNTP_SLEW; // a year that the clock cannot show
  floorMs = ms;
  cold = false;
  takenAt = now();
  return SNTP_OK;
}

/** A server has proven itself by certificates that are valid now: nobody can have led this clock further than they last. */
export function timeVouched(): void {
  const time = trustedTime();
  if (time < recordedMs + RECORD_MS) return;
  store<u64>(word, time);
  if (journalAppend(RECORD_TIME, word, 8) == OK) recordedMs = time;
}

function insists(ms: u64): bool {
  const start = ms - now();
  claims = claims > 0 && distance(start, claimedStart) <= SLEW_MS ? claims + 1 : 1;
  claimedStart = start;
  return claims >= INSISTENT;
}

function distance(a: u64, b: u64): u64 {
  return a > b ? a - b : b - a;
}
