/** Links the measuring program: the engine as the chip's image has it (build/chip.ts), and program.c. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildChipEngine, CHIP_COMPILER, CHIP_FLAGS, textSize, writtenSize } from '../../build/chip.ts';
import { WARNINGS } from '../../host/build.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const MEMORY = fileURLToPath(new URL('../../../nucleo_h753zi/chip/memory.c', import.meta.url));
export const MACHINE = join(HERE, 'cortex-m7.repl');

export interface MeasuringProgram {
  elf: string;
  /** Address of the mailbox (SPEC 29). */
  mailbox: number;
  /** Of the engine's objects: code and constants, and everything that lies in RAM. */
  textBytes: number;
  ramBytes: number;
}

/** @param folder where objects and ELF go @throws Error with the compiler's words */
export function buildProgram(folder: string): MeasuringProgram {
  const engine = buildChipEngine(folder);
  const elf = join(folder, 'program.elf');
  run(CHIP_COMPILER, [
    ...[...CHIP_FLAGS, ...WARNINGS, '-Os', '-ffreestanding', '-fno-tree-loop-distribute-patterns'],
    ...['-nostdlib', '-Wl,--gc-sections', '-Wl,--build-id=none', '-T', join(HERE, 'program.ld')],
    ...[join(HERE, 'program.c'), MEMORY, ...engine, '-lgcc', '-o', elf],
  ]);
  const symbol = /^([0-9a-f]+) \S+ box$/m.exec(run('arm-none-eabi-nm', [elf]))?.[1];
  if (symbol === undefined) throw new Error(`${elf}: expected the symbol "box", found none`);
  return {
    elf,
    mailbox: Number.parseInt(symbol, 16),
    textBytes: textSize(engine),
    ramBytes: writtenSize(engine),
  };
}

function run(command: string, args: string[]): string {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}\n${result.error?.message ?? result.stderr}`);
  return result.stdout;
}
