/**
 * Text built piece by piece into a caller's buffer, without allocation. What does not fit is cut off and remembered: `textFits` says so at the end,
 * and nothing that was cut is ever sent.
 */
let start: usize = 0;
let limit: usize = 0;
let at: usize = 0;
let fits: bool = true;

/** Starts a text in a buffer. */
export function textBegin(buffer: usize, capacity: i32): void {
  start = buffer;
  at = buffer;
  limit = buffer + capacity;
  fits = true;
}

/** Appends a string literal (static data, ASCII). */
export function text(value: string): void {
  const from = changetype<usize>(value);
  for (let i = 0, n = value.length; i < n; i++) textByte(load<u16>(from + (<usize>i << 1)));
}

export function textBytes(from: usize, length: i32): void {
  for (let i = 0; i < length; i++) textByte(load<u8>(from + i));
}

export function textNumber(value: u64): void {
  let divisor: u64 = 1;
  while (value / divisor >= 10) divisor *= 10;
  for (; divisor > 0; divisor /= 10) textByte(0x30 + <u32>((value / divisor) % 10));
}

/** Appends bytes as a string argument of ESP-AT: quoted, with a backslash before what would end it. */
export function textQuoted(from: usize, length: i32): void {
  textByte(0x22);
  for (let i = 0; i < length; i++) {
    const byte = <u32>load<u8>(from + i);
    if (byte == 0x22 || byte == 0x2c || byte == 0x5c) textByte(0x5c);
    textByte(byte);
  }
  textByte(0x22);
}

/** Appends bytes as lower-case hex. */
export function textHex(from: usize, length: i32): void {
  for (let n = 0; n < 2 * length; n++) {
    const nibble = (load<u8>(from + (n >> 1)) >> ((n & 1) == 0 ? 4 : 0)) & 15;
    textByte(nibble < 10 ? 0x30 + nibble : 0x57 + nibble);
  }
}

export function textByte(byte: u32): void {
  if (at < limit) store<u8>(at++, <u8>byte);
  else fits = false;
}

/** Bytes that still fit. */
export function textRoom(): i32 {
  return <i32>(limit - at);
}

/** Length of the text; -1 when it did not fit. */
export function textEnd(): i32 {
  return fits ? <i32>(at - start) : -1;
}

/** Whether the bytes start with an ASCII literal. */
export function startsWith(from: usize, length: i32, prefix: string): bool {
  const n = prefix.length;
  if (length < n) return false;
  const letters = changetype<usize>(prefix);
  for (let i = 0; i < n; i++) if (load<u8>(from + i) != <u8>load<u16>(letters + (<usize>i << 1))) return false;
  return true;
}

export function equalsText(from: usize, length: i32, value: string): bool {
  return length == value.length && startsWith(from, length, value);
}

/** Decimal number at a place of a text; -1: none, or more than seven digits. */
export function numberAt(at: usize, length: i32, from: i32): i32 {
  let value = 0;
  let digits = 0;
  for (let i = from; i < length; i++) {
    const byte = <i32>load<u8>(at + i);
    if (byte < 0x30 || byte > 0x39) break;
    if (++digits > 7) return -1;
    value = value * 10 + byte - 0x30;
  }
  return digits > 0 ? value : -1;
}

/** Whether the digits that start at `from` are followed by exactly `rest` more bytes. */
export function endsAt(at: usize, length: i32, from: i32, rest: i32): bool {
  let end = from;
  while (end < length && load<u8>(at + end) >= 0x30 && load<u8>(at + end) <= 0x39) end++;
  return length - end == rest;
}
