/** A small generator for campaigns that choose by chance: the same seed, the same choices. xorshift32; for sampling, not for secrets. */
export function generator(seed: string): (below: number) => number {
  let state = 0x811c_9dc5;
  for (const char of seed) state = Math.imul(state ^ char.charCodeAt(0), 0x0100_0193);
  state = state >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
