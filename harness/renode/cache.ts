/** Where `proofboard renode install` puts Renode, and what is there. The folder appears by a rename, so that it is whole or absent. */
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { RENODE_PACKAGE } from './package.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface InstalledRenode {
  /** Path of the executable `renode`. */
  readonly renode: string;
  /** Path of the script `renode-test`. */
  readonly renodeTest: string;
}

/** `$PROOFBOARD_CACHE`, else `proofboard` in `$XDG_CACHE_HOME` or `~/.cache` (XDG Base Directory 0.8: a relative path there is ignored). */
export function cacheFolder(env: Environment = process.env): string {
  if (env.PROOFBOARD_CACHE) return env.PROOFBOARD_CACHE;
  const base = env.XDG_CACHE_HOME?.startsWith('/') ? env.XDG_CACHE_HOME : join(homedir(), '.cache');
  return join(base, 'proofboard');
}

export function renodeFolder(cache: string, version: string = RENODE_PACKAGE.version): string {
  return join(cache, `renode-${version}`);
}

/** The Renode of the cache folder; undefined when none was installed. */
export function installedRenode(env: Environment = process.env): InstalledRenode | undefined {
  const folder = renodeFolder(cacheFolder(env));
  const found = { renode: join(folder, 'renode'), renodeTest: join(folder, 'renode-test') };
  return isExecutable(found.renode) ? found : undefined;
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile(); // a folder is "executable" too
  } catch {
    return false;
  }
}
