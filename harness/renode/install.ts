/**
 * Installs the pinned Renode into the cache folder: download (or take a given file), compare the hash, unpack beside, rename.
 *
 * The final folder appears in one step. Whatever ends the process before that (Ctrl-C, a kill, power) leaves the download's part file, which the next run
 * resumes, and at worst a folder `.unpack-*`, which nobody looks into and the next run removes.
 */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { EnvironmentError, UsageError } from '../errors.ts';
import { makeFolder } from '../text/folder.ts';
import { isExecutable, renodeFolder } from './cache.ts';
import { download, hashMessage, sha256Of } from './download.ts';
import type { RenodePackage } from './package.ts';

export interface InstallOptions {
  readonly cache: string;
  readonly package: RenodePackage;
  /** A package file that is already here, in the download's place. */
  readonly from?: string | undefined;
  /** Install again over what is there. */
  readonly force?: boolean | undefined;
  readonly stallMs?: number;
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
  readonly onStep?: (text: string) => void;
}

const STALL_MS = 60_000;
const UNPACK_PREFIX = '.unpack-';

/** @returns the folder that holds `renode` and `renode-test`, and whether it was there before */
export async function installRenode(options: InstallOptions): Promise<{ folder: string; already: boolean }> {
  const folder = renodeFolder(options.cache, options.package.version);
  if (!options.force && isExecutable(join(folder, 'renode'))) return { folder, already: true };
  makeCache(options.cache);
  const unlock = lock(join(options.cache, 'install.lock'));
  try {
    removeLeftovers(options.cache);
    const { file, ours } = await packageFile(options);
    options.onStep?.(`unpacking into ${folder}`);
    await unpack(file, options.cache, folder);
    if (ours) rmSync(file, { force: true });
    return { folder, already: false };
  } finally {
    unlock();
  }
}

/** The package with the right hash; `ours`: it lies in the cache and is of no use after unpacking. */
async function packageFile(options: InstallOptions): Promise<{ file: string; ours: boolean }> {
  const { url, sha256, maxBytes, version } = options.package;
  if (options.from !== undefined) {
    if (!existsSync(options.from) || !statSync(options.from).isFile()) {
      throw new UsageError(`--from ${options.from}: expected the package of Renode ${version}, found no such file`);
    }
    options.onStep?.(`checking ${options.from}`);
    const actual = await sha256Of(options.from);
    if (actual !== sha256) {
      throw new EnvironmentError(
        `${hashMessage(options.from, statSync(options.from).size, sha256, actual)}\nThe right one is ${url}`,
      );
    }
    return { file: options.from, ours: false };
  }
  // Named after the hash, so that a part file of another version is never resumed.
  const file = join(options.cache, `renode-${version}-${sha256.slice(0, 12)}.tar.gz`);
  if (existsSync(file) && (await sha256Of(file)) === sha256) return { file, ours: true };
  rmSync(file, { force: true });
  options.onStep?.(`fetching ${url}`);
  await download({
    url,
    sha256,
    file,
    maxBytes,
    stallMs: options.stallMs ?? STALL_MS,
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  });
  return { file, ours: true };
}

async function unpack(file: string, cache: string, folder: string): Promise<void> {
  const beside = mkdtempSync(join(cache, UNPACK_PREFIX));
  const tar = execa('tar', ['-xzf', file, '-C', beside, '--strip-components=1', '--no-same-owner'], { reject: false });
  const abandon = () => {
    tar.kill('SIGKILL');
    rmSync(beside, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  };
  process.once('exit', abandon);
  try {
    const { failed, code, stderr } = await tar;
    if (failed) throw new EnvironmentError(`tar could not unpack ${file}: ${code ?? stderr.trim().slice(-500)}`);
    if (!isExecutable(join(beside, 'renode'))) {
      const found = readdirSync(beside).slice(0, 10).join(', ');
      throw new EnvironmentError(
        `${basename(file)}: expected an executable "renode" in it, found ${found || 'nothing'}`,
      );
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(beside, folder);
  } finally {
    process.off('exit', abandon);
    rmSync(beside, { recursive: true, force: true });
  }
}

function makeCache(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new EnvironmentError(`${folder}: cannot be written (${code}); name another folder with PROOFBOARD_CACHE`);
  }
}

function removeLeftovers(cache: string): void {
  for (const name of readdirSync(cache)) {
    if (name.startsWith(UNPACK_PREFIX)) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

/** One install at a time; a lock whose process is gone is taken over. */
function lock(file: string): () => void {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST') throw new EnvironmentError(`${file}: cannot be written (${code})`);
      const owner = Number(readFileSync(file, 'utf8'));
      if (isAlive(owner)) throw new EnvironmentError(`another install is under way (process ${owner}, ${file})`);
      rmSync(file, { force: true });
    }
  }
  const unlock = () => rmSync(file, { force: true });
  process.once('exit', unlock);
  return () => {
    process.off('exit', unlock);
    unlock();
  };
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
