/**
 * `npm run spectest -- [--driver EXECUTABLE] DIR|FILE...`: the official WebAssembly core tests on the engine's sanitizer build.
 *
 * `--driver` runs another build of platforms/runtime/host/driver.c, say one for Thumb-2 under qemu-arm.
 * Needs `wast2json` (Debian: wabt) and a C compiler. A test that the engine's documented feature set leaves out is
 * skipped, with its reason; exit 1 when anything fails, 2 on wrong usage, 3 when a tool is missing.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildHost } from '../platforms/runtime/host/build.ts';
import { convert, hasWast2json } from './spectest/convert.ts';
import { type Outcome, runScript } from './spectest/script.ts';

function wastFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => {
      const child = join(path, name);
      return statSync(child).isDirectory() ? wastFiles(child) : child.endsWith('.wast') ? [child] : [];
    });
}

function summary(outcome: Outcome): string {
  const skipped = [...outcome.skipped.values()].reduce((sum, count) => sum + count, 0);
  return `${outcome.passed} passed, ${outcome.failures.length} failed, ${skipped} skipped`;
}

async function main(): Promise<number> {
  const { values, positionals: paths } = parseArgs({ options: { driver: { type: 'string' } }, allowPositionals: true });
  if (paths.length === 0) {
    process.stderr.write(
      'usage: npm run spectest -- [--driver EXECUTABLE] DIR|FILE...   (.wast files of the WebAssembly core test suite)\n',
    );
    return 2;
  }
  if (!hasWast2json()) {
    process.stderr.write('spectest: wast2json not found; install wabt (apt-get install wabt)\n');
    return 3;
  }
  const executable = values.driver ?? buildHost('sanitize');
  if (executable === undefined) {
    process.stderr.write('spectest: no C compiler found; install gcc or set CC\n');
    return 3;
  }
  const total: Outcome = { passed: 0, failures: [], skipped: new Map() };
  for (const file of paths.flatMap(wastFiles)) {
    const converted = convert(file);
    const outcome =
      'reason' in converted
        ? { passed: 0, failures: [], skipped: new Map([[converted.reason, 1]]) }
        : await runScript(executable, converted);
    process.stdout.write(`${basename(file)}: ${summary(outcome)}\n`);
    for (const failure of outcome.failures) process.stdout.write(`  FAIL ${failure}\n`);
    for (const [reason, count] of outcome.skipped) {
      process.stdout.write(`  skip ${count} x ${reason}\n`);
      total.skipped.set(reason, (total.skipped.get(reason) ?? 0) + count);
    }
    total.passed += outcome.passed;
    total.failures.push(...outcome.failures);
  }
  process.stdout.write(`${summary(total)}\n`);
  return total.failures.length > 0 ? 1 : 0;
}

process.exitCode = await main();
