/** Writes the report files: each complete under its final name or not at all. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import { isFolder, makeFolder } from '../text/folder.ts';
import { removeQuietly } from '../text/remove.ts';

/** @throws EnvironmentError when the folder cannot be written; then no file of the set was changed. */
export function writeFilesAtomically(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string[] {
  const staged: { temporary: string; final: string }[] = [];
  try {
    makeFolder(folder);
    for (const [name, content] of Object.entries(files)) {
      const final = join(folder, name);
      const temporary = `${final}.${process.pid}.tmp`;
      staged.push({ temporary, final });
      writeFileSync(temporary, content);
    }
    // What stands in the way is found before the first file of the set is in its place.
    for (const { final } of staged)
      if (isFolder(final)) throw Object.assign(new Error(), { code: 'EISDIR', path: final });
    for (const { temporary, final } of staged) renameSync(temporary, final);
    return staged.map(({ final }) => final);
  } catch (cause) {
    for (const { temporary } of staged) removeQuietly(temporary);
    const { code, path } = cause as NodeJS.ErrnoException;
    throw new EnvironmentError(
      `${path ?? folder}: cannot be written (${code ?? String(cause)}); name another folder with --out`,
      { cause },
    );
  }
}

/**
 * Looks, before long work, whether the folder can be written at all.
 * @throws EnvironmentError when not.
 */
export function ensureWritable(folder: string): void {
  const probe = join(folder, `.proofboard-${process.pid}`);
  try {
    makeFolder(folder);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new EnvironmentError(
      `${folder}: cannot be written (${code ?? String(cause)}); name another folder with --out`,
      {
        cause,
      },
    );
  }
}
