/**
 * One Renode 1.16.1: started once through execa in a process group and a temporary folder of its own, on a port that it chooses itself, and used for many
 * checks. However we end (close, exit, Ctrl-C, SIGTERM), the whole group is killed and the folder removed; if it ends by itself, every call says so, with the tail of
 * its log. Our own death by SIGKILL, which no handler sees, closes a pipe, and a shell at its other end kills the group. Nothing of one process is shared with the next.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { dirSync } from 'tmp';
import { EnvironmentError, TimeoutError } from '../errors.ts';
import { RenodeClient } from './client.ts';
import { findRenode, RENODE_FIX } from './find.ts';
import { otherThanPinned, RENODE_PACKAGE } from './package.ts';

export interface RenodeOptions {
  /** What `--renode` says. */
  readonly renode?: string | undefined;
  /** Real time until it answers, milliseconds. Default 60 s. */
  readonly startTimeoutMs?: number;
  /** Real time that one call may take, milliseconds. */
  readonly callTimeoutMs?: number;
}

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
const LOG_TAIL = 4000;
/**
 * Runs $0 with its arguments; when standard input ends, which is with the process that started it, its whole group is killed. Renode's shell gets the same silent
 * pipe.
 */
const GUARDED =
  'exec 3<&0; "$0" "$@" <&3 3<&- & one=$!; (cat <&3 >/dev/null; kill -KILL 0) >/dev/null 2>&1 & wait $one';
/** .NET compiles Renode's code once, then again for speed; the instrumented code in between costs a twelfth of a run. What the user has set stands. */
const RUNTIME = { DOTNET_TieredPGO: process.env.DOTNET_TieredPGO ?? '0' };
const DEADLY = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class RenodeProcess {
  readonly client: RenodeClient;
  readonly pid: number;
  /** Of its own; removed at the end. */
  readonly folder: string;
  private readonly end: () => Promise<void>;

  private constructor(client: RenodeClient, pid: number, folder: string, end: () => Promise<void>) {
    this.client = client;
    this.pid = pid;
    this.folder = folder;
    this.end = end;
  }

  /** @throws EnvironmentError (not found, does not start, of another version), TimeoutError */
  static async start(options: RenodeOptions = {}): Promise<RenodeProcess> {
    const found = findRenode({ renode: options.renode });
    if (!found) throw new EnvironmentError(`Renode: not found; ${RENODE_FIX}`);
    const { name: folder } = dirSync({ prefix: 'proofboard-renode-', unsafeCleanup: true });
    // Without a console its shell asks for input on and on, and takes a whole core for it.
    const args = [
      '--disable-gui',
      '--console',
      '--plain',
      '--config',
      join(folder, 'config'),
      '--robot-server-port',
      '0',
    ];
    const running = execa('/bin/sh', ['-c', GUARDED, found.renode, ...args], {
      reject: false,
      detached: true, // a group of its own, so that wrapper and emulator end together
      cleanup: false,
      stdin: 'pipe',
      all: true,
      buffer: false,
      cwd: folder,
      env: { TMPDIR: folder, ...RUNTIME },
    });
    let log = '';
    running.all.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-LOG_TAIL);
    });
    let closing = false;
    const killNow = () => {
      closing = true;
      killGroup(running.pid);
      rmSync(folder, { recursive: true, force: true });
    };
    process.once('exit', killNow);
    // A signal's default end runs no exit handler: end Renode first, then die of the signal, unless somebody else answers it.
    const bySignal = (signal: NodeJS.Signals) => {
      killNow();
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    };
    for (const signal of DEADLY) process.once(signal, bySignal);
    const ended = running.then(({ exitCode, signal, code }) => {
      // Whatever else is in its group goes too: no orphan of a crash.
      killGroup(running.pid);
      const how = signal ? `killed by ${signal}` : `ended with ${code ?? `exit code ${exitCode}`}`;
      return `Renode (${found.renode}) ${how}${closing ? ' as it was closed' : ''}; its log ends with:\n${log.trim() || '(nothing)'}`;
    });
    const died = ended.then((text): never => {
      throw new EnvironmentError(text);
    });
    died.catch(() => {}); // it is told to whoever calls; nobody may be calling
    const end = async () => {
      closing = true;
      killGroup(running.pid);
      await ended;
      while (killGroup(running.pid)) await sleep(POLL_MS);
      process.off('exit', killNow);
      for (const signal of DEADLY) process.off(signal, bySignal);
      rmSync(folder, { recursive: true, force: true });
    };
    try {
      const port = await portOf(folder, died, options.startTimeoutMs ?? START_TIMEOUT_MS);
      const { callTimeoutMs } = options;
      const client = new RenodeClient({ port, died, ...(callTimeoutMs === undefined ? {} : { callTimeoutMs }) });
      expectPinned(await firstAnswer(client, died), found.renode);
      return new RenodeProcess(client, running.pid!, folder, end);
    } catch (error) {
      await end();
      throw error;
    }
  }

  /** Ends the whole group and waits until it is gone. More than once is allowed. */
  close(): Promise<void> {
    return this.end();
  }
}

/** Renode writes the port it was given into its own temporary folder, `renode-<pid>/robot_port`. */
async function portOf(folder: string, died: Promise<never>, timeoutMs: number): Promise<number> {
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += POLL_MS) {
    const port = portFrom(folder);
    if (port !== undefined) return port;
    await Promise.race([died, sleep(POLL_MS)]);
  }
  throw new TimeoutError(`Renode: expected its XML-RPC port within ${timeoutMs / 1000} s of real time, got none`);
}

function portFrom(folder: string): number | undefined {
  const own = readdirSync(folder).find((name) => name.startsWith('renode-'));
  if (!own) return undefined;
  try {
    const text = readFileSync(join(folder, own, 'robot_port'), 'utf8').trim();
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    return port > 0 && port < 65536 ? port : undefined;
  } catch {
    return undefined; // not written yet
  }
}

/** The first connections can be refused just after the start. @returns what Renode says of its version */
async function firstAnswer(client: RenodeClient, died: Promise<never>): Promise<string> {
  const TRIES = 5;
  for (let tries = 1; ; tries++) {
    try {
      return await client.monitor('version');
    } catch (error) {
      if (tries === TRIES) throw error;
      await Promise.race([died, sleep(POLL_MS)]);
    }
  }
}

/** @throws EnvironmentError of another version: its evidence would be of something else */
function expectPinned(said: string, renode: string): void {
  const other = otherThanPinned(said);
  if (other === undefined) return;
  throw new EnvironmentError(
    `${renode}: expected Renode ${RENODE_PACKAGE.version}, got ${other || 'no answer to "version"'}; ${RENODE_FIX}`,
  );
}

/** @returns whether anybody was there to be killed */
function killGroup(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, 'SIGKILL');
  } catch {
    return false; // ESRCH: all gone
  }
}
