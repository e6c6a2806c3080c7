/**
 * The client's state machine (RFC 8446 appendix A.1), one small step at a time:
 *
 * ```
 * START -(ClientHello)-> SERVER_HELLO -> EXTENSIONS -> CERTIFICATE_OR_REQUEST -> [CERTIFICATE] -> PATH
 *       -> CERTIFICATE_VERIFY -> FINISHED -> FLIGHT -([Certificate, CertificateVerify,] Finished)-> OPEN -> CLOSED
 * any of them -> FAILED
 * ```
 * A state names what is awaited or to be done. Each arrow is taken in one place, so that no order of messages but this one exists.
 */
import { wipeHaclStack } from '../hacl/stack';
import { vaultRandom } from '../vault/client';
import { PATH_TRUSTED, pathStep } from '../x509/path';
import { acceptsOurKey, readCertificateRequest } from './certificate-request';
import { hasCertificate, writeClientCertificate, writeClientVerify } from './client-auth';
import { RANDOMS, SESSION_ID, writeClientHello } from './client-hello';
import { readEncryptedExtensions } from './encrypted-extensions';
import {
  MESSAGE_READY, MSG_CERTIFICATE, MSG_CERTIFICATE_REQUEST, MSG_CERTIFICATE_VERIFY, MSG_ENCRYPTED_EXTENSIONS,
  MSG_FINISHED, MSG_KEY_UPDATE, MSG_NEW_SESSION_TICKET, MSG_SERVER_HELLO, feedMessage, handshakeReset, messageAt,
  messageBegun, messageEnd, messageType, releaseMessage,
} from './handshake';
import { GROUP_X25519, makeShare } from './key-share';
import { readKeyUpdate, readNewSessionTicket, updateRequested } from './post-handshake';
import {
  ALERT_CLOSE_NOTIFY, ALERT_USER_CANCELED, TLS_CLOSED_EARLY, TLS_DECODE, TLS_EMPTY_FRAGMENT, TLS_FINISHED,
  TLS_INTERLEAVED, TLS_KEY_BOUNDARY, TLS_OUTPUT_FULL, TLS_PEER_ALERT, TLS_TOO_MANY_MESSAGES, TLS_TRUNCATED,
  TLS_UNEXPECTED_MESSAGE, TLS_UNEXPECTED_RECORD, TLS_VAULT, alertOf,
} from './reasons';
import {
  RECORD_NONE, TX_RESERVE, TYPE_ALERT, TYPE_APPLICATION_DATA, TYPE_CHANGE_CIPHER_SPEC, TYPE_HANDSHAKE, consume,
  nextRecord, recordAt, recordLeft, recordReset, recordType, recordWipe, txRoom, writeChangeCipherSpec, writeRecord,
} from './record';
import {
  clientFinished, enterApplicationReading, enterApplicationWriting, enterHandshakeKeys, ephemeral, scheduleWipe,
  serverFinishedIs, updateReading, updateWriting,
} from './schedule';
import { checkCertificateVerify, forgetServerKey, keepServerKey, readServerCertificate } from './server-certificate';
import { isRetry, readServerHello, retryGroup } from './server-hello';
import { transcriptAdd, transcriptReset, transcriptRetry } from './transcript';
import { beginMessage, endMessage, messageStop, putBytes, putNumber } from './writer';

export const STEP_IDLE: i32 = 0;
export const STEP_AGAIN: i32 = 1;
export const STEP_YIELD: i32 = 2;
export const STEP_BLOCKED: i32 = 3;

export const ST_IDLE: u32 = 0;
export const ST_START: u32 = 1;
export const ST_SERVER_HELLO: u32 = 2;
export const ST_EXTENSIONS: u32 = 3;
export const ST_CERTIFICATE_OR_REQUEST: u32 = 4;
export const ST_CERTIFICATE: u32 = 5;
export const ST_PATH: u32 = 6;
export const ST_CERTIFICATE_VERIFY: u32 = 7;
export const ST_FINISHED: u32 = 8;
export const ST_FLIGHT: u32 = 9;
export const ST_OPEN: u32 = 10;
export const ST_CLOSED: u32 = 11;
export const ST_FAILED: u32 = 12;

/** Room that the client's second flight needs at most. */
const FLIGHT_BYTES: u32 = 2304 + 256;
/** Post-handshake messages and empty records in a row, without application data between (a peer that keeps us busy for nothing). */
const MAX_QUIET: u32 = 64;

export let state: u32 = 0; // ST_IDLE
export let error: i32 = 0;
export let alertSent: i32 = -1;
export let alertReceived: i32 = -1;
/** The server asked for a certificate and ours was sent and signed for. */
export let authenticated: bool = false;

let nowMs: u64 = 0;
let mayAuthenticate: bool = false;
let retried: bool = false;
let requested: bool = false;
let eof: bool = false;
let updateOwed: bool = false;
let quiet: u32 = 0;
const ALERT = memory.data(2);

/** Starts over: everything of a former connection is forgotten. */
export function machineReset(): void {
  state = ST_IDLE;
  error = 0;
  alertSent = -1;
  alertReceived = -1;
  authenticated = false;
  retried = false;
  requested = false;
  eof = false;
  updateOwed = false;
  quiet = 0;
  recordReset();
  forgetSecrets();
}

export function machineStart(now: u64, authenticate: bool): void {
  nowMs = now;
  mayAuthenticate = authenticate;
  transcriptReset();
  state = ST_START;
}

function forgetSecrets(): void {
  scheduleWipe();
  handshakeReset();
  forgetServerKey();
  transcriptReset();
  wipeHaclStack(); // HACL's functions leave their locals behind
}

/** Ends the connection: one alert under the keys of this moment, then all secrets go. @returns minus the reason */
export function fail(reason: i32): i32 {
  const alert = alertOf(reason);
  // before our first byte there is nobody to tell
  if (alert >= 0 && state > ST_START) sendAlert(2, <u8>alert);
  recordWipe();
  forgetSecrets();
  error = reason;
  state = ST_FAILED;
  return -reason;
}

function sendAlert(level: u8, description: u8): void {
  store<u8>(ALERT, level);
  store<u8>(ALERT + 1, description);
  if (writeRecord(TYPE_ALERT, ALERT, 2)) alertSent = description;
}

/** Our close_notify (6.1); nothing is read or written afterwards. */
export function close(): void {
  if (state > ST_START) sendAlert(1, ALERT_CLOSE_NOTIFY);
  recordWipe();
  forgetSecrets();
  state = ST_CLOSED;
}

/** TCP has ended; decided by a later step, once what was received is used up. */
export function markEof(): void {
  eof = true;
}

/** See README: at most one public-key operation. */
export function step(): i32 {
  if (state == ST_FAILED) return -error;
  if (state == ST_IDLE || state == ST_CLOSED) return STEP_IDLE;
  if (state == ST_START) return start();
  if (state == ST_PATH) return verifyPath();
  if (state == ST_FLIGHT) return sendFlight();
  if (updateOwed && !sendKeyUpdate(false)) return STEP_BLOCKED;
  if (recordLeft > 0) return recordType == TYPE_HANDSHAKE ? readMessage() : STEP_BLOCKED;
  return readRecord();
}

/** Queues the writer's message; it belongs to the transcript. False: no room. */
function sendMessage(): bool {
  const at = endMessage();
  transcriptAdd(at, messageStop());
  return writeRecord(TYPE_HANDSHAKE, at, <u32>(messageStop() - at));
}

/** Three draws from the vault's generator, 32 bytes each, in this order: random, legacy_session_id, X25519 private key. */
function start(): i32 {
  if (vaultRandom(RANDOMS, 32) < 0) return fail(TLS_VAULT);
  if (vaultRandom(SESSION_ID, 32) < 0) return fail(TLS_VAULT);
  if (vaultRandom(ephemeral(), 32) < 0) return fail(TLS_VAULT);
  makeShare(GROUP_X25519);
  writeClientHello();
  if (!sendMessage()) return fail(TLS_OUTPUT_FULL);
  state = ST_SERVER_HELLO;
  return STEP_YIELD;
}

function readRecord(): i32 {
  const status = nextRecord();
  if (status < 0) return fail(-status);
  if (status == RECORD_NONE) {
    if (eof) return fail(TLS_TRUNCATED); // 6.1: no close_notify came
    return STEP_IDLE;
  }
  if (recordType == TYPE_ALERT) return readAlert();
  // 5.1: no other record between the fragments of a handshake message
  if (recordType != TYPE_HANDSHAKE && messageBegun()) return fail(TLS_INTERLEAVED);
  if (recordType == TYPE_HANDSHAKE) return recordLeft == 0 ? fail(TLS_EMPTY_FRAGMENT) : STEP_AGAIN;
  if (recordType == TYPE_CHANGE_CIPHER_SPEC) return readChangeCipherSpec();

  // application data: only between two verified Finished and the end
  if (state != ST_OPEN) return fail(TLS_UNEXPECTED_RECORD);
  if (recordLeft == 0) return stayedQuiet();
  quiet = 0;
  return STEP_AGAIN;
}

function stayedQuiet(): i32 {
  return ++quiet > MAX_QUIET ? fail(TLS_TOO_MANY_MESSAGES) : STEP_AGAIN;
}

/** 5: one byte 1, in the clear, before the peer's Finished: dropped. Anything else ends the connection. */
function readChangeCipherSpec(): i32 {
  const valid = recordLeft == 1 && load<u8>(recordAt) == 1 && state <= ST_FINISHED;
  if (!valid) return fail(TLS_UNEXPECTED_RECORD);
  consume(1);
  return STEP_AGAIN;
}

/** 6: exactly one alert in a record; every alert but two ends the connection, whatever its level. None is answered with an alert. */
function readAlert(): i32 {
  if (recordLeft == 0) return fail(TLS_EMPTY_FRAGMENT);
  if (recordLeft != 2) return fail(TLS_DECODE);
  const description = load<u8>(recordAt + 1);
  consume(2);
  if (description == ALERT_USER_CANCELED) return stayedQuiet(); // 6.1: a close_notify follows
  alertReceived = description;
  if (description != ALERT_CLOSE_NOTIFY) return fail(TLS_PEER_ALERT + <i32>description);
  if (state != ST_OPEN) return fail(TLS_CLOSED_EARLY);
  close();
  return STEP_AGAIN;
}

function readMessage(): i32 {
  const status = feedMessage();
  if (status < 0) return fail(-status);
  if (status != MESSAGE_READY) return STEP_AGAIN;
  return dispatch(messageType(), messageAt() + 4, messageEnd());
}

/** One complete message, by the state that awaits it. */
function dispatch(type: u32, at: usize, end: usize): i32 {
  switch (state) {
    case ST_SERVER_HELLO:
      return type == MSG_SERVER_HELLO ? onServerHello(at, end) : fail(TLS_UNEXPECTED_MESSAGE);
    case ST_EXTENSIONS:
      if (type != MSG_ENCRYPTED_EXTENSIONS) return fail(TLS_UNEXPECTED_MESSAGE);
      return accept(readEncryptedExtensions(at, end), ST_CERTIFICATE_OR_REQUEST);
    case ST_CERTIFICATE_OR_REQUEST:
      if (type == MSG_CERTIFICATE_REQUEST) {
        requested = true;
        return accept(readCertificateRequest(at, end), ST_CERTIFICATE);
      }
      return type == MSG_CERTIFICATE ? onCertificate(at, end) : fail(TLS_UNEXPECTED_MESSAGE);
    case ST_CERTIFICATE:
      return type == MSG_CERTIFICATE ? onCertificate(at, end) : fail(TLS_UNEXPECTED_MESSAGE);
    case ST_CERTIFICATE_VERIFY:
      if (type != MSG_CERTIFICATE_VERIFY) return fail(TLS_UNEXPECTED_MESSAGE);
      return accept(checkCertificateVerify(at, end), ST_FINISHED) < 0 ? -error : STEP_YIELD;
    case ST_FINISHED:
      return type == MSG_FINISHED ? onFinished(at, end) : fail(TLS_UNEXPECTED_MESSAGE);
    default:
      return onPostHandshake(type, at, end);
  }
}

/** Goes on to `following` when `reason` is 0; the message joins the transcript. */
function accept(reason: i32, following: u32): i32 {
  if (reason != 0) return fail(reason);
  transcriptAdd(messageAt(), messageEnd());
  releaseMessage();
  state = following;
  return STEP_AGAIN;
}

function onServerHello(at: usize, end: usize): i32 {
  const reason = readServerHello(at, end, retried);
  if (reason != 0) return fail(reason);
  if (isRetry) return onRetry();
  // 5.1: a message must not span a change of keys, nor one follow in the same record
  if (recordLeft > 0) return fail(TLS_KEY_BOUNDARY);
  accept(0, ST_EXTENSIONS);
  enterHandshakeKeys();
  return STEP_YIELD;
}

/** 4.1.4: the same ClientHello with the cookie, or a share in the other group; the first one becomes its hash in the transcript. */
function onRetry(): i32 {
  retried = true;
  transcriptRetry();
  accept(0, ST_SERVER_HELLO);
  if (txRoom() < FLIGHT_BYTES) return fail(TLS_OUTPUT_FULL);
  if (retryGroup != 0) {
    if (vaultRandom(ephemeral(), 32) < 0 || !makeShare(retryGroup)) return fail(TLS_VAULT);
  }
  writeChangeCipherSpec(); // D.4: before the second flight
  writeClientHello();
  return sendMessage() ? STEP_YIELD : fail(TLS_OUTPUT_FULL);
}

/** The message stays in the buffer while its certificates are verified. */
function onCertificate(at: usize, end: usize): i32 {
  const reason = readServerCertificate(at, end, nowMs);
  if (reason != 0) return fail(reason);
  state = ST_PATH;
  return STEP_AGAIN;
}

function verifyPath(): i32 {
  const status = pathStep();
  if (status < 0) return fail(-status);
  if (status == PATH_TRUSTED) {
    keepServerKey();
    accept(0, ST_CERTIFICATE_VERIFY);
  }
  return STEP_YIELD;
}

function onFinished(at: usize, end: usize): i32 {
  if (end - at != 32) return fail(TLS_DECODE);
  if (!serverFinishedIs(at)) return fail(TLS_FINISHED);
  if (recordLeft > 0) return fail(TLS_KEY_BOUNDARY);
  accept(0, ST_FLIGHT);
  enterApplicationReading();
  return STEP_AGAIN;
}

/** Certificate and CertificateVerify when asked for, Finished; then the connection is open. */
function sendFlight(): i32 {
  if (txRoom() < FLIGHT_BYTES) return STEP_BLOCKED;
  const signs = requested && mayAuthenticate && acceptsOurKey && hasCertificate();
  if (!retried) writeChangeCipherSpec(); // D.4
  if (requested) {
    writeClientCertificate(signs);
    if (!sendMessage()) return fail(TLS_OUTPUT_FULL);
  }
  if (signs) {
    if (!writeClientVerify()) return fail(TLS_VAULT);
    if (!sendMessage()) return fail(TLS_OUTPUT_FULL);
    authenticated = true;
  }
  beginMessage(MSG_FINISHED);
  putBytes(clientFinished(), 32);
  if (!sendMessage()) return fail(TLS_OUTPUT_FULL);
  enterApplicationWriting();
  forgetServerKey();
  wipeHaclStack();
  state = ST_OPEN;
  return signs ? STEP_YIELD : STEP_AGAIN;
}

function onPostHandshake(type: u32, at: usize, end: usize): i32 {
  if (type == MSG_NEW_SESSION_TICKET) {
    const reason = readNewSessionTicket(at, end);
    if (reason != 0) return fail(reason);
  } else if (type == MSG_KEY_UPDATE) {
    const reason = readKeyUpdate(at, end);
    if (reason != 0) return fail(reason);
    if (recordLeft > 0) return fail(TLS_KEY_BOUNDARY);
    updateReading();
    if (updateRequested) updateOwed = true; // several requests are answered once
  } else {
    return fail(TLS_UNEXPECTED_MESSAGE);
  }
  releaseMessage();
  return stayedQuiet();
}

/** Sends a KeyUpdate and changes our keys. It is no part of the transcript. False: no room now. */
export function sendKeyUpdate(request: bool): bool {
  if (txRoom() < TX_RESERVE) return false;
  beginMessage(MSG_KEY_UPDATE);
  putNumber(request ? 1 : 0, 1);
  const at = endMessage();
  if (!writeRecord(TYPE_HANDSHAKE, at, <u32>(messageStop() - at))) return false;
  updateWriting();
  updateOwed = false;
  return true;
}

/** A KeyUpdate that the peer asked for must go before the next application data (4.6.3). False: no room now. */
export function settleKeyUpdate(): bool {
  return !updateOwed || sendKeyUpdate(false);
}
