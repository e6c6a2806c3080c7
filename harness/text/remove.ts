import { rmSync } from 'node:fs';

/** Tidies up behind an error, which is the one to tell: what cannot be removed stays. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The caller reports the cause.
  }
}
