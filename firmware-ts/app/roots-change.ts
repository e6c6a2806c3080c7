/**
 * A new list of roots (SPEC 25). It takes the place of the old one as a whole, in one journal record with its version, which is the number of the command. A list that
 * cannot be used (malformed, empty, too large, a certificate that does not parse, nobody who can vouch for a server) leaves the old one in force: a device without roots would never hear of a better one.
 */
import { journalAppend } from '../lib/store/journal';
import { RECORD_ROOTS } from '../lib/store/types';
import { OK } from '../lib/status/status';
import { tlsSetRoots } from '../lib/tls/tls';
import { rootsCanVouch } from '../lib/x509/roots';
import { ROOTS_RECORD_MAX, rootList, rootListLength, rootsSame, rootsTake, rootsVersion } from './config';
import { reconnectSoon } from './reconnect';
import { RESULT_MALFORMED, RESULT_OK, RESULT_RANGE, RESULT_REPLAYED, RESULT_SAME, RESULT_STORAGE } from './results';

const VERSION: i32 = 4;

const candidate = memory.data(ROOTS_RECORD_MAX);

/** @returns RESULT_OK: the list is in force; or why not */
export function rootsChange(content: usize, length: i32, sequence: u32): i32 {
  if (sequence < rootsVersion()) return RESULT_REPLAYED;
  if (VERSION + length > ROOTS_RECORD_MAX) return RESULT_RANGE;
  store<u32>(candidate, sequence);
  memory.copy(candidate + VERSION, content, length);
  const size = VERSION + length;
  if (sequence == rootsVersion()) return rootsSame(candidate, size) ? RESULT_SAME : RESULT_REPLAYED;
  const result = usable(candidate + VERSION, length) ? record(size) : RESULT_MALFORMED;
  // The verifier reads the list where it lies: whatever became of the new one, it is to look at the one in force.
  tlsSetRoots(rootList(), rootListLength());
  return result;
}

function usable(list: usize, length: i32): bool {
  return tlsSetRoots(list, length) >= 0 && rootsCanVouch();
}

function record(size: i32): i32 {
  if (journalAppend(RECORD_ROOTS, candidate, size) != OK) return RESULT_STORAGE;
  rootsTake(candidate, size);
  reconnectSoon();
  return RESULT_OK;
}
