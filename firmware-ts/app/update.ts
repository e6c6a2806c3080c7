/**
 * Updates (SPEC 26): what may be announced, and the confirmation of a new image. The download is in download.ts, what is told of its end in verdict.ts; boot alone decides
 * what runs.
 *
 * ```
 * announcement: 0 u8 major  1 u8 minor  2 u16 revision  4 u32 build  8 u32 security counter  12 u32 length  16 u8[32] SHA-256, of the whole signed image
 * ```
 */
import { reset } from '../hal/hal';
import { equal } from '../lib/mem/bytes';
import { IMAGE_ROLLBACK, IMAGE_VERSION } from '../lib/image/reasons';
import { OK } from '../lib/status/status';
import { journalAppend, journalRead } from '../lib/store/journal';
import { RECORD_UPDATE } from '../lib/store/types';
import { bootInfoDeviceCounter, bootInfoInstall, bootInfoOnTrial, bootInfoRead, bootInfoVersionAt } from '../lib/update/boot-info';
import { IMAGE_ROOM, trailerConfirm, trailerConfirmation, trailerRead } from '../lib/update/trailer';
import { now } from './clock';
import { downloadBegin } from './download';
import { EVENT_UPDATE_ANNOUNCED } from './events';
import { eventlog } from './eventlog';
import { logRestart } from './log';
import { RESULT_IMAGE, RESULT_MALFORMED, RESULT_OK, RESULT_RANGE, RESULT_REPLAYED, RESULT_SAME, RESULT_STORAGE } from './results';
import { verdictOpen } from './verdict';

const ANNOUNCEMENT: i32 = 48;
const SEQUENCE: i32 = 4;
const RECORD: i32 = SEQUENCE + ANNOUNCEMENT;

const record = memory.data(RECORD, 8);
const candidate = memory.data(RECORD, 8);
/** So long an image on trial tries to reach the service: whoever keeps the network from it for less takes no update back. */
const TRIAL_MS: u64 = 24 * 3600 * 1000;
/** One that does not find what it needs to begin will not find it later. */
const FALSE_START_MS: u64 = 60_000;

let announced: bool = false;
/** The confirmation stands in the trailer, or is not needed. */
let confirmed: bool = false;

/** At start: the journal is open. */
export function updateOpen(): void {
  announced = journalRead(RECORD_UPDATE, record, RECORD) == RECORD;
  verdictOpen();
}

/** At start, before anything can fail. */
export function trialBegin(): void {
  bootInfoRead();
  confirmed = !bootInfoOnTrial();
}

/** An image that nobody confirms ends this try of it; boot counts them. Does not return then. @param begun it has come as far as its normal operation */
export function trialTick(begun: bool): void {
  if (confirmed || now() < (begun ? TRIAL_MS : FALSE_START_MS)) return;
  logRestart();
  reset(0);
}

/** Number of the command that announced the update in force, 0: none did. */
export function updateSequence(): u32 {
  return announced ? load<u32>(record) : 0;
}

export function updateLength(): u32 {
  return load<u32>(record + SEQUENCE, 12);
}

/** Address of the SHA-256 that the whole image has. */
export function updateHash(): usize {
  return record + SEQUENCE + 16;
}

/** Whether the update in force is what runs. */
export function updateRuns(): bool {
  return equal(bootInfoVersionAt(), record + SEQUENCE, 8);
}

/** @returns RESULT_OK: the download begins; or why not */
export function updateAnnounce(content: usize, length: i32, sequence: u32): i32 {
  const result = consider(content, length, sequence);
  if (result == RESULT_OK) {
    eventlog(EVENT_UPDATE_ANNOUNCED, 0, sequence);
    downloadBegin();
  }
  return result;
}

function consider(content: usize, length: i32, sequence: u32): i32 {
  if (sequence < updateSequence()) return RESULT_REPLAYED;
  if (length != ANNOUNCEMENT) return RESULT_MALFORMED;
  if (announced && sequence == updateSequence()) return equal(content, record + SEQUENCE, ANNOUNCEMENT) ? RESULT_SAME : RESULT_REPLAYED;
  const bytes = load<u32>(content, 12);
  if (bytes == 0 || bytes > IMAGE_ROOM) return RESULT_RANGE;
  if (!newer(content, bootInfoVersionAt())) return RESULT_IMAGE + IMAGE_VERSION;
  if (load<u32>(content, 8) <= bootInfoDeviceCounter()) return RESULT_IMAGE + IMAGE_ROLLBACK;
  store<u32>(candidate, sequence);
  memory.copy(candidate + SEQUENCE, content, ANNOUNCEMENT);
  if (journalAppend(RECORD_UPDATE, candidate, RECORD) != OK) return RESULT_STORAGE;
  memory.copy(record, candidate, RECORD);
  announced = true;
  return RESULT_OK;
}

/** The service has accepted this image's connection: it is good. Boot acts on it at the next start. */
export function updateConfirm(): void {
  if (confirmed) return;
  trailerRead();
  confirmed = trailerConfirmation() == bootInfoInstall() || trailerConfirm(bootInfoInstall()) == OK;
}

/** Whether version a is greater than b: major, minor, revision, build. */
function newer(a: usize, b: usize): bool {
  if (load<u8>(a) != load<u8>(b)) return load<u8>(a) > load<u8>(b);
  if (load<u8>(a, 1) != load<u8>(b, 1)) return load<u8>(a, 1) > load<u8>(b, 1);
  if (load<u16>(a, 2) != load<u16>(b, 2)) return load<u16>(a, 2) > load<u16>(b, 2);
  return load<u32>(a, 4) > load<u32>(b, 4);
}
