/**
 * Builds the engine for this host. A build is cached by the content of its sources and flags, so that tests start at once;
 * an absent compiler is an answer, not an error: tests skip visibly.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RUNTIME = fileURLToPath(new URL('..', import.meta.url));

export const WARNINGS = ['-Wall', '-Wextra', '-Wconversion', '-Werror'];
/** The interpreter's indirect jumps stay where they are written, one per handler. */
export const ENGINE_FLAGS = ['-std=gnu11', '-O2', '-fno-math-errno', '-fno-gcse', '-fno-crossjumping'];

/** `sanitize` finds faults, `fast` measures, `profile` counts opcodes, `nofloat` is the chip's choice of features. */
export type HostBuild = 'sanitize' | 'fast' | 'profile' | 'nofloat';

const SANITIZE = ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer'];
const OPTIONS: Record<HostBuild, string[]> = {
  sanitize: ['-DWR_TEXT=1', '-DWR_FUEL=1', ...SANITIZE],
  fast: ['-g', '-DWR_TEXT=1'],
  profile: ['-DWR_TEXT=1', '-DWR_PROFILE=1'],
  nofloat: ['-DWR_TEXT=1', '-DWR_FUEL=1', '-DWR_FLOAT=0', ...SANITIZE],
};

export function hostCompiler(): string | undefined {
  const candidates = [process.env.CC ?? '', 'cc', 'gcc', 'clang'].filter((name) => name !== '');
  return candidates.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
}

function sources(folder: string): string[] {
  return readdirSync(join(RUNTIME, folder))
    .filter((name) => /\.(c|h|def)$/.test(name))
    .sort()
    .map((name) => join(RUNTIME, folder, name));
}

/** The driver's executable, or undefined without a compiler. Throws with the compiler's words when the build fails. */
export function buildHost(build: HostBuild): string | undefined {
  const compiler = hostCompiler();
  if (compiler === undefined) return undefined;
  const files = [...sources('engine'), ...sources('host')];
  const flags = [...ENGINE_FLAGS, ...WARNINGS, ...OPTIONS[build]];
  if (compiler.includes('clang')) flags.push('-Wno-unknown-warning-option', '-Wno-ignored-optimization-argument');
  const hash = createHash('sha256').update([compiler, ...flags].join('\0'));
  for (const file of files) hash.update(readFileSync(file));
  const folder = join(tmpdir(), `proofboard-runtime-${process.getuid?.() ?? 0}`);
  const out = join(folder, `driver-${build}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(out)) return out;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const partial = `${out}.${process.pid}`;
  const result = spawnSync(compiler, [...flags, ...files.filter((file) => file.endsWith('.c')), '-o', partial], {
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`${compiler} failed on the ${build} build:\n${result.stderr}`);
  renameSync(partial, out);
  return out;
}
