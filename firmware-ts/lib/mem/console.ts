/**
 * The console, without allocation: text is gathered in one static line and written with one HAL call at its end, so that a line is one
 * transaction. What does not fit a line is cut off.
 */
import { console_write } from '../../hal/hal';

const CAPACITY: i32 = 256;
const line = memory.data(CAPACITY);
let length: i32 = 0;

/** Appends a string literal (static data, ASCII). */
export function print(text: string): void {
  const from = changetype<usize>(text);
  for (let i = 0, n = text.length; i < n; i++) printByte(load<u16>(from + (<usize>i << 1)));
}

/** Appends `count` bytes from memory; what is not printable ASCII becomes `?`, so that outside bytes cannot forge a line. */
export function printBytes(at: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const byte = <u32>load<u8>(at + i);
    printByte(byte >= 0x20 && byte < 0x7f ? byte : 0x3f);
  }
}

/** Appends a decimal number. */
export function printNumber(value: u64): void {
  let divisor: u64 = 1;
  while (value / divisor >= 10) divisor *= 10;
  for (; divisor > 0; divisor /= 10) printByte(0x30 + <u32>((value / divisor) % 10));
}

/** Appends a decimal number with its sign. */
export function printSigned(value: i64): void {
  if (value < 0) printByte(0x2d);
  printNumber(value < 0 ? <u64>(0 - value) : <u64>value);
}

/** Appends bytes as lowercase hex. */
export function printHex(at: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const byte = <u32>load<u8>(at + i);
    printByte(digit(byte >> 4));
    printByte(digit(byte & 15));
  }
}

/** Appends a version as an image's header and boot's hand-over block hold it (SPEC 7): u8 major, u8 minor, u16 revision, u32 build. */
export function printVersion(at: usize): void {
  printNumber(load<u8>(at));
  print('.');
  printNumber(load<u8>(at, 1));
  print('.');
  printNumber(load<u16>(at, 2));
  print('+');
  printNumber(load<u32>(at, 4));
}

/** Ends the line and writes it. */
export function printEnd(): void {
  store<u8>(line + length, 0x0d);
  store<u8>(line + length, 0x0a, 1);
  console_write(line, length + 2);
  length = 0;
}

function printByte(byte: u32): void {
  if (length < CAPACITY - 2) store<u8>(line + length++, <u8>byte);
}

function digit(value: u32): u32 {
  return value + (value < 10 ? 0x30 : 0x57);
}
