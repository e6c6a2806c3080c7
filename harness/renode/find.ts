/**
 * Where Renode is: `--renode`, `RENODE`, PATH, then what `proofboard renode install` unpacked. A Renode that was named and is not there is an error,
 * never a reason to take another.
 */
import { delimiter, dirname, resolve } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import { type Environment, installedRenode, isExecutable } from './cache.ts';
import { RENODE_PACKAGE } from './package.ts';

export interface FoundRenode {
  /** Path of the executable. */
  readonly renode: string;
  /** Path of `renode-test`: beside the executable, else on PATH. */
  readonly renodeTest: string | undefined;
  readonly by: '--renode' | 'RENODE' | 'PATH' | 'cache';
}

export interface FindOptions {
  /** What `--renode` says. */
  readonly renode?: string | undefined;
  readonly env?: Environment;
}

/** Says what to do when there is none. */
export const RENODE_FIX =
  `run "proofboard renode install" (Renode ${RENODE_PACKAGE.version} for Linux, into the cache folder), ` +
  'or put renode on PATH, or name it with RENODE';

/** @throws EnvironmentError when `--renode` or `RENODE` names something that cannot be executed */
export function findRenode({ renode, env = process.env }: FindOptions = {}): FoundRenode | undefined {
  const named = renode !== undefined ? (['--renode', renode] as const) : (['RENODE', env.RENODE] as const);
  if (named[1]) {
    const file = resolve(named[1]);
    if (!isExecutable(file)) {
      throw new EnvironmentError(`${named[0]} ${named[1]}: expected Renode's executable, found none; ${RENODE_FIX}`);
    }
    return { renode: file, renodeTest: beside(file, env), by: named[0] };
  }
  const onPath = executableOnPath('renode', env);
  if (onPath) return { renode: onPath, renodeTest: beside(onPath, env), by: 'PATH' };
  const installed = installedRenode(env);
  return installed && { renode: installed.renode, renodeTest: beside(installed.renode, env), by: 'cache' };
}

/** What a run takes once Renode is in this folder: another that is named or on PATH comes before it. */
export function whatIsFound(folder: string, env: Environment = process.env): string {
  const own = resolve(folder, 'renode');
  const [first, by] = env.RENODE ? [resolve(env.RENODE), 'RENODE'] : [executableOnPath('renode', env), 'PATH'];
  if (first === undefined || first === own) return 'found without further setting';
  return `${first} (by ${by}) comes first; to take this one, set RENODE=${own}`;
}

function beside(renode: string, env: Environment): string | undefined {
  const file = resolve(dirname(renode), 'renode-test');
  return isExecutable(file) ? file : executableOnPath('renode-test', env);
}

/** The executable's path, when PATH has it. */
export function executableOnPath(command: string, env: Environment = process.env): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => resolve(folder, command)).find(isExecutable);
}
