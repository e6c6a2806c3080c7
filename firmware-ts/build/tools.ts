/**
 * Binaryen's command-line tools (npm package `binaryen`), run within this process (tool-in-process.ts), or as a child of it where they have something to complain of.
 *
 * Only what the firmware build needs: merge and optimise. Output is a function of the input bytes alone.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runInProcess } from './tool-in-process.ts';

const require = createRequire(import.meta.url);
const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** What our interpreter and V8 both accept: WebAssembly 1.0 with the extensions that DESIGN lists. */
export const FEATURES = [
  '--mvp-features',
  '--enable-mutable-globals',
  '--enable-sign-ext',
  '--enable-nontrapping-float-to-int',
  '--enable-bulk-memory',
  '--enable-multivalue',
];

/** Version of an installed package; part of every cache key. */
export function packageVersion(name: string): string {
  const manifest = JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** Folder of an installed package, also for those whose `exports` hide their package.json. */
export function packageFolder(name: string): string {
  for (const base of require.resolve.paths(name) ?? []) {
    try {
      readFileSync(join(base, name, 'package.json'));
      return join(base, name);
    } catch {
      // Not in this node_modules: the next one up.
    }
  }
  throw new Error(`package "${name}" is not installed: run npm ci`);
}

export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'proofboard-build-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: Uint8Array | string): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  read(name: string): Uint8Array {
    return new Uint8Array(readFileSync(this.path(name)));
  }

  /** Runs one of Binaryen's tools on files of this folder. @throws Error with what it complains of */
  async tool(name: 'wasm-merge' | 'wasm-opt', args: readonly string[]): Promise<void> {
    const script = join(packageFolder('binaryen'), 'bin', name);
    const absolute = args.map((arg) => (/\.wa(sm|t)$/.test(arg) ? this.path(arg) : arg));
    if ((await runInProcess(script, absolute)) === 0) return;
    // Once more where its complaints can be heard.
    try {
      await run(process.execPath, [script, ...args], { cwd: this.folder, maxBuffer: MAX_OUTPUT_BYTES });
    } catch (error) {
      const stderr = (error as { stderr?: string }).stderr ?? '';
      throw new Error(`${name} failed: ${stderr.slice(0, 2000) || String(error)}`);
    }
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs `work` in a folder of its own, which is gone afterwards. */
export async function withWorkspace<T>(work: (space: Workspace) => Promise<T>): Promise<T> {
  const space = new Workspace();
  try {
    return await work(space);
  } finally {
    space.dispose();
  }
}
