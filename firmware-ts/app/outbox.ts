/**
 * Who speaks next: telemetry and every other source of messages take turns, one message each, so that none waits for more than one message of each other. Telemetry has
 * several on their way (telemetry.ts), any other source one.
 *
 * A new source: a number, and a line in each of the functions at the end. `due`: uptime at which it has something to say, 0: now, NEVER: nothing; `write`: its payload into
 * `out`, the length, 0: nothing after all; `acked`: the service has it; `lost`: the connection ended before that, so it is to be said again.
 */
import { mqttPublish } from '../lib/mqtt/mqtt';
import { text, textBegin, textBytes, textEnd } from '../lib/text/builder';
import { answerAcked, answerDue, answerLost, answerWrite } from './answers';
import { NEVER, now } from './clock';
import { deviceId, deviceIdLength, topic, topicLength } from './config';
import { downloadDue, downloadLost, downloadWrite } from './download';
import { eventlogAcked, eventlogDue, eventlogLost, eventlogWrite } from './eventlog';
import { logAcked, logPublished } from './log';
import { writeReading } from './reading';
import { queueAcked, queueInFlight, queueNext, queueRewind, queueSent, readingSequence, readingWasSent } from './telemetry';

const TELEMETRY: i32 = 0;
const ANSWERS: i32 = 1;
const LOG: i32 = 2;
const DOWNLOAD: i32 = 3;
const SOURCES: i32 = 4;

/** Greatest payload of a message. */
const PAYLOAD_MAX: i32 = 768;
const TOPIC_MAX: i32 = 80;
/** A message with its topic and MQTT's overhead. */
export const OUTBOX_PACKET_MAX: i32 = 1024;

const payload = memory.data(PAYLOAD_MAX);
const name = memory.data(TOPIC_MAX);
/** Packet identifier of each source's message on its way, 0: none. */
const flying = memory.data(SOURCES * 4, 4);
let last: i32 = 0;
let packetId: i32 = 0;

/** A new connection: nothing is on its way. */
export function outboxRewind(): void {
  queueRewind();
  for (let source = ANSWERS; source < SOURCES; source++) if (flyingId(source) != 0) lost(source);
  memory.fill(flying, 0, SOURCES * 4);
}

/** When there will be something to say even if nothing happens. */
export function outboxDue(): u64 {
  let first = NEVER;
  for (let source = ANSWERS; source < SOURCES; source++) if (flyingId(source) == 0) first = min(first, due(source));
  return first;
}

/** The service owes us a PUBACK. */
export function outboxAwaits(): bool {
  if (queueInFlight() > 0) return true;
  for (let source = ANSWERS; source < SOURCES; source++) if (flyingId(source) != 0) return true;
  return false;
}

/** The next message as a PUBLISH, at `out`. @returns its length, 0: there is none; -1: a source wrote what cannot be sent */
export function outboxNext(out: usize): i32 {
  for (let n = 1; n <= SOURCES; n++) {
    const source = (last + n) % SOURCES;
    const length = source == TELEMETRY ? reading(out) : message(source, out);
    if (length == 0) continue;
    last = source;
    return length;
  }
  return 0;
}

/** A PUBACK. One for nothing on its way may be for a reading that had to make room in the ring: it says nothing. */
export function outboxAcked(id: i32): void {
  for (let source = ANSWERS; source < SOURCES; source++) {
    if (flyingId(source) != id) continue;
    store<i32>(flying + (source << 2), 0);
    return acked(source);
  }
  const sequence = queueAcked(id);
  if (sequence != 0) logAcked(sequence);
}

/** An identifier that no packet on its way bears. */
export function nextPacketId(): i32 {
  packetId = (packetId % 0xffff) + 1;
  return packetId;
}

function reading(out: usize): i32 {
  const entry = queueNext();
  if (entry == 0) return 0;
  const length = writeReading(entry, payload);
  if (length < 0) return -1; // the configuration's limits rule it out
  const id = nextPacketId();
  const size = mqttPublish(out, topic, topicLength, id, payload, length, readingWasSent(entry));
  queueSent(entry, id);
  logPublished(readingSequence(entry));
  return size;
}

function message(source: i32, out: usize): i32 {
  if (flyingId(source) != 0 || due(source) > now()) return 0;
  const length = write(source);
  if (length <= 0) return length;
  textBegin(name, TOPIC_MAX);
  textBytes(deviceId, deviceIdLength);
  text(topicOf(source));
  const id = nextPacketId();
  store<i32>(flying + (source << 2), id);
  return mqttPublish(out, name, textEnd(), id, payload, length, false);
}

function flyingId(source: i32): i32 {
  return load<i32>(flying + (source << 2));
}

// ---- the sources ----

function topicOf(source: i32): string {
  switch (source) {
    case LOG: return '/log';
    case DOWNLOAD: return '/get';
    default: return '/answer';
  }
}

function due(source: i32): u64 {
  switch (source) {
    case ANSWERS: return answerDue();
    case LOG: return eventlogDue();
    case DOWNLOAD: return downloadDue();
    default: return NEVER;
  }
}

function write(source: i32): i32 {
  switch (source) {
    case ANSWERS: return answerWrite(payload, PAYLOAD_MAX);
    case LOG: return eventlogWrite(payload, PAYLOAD_MAX);
    case DOWNLOAD: return downloadWrite(payload, PAYLOAD_MAX);
    default: return 0;
  }
}

function acked(source: i32): void {
  switch (source) {
    case ANSWERS: answerAcked(); break;
    case LOG: eventlogAcked(); break;
  }
}

function lost(source: i32): void {
  switch (source) {
    case ANSWERS: answerLost(); break;
    case LOG: eventlogLost(); break;
    case DOWNLOAD: downloadLost(); break;
  }
}
