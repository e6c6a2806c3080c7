/** The files that a script's `DIR|FILE` argument names. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../harness/errors.ts';
import { fileProblem } from '../harness/text/file-error.ts';

/** The file itself whatever its name; in a folder and all below those with such an ending, sorted. @throws UsageError, also when a folder has none */
export function filesBelow(path: string, endings: readonly string[]): string[] {
  const entries = entriesOf(path);
  if (!entries) return [path];
  const files = entries.flatMap((entry) => filesIn(join(path, entry), endings));
  if (files.length === 0)
    throw new UsageError(`${path}: expected a folder with files that end in ${endings.join(' or ')}, found none`);
  return files;
}

function filesIn(path: string, endings: readonly string[]): string[] {
  const isWanted = endings.some((ending) => path.endsWith(ending));
  return entriesOf(path)?.flatMap((entry) => filesIn(join(path, entry), endings)) ?? (isWanted ? [path] : []);
}

/** Undefined: no folder. */
function entriesOf(path: string): string[] | undefined {
  try {
    return statSync(path).isDirectory() ? readdirSync(path).sort() : undefined;
  } catch (cause) {
    throw new UsageError(`${path}: cannot be read (${fileProblem(cause)})`, { cause });
  }
}
