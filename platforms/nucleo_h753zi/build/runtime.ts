/**
 * Compiles and links the two native runtimes of the chip (SPEC 17): boot's, for the start of sector 1.0, and the application's, for the app slot. Both are the engine
 * (platforms/runtime) and the chip support (../chip) from the same sources; what differs is the linker script and BOOT_RUNTIME.
 *
 * The same sources give the same bytes, wherever the checkout is: no paths, no debug information, no dates go in.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentError } from '../../../harness/errors.ts';
import { buildChipEngine, CHIP_COMPILER, CHIP_FLAGS, hasChipCompiler } from '../../runtime/build/chip.ts';
import { WARNINGS } from '../../runtime/host/build.ts';
import { type Footprint, footprintOf } from './footprint.ts';

const CHIP = fileURLToPath(new URL('../chip', import.meta.url));
const ENGINE = fileURLToPath(new URL('../../runtime', import.meta.url));
const CACHE = fileURLToPath(new URL('../../../.cache/proofboard', import.meta.url));
/** No built-ins and no loop patterns: memory.c must not be compiled into calls of itself. */
const KERNEL_FLAGS = ['-Os', '-fno-builtin', '-fno-tree-loop-distribute-patterns'];
const LINK_FLAGS = [
  '-mcpu=cortex-m7',
  '-mthumb',
  '-nostdlib',
  '-Wl,--gc-sections',
  '-Wl,--fatal-warnings',
  '-Wl,--build-id=none',
];

export type RuntimeName = 'boot' | 'app';

export interface RuntimeOptions {
  /** Writes each HAL call to the tap of the emulator (SPEC 17). Default true: there is no other board to run it on. */
  halTap?: boolean;
  /** Never enables the MPU: a negative control. */
  mpuOff?: boolean;
  /** Serves flash calls without a look at the caller's grants: a negative control. */
  grantsIgnored?: boolean;
  /** HAL calls and events come from a recording: for replay, not a device. */
  player?: boolean;
}

export interface Runtime {
  name: RuntimeName;
  /** From the vector table to where the bundle begins: a multiple of 32. */
  bytes: Uint8Array;
  /** Address of the vector table. */
  address: number;
  elf: Uint8Array;
  map: string;
  /** Where the build is cached. */
  folder: string;
  footprint: Footprint;
}

/** Both runtimes. @throws EnvironmentError when the compiler is missing */
export function buildRuntimes(options: RuntimeOptions = {}): Record<RuntimeName, Runtime> {
  if (!hasChipCompiler()) {
    throw new EnvironmentError(
      `expected ${CHIP_COMPILER} on PATH to build the runtime of nucleo_h753zi, found none; install it: apt-get install gcc-arm-none-eabi (Debian, Ubuntu), brew install --cask gcc-arm-embedded (macOS)`,
    );
  }
  const defines = [
    ...(options.halTap === false ? [] : ['-DHAL_TAP']),
    ...(options.mpuOff ? ['-DMPU_OFF'] : []),
    ...(options.grantsIgnored ? ['-DGRANTS_IGNORED'] : []),
    ...(options.player ? ['-DHAL_PLAYER'] : []),
  ];
  return { boot: buildRuntime('boot', [...defines, '-DBOOT_RUNTIME']), app: buildRuntime('app', defines) };
}

function buildRuntime(name: RuntimeName, defines: readonly string[]): Runtime {
  const folder = join(CACHE, `chip-${inputHash(name, defines)}`);
  if (!existsSync(folder)) {
    mkdirSync(CACHE, { recursive: true });
    const work = mkdtempSync(join(tmpdir(), 'proofboard-chip-'));
    try {
      link(name, defines, work);
      publish(work, folder, name);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  const elf = new Uint8Array(readFileSync(join(folder, `${name}.elf`)));
  const map = readFileSync(join(folder, `${name}.map`), 'utf8');
  const bytes = new Uint8Array(readFileSync(join(folder, `${name}.bin`)));
  const footprint = footprintOf(elf);
  return { name, bytes, address: footprint.address, elf, map, folder, footprint };
}

function link(name: RuntimeName, defines: readonly string[], work: string): void {
  const engine = buildChipEngine(join(work, 'engine'));
  const flags = [...CHIP_FLAGS, ...WARNINGS, ...KERNEL_FLAGS, ...defines];
  const objects = sourcesOf('.c').map((source) => {
    const object = join(work, `${source.slice(0, -2)}.o`);
    run(CHIP_COMPILER, [...flags, '-c', source, '-o', object], CHIP);
    return object;
  });
  const elf = join(work, `${name}.elf`);
  const map = join(work, `${name}.map`);
  run(
    CHIP_COMPILER,
    [...LINK_FLAGS, '-L.', '-T', `${name}.ld`, ...objects, ...engine, '-lgcc', `-Wl,-Map=${map}`, '-o', elf],
    CHIP,
  );
  run('arm-none-eabi-objcopy', ['-O', 'binary', '--gap-fill', '0xff', elf, join(work, `${name}.bin`)], CHIP);
}

/** The runtime's size must be what its own header tells boot. */
function publish(work: string, folder: string, name: RuntimeName): void {
  const bytes = readFileSync(join(work, `${name}.bin`));
  const told = bytes.readUInt32LE(0x2a4);
  if (told !== bytes.length) throw new Error(`${name} runtime: ${bytes.length} bytes, its header says ${told}`);
  const next = mkdtempSync(join(CACHE, 'chip-new-'));
  for (const kind of ['elf', 'bin'])
    writeFileSync(join(next, `${name}.${kind}`), readFileSync(join(work, `${name}.${kind}`)));
  const map = readFileSync(join(work, `${name}.map`), 'utf8').replaceAll(work, '.');
  writeFileSync(join(next, `${name}.map`), map);
  try {
    renameSync(next, folder);
  } catch (error) {
    // Another build of the same was first.
    if (!existsSync(folder)) throw error;
    rmSync(next, { recursive: true, force: true });
  }
}

const sourcesOf = (...endings: string[]) =>
  readdirSync(CHIP)
    .filter((file) => endings.some((ending) => file.endsWith(ending)))
    .sort();

function inputHash(name: RuntimeName, defines: readonly string[]): string {
  const hash = createHash('sha256').update(
    JSON.stringify([name, defines, LINK_FLAGS, KERNEL_FLAGS, compilerVersion()]),
  );
  const own = sourcesOf('.c', '.h', '.def', '.ld').map((file) => join(CHIP, file));
  const engine = ['engine', 'build'].flatMap((sub) =>
    readdirSync(join(ENGINE, sub))
      .sort()
      .map((file) => join(ENGINE, sub, file)),
  );
  for (const file of [...own, ...engine, fileURLToPath(import.meta.url)])
    hash.update(file.slice(file.lastIndexOf('/'))).update(readFileSync(file));
  return hash.digest('hex').slice(0, 32);
}

const compilerVersion = () => run(CHIP_COMPILER, ['-dumpfullversion'], CHIP);

function run(command: string, args: readonly string[], cwd: string): string {
  const result = spawnSync(command, [...args], { cwd, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}\n${result.error?.message ?? result.stderr}`);
  return result.stdout;
}
