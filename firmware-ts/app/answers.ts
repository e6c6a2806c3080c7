/**
 * Answers to commands on their way to the service (SPEC 25): a few wait, in order, over the end of a connection too; when there is no room the oldest goes.
 *
 * ```
 * entry: 0 i32 kind  4 u32 sequence  8 i32 result
 * ```
 */
import { text, textBegin, textEnd, textHex, textNumber } from '../lib/text/builder';
import { OK } from '../lib/status/status';
import { KEY_NEXT } from '../lib/vault/api';
import { vaultPublicKey } from '../lib/vault/client';
import { NEVER } from './clock';
import {
  EVENT_COMMAND_REFUSED, EVENT_CONFIGURATION_CHANGED, EVENT_CONFIGURATION_REFUSED, EVENT_ROOTS_CHANGED, EVENT_ROOTS_REFUSED, EVENT_SECRET_CHANGED, EVENT_SECRET_REFUSED,
  EVENT_UPDATE_REFUSED,
} from './events';
import { eventlog, eventlogOnce } from './eventlog';
import { KIND_CONFIGURATION, KIND_REPROVISION, KIND_ROOTS, KIND_ROTATE, KIND_UPDATE, KIND_WIPE, kindName } from './kinds';
import { logCommand } from './log';
import { RESULT_OK, resultName } from './results';
import { verdictHeard } from './verdict';

const ENTRY: i32 = 12;
const ENTRIES: i32 = 8;
/** Of each kind: u32 sequence, i32 result of the last refusal. */
const REFUSAL: i32 = 8;
const KINDS: i32 = 8;
const NO_EVENT: i32 = 0;

const ring = memory.data(ENTRY * ENTRIES, 4);
const point = memory.data(64);
const refusals = memory.data(REFUSAL * KINDS, 4);
let count: i32 = 0;
/** The first of the ring is on its way. */
let flying: bool = false;

/**
 * Says what became of a command: on the console, in the log, and to the service when there is a connection.
 * @param again it was in force already: the log may have it
 */
export function answer(kind: i32, sequence: u32, result: i32, again: bool): void {
  if (again) known(kind, sequence);
  else if (!isRepeated(kind, sequence, result)) note(kind, sequence, result);
  answerLogged(kind, sequence, result);
}

/** The same of what the log says already. */
export function answerLogged(kind: i32, sequence: u32, result: i32): void {
  logCommand(kindName(kind), sequence, resultName(result));
  if (count == ENTRIES) removeFirst();
  const entry = ring + count++ * ENTRY;
  store<i32>(entry, kind);
  store<u32>(entry, sequence, 4);
  store<i32>(entry, result, 8);
}

/** A retained command that is refused comes again at every subscription: one entry of it in a life. */
function isRepeated(kind: i32, sequence: u32, result: i32): bool {
  const at = refusals + kind * REFUSAL;
  if (result == RESULT_OK) return false;
  const repeated = load<i32>(at, 4) == result && load<u32>(at) == sequence;
  store<u32>(at, sequence);
  store<i32>(at, result, 4);
  return repeated;
}

/** The power may have gone between the change and its entry. */
function known(kind: i32, sequence: u32): void {
  const event = eventOf(kind, RESULT_OK);
  if (event != NO_EVENT) eventlogOnce(event, RESULT_OK, sequence);
}

function note(kind: i32, sequence: u32, result: i32): void {
  const event = eventOf(kind, result);
  if (event != NO_EVENT) eventlog(event, result, sequence);
}

/** What happens to an update the log is told where it happens, but for announcements that are refused. */
function eventOf(kind: i32, result: i32): i32 {
  const ok = result == RESULT_OK;
  switch (kind) {
    case KIND_CONFIGURATION: case KIND_REPROVISION: return ok ? EVENT_CONFIGURATION_CHANGED : EVENT_CONFIGURATION_REFUSED;
    case KIND_ROOTS: return ok ? EVENT_ROOTS_CHANGED : EVENT_ROOTS_REFUSED;
    case KIND_ROTATE: case KIND_WIPE: return ok ? EVENT_SECRET_CHANGED : EVENT_SECRET_REFUSED;
    case KIND_UPDATE: return ok ? NO_EVENT : EVENT_UPDATE_REFUSED;
    default: return ok ? NO_EVENT : EVENT_COMMAND_REFUSED;
  }
}

/** Every answer has arrived. */
export function answersDelivered(): bool {
  return count == 0;
}

// ---- a source of the outbox ----

export function answerDue(): u64 {
  return count > 0 ? 0 : NEVER;
}

export function answerWrite(out: usize, capacity: i32): i32 {
  textBegin(out, capacity);
  text('{"kind":"');
  text(kindName(load<i32>(ring)));
  text('","seq":');
  textNumber(load<u32>(ring, 4));
  text(',"result":"');
  text(resultName(load<i32>(ring, 8)));
  text('"');
  writeKey();
  text('}');
  flying = true;
  return textEnd();
}

export function answerAcked(): void {
  if (!flying) return;
  if (load<i32>(ring) == KIND_UPDATE) verdictHeard(load<u32>(ring, 4), load<i32>(ring, 8));
  removeFirst();
}

/** After a rotation the service needs the public half of the next key. */
function writeKey(): void {
  if (load<i32>(ring) != KIND_ROTATE || load<i32>(ring, 8) != RESULT_OK || vaultPublicKey(KEY_NEXT, point) != OK) return;
  text(',"key":"');
  textHex(point, 64);
  text('"');
}

/** The connection ended before its PUBACK: it is sent again. */
export function answerLost(): void {
  flying = false;
}

function removeFirst(): void {
  flying = false;
  count--;
  memory.copy(ring, ring + ENTRY, count * ENTRY);
}
