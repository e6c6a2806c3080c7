/**
 * Record layer (RFC 8446 5): framing, protection, and the two buffers between TCP and the handshake.
 *
 * ```
 * 0 opaque_type | 1 legacy_record_version (ignored, but authenticated) | 3 length | 5 fragment
 * ```
 * A record is opened in place; `recordAt`, `recordLeft` are what is not consumed of it, and no further record is touched before it is used
 * up. So a single 16 KiB buffer serves the network, the handshake and the application.
 */
import { aeadOpen, aeadSeal } from '../hacl/aead';
import { TLS_BAD_RECORD_MAC, TLS_NO_CONTENT_TYPE, TLS_RECORD_OVERFLOW, TLS_UNEXPECTED_RECORD } from './reasons';

export const TYPE_CHANGE_CIPHER_SPEC: u32 = 20;
export const TYPE_ALERT: u32 = 21;
export const TYPE_HANDSHAKE: u32 = 22;
export const TYPE_APPLICATION_DATA: u32 = 23;

const HEADER: u32 = 5;
const TAG: u32 = 16;
/** RFC 8446 5.1. */
const MAX_PLAIN: u32 = 16384;
/** RFC 8446 5.2. */
const MAX_CIPHER: u32 = 16384 + 256;

const RX_BYTES: u32 = 16648;
const TX_BYTES: u32 = 4608;
/** Room that application data leaves for an alert, a KeyUpdate and a close_notify. */
export const TX_RESERVE: u32 = 128;
/** Bytes that a protected record has more than its content. */
export const OVERHEAD: u32 = HEADER + 1 + TAG;

const RX = memory.data(16648, 8);
const TX = memory.data(4608, 8);
let rxAt: u32 = 0;
let rxEnd: u32 = 0;
let txAt: u32 = 0;
let txEnd: u32 = 0;

/** One direction: key 32, IV 12, 4 zero, sequence number u64. */
const READ = memory.data(56, 8);
const WRITE = memory.data(56, 8);
const IV: usize = 32;
const SEQUENCE: usize = 48;
let reading: bool = false;
let writing: bool = false;
const NONCE = memory.data(12);
const ONE = memory.data<u8>([1]);

/** The record in hand: content type, first byte not consumed, bytes not consumed. */
export let recordType: u32 = 0;
export let recordAt: usize = 0;
export let recordLeft: u32 = 0;

export const RECORD_NONE: i32 = 0;
export const RECORD_READY: i32 = 1;

/** Forgets buffers and keys. */
export function recordReset(): void {
  memory.fill(TX, 0, TX_BYTES);
  txAt = 0;
  txEnd = 0;
  recordWipe();
}

/** Wipes keys and everything received; what waits to be sent stays (an alert). */
export function recordWipe(): void {
  memory.fill(READ, 0, 56);
  memory.fill(WRITE, 0, 56);
  memory.fill(NONCE, 0, 12);
  memory.fill(RX, 0, RX_BYTES);
  reading = false;
  writing = false;
  rxAt = 0;
  rxEnd = 0;
  recordLeft = 0;
}

/** Where the schedule writes the key (32) and the IV (12) for a direction; then `startReading`, `startWriting`. */
export function readKey(): usize {
  return READ;
}
export function readIv(): usize {
  return READ + IV;
}
export function writeKey(): usize {
  return WRITE;
}
export function writeIv(): usize {
  return WRITE + IV;
}

/** New keys: the sequence number starts at zero (5.3). */
export function startReading(): void {
  store<u64>(READ + SEQUENCE, 0);
  reading = true;
}
export function startWriting(): void {
  store<u64>(WRITE + SEQUENCE, 0);
  writing = true;
}

// ---- received bytes ----

export function rxRoom(): u32 {
  return RX_BYTES - (recordLeft == 0 ? rxEnd - rxAt : rxEnd);
}

/** Copies what fits; the count. A record in hand is never moved. */
export function rxPut(from: usize, length: u32): u32 {
  if (recordLeft == 0 && rxAt > 0) {
    memory.copy(RX, RX + rxAt, rxEnd - rxAt);
    rxEnd -= rxAt;
    rxAt = 0;
  }
  const count = min(length, RX_BYTES - rxEnd);
  memory.copy(RX + rxEnd, from, count);
  rxEnd += count;
  return count;
}

/** Something was received that no record was made of. */
export function rxPending(): bool {
  return rxEnd > rxAt;
}

/** Marks bytes of the record in hand as consumed. */
export function consume(count: u32): void {
  recordAt += count;
  recordLeft -= count;
}

/** Takes the next complete record and opens it. RECORD_NONE, RECORD_READY, or minus the reason. */
export function nextRecord(): i32 {
  if (rxEnd - rxAt < HEADER) return RECORD_NONE;
  const header = RX + rxAt;
  const type = <u32>load<u8>(header);
  const length = (<u32>load<u8>(header + 3) << 8) | <u32>load<u8>(header + 4);
  if (type < TYPE_CHANGE_CIPHER_SPEC || type > TYPE_APPLICATION_DATA) return -TLS_UNEXPECTED_RECORD;
  const isProtected = reading && type != TYPE_CHANGE_CIPHER_SPEC;
  // once keys are in use nothing but change_cipher_spec may come in the clear, and before nothing is application data
  if (isProtected != (type == TYPE_APPLICATION_DATA)) return -TLS_UNEXPECTED_RECORD;
  if (length > (isProtected ? MAX_CIPHER : MAX_PLAIN)) return -TLS_RECORD_OVERFLOW;
  if (rxEnd - rxAt < HEADER + length) return RECORD_NONE;

  rxAt += HEADER + length;
  recordType = type;
  recordAt = header + HEADER;
  recordLeft = length;
  return isProtected ? open(header, length) : RECORD_READY;
}

/** TLSCiphertext to TLSInnerPlaintext, in place (5.2, 5.4). */
function open(header: usize, length: u32): i32 {
  recordLeft = 0;
  nonce(READ);
  if (!aeadOpen(READ, NONCE, header, HEADER, header + HEADER, length, header + HEADER)) return -TLS_BAD_RECORD_MAC;
  let size = length - TAG;
  if (size > MAX_PLAIN + 1) return -TLS_RECORD_OVERFLOW;
  // leaks the length of the padding by time, as RFC 8446 5.4 grants; the bytes are authenticated
  while (size > 0 && load<u8>(header + HEADER + size - 1) == 0) size--;
  if (size == 0) return -TLS_NO_CONTENT_TYPE;
  recordType = <u32>load<u8>(header + HEADER + size - 1);
  recordLeft = size - 1;
  if (recordType < TYPE_ALERT || recordType > TYPE_APPLICATION_DATA) return -TLS_UNEXPECTED_RECORD;
  return RECORD_READY;
}

/** The per-record nonce (5.3): the IV, its last eight bytes xored with the sequence number; counts one on. 2^64 records are out of reach. */
function nonce(direction: usize): void {
  const sequence = load<u64>(direction + SEQUENCE);
  store<u32>(NONCE, load<u32>(direction + IV));
  store<u64>(NONCE + 4, load<u64>(direction + IV + 4) ^ bswap<u64>(sequence));
  store<u64>(direction + SEQUENCE, sequence + 1);
}

// ---- bytes to send ----

export function txPending(): u32 {
  return txEnd - txAt;
}

export function txRoom(): u32 {
  return TX_BYTES - (txEnd - txAt);
}

/** Takes bytes for TCP; the count. */
export function txTake(out: usize, cap: u32): u32 {
  const count = min(cap, txEnd - txAt);
  memory.copy(out, TX + txAt, count);
  txAt += count;
  if (txAt == txEnd) {
    txAt = 0;
    txEnd = 0;
  }
  return count;
}

/** Queues one record of at most 2^14 bytes, protected once keys are in use. False: no room. */
export function writeRecord(type: u32, from: usize, length: u32): bool {
  const whole = writing ? length + OVERHEAD : length + HEADER;
  if (txRoom() < whole) return false;
  if (TX_BYTES - txEnd < whole) {
    memory.copy(TX, TX + txAt, txEnd - txAt);
    txEnd -= txAt;
    txAt = 0;
  }
  const header = TX + txEnd;
  const inner = writing ? length + 1 + TAG : length;
  store<u8>(header, <u8>(writing ? TYPE_APPLICATION_DATA : type));
  store<u16>(header + 1, 0x0303);
  store<u16>(header + 3, bswap<u16>(<u16>inner));
  memory.copy(header + HEADER, from, length);
  if (writing) {
    store<u8>(header + HEADER + length, <u8>type);
    nonce(WRITE);
    aeadSeal(WRITE, NONCE, header, HEADER, header + HEADER, length + 1, header + HEADER);
  }
  txEnd += whole;
  return true;
}

/** Queues the change_cipher_spec of middlebox compatibility (appendix D.4), always in the clear. False: no room. */
export function writeChangeCipherSpec(): bool {
  const active = writing;
  writing = false;
  const done = writeRecord(TYPE_CHANGE_CIPHER_SPEC, ONE, 1);
  writing = active;
  return done;
}
