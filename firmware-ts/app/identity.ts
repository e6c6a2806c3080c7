/**
 * Who the device is towards the service: its keys, and in certificate mode a certificate of each. While a rotation waits for its confirmation (SPEC 31) there are two: a
 * connection begins with the next key, after a refusal with the other one, and so on in turn.
 */
import { CERTIFICATE_MAX, makeCertificate } from '../lib/cert/certificate';
import { OK } from '../lib/status/status';
import { tlsSetClientCertificate } from '../lib/tls/tls';
import { KEY_IN_USE, KEY_NEXT } from '../lib/vault/api';
import { vaultPublicKey, vaultSignBy } from '../lib/vault/client';
import { AUTH_CERTIFICATE, authentication, deviceId, deviceIdLength } from './config';

const certificates = memory.data(2 * CERTIFICATE_MAX);
const lengths = memory.data(8, 4);
const point = memory.data(64);

let hasNext: bool = false;
/** The key of the present connection, or of the next one. */
let which: i32 = 0; // KEY_IN_USE
let accepted: bool = false;

/** The key in use exists. */
export function identityOpen(): void {
  hasNext = vaultPublicKey(KEY_NEXT, point) == OK;
  which = hasNext ? KEY_NEXT : KEY_IN_USE;
}

/** A key waits for its confirmation. */
export function identityHasNext(): bool {
  return hasNext;
}

/** Nothing has to be made any more. */
export function identityReady(): bool {
  return authentication != AUTH_CERTIFICATE || (lengthOf(KEY_IN_USE) > 0 && (!hasNext || lengthOf(KEY_NEXT) > 0));
}

/** Makes one certificate. @returns OK, or the vault's status */
export function identityMake(): i32 {
  const key = lengthOf(KEY_IN_USE) == 0 ? KEY_IN_USE : KEY_NEXT;
  vaultSignBy(key);
  const length = makeCertificate(at(key), deviceId, deviceIdLength);
  if (length < 0) return length;
  store<i32>(lengths + (<usize>key << 2), length);
  return OK;
}

/** A connection begins. */
export function identityPresent(): void {
  accepted = false;
  vaultSignBy(which);
  if (authentication == AUTH_CERTIFICATE) tlsSetClientCertificate(at(which), lengthOf(which));
}

/** The service has accepted it. */
export function identityAccepted(): void {
  accepted = true;
}

/** It is over. One that the service did not accept may have had the wrong key. */
export function identityLeft(): void {
  if (hasNext) which = accepted || which == KEY_IN_USE ? KEY_NEXT : KEY_IN_USE;
}

/** The service has accepted the next key. */
export function identityIsNext(): bool {
  return accepted && which == KEY_NEXT;
}

function at(key: i32): usize {
  return certificates + key * CERTIFICATE_MAX;
}

function lengthOf(key: i32): i32 {
  return load<i32>(lengths + (<usize>key << 2));
}
