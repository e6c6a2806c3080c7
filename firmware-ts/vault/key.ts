/**
 * The device key: a P-256 key pair, made on the device from its DRBG on first use, kept in the secret store, never leaving it.
 * Record type 16: private key (32 bytes), public key x, y (64 bytes).
 */
import { p256Public, p256ValidPrivate } from '../lib/hacl/p256';
import { wipe } from '../lib/mem/bytes';
import { journalAppend, journalOpen, journalRead } from '../lib/store/journal';
import { RECORD_DEVICE_KEY } from '../lib/store/types';
import { ENTROPY_HEALTH, NOT_FOUND, OK } from '../lib/status/status';
import { SECRET_STORE } from './flash-map';
import { random } from './random';

const PRIVATE: i32 = 32;
const PUBLIC: i32 = 64;
const RECORD: i32 = PRIVATE + PUBLIC;
/** A candidate is out of range once in 2^32: more misses than these are no chance. */
const ATTEMPTS: i32 = 8;

const record = memory.data(RECORD, 8);

/** Addresses in memory, valid between `keyLoad` and `keyForget`. */
export const privateKeyAt: usize = record;
export const publicKeyAt: usize = record + PRIVATE;

export function keyExists(): bool {
  journalOpen(SECRET_STORE);
  const found = journalRead(RECORD_DEVICE_KEY, record, RECORD) == RECORD;
  keyForget();
  return found;
}

/** Loads the key into memory; makes it when none is stored. */
export function keyLoad(): i32 {
  journalOpen(SECRET_STORE);
  const found = journalRead(RECORD_DEVICE_KEY, record, RECORD);
  if (found == RECORD) return OK;
  // A record that is there and cannot be read is no reason to make another identity.
  return found == NOT_FOUND ? make() : found < 0 ? found : NOT_FOUND;
}

export function keyForget(): void {
  wipe(record, RECORD);
}

function make(): i32 {
  for (let n = 0; n < ATTEMPTS; n++) {
    const status = random(privateKeyAt, PRIVATE);
    if (status != OK) return status;
    if (!p256ValidPrivate(privateKeyAt) || !p256Public(privateKeyAt, publicKeyAt)) continue;
    return journalAppend(RECORD_DEVICE_KEY, record, RECORD);
  }
  return ENTROPY_HEALTH;
}
