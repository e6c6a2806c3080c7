/**
 * MQTT over the verified connection: CONNECT, SUBSCRIBE, the messages of the outbox at QoS 1, PINGREQ when it is quiet. It writes one packet at a time, and only when TLS has
 * passed on the former, so that a packet is never sent in part. What the service owes us comes within REPLY_MS, or the connection is dead.
 *
 * A message that the service sends is acknowledged and handed to service.ts; while that is busy with it nothing further is read.
 */
import {
  MQTT_CONNACK, MQTT_NONE, MQTT_PINGRESP, MQTT_PUBACK, MQTT_PUBLISH, MQTT_REFUSED, MQTT_SUBACK, mqttByte, mqttId, mqttReset,
} from '../lib/mqtt/incoming';
import { makeToken, TOKEN_MAX } from '../lib/jwt/jwt';
import { wipe } from '../lib/mem/bytes';
import { mqttConnect, mqttConnectWith, mqttDisconnect, mqttPing, mqttPuback } from '../lib/mqtt/mqtt';
import { tlsRecv, tlsSend } from '../lib/tls/tls';
import { backoffReset } from './backoff';
import { NEVER, now, timeVouched, trustedTime } from './clock';
import { AUTH_TOKEN, authentication, deviceId, deviceIdLength, host, hostLength } from './config';
import { identityAccepted, identityLeft, identityPresent } from './identity';
import { logConnected } from './log';
import { OUTBOX_PACKET_MAX, outboxAcked, outboxAwaits, outboxDue, outboxNext, outboxRewind } from './outbox';
import { reconnectDone, reconnectNow } from './reconnect';
import { updateConfirm } from './update';
import { serviceBusy, serviceMessage, serviceReset, serviceWork, subscribe, subscribeAwaits, subscribeDue, subscribed } from './service';

export const PUBLISHER_OK: i32 = 0;
export const PUBLISHER_MALFORMED: i32 = -1;
export const PUBLISHER_REFUSED: i32 = -2;
export const PUBLISHER_SEND: i32 = -3;
export const PUBLISHER_TOKEN: i32 = -4;

const KEEP_ALIVE_S: i32 = 60;
const PING_MS: u64 = 30_000;
const REPLY_MS: u64 = 20_000;
const CHUNK: i32 = 512;
/** Messages of the service that wait for their PUBACK; when there are more, no further byte is taken from TLS. */
const OWED_MAX: i32 = 8;

const packet = memory.data(OUTBOX_PACKET_MAX);
const token = memory.data(TOKEN_MAX);
const received = memory.data(CHUNK);
let receivedAt: i32 = 0;
let receivedEnd: i32 = 0;
const owed = memory.data(OWED_MAX * 4, 4);
let owedCount: i32 = 0;

let greeted: bool = false;
let accepted: bool = false;
let pinged: bool = false;
let sentAt: u64 = 0;
let replyBy: u64 = 0;

export function publisherReset(): void {
  if (greeted) identityLeft();
  identityPresent();
  mqttReset();
  outboxRewind();
  serviceReset();
  reconnectDone();
  receivedAt = 0;
  receivedEnd = 0;
  owedCount = 0;
  greeted = false;
  accepted = false;
  pinged = false;
}

/** When the service's answer is overdue. */
export function publisherDeadline(): u64 {
  return answerAwaited() ? replyBy : NEVER;
}

/** When there will be something to say even if nothing happens. */
export function publisherDue(): u64 {
  if (!accepted) return NEVER;
  const due = min(subscribeDue(), outboxDue());
  return answerAwaited() ? due : min(due, sentAt + PING_MS);
}

/** Takes what the service said. @returns PUBLISHER_OK, or why the connection has to end */
export function publisherTake(): i32 {
  while (owedCount < OWED_MAX && !serviceBusy()) {
    if (receivedAt == receivedEnd) {
      const count = tlsRecv(received, CHUNK);
      if (count <= 0) return PUBLISHER_OK;
      receivedAt = 0;
      receivedEnd = count;
    }
    const status = take(mqttByte(load<u8>(received + receivedAt++)));
    if (status != PUBLISHER_OK) return status;
  }
  return PUBLISHER_OK;
}

/** A message of the service has to be worked on, in an event of its own. */
export function publisherBusy(): bool {
  return serviceBusy();
}

/** At the beginning of an event: works on the message that an earlier one left. */
export function publisherWork(): void {
  serviceWork();
}

/** A new connection is wanted, and this one is not needed any more. */
export function publisherFinished(): bool {
  return accepted && owedCount == 0 && !serviceBusy() && reconnectNow();
}

/** Takes leave of the service. */
export function publisherDepart(): void {
  say(mqttDisconnect(packet), false);
}

/** Says one thing, if there is one to say. @returns PUBLISHER_OK, or why the connection has to end */
export function publisherSay(): i32 {
  if (!greeted) {
    greeted = true;
    return authentication == AUTH_TOKEN ? greetWithToken() : say(mqttConnect(packet, deviceId, deviceIdLength, KEEP_ALIVE_S), true);
  }
  if (!accepted) return PUBLISHER_OK;
  if (owedCount > 0) return acknowledge();
  // The service's time to answer runs from the first thing that it has not answered.
  const first = !answerAwaited();
  if (now() >= subscribeDue()) return say(subscribe(packet), first);
  const length = outboxNext(packet);
  if (length != 0) return length < 0 ? PUBLISHER_SEND : say(length, first);
  if (answerAwaited() || now() < sentAt + PING_MS) return PUBLISHER_OK;
  const status = say(mqttPing(packet), true);
  pinged = true;
  return status;
}

/** A token of now, for this connection alone; whoever reads it is the device for an hour, so no copy stays. */
function greetWithToken(): i32 {
  const time = trustedTime();
  const length = time == 0 ? -1 : makeToken(token, time / 1000, host, hostLength, deviceId, deviceIdLength);
  if (length < 0) return PUBLISHER_TOKEN;
  const status = say(mqttConnectWith(packet, deviceId, deviceIdLength, KEEP_ALIVE_S, token, length), true);
  wipe(token, TOKEN_MAX);
  wipe(packet, OUTBOX_PACKET_MAX);
  return status;
}

/** [MQTT-4.6.0-2]: in the order of their PUBLISH. */
function acknowledge(): i32 {
  const size = mqttPuback(packet, load<i32>(owed));
  owedCount--;
  memory.copy(owed, owed + 4, owedCount << 2);
  return say(size, false);
}

/** One packet, or none yet (MQTT_NONE). */
function take(event: i32): i32 {
  if (event == MQTT_NONE) return PUBLISHER_OK;
  if (event == MQTT_REFUSED && !accepted) return PUBLISHER_REFUSED;
  // [MQTT-3.2.0-1], [MQTT-3.2.0-2]: CONNACK comes first and once.
  if (!greeted || (event == MQTT_CONNACK) == accepted) return PUBLISHER_MALFORMED;
  replyBy = now() + REPLY_MS;
  switch (event) {
    case MQTT_CONNACK:
      accepted = true;
      identityAccepted();
      backoffReset();
      timeVouched();
      updateConfirm();
      logConnected(host, hostLength);
      return PUBLISHER_OK;
    case MQTT_PUBACK:
      outboxAcked(mqttId);
      return PUBLISHER_OK;
    case MQTT_SUBACK: return subscribed(mqttId) ? PUBLISHER_OK : PUBLISHER_MALFORMED;
    case MQTT_PUBLISH:
      if (mqttId != 0) store<i32>(owed + (owedCount++ << 2), mqttId);
      serviceMessage();
      return PUBLISHER_OK;
    case MQTT_PINGRESP:
      if (!pinged) return PUBLISHER_MALFORMED;
      pinged = false;
      return PUBLISHER_OK;
  }
  return PUBLISHER_MALFORMED;
}

/** The service owes us a packet. */
function answerAwaited(): bool {
  return greeted && (!accepted || pinged || subscribeAwaits() || outboxAwaits());
}

function say(length: i32, answered: bool): i32 {
  sentAt = now();
  if (answered) replyBy = sentAt + REPLY_MS;
  return tlsSend(packet, length) == length ? PUBLISHER_OK : PUBLISHER_SEND;
}
