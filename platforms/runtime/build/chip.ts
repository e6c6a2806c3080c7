/**
 * Compiles the engine for the Cortex-M7: what the chip's image build links. The interpreter goes through assembly, where
 * its dispatch is shortened; everything that runs once is built for size. Floats are left out: modules that use them are refused.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WARNINGS } from '../host/build.ts';
import { fuseDispatch } from './fuse-dispatch.ts';

export const CHIP_COMPILER = 'arm-none-eabi-gcc';
export const CHIP_FLAGS = [
  '-std=gnu11',
  // Only the compiler's own headers: no C library has to be installed. Its built-in memcpy is what keeps the interpreter's loads one instruction.
  '-ffreestanding',
  '-fbuiltin',
  '-mcpu=cortex-m7',
  '-mthumb',
  '-fomit-frame-pointer',
  '-ffunction-sections',
  '-fdata-sections',
];
const ENGINE_OPTIONS = ['-DWR_FLOAT=0'];
/** The order and place of the interpreter's instructions stay as written: r7 to r12 are pinned in interp.c. */
const INTERPRETER_FLAGS = ['-O2', '-fno-gcse', '-fno-crossjumping', '-fno-schedule-insns', '-fno-schedule-insns2'];
const ONCE = ['load', 'validate', 'reader', 'instance'];
const ENGINE = fileURLToPath(new URL('../engine', import.meta.url));

export function hasChipCompiler(): boolean {
  return spawnSync(CHIP_COMPILER, ['--version'], { stdio: 'ignore' }).status === 0;
}

function compile(args: string[]): void {
  const result = spawnSync(CHIP_COMPILER, args, { encoding: 'utf8' });
  if (result.status !== 0)
    throw new Error(`${CHIP_COMPILER} ${args.join(' ')}\n${result.error?.message ?? result.stderr}`);
}

/** The engine's objects in `folder`. `options` are added for all files, `-DWR_...` for instance. */
export function buildChipEngine(folder: string, options: string[] = []): string[] {
  mkdirSync(folder, { recursive: true });
  const flags = [...CHIP_FLAGS, ...WARNINGS, ...ENGINE_OPTIONS, ...options];
  const objects = ONCE.map((name) => {
    const object = join(folder, `${name}.o`);
    compile([...flags, '-Os', '-c', join(ENGINE, `${name}.c`), '-o', object]);
    return object;
  });
  const assembly = join(folder, 'interp.s');
  compile([...flags, ...INTERPRETER_FLAGS, '-S', join(ENGINE, 'interp.c'), '-o', assembly]);
  const { text, fused } = fuseDispatch(readFileSync(assembly, 'utf8'));
  if (fused < 200)
    throw new Error(`only ${fused} dispatches were shortened: has the compiler changed? (see fuse-dispatch.ts)`);
  writeFileSync(assembly, text);
  const interpreter = join(folder, 'interp.o');
  compile([...CHIP_FLAGS, '-c', assembly, '-o', interpreter]);
  return [...objects, interpreter];
}

/** Bytes of code and constants, by arm-none-eabi-size. */
export function textSize(objects: string[]): number {
  return sizes(objects)[0];
}

/** Bytes of initialised and zeroed variables: what the engine itself takes of the RAM, for code or anything else. */
export function writtenSize(objects: string[]): number {
  const [, data, bss] = sizes(objects);
  return data + bss;
}

function sizes(objects: string[]): [text: number, data: number, bss: number] {
  const result = spawnSync('arm-none-eabi-size', ['-t', ...objects], { encoding: 'utf8' });
  const [text, data, bss] = (result.stdout ?? '').trim().split('\n').at(-1)?.trim().split(/\s+/).map(Number) ?? [];
  if (text === undefined || data === undefined || bss === undefined)
    throw new Error(`arm-none-eabi-size ${objects.join(' ')}\n${result.error?.message ?? result.stderr}`);
  return [text, data, bss];
}
