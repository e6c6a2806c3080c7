/**
 * ECDSA P-256 with SHA-256 by the device key, over three kinds of content and nothing else (lib/vault/api).
 *
 * The nonce is hedged after RFC 6979 3.2 and 3.6: an HMAC_DRBG instantiated with the private key, the hash and 32 fresh bytes of the device's
 * DRBG; so a nonce repeats neither when the entropy fails nor when a fault strikes twice. The hash goes in as it is, not reduced mod n:
 * what matters is that different hashes give different nonces.
 */
import { HMAC_DRBG_STATE, hmacDrbgGenerate, hmacDrbgInstantiate } from '../lib/hacl/hmac-drbg';
import { p256Sign, p256ValidPrivate } from '../lib/hacl/p256';
import { sha256 } from '../lib/hacl/sha2';
import { wipe } from '../lib/mem/bytes';
import { ENTROPY_HEALTH, INVALID, OK } from '../lib/status/status';
import { SIGN_CERTIFICATE_REQUEST, SIGN_TLS_CLIENT, SIGN_TOKEN, TBS_MAX, TOKEN_INPUT_MAX } from '../lib/vault/api';
import { keyForget, keyLoad, privateKeyAt } from './key';
import { random } from './random';

const HASH: i32 = 32;
const SPACES: i32 = 64;
const ATTEMPTS: i32 = 8;
/** RFC 8446 4.4.3: the context string of a client's CertificateVerify. */
const CONTEXT: string = 'TLS 1.3, client CertificateVerify';
const CONTEXT_BYTES: i32 = 33;
/** base64url of {"alg":"ES256","typ":"JWT"}, and the point. */
const TOKEN_HEADER: string = 'eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.';

const content = memory.data(SPACES + CONTEXT_BYTES + 1 + HASH, 8);
const hash = memory.data(HASH, 8);
const fresh = memory.data(HASH, 8);
const nonce = memory.data(HASH, 8);
const nonceState = memory.data(HMAC_DRBG_STATE, 8);

/** @param which KEY_IN_USE or KEY_NEXT @param out 64 bytes: r, s */
export function sign(kind: i32, which: i32, data: usize, length: i32, out: usize): i32 {
  if (kind == SIGN_TLS_CLIENT) {
    if (length != HASH) return INVALID;
    hashCertificateVerify(data);
  } else if (kind == SIGN_CERTIFICATE_REQUEST) {
    if (!isWholeSequence(data, length)) return INVALID;
    sha256(data, length, hash);
  } else if (kind == SIGN_TOKEN) {
    if (!isTokenInput(data, length)) return INVALID;
    sha256(data, length, hash);
  } else {
    return INVALID;
  }
  const status = signHash(which, out);
  keyForget();
  wipe(fresh, HASH);
  wipe(nonce, HASH);
  wipe(nonceState, HMAC_DRBG_STATE);
  return status;
}

function hashCertificateVerify(transcriptHash: usize): void {
  memory.fill(content, 0x20, SPACES);
  for (let n = 0; n < CONTEXT_BYTES; n++) {
    store<u8>(content + SPACES + n, load<u8>(changetype<usize>(CONTEXT) + (<usize>n << 1)));
  }
  store<u8>(content + SPACES + CONTEXT_BYTES, 0);
  memory.copy(content + SPACES + CONTEXT_BYTES + 1, transcriptHash, HASH);
  sha256(content, SPACES + CONTEXT_BYTES + 1 + HASH, hash);
}

/** One DER SEQUENCE that fills `length` exactly (X.690 8.1.3, 10.1): nothing else can be passed off as a TBS. */
function isWholeSequence(at: usize, length: i32): bool {
  if (length < 2 || length > TBS_MAX || load<u8>(at) != 0x30) return false;
  const first = <i32>load<u8>(at, 1);
  if (first < 0x80) return length == 2 + first;
  if (first == 0x81) return length >= 3 && load<u8>(at, 2) >= 0x80 && length == 3 + <i32>load<u8>(at, 2);
  if (first != 0x82 || length < 4) return false;
  const size = (<i32>load<u8>(at, 2) << 8) | <i32>load<u8>(at, 3);
  return size > 0xff && length == 4 + size;
}

/** The header of an ES256 token, then claims in base64url: neither a DER SEQUENCE nor 4.4.3's content can look like it. */
function isTokenInput(at: usize, length: i32): bool {
  const head = TOKEN_HEADER.length;
  if (length <= head || length > TOKEN_INPUT_MAX) return false;
  for (let n = 0; n < head; n++) {
    if (load<u8>(at + n) != load<u8>(changetype<usize>(TOKEN_HEADER) + (<usize>n << 1))) return false;
  }
  for (let n = head; n < length; n++) if (!isBase64url(load<u8>(at + n))) return false;
  return true;
}

function isBase64url(byte: u32): bool {
  const letter = (byte | 0x20) - 0x61 < 26;
  return letter || byte - 0x30 < 10 || byte == 0x2d || byte == 0x5f;
}

function signHash(which: i32, out: usize): i32 {
  let status = keyLoad(which);
  if (status != OK) return status;
  status = random(fresh, HASH);
  if (status != OK) return status;
  hmacDrbgInstantiate(nonceState, privateKeyAt, HASH, hash, HASH, fresh, HASH);
  for (let n = 0; n < ATTEMPTS; n++) {
    if (!hmacDrbgGenerate(nonceState, nonce, HASH, 0, 0)) return ENTROPY_HEALTH;
    if (p256ValidPrivate(nonce) && p256Sign(privateKeyAt, hash, nonce, out)) return OK;
  }
  return ENTROPY_HEALTH;
}
