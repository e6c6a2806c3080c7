/**
 * The configuration as the journal holds it (SPEC 8), read at start: without all of it there is no normal operation. A command may put another in force while the device
 * runs (configuration-change.ts, roots-change.ts): those that use a value take it from here each time.
 */
import { equal } from '../lib/mem/bytes';
import { configurationFind } from '../lib/store/configuration';
import { journalOpen, journalRead } from '../lib/store/journal';
import {
  RECORD_CONFIGURATION, RECORD_ROOTS, TAG_AUTHENTICATION, TAG_AUTHORIZATION_KEY, TAG_CHECK_INTERVAL_S, TAG_DEVICE_ID, TAG_INTERVAL_MS, TAG_REPROVISION, TAG_SEQUENCE, TAG_SERVICE_HOST,
  TAG_SERVICE_NAME, TAG_NETWORK, TAG_NETWORK_PASSWORD, TAG_SERVICE_PORT, TAG_TIME_HOST, TAG_TIME_PORT, TAG_TOPIC, TAG_UNIT,
} from '../lib/store/types';
import { isServiceName } from '../lib/x509/service';
import { eventlogOpen } from './eventlog';

/** Values of the authentication mode. */
export const AUTH_CERTIFICATE: i32 = 1;
export const AUTH_TOKEN: i32 = 2;

const REGION: u32 = 0x081c0000;
export const CONFIGURATION_MAX: i32 = 1024;
/** Of the record: the list, and the version before it. */
export const ROOTS_RECORD_MAX: i32 = 4096;
const VERSION: i32 = 4;
const NAME_MAX: i32 = 64;
const HOST_MAX: i32 = 253;
const TOPIC_MAX: i32 = 128;
const MIN_INTERVAL_MS: u32 = 100;
const MAX_INTERVAL_MS: u32 = 86_400_000;
const DEFAULT_CHECK_S: u32 = 3600;
const MIN_CHECK_S: u32 = 10;
const MAX_CHECK_S: u32 = 604_800;
const AUTHORIZATION_KEY_BYTES: i32 = 32;
/** IEEE 802.11: an SSID has at most 32 bytes, a WPA passphrase 63 characters, a key in hex 64. */
const NETWORK_MAX: i32 = 32;
const PASSWORD_MAX: i32 = 64;

const payload = memory.data(CONFIGURATION_MAX);
const size = memory.data(4);
/** The record of the root list. */
const rootsRecord = memory.data(ROOTS_RECORD_MAX);
let rootsRecordLength: i32 = 0;

export let deviceId: usize = 0;
export let deviceIdLength: i32 = 0;
export let host: usize = 0;
export let hostLength: i32 = 0;
/** What the server's certificate must name beside the host; 0 bytes: nothing. */
export let service: usize = 0;
export let serviceLength: i32 = 0;
export let port: u32 = 0;
export let timeHost: usize = 0;
export let timeHostLength: i32 = 0;
export let timePort: u32 = 0;
export let topic: usize = 0;
export let topicLength: i32 = 0;
export let unit: usize = 0;
export let unitLength: i32 = 0;
export let intervalMs: u32 = 0;
export let authentication: i32 = 0;
/** The network to join; 0 bytes: the modem joins one by itself. */
export let network: usize = 0;
export let networkLength: i32 = 0;
export let password: usize = 0;
export let passwordLength: i32 = 0;
/** Who may command the device: an Ed25519 public key; 0: nobody. */
export let authorizationKey: usize = 0;
/** Number of the command that made the configuration; 0: the station did. */
export let configSequence: u32 = 0;
/** Number of the command that last gave the device another identity, 0: none did. */
export let reprovisionSequence: u32 = 0;
export let checkIntervalMs: u64 = 0;
/** Length of what configTag found. */
export let configTagLength: i32 = 0;

/** The payload that is looked at. */
let from: usize = 0;
let length: i32 = 0;
let found: i32 = 0;

let payloadLength: i32 = 0;

/** @returns whether everything is there and in range */
export function loadConfig(): bool {
  journalOpen(REGION);
  eventlogOpen();
  const bytes = journalRead(RECORD_CONFIGURATION, payload, CONFIGURATION_MAX);
  rootsRecordLength = journalRead(RECORD_ROOTS, rootsRecord, ROOTS_RECORD_MAX);
  return bytes > 0 && rootsRecordLength > VERSION && parse(payload, bytes);
}

/** The list in force, without its version. */
export function rootList(): usize {
  return rootsRecord + VERSION;
}

export function rootListLength(): i32 {
  return rootsRecordLength - VERSION;
}

/** Number of the command that made the root list; 0: the station did. */
export function rootsVersion(): u32 {
  return load<u32>(rootsRecord);
}

/** Puts a record of a root list in force that is in the journal. */
export function rootsTake(record: usize, bytes: i32): void {
  memory.copy(rootsRecord, record, bytes);
  rootsRecordLength = bytes;
}

export function rootsSame(record: usize, bytes: i32): bool {
  return bytes == rootsRecordLength && equal(record, rootsRecord, bytes);
}

/** Value of a tag in force, 0: none; `configTagLength` is its length. */
export function configTag(tag: i32): usize {
  const at = configurationFind(payload, payloadLength, tag, size);
  configTagLength = load<i32>(size);
  return at;
}

/** Whether a payload that a command makes has everything that is needed, all of it in range; none leaves the device to nobody. The one in force stays. */
export function configFits(candidate: usize, bytes: i32): bool {
  const fits = parse(candidate, bytes) && authorizationKey != 0;
  parse(payload, payloadLength);
  return fits;
}

/** Puts a payload in force that fits and is in the journal. */
export function configTake(candidate: usize, bytes: i32): void {
  memory.copy(payload, candidate, bytes);
  parse(payload, bytes);
}

export function configSame(candidate: usize, bytes: i32): bool {
  return bytes == payloadLength && equal(candidate, payload, bytes);
}

/** Whether a tag of a payload is not as in force. */
export function configDiffers(candidate: usize, bytes: i32, tag: i32): bool {
  const other = configurationFind(candidate, bytes, tag, size);
  const otherLength = load<i32>(size);
  const at = configTag(tag);
  return otherLength != configTagLength || !equal(other, at, otherLength);
}

function parse(at: usize, bytes: i32): bool {
  from = at;
  length = bytes;
  if (at == payload) payloadLength = bytes;
  deviceId = text(TAG_DEVICE_ID, NAME_MAX);
  deviceIdLength = found;
  host = text(TAG_SERVICE_HOST, HOST_MAX);
  hostLength = found;
  timeHost = text(TAG_TIME_HOST, HOST_MAX);
  timeHostLength = found;
  topic = text(TAG_TOPIC, TOPIC_MAX);
  topicLength = found;
  unit = text(TAG_UNIT, NAME_MAX);
  unitLength = found;
  port = value(TAG_SERVICE_PORT, 2);
  timePort = value(TAG_TIME_PORT, 2);
  intervalMs = value(TAG_INTERVAL_MS, 4);
  authentication = <i32>value(TAG_AUTHENTICATION, 1);
  configSequence = value(TAG_SEQUENCE, 4);
  reprovisionSequence = value(TAG_REPROVISION, 4);
  const checkS = configurationFind(at, bytes, TAG_CHECK_INTERVAL_S, size) != 0 ? value(TAG_CHECK_INTERVAL_S, 4) : DEFAULT_CHECK_S;
  checkIntervalMs = <u64>checkS * 1000;
  const others = findNetwork() && findService() && findOwner();
  const times = intervalMs >= MIN_INTERVAL_MS && intervalMs <= MAX_INTERVAL_MS && checkS >= MIN_CHECK_S && checkS <= MAX_CHECK_S;
  const texts = others && deviceId != 0 && host != 0 && timeHost != 0 && topic != 0 && unit != 0;
  return texts && times && port != 0 && timePort != 0 && (authentication == AUTH_CERTIFICATE || authentication == AUTH_TOKEN);
}

/** The network may be left out, or be open; a name or a password that cannot be one is no configuration. */
function findNetwork(): bool {
  network = configurationFind(from, length, TAG_NETWORK, size);
  networkLength = load<i32>(size);
  password = configurationFind(from, length, TAG_NETWORK_PASSWORD, size);
  passwordLength = load<i32>(size);
  return networkLength <= NETWORK_MAX && passwordLength <= PASSWORD_MAX && isLine(network, networkLength) && isLine(password, passwordLength);
}

/** It may be left out. One that is no service name is no configuration: it would ask nothing of the server. */
function findService(): bool {
  service = configurationFind(from, length, TAG_SERVICE_NAME, size);
  serviceLength = load<i32>(size);
  return isServiceName(service, <u32>serviceLength);
}

/** It may be left out. A key of another length is no configuration: nobody could command the device. */
function findOwner(): bool {
  authorizationKey = configurationFind(from, length, TAG_AUTHORIZATION_KEY, size);
  return authorizationKey == 0 || load<i32>(size) == AUTHORIZATION_KEY_BYTES;
}

/** No control characters: an AT command is one line. */
function isLine(at: usize, count: i32): bool {
  for (let i = 0; i < count; i++) if (load<u8>(at + i) < 0x20 || load<u8>(at + i) == 0x7f) return false;
  return true;
}

/** Printable ASCII without quote and backslash, so that it can stand in a command, in JSON and on the console as it is. */
function text(tag: i32, limit: i32): usize {
  const at = configurationFind(from, length, tag, size);
  found = load<i32>(size);
  if (at == 0 || found < 1 || found > limit) return 0;
  for (let i = 0; i < found; i++) {
    const byte = load<u8>(at + i);
    if (byte <= 0x20 || byte >= 0x7f || byte == 0x22 || byte == 0x5c || byte == 0x2c) return 0;
    if (tag == TAG_TOPIC && (byte == 0x23 || byte == 0x2b)) return 0; // [MQTT-3.3.2-2]: no wildcards
  }
  return at;
}

function value(tag: i32, bytes: i32): u32 {
  const at = configurationFind(from, length, tag, size);
  if (at == 0 || load<i32>(size) != bytes) return 0;
  return bytes == 4 ? load<u32>(at) : bytes == 2 ? load<u16>(at) : load<u8>(at);
}
