/**
 * A pool of worker processes that share out tasks. Results come in any order; the caller sorts them.
 *
 * A worker that dies or falls silent is the harness's failure, not a verdict: the pool ends with an error that names the task.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { HarnessError, ProofboardError } from '../errors.ts';
import type { Lifecycle, ToAnyWorker } from './task.ts';

/** Longest silence of a worker. A check on native_sim that computes for longer sends nothing; the longest sweep stays far below. In Renode each answer of the emulator counts as a sign of life. */
const SILENCE_MS = 10 * 60_000;
/** TypeScript in the worker as here; import.meta.resolve is not there under every loader. */
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/**
 * Room for what lives shortly, in MB: entries of traces come by the million, and with V8's 16 MB a sixth of a worker's time goes into moving them. Collected by the worker itself: there is one for
 * every core, and threads that help would take another worker's.
 */
const HEAP = ['--max-semi-space-size=64', '--single-threaded-gc'];

export interface PoolOptions<Setup, Task, Message> {
  /** The worker's program: a module that calls `serveTasks` (worker-loop.ts). */
  readonly worker: URL;
  readonly setup: Setup;
  readonly jobs: number;
  /** `from` numbers the workers. */
  readonly onMessage: (message: Message, from: number) => void;
  /** The task as it is sent: with what this worker should know by now. */
  readonly brief?: (task: Task, to: number) => Task;
  /** How workers are ended; SIGTERM lets one with an emulator end that first, but one that computes without end hears only SIGKILL, the default. */
  readonly endBy?: 'SIGTERM' | 'SIGKILL';
  /** Ends it early: no worker lives on, what they have not reported is lost. */
  readonly signal?: AbortSignal;
}

export class TimeoutError extends ProofboardError {
  readonly exitCode = 124;
}

/** A worker's own error, carried over with its exit code. */
class WorkerError extends ProofboardError {
  constructor(
    override readonly name: string,
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

/** Runs all tasks, or those before the signal. Rejects with the first failure, after every worker is gone. */
export async function runPool<Setup, Task extends { readonly id: string }, Message extends { readonly type: string }>(
  tasks: readonly Task[],
  options: PoolOptions<Setup, Task, Message>,
): Promise<void> {
  const queue = [...tasks];
  const count = Math.max(1, Math.min(options.jobs, tasks.length));
  const workers = Array.from({ length: count }, () => startWorker(options.worker));
  const killAll = () => {
    for (const { child } of workers) child.kill(options.endBy ?? 'SIGKILL');
  };
  process.once('exit', killAll);
  try {
    await Promise.all(workers.map((worker, index) => drive(worker, index, queue, options)));
  } finally {
    killAll();
    process.off('exit', killAll);
  }
}

interface Worker {
  readonly child: ChildProcess;
  readonly stderr: () => string;
}

function startWorker(module: URL): Worker {
  const child = fork(fileURLToPath(module), [], {
    execArgv: [...HEAP, '--import', LOADER],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  let tail = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-4000);
  });
  return { child, stderr: () => tail.trim() };
}

function drive<Setup, Task extends { readonly id: string }, Message extends { readonly type: string }>(
  worker: Worker,
  index: number,
  queue: Task[],
  options: PoolOptions<Setup, Task, Message>,
): Promise<void> {
  const { child } = worker;
  const { signal } = options;
  const send = (message: ToAnyWorker<Setup, Task>) => child.send(message);
  return new Promise((resolve, reject) => {
    let current: Task | undefined;
    let timer: NodeJS.Timeout | undefined;
    const settle = (error?: Error) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      queue.length = error ? 0 : queue.length;
      if (error) reject(error);
      else resolve();
    };
    const stop = () => {
      queue.length = 0;
      settle();
    };
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        settle(new TimeoutError(`${current?.id ?? 'a worker'}: no sign of life for ${SILENCE_MS / 60_000} minutes`));
      }, SILENCE_MS);
    };
    const next = () => {
      current = queue.shift();
      if (current && options.brief) current = options.brief(current, index);
      send(current ? { type: 'task', task: current } : { type: 'end' });
    };
    child.on('message', (message: Message) => {
      if (signal?.aborted) return;
      watch();
      options.onMessage(message, index);
      const told = message as Lifecycle | { readonly type: 'result' };
      if (told.type === 'ready' || told.type === 'done') next();
      if (told.type === 'failed') settle(new WorkerError(told.name, told.message, told.exitCode));
    });
    child.on('error', (cause) => settle(new HarnessError(`worker: ${cause.message}`, { cause })));
    child.on('exit', (code, killed) => {
      if (signal?.aborted || (code === 0 && current === undefined)) settle();
      else {
        const how = killed ?? `exit code ${code}`;
        settle(new HarnessError(`worker died (${how}) in ${current?.id ?? 'its setup'}:\n${worker.stderr()}`));
      }
    });
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) {
      stop();
      return;
    }
    watch();
    send({ type: 'setup', setup: options.setup });
  });
}
