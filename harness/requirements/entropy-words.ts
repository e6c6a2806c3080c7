/**
 * Words for an entropy source that stand right below the cutoff of one health test (SP 800-90B 4.4), or right at it, and far from those of the others. The tests see words
 * in the order of drawing, their bytes and bits from the lowest.
 */
import { proportionCutoff, repetitionCutoff, WINDOW } from '../observe/health-cutoffs.ts';

/** Entropy that a device's tests assess, bits per sample. */
export interface Assessed {
  readonly word: number;
  readonly byte: number;
  readonly bit: number;
}

export interface Edge {
  readonly test: string;
  readonly cutoff: number;
  /** @param samples equal samples in the window, or in a row */
  readonly words: (samples: number) => number[];
}

const WORD_BITS = 32;

export function edgesOf({ word, byte, bit }: Assessed): Edge[] {
  return [
    {
      test: 'equal words in a row (4.4.1)',
      cutoff: repetitionCutoff(word),
      words: (samples) => [...noise(8), ...Array.from({ length: samples }, () => 0x1234_abcd)],
    },
    {
      test: `equal bytes in a window of ${WINDOW.others} (4.4.2)`,
      cutoff: proportionCutoff(byte, WINDOW.others),
      words: (samples) =>
        noise(WINDOW.others / 4, 0x5a).map((one, at) => (at < samples ? withByte(one, at % 4, 0x5a) : one)),
    },
    {
      test: `equal bits in a window of ${WINDOW.bits} (4.4.2)`,
      cutoff: proportionCutoff(bit, WINDOW.bits),
      words: (samples) => leaning(WINDOW.bits / WORD_BITS, samples),
    },
  ];
}

/** Words without meaning that no test objects to. @param without a byte that none of them has */
export function noise(count: number, without = -1): number[] {
  return Array.from({ length: count }, (_, index) => {
    const word = Math.imul(index + 1, 0x9e37_79b1) >>> 0;
    return [0, 8, 16, 24].reduce((sum, shift) => {
      const one = (word >>> shift) & 0xff;
      return (sum | ((one === without ? one ^ 1 : one) << shift)) >>> 0;
    }, 0);
  });
}

/** In turn each byte of a word: who leaves one of the four out counts too few. */
function withByte(word: number, index: number, byte: number): number {
  const shift = index * 8;
  return ((word & ~(0xff << shift)) | (byte << shift)) >>> 0;
}

/** Words with so many bits set among them, the very first of them, and the others spread so that no byte comes often. */
function leaning(words: number, samples: number): number[] {
  const zeros = words * WORD_BITS - samples;
  const made = new Array<number>(words).fill(0xffff_ffff);
  // 13 is odd: the zeros of a word fall on bits of their own, other ones in each word; bit 0 of word 0 is none of them.
  for (let n = 0; n < zeros; n++) {
    const at = n % words;
    const bit = 1 + ((Math.floor(n / words) * 13 + at * 7) % (WORD_BITS - 1));
    made[at] = (made[at]! & ~(1 << bit)) >>> 0;
  }
  return made;
}
