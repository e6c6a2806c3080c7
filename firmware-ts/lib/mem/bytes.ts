/**
 * Bytes in linear memory: little- and big-endian access at any address, comparison, clearing. WebAssembly is little-endian and allows unaligned
 * access, so the little-endian ones are plain loads; they are here so that a caller says which order a layout has.
 */

export function getU16le(at: usize): u32 {
  return load<u16>(at);
}

export function getU32le(at: usize): u32 {
  return load<u32>(at);
}

export function putU16le(at: usize, value: u32): void {
  store<u16>(at, <u16>value);
}

export function putU32le(at: usize, value: u32): void {
  store<u32>(at, value);
}

export function getU16be(at: usize): u32 {
  return (<u32>load<u8>(at) << 8) | load<u8>(at, 1);
}

export function getU24be(at: usize): u32 {
  return (<u32>load<u8>(at) << 16) | getU16be(at + 1);
}

export function getU32be(at: usize): u32 {
  return bswap<u32>(load<u32>(at));
}

export function putU16be(at: usize, value: u32): void {
  store<u8>(at, <u8>(value >> 8));
  store<u8>(at, <u8>value, 1);
}

export function putU24be(at: usize, value: u32): void {
  store<u8>(at, <u8>(value >> 16));
  putU16be(at + 1, value);
}

export function putU32be(at: usize, value: u32): void {
  store<u32>(at, bswap<u32>(value));
}

export function putU64be(at: usize, value: u64): void {
  store<u64>(at, bswap<u64>(value));
}

/** Equality in time that depends on the length alone: for tags, MACs and secrets. */
export function equalConstantTime(a: usize, b: usize, length: i32): bool {
  let difference: u32 = 0;
  for (let i = 0; i < length; i++) difference |= load<u8>(a + i) ^ load<u8>(b + i);
  return difference == 0;
}

/** Equality of public bytes. */
export function equal(a: usize, b: usize, length: i32): bool {
  let i = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false;
  for (; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

/** True when every byte is `value`. */
export function filledWith(at: usize, length: i32, value: u32): bool {
  const eight: u64 = <u64>(value & 0xff) * 0x0101010101010101;
  let i = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(at + i) != eight) return false;
  for (; i < length; i++) if (load<u8>(at + i) != <u8>value) return false;
  return true;
}

/** Clears a secret. `memory.fill` is not removed by the optimiser: linear memory is observable. */
export function wipe(at: usize, length: i32): void {
  memory.fill(at, 0, length);
}
