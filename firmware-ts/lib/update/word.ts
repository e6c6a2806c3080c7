/**
 * A record of one flash word (SPEC 15, 22): what boot and application tell each other, and themselves after a power cut.
 *   0 u32 magic | 4 u32 value | 8 u32 its complement | 12 u8[16] zero | 28 u32 CRC-32 of bytes 0..27
 * A flash word is programmed whole or is unreadable, so a record is there or it is not. Records are only ever appended: a torn one takes
 * its place until the sector is erased, and the next goes behind it.
 */
import { filledWith } from '../mem/bytes';
import { CRC32_START, crc32Finish, crc32Update } from '../mem/crc32';

export const WORD: i32 = 32;

export function wordMake(at: usize, magic: u32, value: u32): void {
  memory.fill(at, 0, WORD);
  store<u32>(at, magic);
  store<u32>(at, value, 4);
  store<u32>(at, ~value, 8);
  store<u32>(at, wordCrc(at), 28);
}

/** Whether the word is a record of that magic; its value is then at +4. */
export function wordIs(at: usize, magic: u32): bool {
  return load<u32>(at) == magic &&
    load<u32>(at, 4) == ~load<u32>(at, 8) &&
    filledWith(at + 12, 16, 0) &&
    load<u32>(at, 28) == wordCrc(at);
}

function wordCrc(at: usize): u32 {
  return crc32Finish(crc32Update(CRC32_START, at, 28));
}
