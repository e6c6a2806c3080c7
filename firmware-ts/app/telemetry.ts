/**
 * Readings on their way to the service: taken on the sampling interval, numbered, kept in a ring until the service has acknowledged them. When the ring is full
 * the oldest goes, and the service sees the gap in the numbers. Numbers are never used twice: a stretch of them is reserved in the journal before its first is, and after a
 * reset they go on behind it, so what was lost with the supply is a gap too.
 *
 * ```
 * ring:  | acknowledged ... | in flight, at most WINDOW | waiting ... | free
 *                             first                       first + inFlight
 * entry: 0 u32 sequence  4 i32 sixteenths  8 u64 uptime of the sample  16 i32 fault  20 u32 packet identifier  24 u32 flags
 * ```
 */
import { print, printEnd, printNumber } from '../lib/mem/console';
import { FAULT_NONE, faultName, sensorSample, sensorValue } from '../lib/sensor/lm74';
import { OK } from '../lib/status/status';
import { journalAppend, journalRead } from '../lib/store/journal';
import { RECORD_READINGS } from '../lib/store/types';
import { now } from './clock';
import { intervalMs } from './config';

const ENTRY: i32 = 32;
const ENTRIES: i32 = 64;
/** Readings that may wait for their PUBACK at a time. */
const WINDOW: i32 = 4;
/** Numbers of readings that are reserved at a time. */
const RESERVE: u32 = 256;
const WAS_SENT: u32 = 1;
const IS_ACKED: u32 = 2;

const ring = memory.data(ENTRY * ENTRIES, 8);
const number = memory.data(4);
let first: i32 = 0;
let count: i32 = 0;
let inFlight: i32 = 0;
let sequence: u32 = 0;
/** The last number that is reserved. */
let reserved: u32 = 0;
let lastFault: i32 = 0; // FAULT_NONE
let nextAt: u64 = 0;

/** At start: the journal is open. */
export function telemetryOpen(): void {
  reserved = journalRead(RECORD_READINGS, number, 4) == 4 ? load<u32>(number) : 0;
  sequence = reserved;
}

/** When the next sample is due, uptime in ms. */
export function sampleDue(): u64 {
  return nextAt;
}

/** Takes a sample when it is time for one. What was missed while an event took longer than an interval is not made up for. */
export function sampleTick(): void {
  const at = now();
  nextAt = min(nextAt, at + intervalMs); // the interval may have become shorter
  if (at < nextAt) return;
  nextAt += intervalMs;
  if (nextAt <= at) nextAt = at + intervalMs;
  const fault = sensorSample();
  if (fault != lastFault) {
    print(fault == FAULT_NONE ? 'app: sensor recovered' : 'app: sensor fault=');
    if (fault != FAULT_NONE) print(faultName(fault));
    printEnd();
    lastFault = fault;
  }
  if (count == ENTRIES) dropOldest();
  const entry = entryAt(count);
  nextNumber();
  store<u32>(entry, sequence);
  store<i32>(entry, fault == FAULT_NONE ? sensorValue : 0, 4);
  store<u64>(entry, at, 8);
  store<i32>(entry, fault, 16);
  store<u64>(entry, 0, 20);
  count++;
}

function nextNumber(): void {
  sequence++;
  if (sequence <= reserved) return;
  store<u32>(number, reserved + RESERVE);
  // Should there be no room, a reset makes numbers come twice, and the service sees that.
  if (journalAppend(RECORD_READINGS, number, 4) == OK) reserved += RESERVE;
}

// ---- an entry ----

export function readingSequence(entry: usize): u32 {
  return load<u32>(entry);
}

export function readingSixteenths(entry: usize): i32 {
  return load<i32>(entry, 4);
}

export function readingTakenAt(entry: usize): u64 {
  return load<u64>(entry, 8);
}

export function readingFault(entry: usize): i32 {
  return load<i32>(entry, 16);
}

/** It was sent before: in an earlier connection that ended before its PUBACK. */
export function readingWasSent(entry: usize): bool {
  return (load<u32>(entry, 24) & WAS_SENT) != 0;
}

// ---- the queue ----

/** A new connection: nothing is in flight, all that waits is sent in order, what was sent before as a duplicate. */
export function queueRewind(): void {
  for (let i = 0; i < inFlight; i++) store<u32>(entryAt(i), 0, 20);
  inFlight = 0;
}

/** The next reading to send; 0: none, or as many as may be are in flight. */
export function queueNext(): usize {
  return inFlight < min(WINDOW, count) ? entryAt(inFlight) : 0;
}

/** The entry that queueNext gave is on its way. */
export function queueSent(entry: usize, packetId: i32): void {
  store<u32>(entry, packetId, 20);
  store<u32>(entry, WAS_SENT, 24);
  inFlight++;
}

/** Readings that the service has not acknowledged. */
export function queueWaiting(): i32 {
  return count;
}

export function queueInFlight(): i32 {
  return inFlight;
}

/** The service has what went out under this identifier. @returns its sequence number, 0: nothing in flight bears it */
export function queueAcked(packetId: i32): u32 {
  for (let i = 0; i < inFlight; i++) {
    const entry = entryAt(i);
    if (load<i32>(entry, 20) != packetId || (load<u32>(entry, 24) & IS_ACKED) != 0) continue;
    store<u32>(entry, WAS_SENT | IS_ACKED, 24);
    const number = readingSequence(entry);
    while (inFlight > 0 && (load<u32>(entryAt(0), 24) & IS_ACKED) != 0) removeFirst();
    return number;
  }
  return 0;
}

function dropOldest(): void {
  print('app: dropped seq=');
  printNumber(readingSequence(entryAt(0)));
  printEnd();
  removeFirst();
}

function removeFirst(): void {
  first = (first + 1) % ENTRIES;
  count--;
  if (inFlight > 0) inFlight--;
}

function entryAt(index: i32): usize {
  return ring + ((first + index) % ENTRIES) * ENTRY;
}
