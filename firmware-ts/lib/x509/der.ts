/**
 * DER reader (ITU-T X.690, 2021): one element at a time over raw memory, no recursion, no allocation.
 *
 * Strict where BER is lax: definite and minimal lengths only, minimal integers, BOOLEAN 00 or FF, no unused bits set.
 * Left out on purpose: tag numbers above 30 and lengths of more than three bytes, which no certificate within our size limit has.
 *
 * `element` leaves its result in `body` and `next`; on failure both keep their former values. The caller owns the bounds: every
 * function reads within [at, end) only, whatever the bytes say.
 */

export const TAG_BOOLEAN: u32 = 0x01;
export const TAG_INTEGER: u32 = 0x02;
export const TAG_BIT_STRING: u32 = 0x03;
export const TAG_OCTET_STRING: u32 = 0x04;
export const TAG_OID: u32 = 0x06;
export const TAG_UTC_TIME: u32 = 0x17;
export const TAG_GENERALIZED_TIME: u32 = 0x18;
export const TAG_SEQUENCE: u32 = 0x30;
export const TAG_SET: u32 = 0x31;

/** First byte of the contents of the last element read. */
export let body: usize = 0;
/** First byte after the last element read. */
export let next: usize = 0;

/** Tag of the element at `at`, or 0 at the end. */
export function peekTag(at: usize, end: usize): u32 {
  return at < end ? <u32>load<u8>(at) : 0;
}

/** Reads the element at `at`, whatever its tag. False: malformed or it leaves [at, end). */
export function anyElement(at: usize, end: usize): bool {
  if (end < at || end - at < 2) return false;
  if ((load<u8>(at) & 0x1f) == 0x1f) return false; // high tag numbers
  const first = <u32>load<u8>(at + 1);
  let start = at + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count == 0 || count > 3) return false; // X.690 10.1: the indefinite form is not DER
    if (<u32>(end - start) < count) return false;
    length = 0;
    for (let i: u32 = 0; i < count; i++) length = (length << 8) | <u32>load<u8>(start + i);
    // X.690 10.1: the minimum number of octets
    if (length < 0x80 || length >>> ((count - 1) * 8) == 0) return false;
    start += count;
  }
  if (<u32>(end - start) < length) return false;
  body = start;
  next = start + length;
  return true;
}

/** Reads the element at `at` and insists on its tag. */
export function element(at: usize, end: usize, tag: u32): bool {
  if (peekTag(at, end) != tag) return false;
  return anyElement(at, end);
}

/** Reads an INTEGER: minimal (X.690 8.3.2) and at least one byte. */
export function integer(at: usize, end: usize): bool {
  if (!element(at, end, TAG_INTEGER)) return false;
  const size = <u32>(next - body);
  if (size == 0) return false;
  if (size > 1) {
    const head = (<u32>load<u8>(body) << 8) | <u32>load<u8>(body + 1);
    if (head < 0x0080 || head >= 0xff80) return false;
  }
  return true;
}

/** Reads an INTEGER 0..127; its value, or -1. */
export function smallInteger(at: usize, end: usize): i32 {
  if (!integer(at, end)) return -1;
  if (next - body != 1) return -1;
  const value = <i32>load<u8>(body);
  return value < 128 ? value : -1;
}

/** Reads a BOOLEAN; 0, 1, or -1. X.690 11.1: TRUE is FF. */
export function boolean(at: usize, end: usize): i32 {
  if (!element(at, end, TAG_BOOLEAN)) return -1;
  if (next - body != 1) return -1;
  const value = load<u8>(body);
  if (value == 0) return 0;
  return value == 0xff ? 1 : -1;
}

/** Reads a BIT STRING of whole bytes; `body` is its first data byte. */
export function octetBits(at: usize, end: usize): bool {
  if (!element(at, end, TAG_BIT_STRING)) return false;
  if (next - body < 1 || load<u8>(body) != 0) return false;
  body = body + 1;
  return true;
}

/** An OID in contents bytes equals `want`: first its length, then its contents, as the tables of `oid.ts` hold it. */
export function sameOid(at: usize, end: usize, want: usize): bool {
  const size = <usize>load<u8>(want);
  return end - at == size && memory.compare(at, want + 1, size) == 0;
}
