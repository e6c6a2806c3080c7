/**
 * House rules that a general linter does not know: which folder may import which, and where time and chance come from.
 *
 * - Nothing under harness/ or platforms/ imports from firmware-ts/: the firmware under test is known through its profile alone.
 * - platforms/ imports nothing from harness/ but the board interface, the trace and the errors.
 * - harness/ and platforms/ take time and randomness as parameters (no Date.now, new Date(), Math.random, performance.now), except on lines
 *   that end in a comment `wall clock: <reason>`.
 * - No test is focused (`.only`).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

const IMPORT = /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g;
const WALL_CLOCK = /\bDate\.now\(|\bnew Date\(\s*\)|\bMath\.random\(|\bperformance\.now\(|\bprocess\.hrtime\b/;
const PLATFORMS_MAY_IMPORT = /^harness\/(?:board\/board|trace\/[a-z-]+|errors)\.ts$/;

/** @param file path relative to the repository, with forward slashes */
export function complaintsOf(file: string, text: string): Complaint[] {
  const complaints: Complaint[] = [];
  const inHarness = file.startsWith('harness/');
  const inPlatforms = file.startsWith('platforms/');
  text.split('\n').forEach((line, index) => {
    const complain = (message: string) => complaints.push({ file, line: index + 1, message });
    for (const [, target] of line.matchAll(IMPORT)) {
      const path = target!.startsWith('.') ? join(file, '..', target!).replaceAll('\\', '/') : target!;
      if ((inHarness || inPlatforms) && /(^|\/)firmware-ts(\/|$)/.test(path)) {
        complain(`imports ${target}: the firmware under test is known through its profile alone`);
      }
      if (inPlatforms && path.startsWith('harness/') && !PLATFORMS_MAY_IMPORT.test(path)) {
        complain(
          `imports ${target}: platforms/ knows the board interface, the trace and the errors, nothing else of harness/`,
        );
      }
    }
    const code = line.replace(/^\s*(?:\*|\/\/|\/\*).*$/, '');
    if ((inHarness || inPlatforms) && WALL_CLOCK.test(code) && !/\/\/ wall clock: \S/.test(line)) {
      complain('reads the wall clock or unseeded randomness: take it as a parameter');
    }
    if (file.startsWith('test/') && /\b(?:it|describe|context)\.only\(/.test(code))
      complain('a focused test hides the others');
  });
  return complaints;
}

function sourceFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|mts)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const files = ['harness', 'platforms', 'test', 'scripts'].flatMap((folder) => sourceFiles(root, folder));
  const complaints = files.flatMap((file) => complaintsOf(file, readFileSync(join(root, file), 'utf8')));
  for (const { file, line, message } of complaints) process.stderr.write(`${file}:${line}: ${message}\n`);
  process.stderr.write(`${files.length} files, ${complaints.length} complaints\n`);
  process.exitCode = complaints.length > 0 ? 1 : 0;
}
