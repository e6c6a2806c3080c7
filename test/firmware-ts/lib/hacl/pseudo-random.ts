/** Bytes that look random and are the same in every run. */
import { createHash } from 'node:crypto';

export function bytes(seed: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, n) =>
    createHash('sha256').update(`${seed}/${n}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}
