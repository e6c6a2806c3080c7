/** Files of the image commands: typed errors that name the file, and writes that leave nothing half-written. */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { fileProblem } from '../text/file-error.ts';
import { removeQuietly } from '../text/remove.ts';
import { MAX_IMAGE_BYTES } from './format.ts';

export function readInput(file: string): Uint8Array {
  try {
    const { size } = statSync(file);
    if (size > MAX_IMAGE_BYTES) throw new UsageError(`${file}: ${size} bytes, expected at most ${MAX_IMAGE_BYTES}`);
    return new Uint8Array(readFileSync(file));
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`${file}: cannot be read (${fileProblem(cause)})`, { cause });
  }
}

/** The file is whole or not there: written beside it, then renamed. @param options.secret readable by its owner alone */
export function writeOutput(file: string, bytes: Uint8Array | string, options: { secret?: boolean } = {}): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, bytes, { mode: options.secret ? 0o600 : 0o644, flag: 'wx' });
    renameSync(temporary, file);
  } catch (cause) {
    removeQuietly(temporary);
    throw new UsageError(`${file}: cannot be written (${fileProblem(cause)}); choose another --out`, { cause });
  }
}
