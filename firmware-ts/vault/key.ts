/**
 * The device keys: P-256 key pairs, made on the device from its DRBG, kept in the secret store, never leaving it. One is in use; beside it there is a next one while a
 * rotation waits for its confirmation. The record of either: private key (32 bytes), public key x, y (64), the authority's public key x, y (64; zeros: nobody's), the print of
 * the entropy source (8), zeros (24: a whole number of flash words, so that padding never stands among the secrets).
 *
 * The authority is taken from the configuration when the first key is made, and stays with the keys: nobody who can write a configuration later can direct them. So does the
 * print of the source from which the first key came: a station that finds the key made can still tell two boards whose sources gave the same (SPEC 28).
 */
import { drbgSourcePrint } from '../lib/drbg/drbg';
import { p256Public, p256ValidPrivate } from '../lib/hacl/p256';
import { wipe } from '../lib/mem/bytes';
import { journalAppend, journalLength, journalRead } from '../lib/store/journal';
import { RECORD_DEVICE_KEY, RECORD_NEXT_KEY, TAG_SECRET_AUTHORITY } from '../lib/store/types';
import { ENTROPY_HEALTH, NOT_FOUND, OK, WIPED } from '../lib/status/status';
import { KEY_NEXT, SOURCE_PRINT_BYTES } from '../lib/vault/api';
import { configured, configuredLength } from './configured';
import { random, randomReady } from './random';
import { settle, wiped } from './settle';

const PRIVATE: i32 = 32;
const PUBLIC: i32 = 64;
export const AUTHORITY: i32 = 64;
/** The print and its zeros. */
const SOURCE: i32 = 32;
export const KEY_RECORD: i32 = PRIVATE + PUBLIC + AUTHORITY + SOURCE;
/** A candidate is out of range once in 2^32: more misses than these are no chance. */
const ATTEMPTS: i32 = 8;

const record = memory.data(KEY_RECORD, 8);

/** Addresses in memory, valid between `keyLoad` and `keyForget`. */
export const keyRecordAt: usize = record;
export const privateKeyAt: usize = record;
export const publicKeyAt: usize = record + PRIVATE;
export const authorityAt: usize = record + PRIVATE + PUBLIC;
export const sourcePrintAt: usize = record + PRIVATE + PUBLIC + AUTHORITY;

/** Whether a key is in use. */
export function keyExists(): bool {
  return settle() == OK && journalLength(RECORD_DEVICE_KEY) == KEY_RECORD;
}

/** Loads a key into memory; makes the one in use when there is none. @param which KEY_IN_USE or KEY_NEXT */
export function keyLoad(which: i32): i32 {
  const status = settle();
  if (status != OK) return status;
  if (wiped()) return WIPED;
  const type = which == KEY_NEXT ? RECORD_NEXT_KEY : RECORD_DEVICE_KEY;
  const found = journalRead(type, record, KEY_RECORD);
  if (found == KEY_RECORD) return OK;
  // A record that is there and cannot be read is no reason to make another identity; one that decayed is not there (SECURITY.md).
  if (found != NOT_FOUND || which == KEY_NEXT) return found < 0 ? found : NOT_FOUND;
  const authority = configured(TAG_SECRET_AUTHORITY);
  memory.fill(authorityAt, 0, AUTHORITY);
  if (authority != 0 && configuredLength == AUTHORITY) memory.copy(authorityAt, authority, AUTHORITY);
  const ready = randomReady();
  if (ready != OK) return ready;
  memory.fill(sourcePrintAt, 0, SOURCE);
  memory.copy(sourcePrintAt, drbgSourcePrint(), SOURCE_PRINT_BYTES);
  return keyMake(RECORD_DEVICE_KEY);
}

export function keyForget(): void {
  wipe(record, KEY_RECORD);
}

/** A new key pair, with the authority and the print at hand, into memory and the store. @param type of its record */
export function keyMake(type: i32): i32 {
  for (let n = 0; n < ATTEMPTS; n++) {
    const status = random(privateKeyAt, PRIVATE);
    if (status != OK) return status;
    if (!p256ValidPrivate(privateKeyAt) || !p256Public(privateKeyAt, publicKeyAt)) continue;
    return journalAppend(type, record, KEY_RECORD);
  }
  return ENTROPY_HEALTH;
}
