/** The configuration as the journal holds it (SPEC 8), copied once at start: without all of it there is no normal operation. */
import { configurationFind } from '../lib/store/configuration';
import { journalOpen, journalRead } from '../lib/store/journal';
import {
  RECORD_CONFIGURATION, RECORD_ROOTS, TAG_AUTHENTICATION, TAG_DEVICE_ID, TAG_INTERVAL_MS, TAG_SERVICE_HOST,
  TAG_NETWORK, TAG_NETWORK_PASSWORD, TAG_SERVICE_PORT, TAG_TIME_HOST, TAG_TIME_PORT, TAG_TOPIC, TAG_UNIT,
} from '../lib/store/types';

/** Values of the authentication mode. */
export const AUTH_CERTIFICATE: i32 = 1;
export const AUTH_TOKEN: i32 = 2;

const REGION: u32 = 0x081c0000;
const SECTORS: i32 = 2;
const PAYLOAD_MAX: i32 = 1024;
const ROOTS_MAX: i32 = 4096;
const NAME_MAX: i32 = 64;
const HOST_MAX: i32 = 253;
const TOPIC_MAX: i32 = 128;
const MIN_INTERVAL_MS: u32 = 100;
/** IEEE 802.11: an SSID has at most 32 bytes, a WPA passphrase 63 characters, a key in hex 64. */
const NETWORK_MAX: i32 = 32;
const PASSWORD_MAX: i32 = 64;

const payload = memory.data(PAYLOAD_MAX);
const size = memory.data(4);
export const roots = memory.data(ROOTS_MAX);
export let rootsLength: i32 = 0;

export let deviceId: usize = 0;
export let deviceIdLength: i32 = 0;
export let host: usize = 0;
export let hostLength: i32 = 0;
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

let length: i32 = 0;
let found: i32 = 0;

/** @returns whether everything is there and in range */
export function loadConfig(): bool {
  journalOpen(REGION, SECTORS);
  length = journalRead(RECORD_CONFIGURATION, payload, PAYLOAD_MAX);
  rootsLength = journalRead(RECORD_ROOTS, roots, ROOTS_MAX);
  if (length <= 0 || rootsLength <= 0) return false;
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
  const joins = findNetwork();
  const texts = joins && deviceId != 0 && host != 0 && timeHost != 0 && topic != 0 && unit != 0;
  return texts && port != 0 && timePort != 0 && intervalMs >= MIN_INTERVAL_MS && (authentication == AUTH_CERTIFICATE || authentication == AUTH_TOKEN);
}

/** The network may be left out, or be open; a name or a password that cannot be one is no configuration. */
function findNetwork(): bool {
  network = configurationFind(payload, length, TAG_NETWORK, size);
  networkLength = network != 0 ? load<i32>(size) : 0;
  password = configurationFind(payload, length, TAG_NETWORK_PASSWORD, size);
  passwordLength = password != 0 ? load<i32>(size) : 0;
  return networkLength <= NETWORK_MAX && passwordLength <= PASSWORD_MAX && isLine(network, networkLength) && isLine(password, passwordLength);
}

/** No control characters: an AT command is one line. */
function isLine(at: usize, count: i32): bool {
  for (let i = 0; i < count; i++) if (load<u8>(at + i) < 0x20 || load<u8>(at + i) == 0x7f) return false;
  return true;
}

/** Printable ASCII without quote and backslash, so that it can stand in a command, in JSON and on the console as it is. */
function text(tag: i32, limit: i32): usize {
  const at = configurationFind(payload, length, tag, size);
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
  const at = configurationFind(payload, length, tag, size);
  if (at == 0 || load<i32>(size) != bytes) return 0;
  return bytes == 4 ? load<u32>(at) : bytes == 2 ? load<u16>(at) : load<u8>(at);
}
