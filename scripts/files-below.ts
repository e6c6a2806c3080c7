/** The files that a script's `DIR|FILE` argument names. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../harness/errors.ts';
import { fileProblem } from '../harness/text/file-error.ts';

/** The file itself whatever its name; in a folder and all below those with such a name, sorted. @throws UsageError */
export function filesBelow(path: string, name: RegExp): string[] {
  return entriesOf(path)?.flatMap((entry) => filesIn(join(path, entry), name)) ?? [path];
}

function filesIn(path: string, name: RegExp): string[] {
  return entriesOf(path)?.flatMap((entry) => filesIn(join(path, entry), name)) ?? (name.test(path) ? [path] : []);
}

/** Undefined: no folder. */
function entriesOf(path: string): string[] | undefined {
  try {
    return statSync(path).isDirectory() ? readdirSync(path).sort() : undefined;
  } catch (cause) {
    throw new UsageError(`${path}: cannot be read (${fileProblem(cause)})`, { cause });
  }
}
