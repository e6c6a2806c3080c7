/**
 * Opens the secret store, and ends what a loss of power cut short: the confirmation of a key, or a wipe. Either is decided by one record; what follows from it (the old keys
 * gone from both sectors) is done again until it is.
 */
import { journalAppend, journalClean, journalGeneration, journalLength, journalNext, journalOpen, journalPurge } from '../lib/store/journal';
import { recordForget } from '../lib/store/record';
import { RECORD_DEVICE_KEY, RECORD_NEXT_KEY, RECORD_WIPED } from '../lib/store/types';
import { OK } from '../lib/status/status';
import { SECRET_STORE } from './flash-map';

/** Nothing in the store has to be ended. */
let settled: bool = false;

/** The journal at hand is the secret store's. @returns OK, or the status of the flash */
export function settle(): i32 {
  journalOpen(SECRET_STORE);
  if (settled) return OK;
  const status = end();
  recordForget();
  settled = status == OK;
  return status;
}

/** What was appended decides something that is to be ended now. @returns OK: it is */
export function settleAnew(): i32 {
  settled = false;
  return settle();
}

export function wiped(): bool {
  return journalLength(RECORD_WIPED) > 0;
}

function end(): i32 {
  let status = OK;
  if (wiped()) status = drop(RECORD_DEVICE_KEY);
  if (status == OK && (wiped() || confirmed())) status = drop(RECORD_NEXT_KEY);
  if (status != OK) return status;
  if (hasRemnants()) return journalPurge();
  // A first sector has no former one.
  return journalGeneration() > 1 ? journalClean() : OK;
}

/** Nothing of this type counts any more. */
function drop(type: i32): i32 {
  return journalLength(type) > 0 ? journalAppend(type, 0, 0) : OK;
}

/** The next key was confirmed: it is in use, by a record behind its own. */
function confirmed(): bool {
  return newest(RECORD_DEVICE_KEY) > newest(RECORD_NEXT_KEY);
}

/** A record of a key that does not count. */
function hasRemnants(): bool {
  return isRemnant(RECORD_DEVICE_KEY) || isRemnant(RECORD_NEXT_KEY);
}

function isRemnant(type: i32): bool {
  const first = journalNext(type, 0);
  return first != 0 && (first != newest(type) || journalLength(type) == 0);
}

/** Address of the last record of a type, 0: there is none. */
function newest(type: i32): u32 {
  let at: u32 = 0;
  for (let next = journalNext(type, 0); next != 0; next = journalNext(type, next)) at = next;
  return at;
}
