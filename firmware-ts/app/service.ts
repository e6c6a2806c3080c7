/**
 * What the service sends: subscribed to once it has accepted us, and again every check interval, so that retained commands come again; then handed by topic to
 * whom it is for. A topic of somebody else is nothing.
 */
import { mqttCut, mqttPayload, mqttPayloadLength, mqttTopic, mqttTopicLength } from '../lib/mqtt/incoming';
import { mqttSubscribe } from '../lib/mqtt/mqtt';
import { equal } from '../lib/mem/bytes';
import { equalsText, startsWith, text, textBegin, textBytes, textEnd } from '../lib/text/builder';
import { NEVER, now } from './clock';
import { commandArrived, commandForget, commandPending, commandWork } from './command';
import { checkIntervalMs, deviceId, deviceIdLength } from './config';
import { downloadPiece } from './download';
import { kindOf } from './kinds';
import { nextPacketId } from './outbox';

const COMMAND = '/command/';
const CHUNK = '/chunk';
const FILTER_MAX: i32 = 80;

const commands = memory.data(FILTER_MAX);
const chunks = memory.data(FILTER_MAX);
/** Uptime of the last SUBSCRIBE, 0: none over this connection. */
let subscribedAt: u64 = 0;
/** Its identifier while it is unanswered, else 0. */
let unanswered: i32 = 0;

/** A new connection. */
export function serviceReset(): void {
  subscribedAt = 0;
  unanswered = 0;
  commandForget();
}

/** When it is time to subscribe (again). */
export function subscribeDue(): u64 {
  if (unanswered != 0) return NEVER;
  return subscribedAt == 0 ? 0 : subscribedAt + checkIntervalMs;
}

/** The service owes us a SUBACK. */
export function subscribeAwaits(): bool {
  return unanswered != 0;
}

/** @returns length of the SUBSCRIBE at `out` */
export function subscribe(out: usize): i32 {
  subscribedAt = now();
  unanswered = nextPacketId();
  const first = filter(commands, '/command/+');
  return mqttSubscribe(out, unanswered, commands, first, chunks, filter(chunks, CHUNK));
}

/** A SUBACK. A filter that was refused is asked for again when it is time. @returns whether it was owed */
export function subscribed(id: i32): bool {
  if (unanswered == 0 || id != unanswered) return false;
  unanswered = 0;
  return true;
}

/** A message has come; it lies in MQTT's buffer. */
export function serviceMessage(): void {
  // An empty one is a retained message that was taken back.
  if (mqttPayloadLength == 0 || mqttTopicLength <= deviceIdLength || !equal(mqttTopic, deviceId, deviceIdLength)) return;
  const rest = mqttTopic + deviceIdLength;
  const length = mqttTopicLength - deviceIdLength;
  if (startsWith(rest, length, COMMAND)) {
    const kind = kindOf(rest + COMMAND.length, length - COMMAND.length);
    commandArrived(kind, mqttPayload, mqttPayloadLength, !mqttCut);
  } else if (equalsText(rest, length, CHUNK) && !mqttCut) {
    downloadPiece(mqttPayload, mqttPayloadLength);
  }
}

/** MQTT's buffer is in use until serviceWork, which belongs into an event of its own. */
export function serviceBusy(): bool {
  return commandPending();
}

export function serviceWork(): void {
  commandWork();
}

function filter(out: usize, rest: string): i32 {
  textBegin(out, FILTER_MAX);
  textBytes(deviceId, deviceIdLength);
  text(rest);
  return textEnd();
}
