/**
 * `npm run spectest -- [--driver EXECUTABLE] DIR|FILE...`: the official WebAssembly core tests on the engine's sanitizer build.
 *
 * `--driver` runs another build of platforms/runtime/host/driver.c, say one for Thumb-2 under qemu-arm.
 * Needs `wast2json` (Debian: wabt) and a C compiler. A test that the engine's documented feature set leaves out is skipped, with its reason.
 */
import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { runProgram } from '../harness/cli/run-program.ts';
import { EnvironmentError, UsageError } from '../harness/errors.ts';
import { fileProblem } from '../harness/text/file-error.ts';
import { buildHost } from '../platforms/runtime/host/build.ts';
import { NO_COMPILER, npmScript } from './command.ts';
import { filesBelow } from './files-below.ts';
import { convert, hasWast2json } from './spectest/convert.ts';
import { type Outcome, runScript } from './spectest/script.ts';

function summary(outcome: Outcome): string {
  const skipped = [...outcome.skipped.values()].reduce((sum, count) => sum + count, 0);
  return `${outcome.passed} passed, ${outcome.failures.length} failed, ${skipped} skipped`;
}

async function run(paths: readonly string[], { driver }: { driver?: string }): Promise<void> {
  const files = paths.flatMap((path) => filesBelow(path, ['.wast']));
  const executable = driver === undefined ? undefined : started(driver);
  if (!hasWast2json())
    throw new EnvironmentError('spectest: expected wast2json on PATH, found none; install it: apt-get install wabt');
  const total = await runFiles(executable ?? built(), files);
  process.stdout.write(`${summary(total)}\n`);
  process.exitCode = total.failures.length > 0 ? 1 : 0;
}

/** A driver ends with its input, so it can be tried. */
function started(driver: string): string {
  const { error } = spawnSync(driver, { stdio: ['ignore', 'ignore', 'ignore'] });
  if (error) throw new UsageError(`--driver ${driver}: cannot be run (${fileProblem(error)})`);
  return driver;
}

function built(): string {
  const executable = buildHost('sanitize');
  if (executable === undefined) throw new EnvironmentError(`spectest: ${NO_COMPILER}`);
  return executable;
}

async function runFiles(executable: string, files: readonly string[]): Promise<Outcome> {
  const total: Outcome = { passed: 0, failures: [], skipped: new Map() };
  for (const file of files) {
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
  return total;
}

await runProgram(
  npmScript({
    name: 'spectest',
    does: "runs the WebAssembly core test suite on the interpreter's sanitizer build; needs wast2json (Debian: wabt) and a C compiler",
    prints: 'for each file what passed, failed and was skipped, each failure, each reason to skip; the sums at the end',
    fails: 'a test fails',
  })
    .argument('<path...>', '.wast files, or folders of them')
    .option(
      '--driver <executable>',
      'another build of platforms/runtime/host/driver.c, say for Thumb-2 under qemu-arm (default: built for this host)',
    )
    .action(run),
);
