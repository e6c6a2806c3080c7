/**
 * What the board nucleo_h753zi needs of this machine, piece by piece: Renode, the cross compiler, and the Python packages of renode-test.
 *
 * renode-test itself is asked whether it starts, as only it knows which Python it uses; single packages are looked up when it does not.
 */
import { execa } from 'execa';
import { EnvironmentError } from '../errors.ts';
import type { Environment } from './cache.ts';
import { executableOnPath, type FoundRenode, findRenode, RENODE_FIX } from './find.ts';
import { otherThanPinned, RENODE_PACKAGE } from './package.ts';

export interface Need {
  readonly name: string;
  /** Version or place; undefined: missing. */
  readonly found: string | undefined;
  /** Board or job that lacks it. */
  readonly neededFor: string;
  readonly fix: string;
}

const BOARD = 'board nucleo_h753zi';
const SUITES = 'proofboard robot';
const ROBOT_VERSION = '6.1';
const PROBE_MS = 20_000;

/** Of renode-test: name for pip, name for Python's import, and what prints its version. */
const PYTHON_PACKAGES = [
  ['Robot Framework 6.1', `robotframework==${ROBOT_VERSION}`, 'robot'],
  ['psutil', 'psutil', 'psutil'],
  ['PyYAML', 'pyyaml', 'yaml'],
] as const;

export async function renodeNeeds(env: Environment = process.env): Promise<Need[]> {
  const [renode, found] = await renodeNeed(env);
  return [renode, await compiler(env), ...(await robot(found, env))];
}

async function renodeNeed(env: Environment): Promise<[Need, FoundRenode | undefined]> {
  const need = { name: `Renode ${RENODE_PACKAGE.version}`, neededFor: BOARD };
  let found: FoundRenode | undefined;
  try {
    found = findRenode({ env });
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return [{ ...need, found: undefined, fix: error.message }, undefined];
  }
  if (!found) return [{ ...need, found: undefined, fix: RENODE_FIX }, undefined];
  const fix = await versionProblem(found, env);
  if (fix !== undefined) return [{ ...need, found: undefined, fix }, found];
  return [{ ...need, found: `${found.renode} (by ${found.by}), ${RENODE_PACKAGE.version}`, fix: '' }, found];
}

/** @returns what is wrong and what to do about it; undefined: it is the pinned version */
export async function versionProblem(
  { renode, by }: FoundRenode,
  env: Environment = process.env,
): Promise<string | undefined> {
  const other = otherThanPinned((await ask(renode, ['--version'], env)).text);
  if (other === undefined) return undefined;
  const got = other || 'no answer to --version';
  return `${renode} (by ${by}): expected version ${RENODE_PACKAGE.version}, got ${got}; ${RENODE_FIX}`;
}

async function compiler(env: Environment): Promise<Need> {
  const said = await ask('arm-none-eabi-gcc', ['--version'], env);
  return {
    name: 'arm-none-eabi-gcc',
    found: said.ok ? said.text.split('\n')[0] : undefined,
    neededFor: BOARD,
    fix: 'Debian and Ubuntu: apt-get install gcc-arm-none-eabi; elsewhere: the Arm GNU Toolchain',
  };
}

async function robot(found: FoundRenode | undefined, env: Environment): Promise<Need[]> {
  const starts = found?.renodeTest === undefined ? undefined : await ask(found.renodeTest, ['--help'], env);
  const other = /while the one available in your system is `([^`]+)`/.exec(starts?.text ?? '')?.[1];
  return Promise.all(
    PYTHON_PACKAGES.map(async ([name, pip, module]): Promise<Need> => {
      const fix = `python3 -m pip install '${pip}'`;
      const need = { name, neededFor: SUITES, fix };
      if (starts?.ok) {
        const wrong = module === 'robot' ? other : undefined;
        if (wrong === undefined) return { ...need, found: `${found?.renodeTest} starts with it`, fix: '' };
        return { ...need, found: undefined, fix: `renode-test has version ${wrong}: ${fix}` };
      }
      const said = await ask('python3', ['-c', `import ${module}; print(${module}.__version__)`], env);
      const version = said.ok ? said.text.trim() : undefined;
      const right = module !== 'robot' || version === ROBOT_VERSION;
      return {
        ...need,
        found: right ? version : undefined,
        ...(version && !right ? { fix: `got ${version}: ${fix}` } : {}),
      };
    }),
  );
}

/** What a program prints on both outputs; never throws. */
async function ask(command: string, args: string[], env: Environment): Promise<{ ok: boolean; text: string }> {
  const file = command.includes('/') ? command : executableOnPath(command, env);
  if (file === undefined) return { ok: false, text: '' };
  const result = await execa(file, args, { reject: false, timeout: PROBE_MS, all: true, env, extendEnv: false });
  return { ok: !result.failed, text: String(result.all ?? '') };
}
