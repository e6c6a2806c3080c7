/**
 * A change of the configuration (SPEC 25): the tags that it names replace those in force, the others stay. One journal record carries the outcome and its sequence number, so
 * a power cut leaves the old or the new configuration, never a part of one.
 *
 * Not to be changed by it: identity, authentication mode, authorization key, name of the service; those a reprovisioning may change, which is in force after a restart. Numbers of
 * commands and the authority over the secrets no command changes. An empty value takes an optional tag away.
 */
import { configurationFind } from '../lib/store/configuration';
import { journalAppend } from '../lib/store/journal';
import {
  RECORD_CONFIGURATION, TAG_AUTHENTICATION, TAG_AUTHORIZATION_KEY, TAG_DEVICE_ID, TAG_LAST, TAG_NETWORK, TAG_NETWORK_PASSWORD, TAG_REPROVISION, TAG_SECRET_AUTHORITY, TAG_SEQUENCE,
  TAG_SERVICE_HOST, TAG_SERVICE_NAME, TAG_SERVICE_PORT, TAG_TIME_HOST, TAG_TIME_PORT,
} from '../lib/store/types';
import { OK } from '../lib/status/status';
import {
  CONFIGURATION_MAX, configDiffers, configFits, configSame, configSequence, configTag, configTagLength, configTake, reprovisionSequence,
} from './config';
import { connectionJoinAnew } from './connection';
import { reconnectSoon } from './reconnect';
import { RESULT_MALFORMED, RESULT_OK, RESULT_RANGE, RESULT_REPLAYED, RESULT_SAME, RESULT_STORAGE } from './results';
import { restartSoon } from './restart';
import { timeForget } from './time';

/** No command names these. */
const NEVER_NAMED: u32 = 1 | (1 << TAG_SEQUENCE) | (1 << TAG_REPROVISION) | (1 << TAG_SECRET_AUTHORITY);
const FIXED: u32 = NEVER_NAMED | (1 << TAG_DEVICE_ID) | (1 << TAG_AUTHENTICATION) | (1 << TAG_AUTHORIZATION_KEY) | (1 << TAG_SERVICE_NAME);

const candidate = memory.data(CONFIGURATION_MAX);
const found = memory.data(4);
const number = memory.data(4);
/** Length of the candidate. */
let size: i32 = 0;

/** @returns RESULT_OK: it is in force; or why not */
export function configurationChange(content: usize, length: i32, sequence: u32): i32 {
  const result = record(content, length, FIXED, TAG_SEQUENCE, configSequence, sequence);
  if (result != RESULT_OK) return result;
  const time = differs(TAG_TIME_HOST) || differs(TAG_TIME_PORT);
  const network = differs(TAG_NETWORK) || differs(TAG_NETWORK_PASSWORD);
  if (time) timeForget();
  if (network) connectionJoinAnew();
  if (time || network || differs(TAG_SERVICE_HOST) || differs(TAG_SERVICE_PORT)) reconnectSoon();
  configTake(candidate, size);
  return RESULT_OK;
}

/** Another identity, another service: everything but the secret. @returns RESULT_OK: it is in force after the restart; or why not */
export function reprovision(content: usize, length: i32, sequence: u32): i32 {
  const result = record(content, length, NEVER_NAMED, TAG_REPROVISION, reprovisionSequence, sequence);
  if (result == RESULT_OK) restartSoon();
  return result;
}

/**
 * Makes the candidate and puts it into the journal.
 * @param fixed tags that the content must not name @param tag of the command's number, of which `inForce` is the present one
 */
function record(content: usize, length: i32, fixed: u32, tag: i32, inForce: u32, sequence: u32): i32 {
  if (sequence < inForce) return RESULT_REPLAYED;
  const tags = tagsOf(content, length);
  if (tags == 0) return RESULT_MALFORMED;
  if ((tags & fixed) != 0 || tags >> (TAG_LAST + 1) != 0) return RESULT_RANGE;
  size = merge(content, length, tag, sequence);
  if (size < 0) return RESULT_RANGE;
  if (sequence == inForce) return configSame(candidate, size) ? RESULT_SAME : RESULT_REPLAYED;
  if (!configFits(candidate, size)) return RESULT_RANGE;
  return journalAppend(RECORD_CONFIGURATION, candidate, size) == OK ? RESULT_OK : RESULT_STORAGE;
}

function differs(tag: i32): bool {
  return configDiffers(candidate, size, tag);
}

/** Bit n: tag n is named. 0: none is, or this is no list, or names one twice. Tags beyond 30 count as 31, which none has. */
function tagsOf(content: usize, length: i32): u32 {
  let tags: u32 = 0;
  let at = 0;
  while (at < length) {
    if (at + 3 > length) return 0;
    const bit: u32 = 1 << min<i32>(<i32>load<u8>(content + at), 31);
    if ((tags & bit) != 0) return 0;
    tags |= bit;
    at += 3 + <i32>load<u16>(content + at, 1);
  }
  return at == length ? tags : 0;
}

/** In ascending order of the tags, so that the same change makes the same bytes again. @returns the length; -1: it does not fit */
function merge(content: usize, length: i32, numberTag: i32, sequence: u32): i32 {
  let at = 0;
  for (let tag = 1; tag <= TAG_LAST; tag++) {
    let value = tag == numberTag ? number : configurationFind(content, length, tag, found);
    let bytes = tag == numberTag ? 4 : load<i32>(found);
    if (tag == numberTag) store<u32>(number, sequence);
    else if (value == 0) {
      value = configTag(tag);
      bytes = configTagLength;
    }
    if (value == 0 || bytes == 0) continue;
    if (at + 3 + bytes > CONFIGURATION_MAX) return -1;
    store<u8>(candidate + at, <u8>tag);
    store<u16>(candidate + at, <u16>bytes, 1);
    memory.copy(candidate + at + 3, value, bytes);
    at += 3 + bytes;
  }
  return at;
}
