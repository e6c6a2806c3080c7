/**
 * The application: samples the sensor and reports it. Runs to completion on each event; one timer serves everybody, and every event feeds the watchdog, which bites
 * after 20 s: so no pause is longer than ten, and each event does at most one public-key operation, the start's key among them.
 */
import { timer_set, watchdog_feed } from '../hal/hal';
import { print, printBytes, printEnd, printHex, printVersion } from '../lib/mem/console';
import { modemPoll, modemReset } from '../lib/modem/modem';
import { tlsSetRoots } from '../lib/tls/tls';
import { bootInfoVersionAt } from '../lib/update/boot-info';
import { OK, WIPED as KEYS_WIPED, isEntropy } from '../lib/status/status';
import { KEY_IN_USE, SOURCE_PRINT_BYTES, STATUS_BYTES } from '../lib/vault/api';
import { vaultPublicKey, vaultStatus } from '../lib/vault/client';
import { loadFloor, now } from './clock';
import { deviceId, deviceIdLength, loadConfig, rootList, rootListLength } from './config';
import { EVENT_ENTROPY, EVENT_SECRET_CHANGED } from './events';
import { eventlog } from './eventlog';
import { connectionDue, connectionTick } from './connection';
import { downloadOpen } from './download';
import { identityOpen } from './identity';
import { trialBegin, trialTick, updateOpen } from './update';
import { sampleDue, sampleTick, telemetryOpen } from './telemetry';

const HEARTBEAT_MS: u64 = 10_000;
/** A source of entropy that failed is asked again after this long. */
const RETRY_MS: u64 = 60_000;

/** What the next event does. Nothing of normal operation happens before all of it succeeded. */
const HALTED: i32 = 0;
const KEY: i32 = 1;
const RUNNING: i32 = 2;
/** For ever: nothing is left to be done. */
const WIPED: i32 = 3;

const vault = memory.data(STATUS_BYTES);
const key = memory.data(64);
let phase: i32 = 0; // HALTED
let phaseAt: u64 = 0;

export function start(): void {
  watchdog_feed();
  trialBegin();
  phase = begin() ? KEY : HALTED;
  arm();
}

export function event(kind: i32, a: i32, b: i32): void {
  watchdog_feed();
  if (phase != WIPED) trialTick(phase != HALTED);
  modemPoll();
  if (phase == RUNNING) {
    sampleTick();
    connectionTick();
  } else if (phase == KEY && now() >= phaseAt) {
    makeKey();
  }
  arm();
}

function begin(): bool {
  modemReset();
  if (!loadConfig()) return refuse('configuration');
  loadFloor();
  telemetryOpen();
  updateOpen();
  downloadOpen();
  print('app: start version=');
  printVersion(bootInfoVersionAt());
  print(' device=');
  printBytes(deviceId, deviceIdLength);
  printEnd();
  return tlsSetRoots(rootList(), rootListLength()) >= 0 || refuse('roots');
}

/** The device's identity: made on first use, told to whoever registers it. Its public half only. */
function makeKey(): void {
  const answered = vaultStatus(vault) == OK;
  // The next request would start the source over, and what its tests found would go unsaid.
  if (answered && load<i32>(vault) < 0) return retry('key', load<i32>(vault));
  const isNew = answered && load<u32>(vault, 4) == 0;
  const status = vaultPublicKey(KEY_IN_USE, key);
  if (status == KEYS_WIPED) {
    refuse('wiped');
    phase = WIPED;
    return;
  }
  if (status < 0) return retry('key', status);
  if (isNew) eventlog(EVENT_SECRET_CHANGED, 0, 0);
  if (answered) tellSource(vault + 8);
  print('app: identity device=');
  printBytes(deviceId, deviceIdLength);
  print(' key=');
  printHex(key, 64);
  printEnd();
  identityOpen();
  phase = RUNNING;
}

/** For the station, which knows by it two boards whose sources gave the same. At every start: it may have been cut off before it heard. */
function tellSource(sourcePrint: usize): void {
  print('app: source print=');
  printHex(sourcePrint, SOURCE_PRINT_BYTES);
  printEnd();
}

function retry(what: string, status: i32): void {
  const entropy = isEntropy(status);
  if (entropy) eventlog(EVENT_ENTROPY, 0, 0);
  refuse(entropy ? 'entropy' : what);
  phaseAt = now() + RETRY_MS;
}

function refuse(what: string): bool {
  print('app: refuse operation reason=');
  print(what);
  printEnd();
  return false;
}

/** The timer goes to whoever is first. */
function arm(): void {
  const at = now();
  let due = at + HEARTBEAT_MS;
  if (phase == RUNNING) due = min(due, min(sampleDue(), connectionDue()));
  else if (phase == KEY) due = min(due, phaseAt);
  timer_set(<i32>(due > at ? due - at : 1));
}
