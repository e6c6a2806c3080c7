/**
 * `npm run bench:interp [-- --json] [--only TEXT]`: what the interpreter costs on the Cortex-M7, in real Renode: retired instructions for the workloads
 * of platforms/runtime/bench, per executed Wasm opcode, the engine's text and its RAM for code. Each answer is checked.
 *
 * Exit 1: a wrong answer, or a bound missed (P-256 verify, text, RAM). Exit 3: Renode or the cross compiler is missing.
 * CPU time of the emulator is shown to compare two engines on one host; it says nothing about the chip.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cache } from '../firmware-ts/build/cache.ts';
import { linkHacl } from '../firmware-ts/build/hacl-link.ts';
import { CACHE } from '../firmware-ts/build/paths.ts';
import { runProgram } from '../harness/cli/run-program.ts';
import { EnvironmentError, UsageError } from '../harness/errors.ts';
import { findRenode, RENODE_FIX } from '../harness/renode/find.ts';
import { buildProgram } from '../platforms/runtime/bench/chip/build.ts';
import { loopModule, loopWorkload } from '../platforms/runtime/bench/loop.ts';
import type { LinkedModule } from '../platforms/runtime/bench/machines.ts';
import { HACL_PARTS_NEEDED, WORKLOADS, type Workload } from '../platforms/runtime/bench/workloads.ts';
import { hasChipCompiler } from '../platforms/runtime/build/chip.ts';
import { countOps } from './bench-interp/ops.ts';
import { RenodeMachine } from './bench-interp/renode.ts';
import { isStarted, npmScript } from './command.ts';

const BOUNDS = { instructions: 2.4e9, textBytes: 32 * 1024, ramBytes: 0 };
const BOUNDED = 'P-256 verify';

export interface Row {
  name: string;
  instructions: number;
  ops: number | undefined;
  cpuSeconds: number | undefined;
}

export interface InterpBench {
  rows: Row[];
  textBytes: number;
  /** Variables of the engine's own, none of which holds code. */
  ramBytes: number;
  problems: string[];
}

type Job = readonly [linked: LinkedModule, workload: Workload];

/** @param only part of the names of the workloads to run @throws EnvironmentError */
export async function benchInterp(only = '', log: (line: string) => void = () => {}): Promise<InterpBench> {
  if (!findRenode()) throw new EnvironmentError(`bench:interp: expected Renode, found none; ${RENODE_FIX}`);
  if (!hasChipCompiler())
    throw new EnvironmentError(
      'bench:interp: expected arm-none-eabi-gcc on PATH, found none; install it: apt-get install gcc-arm-none-eabi (Debian, Ubuntu)',
    );
  const jobs = (await allJobs()).filter(([, { name }]) => name.includes(only));
  const folder = mkdtempSync(join(tmpdir(), 'proofboard-bench-'));
  let machine: RenodeMachine | undefined;
  try {
    const program = buildProgram(folder);
    machine = await RenodeMachine.start(program);
    const rows: Row[] = [];
    const problems: string[] = [];
    for (const [linked, workload] of jobs) {
      const ops = await countOps(linked, workload);
      await machine.load(linked.wasm);
      await machine.write(0, new Uint8Array(Uint32Array.of(linked.stackFrom).buffer));
      machine.spent.instructions = 0;
      machine.spent.cpuSeconds = undefined;
      if (!(await workload.run(machine, linked.freeFrom))) problems.push(`${workload.name}: wrong answer in Renode`);
      rows.push({ name: workload.name, ops, ...machine.spent });
      log(workload.name);
    }
    const { textBytes, ramBytes } = program;
    return { rows, textBytes, ramBytes, problems: [...problems, ...missed(rows, textBytes, ramBytes)] };
  } finally {
    await machine?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function allJobs(): Promise<Job[]> {
  const hacl = await linkHacl([...HACL_PARTS_NEEDED], 'speed', new Cache(CACHE));
  const loop = { wasm: loopModule(), stackFrom: 0, freeFrom: 0 };
  return [...WORKLOADS.map((workload) => [hacl, workload] as const), [loop, loopWorkload()]];
}

export function missed(rows: readonly Row[], textBytes: number, ramBytes: number): string[] {
  const problems = rows
    .filter(({ name, instructions }) => name === BOUNDED && instructions >= BOUNDS.instructions)
    .map(
      ({ name, instructions }) => `${name}: ${instructions} instructions, expected fewer than ${BOUNDS.instructions}`,
    );
  if (textBytes >= BOUNDS.textBytes) problems.push(`text: ${textBytes} bytes, expected less than ${BOUNDS.textBytes}`);
  if (ramBytes > BOUNDS.ramBytes) problems.push(`RAM: ${ramBytes} bytes, expected ${BOUNDS.ramBytes}`);
  return problems;
}

export function tableOf({ rows, textBytes, ramBytes }: InterpBench): string {
  const line = (...[name = '', ...cells]: string[]) =>
    `${name.padEnd(28)}${cells.map((cell) => cell.padStart(15)).join('')}\n`;
  const count = (value: number) => value.toLocaleString('en-US');
  return (
    line('workload', 'instructions', 'Wasm ops', 'per op', 'host CPU s') +
    rows
      .map(({ name, instructions, ops, cpuSeconds }) =>
        line(
          name,
          count(instructions),
          ops === undefined ? '-' : count(ops),
          ops === undefined ? '-' : (instructions / ops).toFixed(2),
          cpuSeconds?.toFixed(2) ?? '-',
        ),
      )
      .join('') +
    `text of the engine ${count(textBytes)} bytes, RAM for code ${count(ramBytes)} bytes\n`
  );
}

const command = npmScript({
  name: 'bench:interp',
  does: 'what the WebAssembly interpreter costs on the Cortex-M7, in Renode',
  prints:
    "a row for each workload: retired instructions, Wasm opcodes, instructions per opcode, the emulator's CPU time; and the engine's text and its RAM for code",
  fails: 'an answer is wrong, or a bound is missed (P-256 verify, text, RAM)',
})
  .option('--only <text>', 'the workloads alone whose name has this text (default: all)')
  .option('--json', 'the result as JSON')
  .action(run);

async function run({ only = '', json }: { only?: string; json?: boolean }): Promise<void> {
  const names = [...WORKLOADS, loopWorkload()].map(({ name }) => name);
  if (!names.some((name) => name.includes(only)))
    throw new UsageError(`--only ${only}: expected part of a workload's name; there are ${names.join('; ')}`);
  const result = await benchInterp(only, (name) => process.stderr.write(`${name}: done\n`));
  process.stdout.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : tableOf(result));
  for (const problem of result.problems) process.stderr.write(`bench:interp: ${problem}\n`);
  process.exitCode = result.problems.length > 0 ? 1 : 0;
}

if (isStarted(import.meta.url)) await runProgram(command);
