/**
 * Health tests of the entropy source, SP 800-90B 4.4, run on every word that is drawn.
 *
 * Repetition count (4.4.1) over 32-bit words, with an assessed H of 16 bits per word: cutoff 1 + ceil(20 / 16) = 3.
 * Adaptive proportion (4.4.2) over bytes, with an assessed H of 4 bits per byte, window 512: cutoff 1 + critbinom(512, 2^-4, 1 - 2^-20) = 62;
 * and over bits, with 0.5 bits per bit, window 1024: cutoff 1 + critbinom(1024, 2^-0.5, 1 - 2^-20) = 793. Bytes show a value that comes too
 * often, bits a source that leans to one side.
 * The assessments are far below what the TRNG of the SoC claims (its output is conditioned); the chance of a false alarm is 2^-20 per test at
 * the assessed rate, and out of reach at the claimed one.
 */
const REPETITION_CUTOFF: i32 = 3;
const WINDOW: i32 = 512;
const PROPORTION_CUTOFF: i32 = 62;
const BIT_WINDOW_WORDS: i32 = 32;
const BIT_CUTOFF: i32 = 793;

let lastWord: u32 = 0;
/** 0: no word yet. */
let repetitions: i32 = 0;
let windowByte: u32 = 0;
let windowAt: i32 = 0;
let occurrences: i32 = 0;
/** All bits as the first of the window. */
let windowBits: u32 = 0;
let bitWindowAt: i32 = 0;
let bitOccurrences: i32 = 0;

export function healthReset(): void {
  repetitions = 0;
  windowAt = 0;
  bitWindowAt = 0;
}

/** @returns false: the source fails; it must be started over */
export function healthAccept(word: u32): bool {
  repetitions = repetitions > 0 && word == lastWord ? repetitions + 1 : 1;
  lastWord = word;
  let good = repetitions < REPETITION_CUTOFF;
  for (let shift: u32 = 0; shift < 32; shift += 8) good = proportion((word >> shift) & 0xff) && good;
  return bitProportion(word) && good;
}

function proportion(byte: u32): bool {
  if (windowAt == 0) {
    windowByte = byte;
    occurrences = 0;
  }
  if (byte == windowByte) occurrences += 1;
  windowAt = windowAt + 1 == WINDOW ? 0 : windowAt + 1;
  return occurrences < PROPORTION_CUTOFF;
}

/** The first bit of a word is its lowest. */
function bitProportion(word: u32): bool {
  if (bitWindowAt == 0) {
    windowBits = 0 - (word & 1);
    bitOccurrences = 0;
  }
  bitOccurrences += <i32>popcnt<u32>(~(word ^ windowBits));
  bitWindowAt = bitWindowAt + 1 == BIT_WINDOW_WORDS ? 0 : bitWindowAt + 1;
  return bitOccurrences < BIT_CUTOFF;
}
