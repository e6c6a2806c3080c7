/**
 * Cutoffs of the continuous health tests of an entropy source, computed from the entropy that is assessed per sample: SP 800-90B 4.4.1 (repetition count) and 4.4.2
 * (adaptive proportion), at the recommended chance of a false alarm of 2^-20.
 */

const ALPHA = 2 ** -20;
/** SP 800-90B 4.4.2: samples in a window, of a source of bits and of any other. */
export const WINDOW = { bits: 1024, others: 512 } as const;

/** So many equal samples in a row are a failure. @param entropy bits per sample */
export function repetitionCutoff(entropy: number): number {
  return 1 + Math.ceil(-Math.log2(ALPHA) / entropy);
}

/** So many samples of a window that equal its first, itself counted, are a failure: 1 + critbinom(window, 2^-entropy, 1 - alpha). */
export function proportionCutoff(entropy: number, window: number): number {
  const p = 2 ** -entropy;
  // From above: the tail is small, and sums of small numbers stay exact enough.
  let tail = 0;
  for (let count = window; count > 0; count--) {
    tail += Math.exp(logBinomial(window, count) + count * Math.log(p) + (window - count) * Math.log1p(-p));
    // The least x with P(X <= x) >= 1 - alpha is the greatest with P(X >= x) > alpha.
    if (tail > ALPHA) return 1 + count;
  }
  return 1;
}

function logBinomial(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log(n - k + i) - Math.log(i);
  return sum;
}
