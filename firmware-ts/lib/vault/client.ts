/** What application code calls of the vault: one function per request, a status of lib/status as result. */
import { call } from '../../hal/hal';
import { NO_ROOM, OK, INVALID } from '../status/status';
import {
  FN_PUBLIC_KEY, FN_RANDOM, FN_SIGN, FN_STATUS, PUBLIC_KEY_BYTES, RANDOM_MAX, SIGNATURE_BYTES, TOKEN_INPUT_MAX, VAULT_MODULE,
} from './api';

const request = memory.data(TOKEN_INPUT_MAX + 8);

/** @param out 8 bytes: i32 status of the generator, u32 1 when a device key is stored */
export function vaultStatus(out: usize): i32 {
  return expect(call(VAULT_MODULE, FN_STATUS, request, 0, out, 8), 8);
}

/** Random bytes of the device's one DRBG, in pieces of at most 256. Nothing is written on failure of the first piece. */
export function vaultRandom(out: usize, length: i32): i32 {
  while (length > 0) {
    const piece = min(length, RANDOM_MAX);
    store<u16>(request, <u16>piece);
    const status = expect(call(VAULT_MODULE, FN_RANDOM, request, 2, out, piece), piece);
    if (status != OK) return status;
    out += piece;
    length -= piece;
  }
  return OK;
}

/** The device's public key: x, y. Made on first use. @param out 64 bytes */
export function vaultPublicKey(out: usize): i32 {
  return expect(call(VAULT_MODULE, FN_PUBLIC_KEY, request, 0, out, PUBLIC_KEY_BYTES), PUBLIC_KEY_BYTES);
}

/**
 * @param kind SIGN_TLS_CLIENT: `data` is the 32-byte transcript hash; SIGN_CERTIFICATE_REQUEST: the TBS, at most 512 bytes; SIGN_TOKEN: a JWT's signing input
 * @param out 64 bytes: r, s
 */
export function vaultSign(kind: i32, data: usize, length: i32, out: usize): i32 {
  if (length < 0 || length > TOKEN_INPUT_MAX) return INVALID;
  store<u8>(request, <u8>kind);
  memory.copy(request + 1, data, length);
  return expect(call(VAULT_MODULE, FN_SIGN, request, 1 + length, out, SIGNATURE_BYTES), SIGNATURE_BYTES);
}

/** An answer of another length than the interface says counts as none. */
function expect(result: i32, length: i32): i32 {
  return result < 0 ? result : result == length ? OK : NO_ROOM;
}
