/**
 * What only the authority may do to the keys (lib/vault/api): its signature names the operation and the key, and is tested here, so that no application can do it, and so that
 * it is of no use once the key is another.
 */
import { p256ValidPublic, p256Verify } from '../lib/hacl/p256';
import { sha256 } from '../lib/hacl/sha2';
import { journalAppend, journalLength } from '../lib/store/journal';
import { RECORD_DEVICE_KEY, RECORD_NEXT_KEY, RECORD_WIPED } from '../lib/store/types';
import { INVALID, OK, UNAUTHORIZED } from '../lib/status/status';
import { CHANGE_CONFIRM, CHANGE_MAKE, CHANGE_WIPE, KEY_IN_USE, KEY_NEXT, PUBLIC_KEY_BYTES } from '../lib/vault/api';
import { KEY_RECORD, authorityAt, keyForget, keyLoad, keyMake, keyRecordAt, publicKeyAt } from './key';
import { settle, settleAnew } from './settle';

/** "PBVC" */
const MAGIC: u32 = 0x43564250;
const HEAD: i32 = 8;

const signed = memory.data(HEAD + PUBLIC_KEY_BYTES, 8);
const hash = memory.data(32, 8);

/** @param signature r, s @returns 1: done; 0: it was so already; or a status */
export function change(operation: i32, signature: usize): i32 {
  if (operation < CHANGE_MAKE || operation > CHANGE_WIPE) return INVALID;
  let status = settle();
  if (status != OK) return status;
  const hasNext = journalLength(RECORD_NEXT_KEY) > 0;
  status = keyLoad(operation == CHANGE_CONFIRM && hasNext ? KEY_NEXT : KEY_IN_USE);
  if (status == OK && !isAuthorized(operation, signature)) status = UNAUTHORIZED;
  if (status == OK) status = done(operation, hasNext) ? 0 : perform(operation);
  keyForget();
  return status;
}

function done(operation: i32, hasNext: bool): bool {
  return operation == CHANGE_MAKE ? hasNext : operation == CHANGE_CONFIRM && !hasNext;
}

/** One record decides; then the rest is made to follow from it. */
function perform(operation: i32): i32 {
  if (operation == CHANGE_MAKE) return over(keyMake(RECORD_NEXT_KEY));
  const status = operation == CHANGE_CONFIRM ? journalAppend(RECORD_DEVICE_KEY, keyRecordAt, KEY_RECORD) : journalAppend(RECORD_WIPED, signed, 4);
  return over(status == OK ? settleAnew() : status);
}

function over(status: i32): i32 {
  return status == OK ? 1 : status;
}

function isAuthorized(operation: i32, signature: usize): bool {
  store<u32>(signed, MAGIC);
  store<u32>(signed, <u32>operation, 4);
  memory.copy(signed + HEAD, publicKeyAt, PUBLIC_KEY_BYTES);
  sha256(signed, HEAD + PUBLIC_KEY_BYTES, hash);
  return p256ValidPublic(authorityAt) && p256Verify(authorityAt, hash, signature);
}
