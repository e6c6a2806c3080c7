/** What application code calls of the vault: one function per request, a status of lib/status as result. */
import { call } from '../../hal/hal';
import { NO_ROOM, OK, INVALID } from '../status/status';
import {
  CHANGE_BYTES, FN_CHANGE, FN_PUBLIC_KEY, FN_RANDOM, FN_SIGN, FN_STATUS, KEY_NEXT, PUBLIC_KEY_BYTES, RANDOM_MAX, SIGNATURE_BYTES, SIGN_BY_NEXT, STATUS_BYTES, TOKEN_INPUT_MAX, VAULT_MODULE,
} from './api';

const request = memory.data(TOKEN_INPUT_MAX + 8);
/** The key that vaultSign signs by: KEY_IN_USE or KEY_NEXT. */
let signer: i32 = 0;
/** Status of the last request for random bytes or a signature that failed. */
let failure: i32 = 0; // OK

export function vaultSignBy(which: i32): void {
  signer = which;
}

export function vaultFailure(): i32 {
  return failure;
}

export function vaultSigner(): i32 {
  return signer;
}

/** @param out 16 bytes: i32 status of the generator, u32 1 when a device key is stored, print of the entropy source of its first key */
export function vaultStatus(out: usize): i32 {
  return expect(call(VAULT_MODULE, FN_STATUS, request, 0, out, STATUS_BYTES), STATUS_BYTES);
}

/** Random bytes of the device's one DRBG, in pieces of at most 256. Nothing is written on failure of the first piece. */
export function vaultRandom(out: usize, length: i32): i32 {
  while (length > 0) {
    const piece = min(length, RANDOM_MAX);
    store<u16>(request, <u16>piece);
    const status = expect(call(VAULT_MODULE, FN_RANDOM, request, 2, out, piece), piece);
    if (status != OK) return failed(status);
    out += piece;
    length -= piece;
  }
  return OK;
}

/** A public key of the device: x, y. The one in use is made on first use. @param which KEY_IN_USE or KEY_NEXT @param out 64 bytes */
export function vaultPublicKey(which: i32, out: usize): i32 {
  store<u8>(request, <u8>which);
  return expect(call(VAULT_MODULE, FN_PUBLIC_KEY, request, 1, out, PUBLIC_KEY_BYTES), PUBLIC_KEY_BYTES);
}

/**
 * @param change u8 operation, 64 bytes of the authority's signature (lib/vault/api)
 * @returns 1: something changed; 0: it was so already; or a status
 */
export function vaultChange(change: usize): i32 {
  memory.copy(request, change, CHANGE_BYTES);
  const status = expect(call(VAULT_MODULE, FN_CHANGE, request, CHANGE_BYTES, request, 4), 4);
  return status == OK ? load<i32>(request) : status;
}

/**
 * @param kind SIGN_TLS_CLIENT: `data` is the 32-byte transcript hash; SIGN_CERTIFICATE_REQUEST: the TBS, at most 512 bytes; SIGN_TOKEN: a JWT's signing input
 * @param out 64 bytes: r, s
 */
export function vaultSign(kind: i32, data: usize, length: i32, out: usize): i32 {
  if (length < 0 || length > TOKEN_INPUT_MAX) return INVALID;
  store<u8>(request, <u8>(signer == KEY_NEXT ? kind + SIGN_BY_NEXT : kind));
  memory.copy(request + 1, data, length);
  return failed(expect(call(VAULT_MODULE, FN_SIGN, request, 1 + length, out, SIGNATURE_BYTES), SIGNATURE_BYTES));
}

function failed(status: i32): i32 {
  if (status != OK) failure = status;
  return status;
}

/** An answer of another length than the interface says counts as none. */
function expect(result: i32, length: i32): i32 {
  return result < 0 ? result : result == length ? OK : NO_ROOM;
}
