/**
 * MQTT over the verified connection: CONNECT, readings at QoS 1 with a few in flight, PINGREQ when it is quiet. It writes one packet at a time, and only when TLS has
 * passed on the former, so that a packet is never sent in part. What the service owes us comes within REPLY_MS, or the connection is dead.
 *
 * A message that the service sends is parsed and acknowledged; nothing is subscribed, so nothing is done with it.
 */
import {
  MQTT_CONNACK, MQTT_NONE, MQTT_PINGRESP, MQTT_PUBACK, MQTT_PUBLISH, MQTT_REFUSED, mqttByte, mqttId, mqttReset,
} from '../lib/mqtt/incoming';
import { makeToken, TOKEN_MAX } from '../lib/jwt/jwt';
import { wipe } from '../lib/mem/bytes';
import { mqttConnect, mqttConnectWith, mqttPing, mqttPuback, mqttPublish } from '../lib/mqtt/mqtt';
import { tlsRecv, tlsSend } from '../lib/tls/tls';
import { backoffReset } from './backoff';
import { NEVER, now, timeVouched, trustedTime } from './clock';
import { AUTH_TOKEN, authentication, deviceId, deviceIdLength, host, hostLength, topic, topicLength } from './config';
import { logAcked, logConnected, logPublished } from './log';
import { JSON_MAX, writeReading } from './reading';
import { queueAcked, queueInFlight, queueNext, queueRewind, queueSent, readingSequence, readingWasSent } from './telemetry';

export const PUBLISHER_OK: i32 = 0;
export const PUBLISHER_MALFORMED: i32 = -1;
export const PUBLISHER_REFUSED: i32 = -2;
export const PUBLISHER_SEND: i32 = -3;
export const PUBLISHER_TOKEN: i32 = -4;

const KEEP_ALIVE_S: i32 = 60;
const PING_MS: u64 = 30_000;
const REPLY_MS: u64 = 20_000;
const PACKET_MAX: i32 = 1024;
const CHUNK: i32 = 512;
/** Messages of the service that wait for their PUBACK; when there are more, no further byte is taken from TLS. */
const OWED_MAX: i32 = 8;

const packet = memory.data(PACKET_MAX);
const json = memory.data(JSON_MAX);
const token = memory.data(TOKEN_MAX);
const received = memory.data(CHUNK);
let receivedAt: i32 = 0;
let receivedEnd: i32 = 0;
const owed = memory.data(OWED_MAX * 4, 4);
let owedCount: i32 = 0;

let greeted: bool = false;
let accepted: bool = false;
let pinged: bool = false;
let packetId: i32 = 0;
let sentAt: u64 = 0;
let replyBy: u64 = 0;

export function publisherReset(): void {
  mqttReset();
  queueRewind();
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
  return accepted && !answerAwaited() ? sentAt + PING_MS : NEVER;
}

/** Takes what the service said. @returns PUBLISHER_OK, or why the connection has to end */
export function publisherTake(): i32 {
  while (owedCount < OWED_MAX) {
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

/** Says one thing, if there is one to say. @returns PUBLISHER_OK, or why the connection has to end */
export function publisherSay(): i32 {
  if (!greeted) {
    greeted = true;
    return authentication == AUTH_TOKEN ? greetWithToken() : say(mqttConnect(packet, deviceId, deviceIdLength, KEEP_ALIVE_S), true);
  }
  if (!accepted) return PUBLISHER_OK;
  if (owedCount > 0) return acknowledge();
  const entry = queueNext();
  if (entry != 0) return publish(entry);
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
  wipe(packet, PACKET_MAX);
  return status;
}

/** [MQTT-4.6.0-2]: in the order of their PUBLISH. */
function acknowledge(): i32 {
  const size = mqttPuback(packet, load<i32>(owed));
  owedCount--;
  memory.copy(owed, owed + 4, owedCount << 2);
  return say(size, false);
}

function publish(entry: usize): i32 {
  const length = writeReading(entry, json);
  if (length < 0) return PUBLISHER_SEND; // the configuration's limits rule it out
  packetId = (packetId % 0xffff) + 1;
  const size = mqttPublish(packet, topic, topicLength, packetId, json, length, readingWasSent(entry));
  const status = say(size, queueInFlight() == 0);
  queueSent(entry, packetId);
  logPublished(readingSequence(entry));
  return status;
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
      backoffReset();
      timeVouched();
      logConnected(host, hostLength);
      return PUBLISHER_OK;
    case MQTT_PUBACK: return acknowledged(queueAcked(mqttId));
    case MQTT_PUBLISH:
      if (mqttId != 0) store<i32>(owed + (owedCount++ << 2), mqttId);
      return PUBLISHER_OK;
    case MQTT_PINGRESP:
      if (!pinged) return PUBLISHER_MALFORMED;
      pinged = false;
      return PUBLISHER_OK;
  }
  return PUBLISHER_MALFORMED;
}

/** A PUBACK for nothing in flight may be for a reading that had to make room in the ring: it says nothing. */
function acknowledged(sequence: u32): i32 {
  if (sequence != 0) logAcked(sequence);
  return PUBLISHER_OK;
}

/** The service owes us a packet. */
function answerAwaited(): bool {
  return greeted && (!accepted || pinged || queueInFlight() > 0);
}

function say(length: i32, answered: bool): i32 {
  sentAt = now();
  if (answered) replyBy = sentAt + REPLY_MS;
  return tlsSend(packet, length) == length ? PUBLISHER_OK : PUBLISHER_SEND;
}
