/**
 * The application: samples the sensor and reports it. Runs to completion on each event; one timer serves everybody, and every event
 * feeds the watchdog, which bites after 20 s: so no pause is longer than ten.
 */
import { boot_info, timer_set, watchdog_feed } from '../hal/hal';
import { CERTIFICATE_MAX, makeCertificate } from '../lib/cert/certificate';
import { print, printBytes, printEnd, printHex, printNumber } from '../lib/mem/console';
import { modemPoll, modemReset } from '../lib/modem/modem';
import { tlsSetClientCertificate, tlsSetRoots } from '../lib/tls/tls';
import { vaultPublicKey } from '../lib/vault/client';
import { now } from './clock';
import { deviceId, deviceIdLength, loadConfig, roots, rootsLength } from './config';
import { connectionDue, connectionTick } from './connection';
import { sampleDue, sampleTick } from './telemetry';

const HEARTBEAT_MS: u64 = 10_000;
const INFO_BYTES: i32 = 64;

const info = memory.data(INFO_BYTES);
const key = memory.data(64);
const certificate = memory.data(CERTIFICATE_MAX);
/** Nothing of normal operation happens unless all of start succeeded. */
let ready: bool = false;

export function start(): void {
  watchdog_feed();
  ready = begin();
  if (ready) {
    sampleTick();
    connectionTick(0);
  }
  arm();
}

export function event(kind: i32, a: i32, b: i32): void {
  watchdog_feed();
  if (ready) {
    modemPoll();
    sampleTick();
    connectionTick(kind);
  }
  arm();
}

function begin(): bool {
  if (!loadConfig()) return refuse('configuration');
  print('app: start version=');
  if (boot_info(info, INFO_BYTES) == INFO_BYTES) {
    printNumber(load<u8>(info, 8));
    print('.');
    printNumber(load<u8>(info, 9));
    print('.');
    printNumber(load<u16>(info, 10));
    print('+');
    printNumber(load<u32>(info, 12));
  }
  print(' device=');
  printBytes(deviceId, deviceIdLength);
  printEnd();
  modemReset();
  if (vaultPublicKey(key) < 0) return refuse('key');
  print('app: identity device=');
  printBytes(deviceId, deviceIdLength);
  print(' key=');
  printHex(key, 64);
  printEnd();
  if (tlsSetRoots(roots, rootsLength) < 0) return refuse('roots');
  const length = makeCertificate(certificate, deviceId, deviceIdLength);
  if (length < 0 || tlsSetClientCertificate(certificate, length) < 0) return refuse('certificate');
  return true;
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
  if (ready) due = min(due, min(sampleDue(), connectionDue()));
  timer_set(<i32>(due > at ? due - at : 1));
}
