/**
 * The log (SPEC 30): what happened to the device's security and its software, in the journal, numbered, until the service has it and longer. When there is no room the
 * oldest go. An entry that the service acknowledged is not sent again, unless power was lost before that could be noted: the service knows it by its number.
 *
 * ```
 * entry: 0 u32 number  4 u8 event  5 u8[3] zero  8 u32 code  12 u32 value  16 u64 time, ms since 1970, 0: not known  24 u64 uptime, ms
 * ```
 * Nothing secret is ever an argument: numbers alone.
 */
import { print, printEnd, printNumber } from '../lib/mem/console';
import { OK } from '../lib/status/status';
import { journalAppend, journalGeneration, journalNext, journalRead, journalReadAt } from '../lib/store/journal';
import { RECORD_DELIVERED, RECORD_LOG } from '../lib/store/types';
import { text, textBegin, textEnd, textNumber, textRoom } from '../lib/text/builder';
import { NEVER, now, trustedTime } from './clock';
import { EVENT_ENTROPY, EVENT_SERVER_REFUSED, eventName, eventReason } from './events';

const ENTRY: i32 = 32;
/** The longest entry as text. */
const TEXT_MAX: i32 = 160;
/** A server that is refused at every attempt would fill the log with one line. */
const QUIET_MS: u64 = 3_600_000;
/** So many refused servers are told in that time at most, whatever the reasons: more than pauses between attempts leave room for, unless somebody lets every other one succeed. */
const REFUSALS: i32 = 64;

const entry = memory.data(ENTRY, 8);
const number = memory.data(4);
/** Numbers of the newest entry, of the newest that the service has, and of the newest on its way, 0: none is. */
let newest: u32 = 0;
let delivered: u32 = 0;
let flying: u32 = 0;
/** Address of an entry that the service has, 0: of none is it known, and the generation that it holds for. */
let behind: u32 = 0;
let behindIn: u32 = 0;
/** What was said last of what repeats by itself, and when. */
let lastEvent: i32 = 0;
let lastCode: i32 = 0;
let lastAt: u64 = 0;
/** Of the last refused servers that were told: uptime plus one, 0: none; and where the oldest is. */
const refusals = memory.data(REFUSALS * 8, 8);
let oldest: i32 = 0;

/** At start: the journal is open. */
export function eventlogOpen(): void {
  newest = journalRead(RECORD_LOG, entry, ENTRY) == ENTRY ? load<u32>(entry) : 0;
  delivered = journalRead(RECORD_DELIVERED, number, 4) == 4 ? load<u32>(number) : 0;
  newest = max(newest, delivered);
}

/** Notes an event. @param code what `eventReason` knows of it @param value a number of the event's own */
export function eventlog(event: i32, code: i32, value: u32): void {
  if (repeats(event, code)) return;
  memory.fill(entry, 0, ENTRY);
  store<u32>(entry, newest + 1);
  store<u8>(entry, <u8>event, 4);
  store<u32>(entry, code, 8);
  store<u32>(entry, value, 12);
  // The service is told whole seconds.
  store<u64>(entry, trustedTime() / 1000 * 1000, 16);
  store<u64>(entry, now(), 24);
  const stored = journalAppend(RECORD_LOG, entry, ENTRY) == OK;
  newest++;
  print(stored ? 'app: log n=' : 'app: lost log n=');
  printNumber(newest);
  print(' event=');
  print(eventName(event));
  printEnd();
}

/** The same of what may be in the log since before power was lost. */
export function eventlogOnce(event: i32, code: i32, value: u32): void {
  for (let at = journalNext(RECORD_LOG, 0); at != 0; at = journalNext(RECORD_LOG, at)) {
    if (journalReadAt(at, entry, ENTRY) == ENTRY && load<u8>(entry, 4) == event && load<i32>(entry, 8) == code && load<u32>(entry, 12) == value) return;
  }
  eventlog(event, code, value);
}

/** The service has every entry. */
export function eventlogDelivered(): bool {
  return delivered == newest;
}

function repeats(event: i32, code: i32): bool {
  if (event != EVENT_SERVER_REFUSED && event != EVENT_ENTROPY) return false;
  if (event == lastEvent && code == lastCode && now() - lastAt < QUIET_MS) return true;
  if (event == EVENT_SERVER_REFUSED && isFull()) return true;
  lastEvent = event;
  lastCode = code;
  lastAt = now();
  return false;
}

/** Takes note of a refused server, or there were enough of them. */
function isFull(): bool {
  const at = refusals + (oldest << 3);
  const told = load<u64>(at);
  if (told != 0 && now() + 1 - told < QUIET_MS) return true;
  store<u64>(at, now() + 1);
  oldest = (oldest + 1) % REFUSALS;
  return false;
}

// ---- a source of the outbox ----

export function eventlogDue(): u64 {
  return delivered < newest ? 0 : NEVER;
}

/** As many entries as fit. */
export function eventlogWrite(out: usize, capacity: i32): i32 {
  flying = 0;
  if (behindIn != journalGeneration()) behind = 0;
  behindIn = journalGeneration();
  textBegin(out, capacity);
  text('{"log":[');
  for (let at = journalNext(RECORD_LOG, behind); at != 0; at = journalNext(RECORD_LOG, at)) {
    if (journalReadAt(at, entry, ENTRY) != ENTRY) continue;
    if (load<u32>(entry) <= delivered) {
      behind = at;
      continue;
    }
    if (textRoom() < TEXT_MAX) break;
    if (flying != 0) text(',');
    flying = load<u32>(entry);
    write();
  }
  text(']}');
  if (flying != 0) return textEnd();
  delivered = newest; // what is left of the log has no entry that the service lacks
  return 0;
}

/** The service has what was on its way. */
export function eventlogAcked(): void {
  if (flying == 0) return;
  delivered = flying;
  flying = 0;
  store<u32>(number, delivered);
  journalAppend(RECORD_DELIVERED, number, 4);
}

/** The connection ended before that: it is sent again. */
export function eventlogLost(): void {
  flying = 0;
}

function write(): void {
  const event = <i32>load<u8>(entry, 4);
  text('{"n":');
  textNumber(load<u32>(entry));
  text(',"t":');
  textNumber(load<u64>(entry, 16) / 1000);
  text(',"event":"');
  text(eventName(event));
  text('","reason":"');
  eventReason(event, load<i32>(entry, 8));
  text('","value":');
  textNumber(load<u32>(entry, 12));
  text('}');
}
