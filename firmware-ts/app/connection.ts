/**
 * The way to the service, one step at a time: modem, time, name, TCP, TLS, MQTT. Each step starts one command of the modem and goes on when it has ended; any
 * failure closes the link and waits, longer each time. No trusted time, no TLS. Nothing is sent in the clear: what MQTT has to say goes through tlsSend,
 * which takes nothing before the server is verified.
 */
import { EVENT_TIMER } from '../hal/hal';
import { print, printBytes, printEnd, printNumber } from '../lib/mem/console';
import {
  CHUNK, COMMAND_BUSY, COMMAND_FAILED, COMMAND_NONE, COMMAND_OK, TCP_LINK, UDP_LINK, address, addressLength, commandState,
  commandTaken, modemCommand, modemReceive, modemReset, modemSend, overrun, restarted, tcpData, tcpDataLength, tcpDataTaken,
  tcpOpen, tcpWaiting, udpData, udpDataLength, udpDataTaken,
} from '../lib/modem/modem';
import {
  MQTT_CONNACK, MQTT_MALFORMED, MQTT_NONE, MQTT_PINGRESP, MQTT_PUBACK, MQTT_REFUSED, mqttAcked, mqttByte, mqttConnect, mqttPing,
  mqttPublish, mqttReset,
} from '../lib/mqtt/mqtt';
import { SNTP_BYTES, SNTP_OK, sntpAnswer, sntpReason, sntpRequest, sntpTimeMs } from '../lib/sntp/sntp';
import { text, textBegin, textBytes, textEnd, textNumber } from '../lib/text/builder';
import { STEP_AGAIN, STEP_YIELD } from '../lib/tls/machine';
import { TLS_TRUNCATED, reasonName } from '../lib/tls/reasons';
import {
  tlsAbort, tlsAlertReceived, tlsAlertSent, tlsEof, tlsError, tlsInput, tlsInputRoom, tlsOpen, tlsOutput, tlsOutputPending, tlsRecv,
  tlsSend, tlsState, tlsStep,
} from '../lib/tls/tls';
import { vaultRandom } from '../lib/vault/client';
import { now, setTrustedTime, trustedTime } from './clock';
import {
  authentication, deviceId, deviceIdLength, host, hostLength, port, timeHost, timeHostLength, timePort, topic, topicLength,
} from './config';
import { JSON_MAX, acknowledged, oldest, writeOldest } from './telemetry';

const TLS_OPEN_STATE: i32 = 2;

/** Steps. */
const WAITING: i32 = 0;
const ECHO_OFF: i32 = 1;
const MULTIPLEX: i32 = 2;
const PASSIVE: i32 = 3;
const TIME_NAME: i32 = 4;
const TIME_LINK: i32 = 5;
const TIME_ASK: i32 = 6;
const TIME_ANSWER: i32 = 7;
const TIME_CLOSE: i32 = 8;
const SERVICE_NAME: i32 = 9;
const SERVICE_LINK: i32 = 10;
const SESSION: i32 = 11;
const FAREWELL: i32 = 12;
const CLOSING: i32 = 13;
const CLEAR: i32 = 14;

const COMMAND_TIMEOUT_MS: u64 = 15_000;
const ANSWER_TIMEOUT_MS: u64 = 5_000;
const SESSION_TIMEOUT_MS: u64 = 60_000;
const REPLY_TIMEOUT_MS: u64 = 20_000;
const RESYNC_MS: u64 = 6 * 3600 * 1000;
const KEEP_ALIVE_S: i32 = 60;
const PING_MS: u64 = 30_000;
const BACKOFF_FIRST_MS: u64 = 1_000;
const BACKOFF_MAX_MS: u64 = 60_000;

const line = memory.data(320);
const out = memory.data(CHUNK);
const datagram = memory.data(SNTP_BYTES);
const packet = memory.data(512);
const json = memory.data(JSON_MAX);
const received = memory.data(CHUNK);
const name = memory.data(32);
const jitter = memory.data(8, 8);

let step: i32 = 0; // WAITING
let started: bool = false;
/** Uptime at which the present step is over, whatever comes. */
let deadline: u64 = 0;
let retryAt: u64 = 0;
let backoff: u64 = 1_000; // BACKOFF_FIRST_MS
/** TLS wants to go on in a later event. */
let yielded: bool = false;
let syncedAt: u64 = 0;
let synced: bool = false;
let eofTold: bool = false;
let greeted: bool = false;
let accepted: bool = false;
let inFlight: u32 = 0;
let resend: u32 = 0;
let packetId: u32 = 0;
let sentAt: u64 = 0;

/** When this side wants to be called, uptime in ms. */
export function connectionDue(): u64 {
  if (step == WAITING) return retryAt;
  if (yielded) return now() + 1;
  if (step == SESSION && accepted && inFlight == 0) return min(deadline, sentAt + PING_MS);
  return deadline;
}

/** Goes as far as it can now. */
export function connectionTick(kind: i32): void {
  if (kind == EVENT_TIMER) yielded = false;
  if (restarted || overrun) {
    lost(restarted ? 'modem-restart' : 'modem-overrun');
    modemReset();
    return fail();
  }
  for (let turns = 0; turns < 64; turns++) {
    if (yielded || !advance()) return;
  }
}

/** One step. @returns whether there may be more to do now */
function advance(): bool {
  if (step == WAITING) {
    if (now() < retryAt) return false;
    modemReset();
    enter(ECHO_OFF, COMMAND_TIMEOUT_MS);
    return true;
  }
  if (now() >= deadline) return expired();
  if (commandState() == COMMAND_BUSY) return false;
  if (step == SESSION) return session();
  if (step == FAREWELL) return farewell();
  if (step == TIME_ANSWER) return timeAnswer();
  if (commandState() == COMMAND_NONE) return start();
  const ok = commandState() == COMMAND_OK;
  commandTaken();
  return finished(ok);
}

/** Sends the command of a step. */
function start(): bool {
  textBegin(line, 320);
  switch (step) {
    case ECHO_OFF: text('ATE0'); break;
    case MULTIPLEX: text('AT+CIPMUX=1'); break;
    case PASSIVE: text('AT+CIPRECVMODE=1'); break;
    case TIME_NAME:
      text('AT+CIPDOMAIN="');
      textBytes(timeHost, timeHostLength);
      text('"');
      break;
    case TIME_LINK:
      text('AT+CIPSTART=1,"UDP","');
      textBytes(address, addressLength);
      text('",');
      textNumber(timePort);
      text(',2390,0');
      break;
    case TIME_ASK:
      if (sntpRequest(datagram) < 0) return noEntropy();
      text('AT+CIPSEND=1,48\r\n');
      modemSend(line, textEnd(), datagram, SNTP_BYTES);
      return false;
    case TIME_CLOSE: text('AT+CIPCLOSE=1'); break;
    // The modem has a supply of its own: links of an earlier life may still be open.
    case CLEAR: text('AT+CIPCLOSE=5'); break;
    case SERVICE_NAME:
      text('AT+CIPDOMAIN="');
      textBytes(host, hostLength);
      text('"');
      break;
    case SERVICE_LINK:
      text('AT+CIPSTART=0,"TCP","');
      textBytes(address, addressLength);
      text('",');
      textNumber(port);
      break;
    default: text('AT+CIPCLOSE=0');
  }
  text('\r\n');
  modemCommand(line, textEnd());
  return false;
}

/** The command of a step has ended. */
function finished(ok: bool): bool {
  if (step == CLOSING) return wait();
  if (step == TIME_CLOSE) return afterTime();
  if (step == CLEAR) return enter(timeIsFresh() ? SERVICE_NAME : TIME_NAME, COMMAND_TIMEOUT_MS);
  if (!ok) {
    if (step == TIME_NAME || step == SERVICE_NAME) lost('dns');
    else if (step == SERVICE_LINK) lost('refused');
    else lost('modem');
    return fail();
  }
  switch (step) {
    case ECHO_OFF: return enter(MULTIPLEX, COMMAND_TIMEOUT_MS);
    case MULTIPLEX: return enter(PASSIVE, COMMAND_TIMEOUT_MS);
    case PASSIVE: return enter(CLEAR, COMMAND_TIMEOUT_MS);
    case TIME_NAME:
      if (addressLength > 0) return enter(TIME_LINK, COMMAND_TIMEOUT_MS);
      lost('dns');
      return fail();
    case TIME_LINK: return enter(TIME_ASK, COMMAND_TIMEOUT_MS);
    case TIME_ASK: return enter(TIME_ANSWER, ANSWER_TIMEOUT_MS);
    case SERVICE_NAME:
      if (addressLength > 0) return enter(SERVICE_LINK, COMMAND_TIMEOUT_MS);
      lost('dns');
      return fail();
    default: return openSession();
  }
}

function timeIsFresh(): bool {
  return synced && trustedTime() != 0 && now() - syncedAt < RESYNC_MS;
}

function timeAnswer(): bool {
  if (udpDataLength == 0) return false;
  const result = sntpAnswer(udpData, udpDataLength);
  udpDataTaken();
  if (result != SNTP_OK) {
    print('app: refuse time reason=');
    print(sntpReason(result));
    printEnd();
    return true; // a forgery does not end the question: the true answer may still come
  }
  setTrustedTime(sntpTimeMs);
  synced = true;
  syncedAt = now();
  print('app: time set=');
  printNumber(sntpTimeMs / 1000);
  printEnd();
  return enter(TIME_CLOSE, COMMAND_TIMEOUT_MS);
}

/** Without any trusted time there is no connection; with an old one there is, and the next attempt asks again. */
function afterTime(): bool {
  if (trustedTime() != 0) return enter(SERVICE_NAME, COMMAND_TIMEOUT_MS);
  print('app: refuse connection reason=no-time');
  printEnd();
  return fail();
}

function openSession(): bool {
  eofTold = false;
  greeted = false;
  accepted = false;
  inFlight = 0;
  mqttReset();
  if (tlsOpen(host, hostLength, trustedTime(), authentication) < 0) return tlsFailed();
  return enter(SESSION, SESSION_TIMEOUT_MS);
}

/** TLS and MQTT over the open link: input, TLS, application, output, one modem command at a time. */
function session(): bool {
  if (commandState() == COMMAND_FAILED) {
    commandTaken();
    lost('send');
    tlsAbort();
    return fail();
  }
  commandTaken();
  if (tcpDataLength > 0) {
    const taken = tlsInput(tcpData, tcpDataLength);
    if (taken < tcpDataLength) {
      // We asked for no more than there was room for.
      lost('input');
      tlsAbort();
      return fail();
    }
    tcpDataTaken();
  }
  if (!tcpOpen && !eofTold && tcpWaiting == 0) {
    eofTold = true;
    tlsEof();
  }
  const result = tlsStep();
  if (result < 0) return tlsFailed();
  if (tlsState() == TLS_OPEN_STATE && !application()) return fail();
  if (tlsOutputPending() > 0) return sendPending();
  if (result == STEP_YIELD) {
    yielded = true;
    return false;
  }
  if (result == STEP_AGAIN) return true;
  const room = tlsInputRoom();
  if (tcpWaiting > 0 && room > 0) {
    const wanted = min(min(tcpWaiting, room), CHUNK);
    textBegin(line, 320);
    text('AT+CIPRECVDATA=0,');
    textNumber(wanted);
    text('\r\n');
    modemReceive(line, textEnd(), wanted);
  }
  return false;
}

function sendPending(): bool {
  const length = tlsOutput(out, CHUNK);
  textBegin(line, 320);
  text('AT+CIPSEND=0,');
  textNumber(length);
  text('\r\n');
  modemSend(line, textEnd(), out, length);
  return false;
}

/** MQTT over the verified connection. @returns false: it is over */
function application(): bool {
  for (;;) {
    const count = tlsRecv(received, CHUNK);
    if (count <= 0) break;
    for (let i = 0; i < count; i++) if (!take(mqttByte(load<u8>(received + i)))) return false;
  }
  if (!greeted) {
    greeted = true;
    return say(mqttConnect(packet, deviceId, deviceIdLength, KEEP_ALIVE_S));
  }
  if (accepted && inFlight == 0 && oldest() != 0) return publish();
  if (accepted && inFlight == 0 && now() >= sentAt + PING_MS) return say(mqttPing(packet));
  return true;
}

function publish(): bool {
  const number = oldest();
  const length = writeOldest(json);
  if (length < 0) {
    acknowledged(number);
    return true;
  }
  const again = resend == number;
  packetId = (packetId % 0xffff) + 1;
  inFlight = number;
  resend = number;
  print('app: published seq=');
  printNumber(number);
  printEnd();
  return say(mqttPublish(packet, topic, topicLength, packetId, json, length, again));
}

/** What came from the service. @returns false: the connection ends */
function take(event: i32): bool {
  switch (event) {
    case MQTT_NONE: return true;
    case MQTT_CONNACK:
      if (accepted) break;
      accepted = true;
      backoff = BACKOFF_FIRST_MS;
      print('app: connected host=');
      printBytes(host, hostLength);
      printEnd();
      return alive();
    case MQTT_PUBACK:
      if (inFlight == 0 || <u32>mqttAcked != packetId) break;
      print('app: acked seq=');
      printNumber(inFlight);
      printEnd();
      acknowledged(inFlight);
      inFlight = 0;
      return alive();
    case MQTT_PINGRESP: return alive();
  }
  lost(event == MQTT_REFUSED ? 'mqtt-refused' : 'mqtt-malformed');
  tlsAbort();
  return false;
}

/** The service has answered: nothing is owed, until the next ping. */
function alive(): bool {
  deadline = now() + PING_MS + REPLY_TIMEOUT_MS;
  return true;
}

function say(length: i32): bool {
  if (tlsSend(packet, length) != length) {
    lost('send');
    tlsAbort();
    return false;
  }
  sentAt = now();
  deadline = sentAt + (accepted && inFlight == 0 ? PING_MS : 0) + REPLY_TIMEOUT_MS;
  return true;
}

/** TLS refused the server or lost the connection: says so, sends its alert, closes. */
function tlsFailed(): bool {
  const error = tlsError();
  const length = reasonName(error, name, 32);
  const cut = error == TLS_TRUNCATED || tlsAlertReceived() >= 0 || (eofTold && tlsAlertSent() < 0);
  print(cut ? 'app: disconnected reason=' : 'app: refuse server reason=');
  printBytes(name, length);
  if (tlsAlertSent() >= 0) {
    print(' alert=');
    printNumber(tlsAlertSent());
  }
  printEnd();
  return enter(FAREWELL, COMMAND_TIMEOUT_MS);
}

/** The alert goes out, then the link is closed. */
function farewell(): bool {
  if (commandState() != COMMAND_NONE) commandTaken();
  if (tcpOpen && tlsOutputPending() > 0) return sendPending();
  tlsAbort();
  return fail();
}

function expired(): bool {
  if (step == TIME_ANSWER) {
    print('app: refuse time reason=no-answer');
    printEnd();
    commandTaken();
    return enter(TIME_CLOSE, COMMAND_TIMEOUT_MS);
  }
  if (step == CLOSING) return wait();
  lost('timeout');
  tlsAbort();
  commandTaken();
  return fail();
}

function noEntropy(): bool {
  lost('entropy');
  return fail();
}

/** Closes what is open, then waits. */
function fail(): bool {
  if (tcpOpen) return enter(CLOSING, COMMAND_TIMEOUT_MS);
  return wait();
}

/** Until the next attempt: twice as long each time, up to a minute, and up to half of it more by chance. */
function wait(): bool {
  tlsAbort();
  step = WAITING;
  let extra: u64 = 0;
  if (vaultRandom(jitter, 8) >= 0) extra = load<u64>(jitter) % (backoff / 2);
  retryAt = now() + backoff + extra;
  backoff = min(backoff * 2, BACKOFF_MAX_MS);
  return false;
}

function enter(next: i32, timeoutMs: u64): bool {
  step = next;
  deadline = now() + timeoutMs;
  return true;
}

function lost(reason: string): void {
  print('app: disconnected reason=');
  print(reason);
  printEnd();
}
