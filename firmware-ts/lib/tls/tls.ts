/**
 * The device's TLS 1.3 client: its interface. See README.md beside this file for use, results and limits.
 * Lengths and capacities below zero are INVALID; a null pointer is the caller's bug.
 */
import { INVALID, OK } from '../status/status';
import { checkHost, hostLength } from '../x509/names';
import { X509_HOST_INVALID, X509_NO_ROOTS, X509_NO_TIME } from '../x509/reasons';
import { rootCount, setRoots } from '../x509/roots';
import { setService } from '../x509/service';
import { MAX_CLIENT_CERTIFICATE, setCertificate } from './client-auth';
import { setHost } from './client-hello';
import {
  ST_CLOSED,
  ST_FAILED,
  ST_IDLE,
  ST_OPEN,
  alertReceived,
  alertSent,
  authenticated,
  close,
  error,
  fail,
  machineReset,
  machineStart,
  markEof,
  sendKeyUpdate,
  settleKeyUpdate,
  state,
  step,
} from './machine';
import {
  OVERHEAD,
  TX_RESERVE,
  TYPE_APPLICATION_DATA,
  consume,
  recordAt,
  recordLeft,
  recordType,
  rxPut,
  rxRoom,
  txPending,
  txRoom,
  txTake,
  writeRecord,
} from './record';

export { STEP_AGAIN, STEP_BLOCKED, STEP_IDLE, STEP_YIELD } from './machine';
export { reasonName, reasonSection } from './reasons';

export const AUTH_CERTIFICATE: i32 = 1;
export const AUTH_TOKEN: i32 = 2;

export const TLS_IDLE: i32 = 0;
export const TLS_HANDSHAKE: i32 = 1;
export const TLS_OPEN: i32 = 2;
export const TLS_CLOSED: i32 = 3;
export const TLS_FAILED: i32 = 4;

/** Roots in force: SPEC 8's payload, kept by reference. OK, or minus the reason: then none is in force. */
export function tlsSetRoots(at: usize, length: i32): i32 {
  return -setRoots(at, length < 0 ? 0 : <u32>length);
}

/** The device's own certificate (DER), kept by reference; length 0: none. */
export function tlsSetClientCertificate(at: usize, length: i32): i32 {
  if (length < 0 || <u32>length > MAX_CLIENT_CERTIFICATE) return INVALID;
  setCertificate(at, <u32>length);
  return OK;
}

/** The service (copied) that server certificates must name beside the host, RFC 9525's SRV-ID without its underscore; length 0: none. OK, or INVALID: no service name */
export function tlsSetService(at: usize, length: i32): i32 {
  return length >= 0 && setService(at, <u32>length) ? OK : INVALID;
}

/** Starts a connection to `host` (copied). @param nowMs milliseconds since 1970, 0: no trusted time. OK, INVALID, or minus the reason */
export function tlsOpen(host: usize, length: i32, nowMs: u64, auth: i32): i32 {
  if (auth != AUTH_CERTIFICATE && auth != AUTH_TOKEN) return INVALID;
  machineReset();
  if (length < 0) return fail(X509_HOST_INVALID);
  const size = hostLength(host, <u32>length);
  const status = checkHost(host, size);
  if (status != 0) return fail(status);
  if (nowMs == 0) return fail(X509_NO_TIME);
  if (rootCount() == 0) return fail(X509_NO_ROOTS);
  setHost(host, size);
  machineStart(nowMs, auth == AUTH_CERTIFICATE);
  return OK;
}

/** Bytes from TCP. @returns how many were taken; on a connection that is over all of them, unread */
export function tlsInput(at: usize, length: i32): i32 {
  if (length < 0) return INVALID;
  if (isOver()) return length;
  return <i32>rxPut(at, <u32>length);
}

export function tlsInputRoom(): i32 {
  return <i32>rxRoom();
}

export function tlsStep(): i32 {
  return step();
}

/** Bytes for TCP. @returns the count */
export function tlsOutput(out: usize, cap: i32): i32 {
  return cap < 0 ? INVALID : <i32>txTake(out, <u32>cap);
}

export function tlsOutputPending(): i32 {
  return <i32>txPending();
}

/** Application bytes to send. @returns how many were taken, 0: drain tlsOutput first, INVALID: not open */
export function tlsSend(at: usize, length: i32): i32 {
  if (!isOpen() || length < 0) return INVALID;
  if (!settleKeyUpdate()) return 0;
  const room = <i32>txRoom() - <i32>(TX_RESERVE + OVERHEAD);
  const count = min(length, room);
  if (count <= 0) return 0;
  return writeRecord(TYPE_APPLICATION_DATA, at, <u32>count) ? count : 0;
}

/** Application bytes received. @returns the count, 0: none now, minus the reason: the connection failed */
export function tlsRecv(out: usize, cap: i32): i32 {
  if (state == ST_FAILED) return -error;
  if (cap < 0) return INVALID;
  if (!isOpen() || recordLeft == 0 || recordType != TYPE_APPLICATION_DATA) return 0;
  const count = min(<u32>cap, recordLeft);
  memory.copy(out, recordAt, count);
  consume(count);
  return <i32>count;
}

/** Queues close_notify and forgets all keys. */
export function tlsClose(): i32 {
  if (isOver()) return OK;
  close();
  return OK;
}

/** TCP was closed by the other side; what it means is decided by the next steps, once everything received is used up. */
export function tlsEof(): void {
  if (!isOver()) markEof();
}

/** Forgets the connection and wipes everything, bytes to send included. */
export function tlsAbort(): void {
  machineReset();
}

/** Changes our sending keys; `requestPeer` 1 asks the peer to do the same. @returns OK, or INVALID: not open or no room */
export function tlsKeyUpdate(requestPeer: i32): i32 {
  if (!isOpen()) return INVALID;
  return sendKeyUpdate(requestPeer == 1) ? OK : INVALID;
}

export function tlsState(): i32 {
  if (state == ST_IDLE) return TLS_IDLE;
  if (isOpen()) return TLS_OPEN;
  if (state == ST_CLOSED) return TLS_CLOSED;
  return state == ST_FAILED ? TLS_FAILED : TLS_HANDSHAKE;
}

export function tlsError(): i32 {
  return error;
}

export function tlsAlertSent(): i32 {
  return alertSent;
}

export function tlsAlertReceived(): i32 {
  return alertReceived;
}

export function tlsClientAuthenticated(): i32 {
  return authenticated ? 1 : 0;
}

/** Application data may pass: the server is verified, and both Finished. */
function isOpen(): bool {
  return state == ST_OPEN;
}

function isOver(): bool {
  return state == ST_IDLE || state == ST_CLOSED || state == ST_FAILED;
}
