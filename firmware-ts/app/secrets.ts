/**
 * Commands about the device's secrets (SPEC 31): the vault decides, by the authority's own signature. What changed takes a restart, which makes what depends on the keys anew.
 *
 * A key is not confirmed before it was of use: the command counts only over a connection that the service has accepted with it.
 */
import { watchdog_feed } from '../hal/hal';
import { UNAUTHORIZED } from '../lib/status/status';
import { CHANGE_BYTES, CHANGE_CONFIRM, CHANGE_WIPE } from '../lib/vault/api';
import { vaultChange } from '../lib/vault/client';
import { identityHasNext, identityIsNext } from './identity';
import { KIND_WIPE } from './kinds';
import { RESULT_KEY, RESULT_MALFORMED, RESULT_OK, RESULT_RANGE, RESULT_SAME, RESULT_SIGNATURE, RESULT_STORAGE } from './results';
import { restartSoon } from './restart';

/** @param kind KIND_ROTATE or KIND_WIPE @returns RESULT_OK: done; or why not */
export function secretsChange(kind: i32, content: usize, size: i32): i32 {
  if (size != CHANGE_BYTES) return RESULT_MALFORMED;
  const operation = <i32>load<u8>(content);
  if ((operation == CHANGE_WIPE) != (kind == KIND_WIPE)) return RESULT_RANGE;
  if (operation == CHANGE_CONFIRM && identityHasNext() && !identityIsNext()) return RESULT_KEY;
  // A signature was tested in this event; the vault tests another, and may make a key.
  watchdog_feed();
  const status = vaultChange(content);
  if (status < 0) return status == UNAUTHORIZED ? RESULT_SIGNATURE : RESULT_STORAGE;
  if (status == 0) return RESULT_SAME;
  restartSoon();
  return RESULT_OK;
}
