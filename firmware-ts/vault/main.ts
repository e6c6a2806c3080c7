/**
 * The vault: the only module that sees secrets. It has no events and no console; others call `serve` through the runtime, which copies the request
 * into the mailbox and the answer out of it. Its whole interface is lib/vault/api.ts.
 */
import { drbgSourcePrint } from '../lib/drbg/drbg';
import { wipeHaclStack } from '../lib/hacl/stack';
import { wipe } from '../lib/mem/bytes';
import { INVALID, OK } from '../lib/status/status';
import {
  CHANGE_BYTES, FN_CHANGE, FN_PUBLIC_KEY, FN_RANDOM, FN_SIGN, FN_STATUS, KEY_IN_USE, KEY_NEXT, PUBLIC_KEY_BYTES, RANDOM_MAX, SIGNATURE_BYTES, SIGN_BY_NEXT, SOURCE_PRINT_BYTES,
  STATUS_BYTES,
} from '../lib/vault/api';
import { change } from './change';
import { keyExists, keyForget, keyLoad, publicKeyAt, sourcePrintAt } from './key';
import { random, randomReady } from './random';
import { sign } from './sign';

const MAILBOX_BYTES: i32 = 2048;
const box = memory.data(MAILBOX_BYTES, 8);
const answer = memory.data(RANDOM_MAX, 8);

export function mailbox(): usize {
  return box;
}

/** @returns length of the answer in the mailbox, or a status < 0 and an empty mailbox */
export function serve(fn: i32, length: i32): i32 {
  if (length < 0 || length > MAILBOX_BYTES) return INVALID;
  const result = handle(fn, length);
  wipe(box, MAILBOX_BYTES);
  if (result > 0) memory.copy(box, answer, result);
  wipe(answer, RANDOM_MAX);
  wipeHaclStack();
  return result;
}

/** Writes to `answer`; requests of the wrong length are refused. */
function handle(fn: i32, length: i32): i32 {
  switch (fn) {
    case FN_STATUS: return length == 0 ? describe() : INVALID;
    case FN_RANDOM: return length == 2 ? randomBytes(load<u16>(box)) : INVALID;
    case FN_PUBLIC_KEY: return length == 0 ? publicKey(KEY_IN_USE) : length == 1 ? publicKey(<i32>load<u8>(box)) : INVALID;
    case FN_SIGN: {
      if (length < 1) return INVALID;
      const kind = <i32>load<u8>(box);
      const status = sign(kind & (SIGN_BY_NEXT - 1), kind >= SIGN_BY_NEXT ? KEY_NEXT : KEY_IN_USE, box + 1, length - 1, answer);
      return status == OK ? SIGNATURE_BYTES : status;
    }
    case FN_CHANGE: return length == CHANGE_BYTES ? changed() : INVALID;
    default: return INVALID;
  }
}

function describe(): i32 {
  store<i32>(answer, randomReady());
  const exists = keyExists();
  store<u32>(answer, exists ? 1 : 0, 4);
  memory.copy(answer + 8, exists && keyLoad(KEY_IN_USE) == OK ? sourcePrintAt : drbgSourcePrint(), SOURCE_PRINT_BYTES);
  keyForget();
  return STATUS_BYTES;
}

function randomBytes(count: i32): i32 {
  if (count < 1 || count > RANDOM_MAX) return INVALID;
  const status = random(answer, count);
  return status == OK ? count : status;
}

function changed(): i32 {
  const result = change(load<u8>(box), box + 1);
  if (result < 0) return result;
  store<i32>(answer, result);
  return 4;
}

function publicKey(which: i32): i32 {
  if (which > KEY_NEXT) return INVALID;
  const status = keyLoad(which);
  if (status == OK) memory.copy(answer, publicKeyAt, PUBLIC_KEY_BYTES);
  keyForget();
  return status == OK ? PUBLIC_KEY_BYTES : status;
}
