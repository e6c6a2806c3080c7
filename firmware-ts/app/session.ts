/**
 * TLS over the open TCP link, and the publisher over TLS. Each step takes the end of the last modem command, moves bytes inwards, lets TLS and the publisher work, and
 * starts one command: send what is ready, or fetch what waits. Nothing reaches the link but what tlsOutput gives.
 */
import {
  COMMAND_FAILED, SEND_MAX, TCP_LINK, commandState, commandTaken, modemReceive, modemSend, tcpOpen, tcpWaiting,
} from '../lib/modem/modem';
import { TCP_MAX, tcpData, tcpDataLength, tcpDataTaken } from '../lib/modem/input';
import { isEntropy } from '../lib/status/status';
import { TLS_OUTPUT_FULL, TLS_TRUNCATED, TLS_VAULT, reasonName } from '../lib/tls/reasons';
import {
  STEP_IDLE, STEP_YIELD, TLS_CLOSED, TLS_OPEN, tlsAbort, tlsAlertReceived, tlsAlertSent, tlsClose, tlsEof, tlsError, tlsInput, tlsInputRoom, tlsOpen, tlsSetService,
  tlsOutput, tlsOutputPending, tlsState, tlsStep,
} from '../lib/tls/tls';
import { vaultFailure } from '../lib/vault/client';
import { now, trustedTime } from './clock';
import { authentication, host, hostLength, service, serviceLength } from './config';
import { EVENT_ENTROPY, EVENT_SERVER_REFUSED } from './events';
import { eventlog } from './eventlog';
import { logLost, logTls } from './log';
import {
  PUBLISHER_MALFORMED, PUBLISHER_OK, PUBLISHER_REFUSED, PUBLISHER_TOKEN, publisherBusy, publisherDeadline, publisherDepart, publisherDue, publisherFinished,
  publisherReset, publisherSay, publisherTake, publisherWork,
} from './publisher';

/** What a step ends with: it waits for the modem; go on at once; go on in a later event; the link is to be closed. */
export const SESSION_WAIT: i32 = 0;
export const SESSION_AGAIN: i32 = 1;
export const SESSION_YIELD: i32 = 2;
export const SESSION_OVER: i32 = 3;

const HANDSHAKE_MS: u64 = 60_000;
const FAREWELL_MS: u64 = 15_000;

const out = memory.data(SEND_MAX);
const name = memory.data(48);
/** Uptime at which the handshake, or the farewell, is over. */
let limit: u64 = 0;
/** Something failed and was said; what TLS still has to send (an alert, close_notify) goes out, then it is over. */
let leaving: bool = false;
let eofTold: bool = false;
let receiving: bool = false;

/** TCP is open: starts TLS. */
export function sessionOpen(): i32 {
  limit = now() + HANDSHAKE_MS;
  leaving = false;
  eofTold = false;
  receiving = false;
  publisherReset();
  tlsSetService(service, serviceLength);
  if (tlsOpen(host, hostLength, trustedTime(), authentication) < 0) return refused();
  return SESSION_AGAIN;
}

/** When the session has failed unless something happens. */
export function sessionDeadline(): u64 {
  return leaving || tlsState() != TLS_OPEN ? limit : publisherDeadline();
}

/** When the session has something to do even if nothing happens. */
export function sessionDue(): u64 {
  return leaving ? limit : publisherDue();
}

/** The modem is free, or has ended our command. */
export function sessionStep(): i32 {
  const failed = commandState() == COMMAND_FAILED;
  commandTaken();
  if (leaving) return failed ? SESSION_OVER : farewell();
  if (failed) return lost(receiving ? 'receive' : 'send');
  if (!takeInput()) return lost('input');
  if (!tcpOpen && !eofTold && tcpWaiting == 0) {
    eofTold = true;
    tlsEof();
  }
  const result = tlsStep();
  if (result < 0) return refused();
  if (tlsState() == TLS_CLOSED) return leave('closed');
  const status = publish();
  if (status != PUBLISHER_OK) return lost(publisherReason(status));
  if (tlsOutputPending() > 0) return sendPending();
  if (publisherFinished()) return depart();
  if (result == STEP_YIELD || publisherBusy()) return SESSION_YIELD;
  return result == STEP_IDLE ? fetch() : SESSION_AGAIN;
}

/** Bytes that were fetched go to TLS; no more were asked for than it had room for. */
function takeInput(): bool {
  if (tcpDataLength == 0) return true;
  const taken = tlsInput(tcpData, tcpDataLength) == tcpDataLength;
  tcpDataTaken();
  return taken;
}

/** The publisher's turn, once the server is verified. */
function publish(): i32 {
  if (tlsState() != TLS_OPEN) return PUBLISHER_OK;
  publisherWork();
  const status = publisherTake();
  return status == PUBLISHER_OK && tlsOutputPending() == 0 ? publisherSay() : status;
}

function publisherReason(status: i32): string {
  if (status == PUBLISHER_REFUSED) return 'mqtt-refused';
  if (status == PUBLISHER_TOKEN) return 'token';
  return status == PUBLISHER_MALFORMED ? 'mqtt-malformed' : 'send';
}

function sendPending(): i32 {
  receiving = false;
  modemSend(TCP_LINK, out, tlsOutput(out, SEND_MAX));
  return SESSION_WAIT;
}

function fetch(): i32 {
  const wanted = min(min(tcpWaiting, tlsInputRoom()), TCP_MAX);
  if (wanted > 0) {
    receiving = true;
    modemReceive(wanted);
  }
  return SESSION_WAIT;
}

/** TLS refused the server, or the connection broke under it: says so; its alert still goes out. */
function refused(): i32 {
  const error = tlsError();
  // What fails in the device says nothing about the server.
  const own = error == TLS_VAULT || error == TLS_OUTPUT_FULL;
  if (error == TLS_VAULT && isEntropy(vaultFailure())) eventlog(EVENT_ENTROPY, 0, 0);
  const lostOnly = own || error == TLS_TRUNCATED || tlsAlertReceived() >= 0 || (eofTold && tlsAlertSent() < 0);
  logTls(!lostOnly, name, reasonName(error, name, 48), tlsAlertSent());
  if (!lostOnly) eventlog(EVENT_SERVER_REFUSED, error, <u32>max(0, tlsAlertSent()));
  leaving = true;
  limit = now() + FAREWELL_MS;
  return SESSION_AGAIN;
}

function leave(reason: string): i32 {
  logLost(reason);
  leaving = true;
  limit = now() + FAREWELL_MS;
  return SESSION_AGAIN;
}

/** What was changed takes a new connection. */
function depart(): i32 {
  publisherDepart();
  tlsClose();
  return leave('configuration');
}

function farewell(): i32 {
  if (tcpOpen && tlsOutputPending() > 0) return sendPending();
  return SESSION_OVER;
}

/** The link or the service is of no use any more: nothing further is said. */
function lost(reason: string): i32 {
  logLost(reason);
  tlsAbort();
  return SESSION_OVER;
}
