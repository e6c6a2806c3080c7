/**
 * What a service sends over MQTT 3.1.1, byte by byte: CONNACK, PUBACK, SUBACK, PINGRESP, and PUBLISH at QoS 0 or 1. Everything else, and every packet that breaks a
 * rule of the standard, is MQTT_MALFORMED, after which the connection has to end [MQTT-4.8.0-1]; nothing that follows is looked at.
 *
 * A packet has at most MQTT_PACKET_MAX bytes. A message that is longer is acknowledged all the same, its rest thrown away: a retained one that ended the
 * connection would come again with the next, for ever. Any other packet is short. QoS 2 cannot come, as no subscription grants it.
 */
import { getU16be } from '../mem/bytes';

export const MQTT_NONE: i32 = 0;
export const MQTT_CONNACK: i32 = 1;
/** `mqttId` says what it acknowledges. */
export const MQTT_PUBACK: i32 = 2;
export const MQTT_PINGRESP: i32 = 3;
/** `mqttId`, and `mqttCode`: the least QoS granted, MQTT_SUBACK_FAILURE when one of the filters was refused. */
export const MQTT_SUBACK: i32 = 4;
/** A message: `mqttTopic`, `mqttPayload`, and whether it is `mqttCut`; `mqttId` is 0 at QoS 0, else it wants a PUBACK. They last until the next byte. */
export const MQTT_PUBLISH: i32 = 5;
/** The service refused the CONNECT: `mqttCode`. */
export const MQTT_REFUSED: i32 = -1;
export const MQTT_MALFORMED: i32 = -2;

/** A command of 8 KiB with its topic (SPEC 25). */
export const MQTT_PACKET_MAX: i32 = 8704;
/** Filters of one SUBSCRIBE. */
const FILTERS_MAX: i32 = 4;
/** 3.2.2.3: the return codes end here. */
const LAST_REFUSAL: i32 = 5;
/** 3.9.3. */
export const MQTT_SUBACK_FAILURE: i32 = 0x80;

/** Packet type, 3.3. */
const PUBLISH: u32 = 3;

const packet = memory.data(MQTT_PACKET_MAX);
let have: i32 = 0;
/** Bytes of the present packet that did not fit. */
let beyond: i32 = 0;
let broken: bool = false;

export let mqttId: i32 = 0;
export let mqttCode: i32 = 0;
export let mqttTopic: usize = 0;
export let mqttTopicLength: i32 = 0;
export let mqttPayload: usize = 0;
export let mqttPayloadLength: i32 = 0;
/** The message is longer than MQTT_PACKET_MAX; what is here is its start. */
export let mqttCut: bool = false;

/** A new connection. */
export function mqttReset(): void {
  have = 0;
  beyond = 0;
  broken = false;
}

/** Feeds one byte from the service. @returns what it completed */
export function mqttByte(byte: u32): i32 {
  if (broken) return MQTT_MALFORMED;
  if (have < MQTT_PACKET_MAX) store<u8>(packet + have++, <u8>byte);
  else beyond += 1;
  const result = look();
  if (result != MQTT_NONE) {
    have = 0;
    beyond = 0;
  }
  if (result < 0) broken = true;
  return result;
}

/** 2.2.3: the remaining length takes up to four bytes, the last of them without the top bit. */
function look(): i32 {
  let length = 0;
  for (let at = 1; ; at++) {
    if (at > 4) return MQTT_MALFORMED;
    if (at >= have) return MQTT_NONE;
    const digit = <i32>load<u8>(packet + at);
    length |= (digit & 127) << (7 * (at - 1));
    if (digit >= 128) continue;
    const first = <u32>load<u8>(packet);
    if (at + 1 + length > MQTT_PACKET_MAX && first >> 4 != PUBLISH) return MQTT_MALFORMED;
    return have + beyond == at + 1 + length ? whole(first, packet + at + 1, length) : MQTT_NONE;
  }
}

/** One packet by its first byte: type, and the flags that 2.2.2 reserves. */
function whole(first: u32, at: usize, length: i32): i32 {
  if (first >> 4 == PUBLISH) return publish(first & 15, at, length);
  switch (first) {
    case 0x20: return length == 2 ? connack(load<u8>(at), load<u8>(at, 1)) : MQTT_MALFORMED;
    case 0x40: return length == 2 && identifier(at) ? MQTT_PUBACK : MQTT_MALFORMED;
    case 0x90: return length >= 3 && length <= 2 + FILTERS_MAX && identifier(at) ? suback(at + 2, length - 2) : MQTT_MALFORMED;
    case 0xd0: return length == 0 ? MQTT_PINGRESP : MQTT_MALFORMED;
    default: return MQTT_MALFORMED;
  }
}

/** [MQTT-3.2.2-1]: we asked for a clean session, so none is present. */
function connack(flags: i32, code: i32): i32 {
  mqttCode = code;
  if (flags != 0 || code > LAST_REFUSAL) return MQTT_MALFORMED;
  return code == 0 ? MQTT_CONNACK : MQTT_REFUSED;
}

/** One code for each filter. */
function suback(at: usize, count: i32): i32 {
  mqttCode = 1;
  for (let i = 0; i < count; i++) {
    const code = <i32>load<u8>(at + i);
    if (code > 1 && code != MQTT_SUBACK_FAILURE) return MQTT_MALFORMED;
    if (mqttCode != MQTT_SUBACK_FAILURE) mqttCode = code == MQTT_SUBACK_FAILURE ? code : min(code, mqttCode);
  }
  return MQTT_SUBACK;
}

/** [MQTT-2.3.1-1]: a packet identifier is not zero. */
function identifier(at: usize): bool {
  mqttId = <i32>getU16be(at);
  return mqttId != 0;
}

/** 3.3: flags are DUP, two bits of QoS, RETAIN. */
function publish(flags: u32, at: usize, length: i32): i32 {
  const qos = (flags >> 1) & 3;
  if (qos > 1 || (qos == 0 && (flags & 8) != 0) || length < 2) return MQTT_MALFORMED; // [MQTT-3.3.1-2], [MQTT-3.3.1-4]
  const topicLength = <i32>getU16be(at);
  const rest = length - 2 - topicLength - (qos == 1 ? 2 : 0);
  if (topicLength == 0 || rest < 0) return MQTT_MALFORMED;
  const held = <i32>(packet + have - at);
  mqttCut = held < length;
  if (mqttCut && held < length - rest) return MQTT_MALFORMED; // a topic that no filter of ours matches
  // [MQTT-1.5.3-2], [MQTT-3.3.2-2]: no NUL, no wildcard
  for (let i = 0; i < topicLength; i++) {
    const byte = load<u8>(at + 2 + i);
    if (byte == 0 || byte == 0x23 || byte == 0x2b) return MQTT_MALFORMED;
  }
  mqttTopic = at + 2;
  mqttTopicLength = topicLength;
  mqttId = 0;
  if (qos == 1 && !identifier(at + 2 + topicLength)) return MQTT_MALFORMED;
  mqttPayload = at + length - rest;
  mqttPayloadLength = held - (length - rest);
  return MQTT_PUBLISH;
}
