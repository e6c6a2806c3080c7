/**
 * `npm run bench -- [--count N] [--json]`: devices booted from reset, each with a TLS handshake and a published reading, per second; and whether memory grows.
 *
 * Every round is a fork of one provisioned device with a world of its own, as a check has it. Wasm pages must be equal, and the heap after
 * collection within 10 %, between the 100th round and the last: exit code 1 otherwise. This is about the host, so it reads the host's clock.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { NativeSim } from '../harness/board/native-sim.ts';
import { DEFAULT_DEVICE, DEFAULT_SEED } from '../harness/cli/defaults.ts';
import { integer } from '../harness/cli/options.ts';
import { runProgram } from '../harness/cli/run-program.ts';
import { Profile } from '../harness/profile/profile.ts';
import { LabFactory } from '../harness/requirements/lab-factory.ts';
import { isStarted, npmScript } from './command.ts';

const DEFAULT_COUNT = 1000;
/** Pools and caches are warm by then. */
const WARM_ROUND = 100;
const HEAP_GROWTH = 0.1;

export interface Sample {
  readonly round: number;
  /** 64 KiB pages of all modules of the device's bundle while it runs. */
  readonly wasmPages: number;
  /** Bytes in use after a full collection, the round's device closed. */
  readonly heapBytes: number;
}

export interface BenchResult {
  readonly count: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly warm: Sample;
  readonly last: Sample;
  readonly problems: readonly string[];
}

export function problemsOf(warm: Sample, last: Sample): string[] {
  const problems: string[] = [];
  if (warm.wasmPages !== last.wasmPages) {
    problems.push(`Wasm pages: ${warm.wasmPages} in round ${warm.round}, ${last.wasmPages} in round ${last.round}`);
  }
  const growth = last.heapBytes / warm.heapBytes - 1;
  if (Math.abs(growth) > HEAP_GROWTH) {
    problems.push(
      `heap: ${(growth * 100).toFixed(1)} % from round ${warm.round} to ${last.round}, at most 10 % expected`,
    );
  }
  return problems;
}

/** @param gc a full collection */
export async function bench(count: number, gc: () => void): Promise<BenchResult> {
  const factory = await LabFactory.create({
    profile: Profile.load(DEFAULT_DEVICE),
    board: 'native_sim',
    seed: DEFAULT_SEED,
    recordTo: undefined,
  });
  const warmRound = Math.min(WARM_ROUND, count);
  let warm: Sample | undefined;
  let ms = 0;
  for (let round = 1; ; round++) {
    const began = performance.now();
    const wasmPages = await bootAndPublish(factory, round);
    ms += performance.now() - began;
    if (round !== warmRound && round !== count) continue;
    // One turn of the event loop: what closed in this round is let go.
    await new Promise((resolve) => setImmediate(resolve));
    gc();
    const sample = { round, wasmPages, heapBytes: process.memoryUsage().heapUsed };
    warm ??= sample;
    if (round < count) continue;
    const seconds = ms / 1000;
    return { count, seconds, perSecond: count / seconds, warm, last: sample, problems: problemsOf(warm, sample) };
  }
}

async function bootAndPublish(factory: LabFactory, round: number): Promise<number> {
  const lab = await factory.open(`bench-${round}`);
  try {
    const device = await lab.device();
    await device.connect();
    const { modules } = (device.board as NativeSim).machine.core;
    return modules.reduce((sum, module) => sum + module.memory.length / 65_536, 0);
  } finally {
    await lab.close();
  }
}

const command = npmScript({
  name: 'bench',
  does: 'boots devices from reset, each with a TLS handshake and a published reading, on native_sim',
  prints: `how many there were per second and, from round ${WARM_ROUND} and the last, Wasm pages and heap in use`,
  fails: `pages differ between round ${WARM_ROUND} and the last, or the heap by more than ${HEAP_GROWTH * 100} %`,
})
  .option('--count <n>', 'devices', integer(1, 1_000_000), DEFAULT_COUNT)
  .option('--json', 'the result as JSON')
  .action(run);

async function run({ count, json }: { count: number; json?: boolean }): Promise<void> {
  if (!globalThis.gc) {
    process.exitCode = await again();
    return;
  }
  const result = await bench(count, globalThis.gc);
  process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : textOf(result));
  process.exitCode = result.problems.length > 0 ? 1 : 0;
}

/** Once more in a process that can be told to collect; it does not outlive this one. */
async function again(): Promise<number> {
  const args = ['--expose-gc', ...process.execArgv, ...process.argv.slice(1)];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  process.once('exit', () => child.kill('SIGKILL'));
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? (signal === 'SIGINT' ? 130 : 70);
}

function textOf({ count, seconds, perSecond, warm, last, problems }: BenchResult): string {
  const sample = ({ round, wasmPages, heapBytes }: Sample) =>
    `round ${round}: ${wasmPages} Wasm pages, heap ${(heapBytes / 1e6).toFixed(1)} MB\n`;
  const rate = `${count} boots with handshake and publish in ${seconds.toFixed(1)} s: ${perSecond.toFixed(1)} per second\n`;
  if (warm === last) return `${rate}${sample(last)}growth not measured: it takes more than ${WARM_ROUND} rounds\n`;
  return rate + sample(warm) + sample(last) + problems.map((problem) => `PROBLEM ${problem}\n`).join('');
}

if (isStarted(import.meta.url)) await runProgram(command);
