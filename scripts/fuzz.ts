/**
 * `npm run fuzz -- [--target T[,T...]] [--seconds N] [--executions N] [--seed S] [--corpus DIR] [--replay HEX|FILE]`
 *
 * Fuzzes the firmware's parsers as they are built for the device: no trap, no input that never ends, no memory that grows, no broken promise of a target. Prints
 * executions per second. A failure is made smaller and printed with the line that replays it; exit code 1. Same seed and executions, same inputs.
 * `--corpus DIR` reads more inputs from DIR/<target>/ and writes there what brought something new.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
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
    corpus:
      folder && existsSync(folder)
        ? readdirSync(folder)
            .sort()
            .map((name) => readFileSync(join(folder, name)))
        : [],
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
        if (folder) keep(folder, report.input);
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
  const well = await Promise.race([outcome, hang.hung]);
  hang.stop();
  outcome.catch(() => {});
  await worker.terminate();
  return well;
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

function keep(folder: string, input: Uint8Array): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, nameOf(input)), input);
}

function nameOf(input: Uint8Array): string {
  return createHash('sha256').update(input).digest('hex').slice(0, 16);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', default: Object.keys(TARGETS).join(',') },
      seconds: { type: 'string', default: '10' },
      executions: { type: 'string', default: String(2 ** 31) },
      seed: { type: 'string', default: '1' },
      corpus: { type: 'string' },
      replay: { type: 'string' },
    },
  });
  const targets = values.target.split(',');
  const unknown = targets.find((name) => !(name in TARGETS));
  const numbers = { seconds: Number(values.seconds), executions: Number(values.executions), seed: Number(values.seed) };
  const wrong = Object.entries(numbers).find(([, value]) => !Number.isFinite(value) || value < 0)?.[0];
  if (unknown !== undefined || wrong !== undefined) {
    const problem =
      unknown === undefined
        ? `--${wrong}: expected a number from 0`
        : `no target "${unknown}"; there are ${Object.keys(TARGETS).join(', ')}`;
    console.error(`fuzz: ${problem}`);
    process.exitCode = 2;
    return;
  }
  const { replay } = values;
  const input =
    replay === undefined ? undefined : existsSync(replay) ? readFileSync(replay) : Buffer.from(replay, 'hex');
  let well = true;
  for (const target of targets)
    well = (await fuzz(target, { ...numbers, corpus: values.corpus, replay: input }, console.log)) && well;
  process.exitCode = well ? 0 : 1;
}

if (process.argv[1]?.endsWith('fuzz.ts')) await main();
