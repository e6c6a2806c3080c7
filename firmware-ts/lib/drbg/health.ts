/**
 * Health tests of the entropy source, SP 800-90B 4.4, run on every word that is drawn.
 *
 * Repetition count (4.4.1) over 32-bit words, with an assessed H of 16 bits per word: cutoff 1 + ceil(20 / 16) = 3.
 * Adaptive proportion (4.4.2) over bytes, with an assessed H of 4 bits per byte, window 512: cutoff 1 + critbinom(512, 2^-4, 1 - 2^-20) = 62.
 * Both assessments are far below what the TRNG of the SoC claims (its output is conditioned); the chance of a false alarm is 2^-20 per test at
 * the assessed rate, and out of reach at the claimed one.
 */
const REPETITION_CUTOFF: i32 = 3;
const WINDOW: i32 = 512;
const PROPORTION_CUTOFF: i32 = 62;

let lastWord: u32 = 0;
/** 0: no word yet. */
let repetitions: i32 = 0;
let windowByte: u32 = 0;
let windowAt: i32 = 0;
let occurrences: i32 = 0;

export function healthReset(): void {
  repetitions = 0;
  windowAt = 0;
}

/** @returns false: the source fails; it must be started over */
export function healthAccept(word: u32): bool {
  repetitions = repetitions > 0 && word == lastWord ? repetitions + 1 : 1;
  lastWord = word;
  let good = repetitions < REPETITION_CUTOFF;
  for (let shift: u32 = 0; shift < 32; shift += 8) good = proportion((word >> shift) & 0xff) && good;
  return good;
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
