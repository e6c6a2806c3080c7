/**
 * MQTT 3.1.1, the client's part that a sensor needs: CONNECT with a clean session, PUBLISH at QoS 1, PINGREQ, DISCONNECT; CONNACK, PUBACK and PINGRESP come
 * back. Everything else from the service ends the connection: nothing was subscribed.
 */
import { putU16be } from '../mem/bytes';

export const MQTT_NONE: i32 = 0;
export const MQTT_CONNACK: i32 = 1;
export const MQTT_PUBACK: i32 = 2;
export const MQTT_PINGRESP: i32 = 3;
/** The service refused the CONNECT. */
export const MQTT_REFUSED: i32 = -1;
/** What came is not MQTT 3.1.1, or not for us. */
export const MQTT_MALFORMED: i32 = -2;

const HEAD_MAX: i32 = 5;
/** The longest packet that may come: PUBACK and CONNACK have four bytes. */
const PACKET_MAX: i32 = 4;

const packet = memory.data(PACKET_MAX);
let have: i32 = 0;

/** Packet identifier of the last PUBACK. */
export let mqttAcked: i32 = 0;

export function mqttReset(): void {
  have = 0;
}

/** [MQTT-3.1] CONNECT, clean session, no will, no user. @returns length written at `out` */
export function mqttConnect(out: usize, clientId: usize, idLength: i32, keepAliveS: i32): i32 {
  const rest = 10 + 2 + idLength;
  let at = out + head(out, 0x10, rest);
  store<u32>(at, 0x514d0400); // length 4, "MQ"
  store<u32>(at, 0x02045454, 4); // "TT", level 4, clean session
  at += 8;
  putU16be(at, keepAliveS);
  putU16be(at + 2, idLength);
  memory.copy(at + 4, clientId, idLength);
  return <i32>(at + 4 - out) + idLength;
}

/** [MQTT-3.3] PUBLISH at QoS 1. @param again sent before: DUP is set */
export function mqttPublish(out: usize, topic: usize, topicLength: i32, id: i32, payload: usize, length: i32, again: bool): i32 {
  const rest = 2 + topicLength + 2 + length;
  let at = out + head(out, again ? 0x3a : 0x32, rest);
  putU16be(at, topicLength);
  memory.copy(at + 2, topic, topicLength);
  at += 2 + topicLength;
  putU16be(at, id);
  memory.copy(at + 2, payload, length);
  return <i32>(at + 2 - out) + length;
}

export function mqttPing(out: usize): i32 {
  store<u16>(out, 0x00c0);
  return 2;
}

export function mqttDisconnect(out: usize): i32 {
  store<u16>(out, 0x00e0);
  return 2;
}

/** Feeds one byte from the service. @returns what it completed */
export function mqttByte(byte: u32): i32 {
  store<u8>(packet + have, <u8>byte);
  have += 1;
  if (have < 2) return MQTT_NONE;
  const length = <i32>load<u8>(packet, 1);
  if (length > PACKET_MAX - 2) return MQTT_MALFORMED;
  if (have < 2 + length) return MQTT_NONE;
  have = 0;
  const type = <i32>load<u8>(packet);
  const second = (<i32>load<u8>(packet, 2) << 8) | <i32>load<u8>(packet, 3);
  if (type == 0x20 && length == 2) return second == 0 ? MQTT_CONNACK : MQTT_REFUSED; // [MQTT-3.2.2-1]: no session is present
  if (type == 0x40 && length == 2) {
    mqttAcked = second;
    return MQTT_PUBACK;
  }
  return type == 0xd0 && length == 0 ? MQTT_PINGRESP : MQTT_MALFORMED;
}

/** Fixed header with the remaining length (2.2.3). @returns its length */
function head(out: usize, first: u32, rest: i32): i32 {
  store<u8>(out, <u8>first);
  let at = 1;
  let left = rest;
  do {
    const digit = left & 127;
    left >>= 7;
    store<u8>(out + at, <u8>(left > 0 ? digit | 128 : digit));
    at += 1;
  } while (left > 0 && at < HEAD_MAX);
  return at;
}
