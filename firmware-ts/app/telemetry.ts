/**
 * Readings on their way to the service: taken on the sampling interval, numbered, kept in a ring until the service has acknowledged them. When the ring is
 * full the oldest goes, and the service sees the gap in the numbers.
 */
import { print, printEnd } from '../lib/mem/console';
import { FAULT_NONE, faultName, sensorSample, sensorValue } from '../lib/sensor/lm74';
import { text, textBegin, textByte, textBytes, textEnd, textNumber } from '../lib/text/builder';
import { now, trustedTime } from './clock';
import { intervalMs, unit, unitLength } from './config';

/** Entry: u32 sequence, i32 sixteenths, u64 uptime of the sample, i32 fault. */
const ENTRY: i32 = 24;
const ENTRIES: i32 = 64;
export const JSON_MAX: i32 = 192;

const ring = memory.data(ENTRY * ENTRIES, 8);
let first: i32 = 0;
let count: i32 = 0;
let sequence: u32 = 0;
let lastFault: i32 = 0; // FAULT_NONE
let nextAt: u64 = 0;

/** When the next sample is due, uptime in ms. */
export function sampleDue(): u64 {
  return nextAt;
}

/** Takes a sample when it is time for one. */
export function sampleTick(): void {
  const at = now();
  if (at < nextAt) return;
  nextAt = at + intervalMs;
  const fault = sensorSample();
  if (fault != lastFault) {
    print(fault == FAULT_NONE ? 'app: sensor recovered' : 'app: sensor fault=');
    if (fault != FAULT_NONE) print(faultName(fault));
    printEnd();
    lastFault = fault;
  }
  if (count == ENTRIES) {
    first = (first + 1) % ENTRIES;
    count--;
  }
  const entry = ring + ((first + count) % ENTRIES) * ENTRY;
  sequence++;
  store<u32>(entry, sequence);
  store<i32>(entry, fault == FAULT_NONE ? sensorValue : 0, 4);
  store<u64>(entry, at, 8);
  store<i32>(entry, fault, 16);
  count++;
}

/** Sequence number of the oldest reading; 0: there is none. */
export function oldest(): u32 {
  return count > 0 ? load<u32>(ring + first * ENTRY) : 0;
}

/** The service has the reading of this number. */
export function acknowledged(number: u32): void {
  if (count > 0 && oldest() == number) {
    first = (first + 1) % ENTRIES;
    count--;
  }
}

/** Writes the oldest reading as JSON (SPEC 12). @returns its length, -1: it did not fit */
export function writeOldest(out: usize): i32 {
  const entry = ring + first * ENTRY;
  const fault = load<i32>(entry, 16);
  const age = now() - load<u64>(entry, 8);
  textBegin(out, JSON_MAX);
  text('{"seq":');
  textNumber(load<u32>(entry));
  text(',"t":');
  textNumber((trustedTime() - age) / 1000);
  text(',"value":');
  if (fault == FAULT_NONE) writeDegrees(load<i32>(entry, 4));
  else text('null');
  text(',"unit":"');
  textBytes(unit, unitLength);
  text('","status":"');
  text(faultName(fault));
  text('"}');
  return textEnd();
}

/** Sixteenths as an exact decimal: "23.0625", "-0.5", "0". */
function writeDegrees(sixteenths: i32): void {
  const magnitude = sixteenths < 0 ? -sixteenths : sixteenths;
  textByte(0x22);
  if (sixteenths < 0) textByte(0x2d);
  textNumber(magnitude >> 4);
  let fraction = (magnitude & 15) * 625;
  if (fraction != 0) {
    textByte(0x2e);
    for (let divisor = 1000; fraction != 0; divisor /= 10) {
      textByte(0x30 + fraction / divisor);
      fraction %= divisor;
    }
  }
  textByte(0x22);
}
