/**
 * `npm run fuzz -- [--target T[,T...]] [--seconds N] [--executions N] [--seed S] [--corpus DIR] [--replay HEX|FILE]`
 *
 * Fuzzes the firmware's parsers as they are built for the device: no trap, no input that never ends, no memory that grows, no broken promise of a target. Prints
 * executions per second. A failure is made smaller and printed with the line that replays it; exit code 1. Same seed and executions, same inputs.
 * `--corpus DIR` reads more inputs from DIR/<target>/ and writes there what brought something new.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { InvalidArgumentError, Option } from 'commander';
import { DEFAULT_SEED } from '../harness/cli/defaults.ts';
import { integer } from '../harness/cli/options.ts';
import { runProgram } from '../harness/cli/run-program.ts';
import { UsageError } from '../harness/errors.ts';
import { fileProblem } from '../harness/text/file-error.ts';
import { makeFolder } from '../harness/text/folder.ts';
import { isStarted, npmScript } from './command.ts';
import { TARGETS } from './fuzz/targets.ts';
import type { Order, Report } from './fuzz/worker.ts';

const SHARED_BYTES = 128 * 1024;
/** No input takes a tenth of this. */
const HANG_MS = 20_000;
/** Longer inputs go to a file. */
const HEX_MAX = 400;

interface Options {
  readonly seconds: number;
  readonly executions: number;
  readonly seed: number;
  readonly corpus: string | undefined;
  readonly replay: Uint8Array | undefined;
}

/** @returns whether all is well */
export async function fuzz(target: string, options: Options, say: (line: string) => void): Promise<boolean> {
  const folder = options.corpus === undefined ? undefined : join(options.corpus, target);
  const shared = new SharedArrayBuffer(SHARED_BYTES);
  const order: Order = {
    target,
    seed: options.seed,
    seconds: options.seconds,
    executions: options.executions,
    corpus: folder === undefined ? [] : inputsOf(folder),
    replay: options.replay ? [options.replay] : undefined,
    shared,
  };
  // A worker thread does not inherit the loader of TypeScript.
  const bootstrap = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(new URL('./fuzz/worker.ts', import.meta.url).href)}); })`;
  const worker = new Worker(bootstrap, { eval: true, workerData: order });
  let heapAtFirst: number | undefined;
  const outcome = new Promise<boolean>((resolve, reject) => {
    worker.on('message', (report: Report) => {
      if (report.kind === 'found') {
        try {
          if (folder) keep(folder, report.input);
        } catch (cause) {
          reject(new UsageError(`${folder}: cannot be written (${fileProblem(cause)})`, { cause }));
        }
      } else if (report.kind === 'failure') {
        const { failure, whole, executions } = report;
        say(`${target}: FAILED at execution ${executions}: ${failure.message}`);
        say(`  ${whole.length} bytes made ${failure.input.length}; again: ${replayLine(target, failure.input)}`);
        if (failure.input !== whole) say(`  as it was found: ${replayLine(target, whole)}`);
        resolve(false);
      } else if (report.kind === 'progress') heapAtFirst ??= report.heapBytes;
      else {
        const { executions, seconds, outcomes, corpus, pages, heapBytes } = report;
        const heap = ((heapBytes - (heapAtFirst ?? heapBytes)) / 2 ** 20).toFixed(1);
        say(
          `${target}: ${executions} executions in ${seconds.toFixed(1)} s, ${Math.round(executions / Math.max(seconds, 0.001))}/s, ` +
            `${outcomes} outcomes, corpus ${corpus}, ${pages} pages, heap ${heap} MiB since the first second`,
        );
        resolve(true);
      }
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`the thread of ${target} ended with ${code}`)));
  });
  const hang = watch(shared, () => {
    const length = new Uint32Array(shared, 0, 2)[1]!;
    const input = Uint8Array.from(new Uint8Array(shared, 8, length));
    say(`${target}: HANGS: no end within ${HANG_MS / 1000} s\n  again: ${replayLine(target, input)}`);
  });
  outcome.catch(() => {}); // of a thread that is ended as it hangs
  try {
    return await Promise.race([outcome, hang.hung]);
  } finally {
    hang.stop();
    await worker.terminate();
  }
}

/** Calls when the count of executions has begun and stands still. */
function watch(shared: SharedArrayBuffer, onHang: () => void): { hung: Promise<false>; stop: () => void } {
  const counts = new Uint32Array(shared, 0, 2);
  let last = 0;
  let since = performance.now();
  let timer: NodeJS.Timeout;
  const hung = new Promise<false>((resolve) => {
    timer = setInterval(() => {
      const count = Atomics.load(counts, 0);
      if (count === 0 || count !== last) {
        last = count;
        since = performance.now();
      } else if (performance.now() - since > HANG_MS) {
        onHang();
        resolve(false);
      }
    }, 500);
  });
  return { hung, stop: () => clearInterval(timer) };
}

function replayLine(target: string, input: Uint8Array): string {
  const hex = Buffer.from(input).toString('hex');
  if (hex.length <= HEX_MAX) return `npm run fuzz -- --target ${target} --replay ${hex || '""'}`;
  const file = join(tmpdir(), `fuzz-${target}-${nameOf(input)}`);
  writeFileSync(file, input);
  return `npm run fuzz -- --target ${target} --replay ${file}`;
}

function inputsOf(folder: string): Uint8Array[] {
  if (!existsSync(folder)) return [];
  try {
    const names = readdirSync(folder).sort();
    return names.map((name) => readFileSync(join(folder, name)));
  } catch (cause) {
    throw new UsageError(`${folder}: cannot be read as a corpus (${fileProblem(cause)})`, { cause });
  }
}

function keep(folder: string, input: Uint8Array): void {
  makeFolder(folder);
  writeFileSync(join(folder, nameOf(input)), input);
}

function nameOf(input: Uint8Array): string {
  return createHash('sha256').update(input).digest('hex').slice(0, 16);
}

const NAMES = Object.keys(TARGETS);
const U32 = 0xffff_ffff;

const command = npmScript({
  name: 'fuzz',
  does: "fuzzes the firmware's parsers of outside bytes as they are built for the device; same seed and executions, same inputs",
  prints:
    'a line for each target: executions, how many per second, distinct outcomes; a failure made smaller, with the line that replays it',
  fails: 'an input traps, hangs, lets memory grow or breaks a promise of its target',
})
  .addOption(
    new Option('--target <names>', `some of ${NAMES.join(',')}`).argParser(targets).default(NAMES, 'all of them'),
  )
  .option('--seconds <n>', 'for each target', integer(0, 10_000_000), 10)
  .option('--executions <n>', 'for each target, where the time allows', integer(0, U32), 2 ** 31)
  .option('--seed <n>', 'seed of the inputs', integer(0, U32), DEFAULT_SEED)
  .option('--corpus <dir>', 'read more inputs from DIR/<target>/, and write there what brought something new')
  .option('--replay <hex|file>', 'this input alone')
  .action(run);

interface Given extends Omit<Options, 'replay' | 'corpus'> {
  readonly target: readonly string[];
  readonly corpus?: string;
  readonly replay?: string;
}

async function run({ target, replay, corpus, ...numbers }: Given): Promise<void> {
  const options = { ...numbers, corpus, replay: replay === undefined ? undefined : inputOf(replay) };
  let well = true;
  for (const name of target) well = (await fuzz(name, options, console.log)) && well;
  process.exitCode = well ? 0 : 1;
}

function targets(list: string): readonly string[] {
  const names = list.split(',');
  const unknown = names.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`no target "${unknown}"; there are ${NAMES.join(', ')}`);
  return names;
}

function inputOf(replay: string): Uint8Array {
  if (!existsSync(replay) && /^([0-9a-f]{2})*$/i.test(replay)) return Buffer.from(replay, 'hex');
  try {
    return readFileSync(replay);
  } catch (cause) {
    throw new UsageError(
      `--replay ${replay}: expected hex, two digits a byte, or a file; as a file it cannot be read (${fileProblem(cause)})`,
      { cause },
    );
  }
}

if (isStarted(import.meta.url)) await runProgram(command);
