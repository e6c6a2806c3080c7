/**
 * A pool of worker processes that share out tasks. Results come in any order; the caller sorts them.
 *
 * A worker that dies or falls silent is the harness's failure, not a verdict: the pool ends with an error that names the task.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { HarnessError, ProofboardError } from '../errors.ts';
import type { FromWorker, Task, ToWorker, WorkerSetup } from './task.ts';

/** Longest silence of a worker. A check that computes for longer sends nothing; the longest sweep stays far below. */
const SILENCE_MS = 10 * 60_000;
const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
/** TypeScript in the worker as here; import.meta.resolve is not there under every loader. */
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

export interface PoolOptions {
  readonly setup: WorkerSetup;
  readonly jobs: number;
  readonly onMessage: (message: FromWorker) => void;
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

/** Runs all tasks. Rejects with the first failure, after every worker is gone. */
export async function runPool(tasks: readonly Task[], options: PoolOptions): Promise<void> {
  const queue = [...tasks];
  const workers = Array.from({ length: Math.max(1, Math.min(options.jobs, tasks.length)) }, () => startWorker());
  const children = workers.map((worker) => worker.child);
  const killAll = () => {
    for (const child of children) child.kill('SIGKILL');
  };
  process.once('exit', killAll);
  try {
    await Promise.all(workers.map((worker) => drive(worker, queue, options)));
  } finally {
    killAll();
    process.off('exit', killAll);
  }
}

interface Worker {
  readonly child: ChildProcess;
  readonly stderr: () => string;
}

function startWorker(): Worker {
  const child = fork(WORKER, [], {
    execArgv: ['--import', LOADER],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  let tail = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-4000);
  });
  return { child, stderr: () => tail.trim() };
}

function drive(worker: Worker, queue: Task[], options: PoolOptions): Promise<void> {
  const { child } = worker;
  const send = (message: ToWorker) => child.send(message);
  return new Promise((resolve, reject) => {
    let current: Task | undefined;
    let timer: NodeJS.Timeout | undefined;
    const settle = (error?: Error) => {
      clearTimeout(timer);
      queue.length = error ? 0 : queue.length;
      if (error) reject(error);
      else resolve();
    };
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        settle(new TimeoutError(`${current?.id ?? 'a worker'}: no sign of life for ${SILENCE_MS / 60_000} minutes`));
      }, SILENCE_MS);
    };
    const next = () => {
      current = queue.shift();
      send(current ? { type: 'task', task: current } : { type: 'end' });
    };
    child.on('message', (message: FromWorker) => {
      watch();
      options.onMessage(message);
      if (message.type === 'ready' || message.type === 'done') next();
      if (message.type === 'failed') settle(new WorkerError(message.name, message.message, message.exitCode));
    });
    child.on('error', (cause) => settle(new HarnessError(`worker: ${cause.message}`, { cause })));
    child.on('exit', (code, signal) => {
      if (code === 0 && current === undefined) settle();
      else {
        const how = signal ?? `exit code ${code}`;
        settle(new HarnessError(`worker died (${how}) in ${current?.id ?? 'its setup'}:\n${worker.stderr()}`));
      }
    });
    watch();
    send({ type: 'setup', setup: options.setup });
  });
}
