/**
 * `npm run fuzz:runtime -- [--cases N] [--seed S] [--from K] [--case K] [--save FILE]`: mutated modules on the interpreter's sanitizer build
 * (platforms/runtime/fuzz). Same seed and range, same cases and same digest.
 */
import { writeFileSync } from 'node:fs';
import { DEFAULT_SEED } from '../harness/cli/defaults.ts';
import { integer } from '../harness/cli/options.ts';
import { runProgram } from '../harness/cli/run-program.ts';
import { EnvironmentError, UsageError } from '../harness/errors.ts';
import { fileProblem } from '../harness/text/file-error.ts';
import { type FuzzResult, fuzz } from '../platforms/runtime/fuzz/fuzz.ts';
import { fuzzCase } from '../platforms/runtime/fuzz/mutate.ts';
import { buildHost } from '../platforms/runtime/host/build.ts';
import { isStarted, NO_COMPILER, npmScript } from './command.ts';

const DEFAULT_CASES = 10_000;
const U32 = 0xffff_ffff;

interface Options {
  cases: number;
  seed: number;
  from: number;
  case?: number;
  save?: string;
}

const command = npmScript({
  name: 'fuzz:runtime',
  does: "loads, instantiates and runs mutated modules on the interpreter's sanitizer build; needs a C compiler",
  prints:
    'how many cases of each kind had which outcome, and a digest of all answers; a report with the line that replays its case',
  fails: 'a sanitizer reports, the engine dies, or a valid module is refused',
})
  .option('--cases <n>', 'how many', integer(0, 1_000_000_000), DEFAULT_CASES)
  .option('--seed <n>', 'seed of the cases', integer(0, U32), DEFAULT_SEED)
  .option('--from <k>', 'number of the first case', integer(0, U32), 0)
  .option('--case <k>', 'this case alone', integer(0, U32))
  .option('--save <file>', "write the first case's module to FILE, and its side table to FILE.side")
  .action(run);

async function run(options: Options): Promise<void> {
  const { seed, save } = options;
  const executable = buildHost('sanitize');
  if (executable === undefined) throw new EnvironmentError(`fuzz:runtime: ${NO_COMPILER}`);
  const from = options.case ?? options.from;
  if (save !== undefined) saveCase(save, seed, from);
  const result = await fuzz(executable, seed, from, options.case === undefined ? options.cases : 1);
  process.stdout.write(textOf(result, seed));
  process.exitCode = result.report === undefined ? 0 : 1;
}

function saveCase(file: string, seed: number, number: number): void {
  const { kind, wasm, table } = fuzzCase(seed, number);
  try {
    writeFileSync(file, wasm);
    writeFileSync(`${file}.side`, table);
  } catch (cause) {
    throw new UsageError(`--save ${file}: cannot be written (${fileProblem(cause)})`, { cause });
  }
  process.stderr.write(`case ${number} (${kind}) written to ${file}\n`);
}

export function textOf({ counts, report, ran, digest }: FuzzResult, seed: number): string {
  const lines = [...counts].sort().map(([key, count]) => `  ${key}: ${count}`);
  if (report === undefined) lines.push(`${ran} cases, no report, digest ${digest.slice(0, 16)}`);
  else
    lines.push(
      `case ${report.number} of seed ${seed}: ${report.text}`,
      `replay: npm run fuzz:runtime -- --seed ${seed} --case ${report.number}`,
    );
  return `${lines.join('\n')}\n`;
}

if (isStarted(import.meta.url)) await runProgram(command);
