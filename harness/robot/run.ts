/**
 * Runs renode-test on suites that use our keywords: the library's server first, then renode-test in a process group of its own, which is ended as a whole when
 * we end, so that no Renode stays behind.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { FLASH_MUTANTS } from '../../platforms/native_sim/flash/mutants.ts';
import { EnvironmentError, TimeoutError } from '../errors.ts';
import { makeFolder } from '../text/folder.ts';
import { Library } from './library.ts';
import { type RobotTest, readRobotOutput } from './output.ts';
import { RemoteServer } from './server.ts';
import { Session, type SessionOptions } from './session.ts';

export interface RobotOptions extends Omit<SessionOptions, 'folder'> {
  readonly renodeTest: string;
  readonly files: readonly string[];
  /** Folder for renode-test's own files (log.html, robot_output.xml, logs of failed tests); emptied first. */
  readonly results: string;
  /** Real time that the whole run may take. */
  readonly timeoutMs: number;
  readonly onOutput: (text: string) => void;
}

/** What one test may take, in Robot's notation. The interpreter on the chip takes some seconds of real time for each signature. */
const TEST_TIMEOUT = { native_sim: '5 minutes', nucleo_h753zi: '30 minutes' } as const;
const TAIL = 2000;

export async function runRobot(options: RobotOptions): Promise<{ tests: RobotTest[]; session: Session }> {
  rmSync(options.results, { recursive: true, force: true });
  makeFolder(options.results);
  const session = new Session({ ...options, folder: options.results });
  const library = new Library(session);
  const server = await RemoteServer.open((method, params) => library.call(method, params));
  try {
    const said = await renodeTest(options, server.uri);
    const file = join(options.results, 'robot_output.xml');
    if (!existsSync(file))
      throw new EnvironmentError(`${options.renodeTest}: no results; it said:\n${said.slice(-TAIL).trim()}`);
    return { tests: readRobotOutput(file), session };
  } finally {
    await server.close();
    await session.end();
  }
}

/** @returns all that it said */
async function renodeTest(options: RobotOptions, uri: string): Promise<string> {
  // Suites about Renode's own flash model give it the same defect; it knows those of the flash interface alone.
  const defect = FLASH_MUTANTS.find((name) => name === options.defect) ?? 'none';
  const variables = { PROOFBOARD: uri, BOARD: options.board, DEFECT: defect };
  const running = execa(
    options.renodeTest,
    [
      ...Object.entries(variables).flatMap(([name, value]) => ['--variable', `${name}:${value}`]),
      ...['--test-timeout', TEST_TIMEOUT[options.board], '--results-dir', options.results],
      ...options.files,
    ],
    { reject: false, all: true, detached: true, stdin: 'ignore', timeout: options.timeoutMs, cleanup: false },
  );
  const endGroup = () => killGroup(running.pid);
  process.once('exit', endGroup);
  try {
    running.all.setEncoding('utf8').on('data', options.onOutput);
    const { all, timedOut, code } = await running;
    if (timedOut)
      throw new TimeoutError(`renode-test: not done within ${options.timeoutMs / 1000} s; see ${options.results}`);
    if (code !== undefined) throw new EnvironmentError(`${options.renodeTest}: cannot be started (${code})`);
    return String(all);
  } finally {
    process.off('exit', endGroup);
    endGroup();
  }
}

/** Whatever of the group is still there: after an orderly end nothing is. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: all gone
  }
}
