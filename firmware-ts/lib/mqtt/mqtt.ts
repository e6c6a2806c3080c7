/**
 * MQTT 3.1.1 (OASIS, 29 October 2014), the client's packets: CONNECT with a clean session, PUBLISH at QoS 1, PUBACK, SUBSCRIBE, PINGREQ, DISCONNECT. What the
 * service sends is parsed by incoming.ts beside this file.
 *
 * Left out on purpose: QoS 2, retained messages, a will. The caller's buffer must hold the packet: MQTT_CONNECT_MAX and so on.
 */
import { putU16be } from '../mem/bytes';

const HEAD_MAX: i32 = 5;
/** Most that a CONNECT takes beside the client id, a PUBLISH beside topic and payload, a SUBSCRIBE beside its filters. */
export const MQTT_OVERHEAD: i32 = HEAD_MAX + 12;

/** [MQTT-3.1] CONNECT, clean session, no will, no user. @returns length written at `out` */
export function mqttConnect(out: usize, clientId: usize, idLength: i32, keepAliveS: i32): i32 {
  let at = out + head(out, 0x10, 10 + 2 + idLength);
  store<u32>(at, 0x514d0400); // length 4, "MQ"
  store<u32>(at, 0x02045454, 4); // "TT", level 4, clean session
  at += 8;
  putU16be(at, keepAliveS);
  return <i32>(string16(at + 2, clientId, idLength) - out);
}

/** [MQTT-3.3] PUBLISH at QoS 1. @param again sent before: DUP is set */
export function mqttPublish(out: usize, topic: usize, topicLength: i32, id: i32, payload: usize, length: i32, again: bool): i32 {
  let at = out + head(out, again ? 0x3a : 0x32, 2 + topicLength + 2 + length);
  at = string16(at, topic, topicLength);
  putU16be(at, id);
  memory.copy(at + 2, payload, length);
  return <i32>(at + 2 - out) + length;
}

/** [MQTT-3.4] PUBACK of a PUBLISH that came. */
export function mqttPuback(out: usize, id: i32): i32 {
  store<u16>(out, 0x0240);
  putU16be(out + 2, id);
  return 4;
}

/** [MQTT-3.1] The same with user name and password. The user name is the client id: 3.1.1 wants one where there is a password ([MQTT-3.1.2-22]). */
export function mqttConnectWith(
  out: usize, clientId: usize, idLength: i32, keepAliveS: i32, password: usize, passwordLength: i32,
): i32 {
  let at = out + head(out, 0x10, 10 + 2 + idLength + 2 + idLength + 2 + passwordLength);
  store<u32>(at, 0x514d0400);
  store<u32>(at, 0xc2045454, 4); // "TT", level 4, user name, password, clean session
  at += 8;
  putU16be(at, keepAliveS);
  at = string16(at + 2, clientId, idLength);
  at = string16(at, clientId, idLength);
  return <i32>(string16(at, password, passwordLength) - out);
}

/** [MQTT-3.8] SUBSCRIBE to two filters at QoS 1. */
export function mqttSubscribe(out: usize, id: i32, first: usize, firstLength: i32, second: usize, secondLength: i32): i32 {
  let at = out + head(out, 0x82, 2 + 2 + firstLength + 1 + 2 + secondLength + 1);
  putU16be(at, id);
  at = string16(at + 2, first, firstLength);
  store<u8>(at, 1);
  at = string16(at + 1, second, secondLength);
  store<u8>(at, 1);
  return <i32>(at + 1 - out);
}

export function mqttPing(out: usize): i32 {
  store<u16>(out, 0x00c0);
  return 2;
}

export function mqttDisconnect(out: usize): i32 {
  store<u16>(out, 0x00e0);
  return 2;
}

/** A string or binary data with its length before it (1.5.3). @returns the address behind it */
function string16(at: usize, from: usize, length: i32): usize {
  putU16be(at, length);
  memory.copy(at + 2, from, length);
  return at + 2 + length;
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
