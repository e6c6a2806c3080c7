/** CRC-32 of IEEE 802.3 (reflected, polynomial 0xEDB88320), bit by bit: the journal's records are short. Guards against torn words, not attackers. */

const POLYNOMIAL: u32 = 0xedb88320;

/** Start value of a running CRC; `crc32Finish` ends it. */
export const CRC32_START: u32 = 0xffffffff;

export function crc32Update(crc: u32, at: usize, length: i32): u32 {
  for (let i = 0; i < length; i++) {
    crc ^= load<u8>(at + i);
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (POLYNOMIAL & (0 - (crc & 1)));
  }
  return crc;
}

export function crc32Finish(crc: u32): u32 {
  return ~crc;
}
