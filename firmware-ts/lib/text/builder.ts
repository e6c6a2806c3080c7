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

export function textByte(byte: u32): void {
  if (at < limit) store<u8>(at++, <u8>byte);
  else fits = false;
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
