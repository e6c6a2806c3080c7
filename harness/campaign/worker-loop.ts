/** The loop of a worker process of any campaign: set up once, then one task after the other, each answered with `done` (pool.ts is the other side). */
import { ProofboardError } from '../errors.ts';
import type { Lifecycle, ToAnyWorker } from './task.ts';

const send = (message: Lifecycle) => process.send?.(message);

export function serveTasks<Setup, State, Task extends { readonly id: string }>(
  setUp: (setup: Setup) => Promise<State>,
  run: (state: State, task: Task) => Promise<void>,
): void {
  let state: State | undefined;
  process.on('message', (message: ToAnyWorker<Setup, Task>) => {
    void (async () => {
      const task = message.type === 'task' ? message.task.id : undefined;
      try {
        if (message.type === 'setup') {
          state = await setUp(message.setup);
          send({ type: 'ready' });
        } else if (message.type === 'task') {
          await run(state!, message.task);
          send({ type: 'done', task: message.task.id });
        } else {
          process.exit(0);
        }
      } catch (error) {
        sendFailure(error, task);
      }
    })();
  });
  process.on('disconnect', () => process.exit(0));
  process.on('unhandledRejection', (error) => sendFailure(error, undefined));
  // Ctrl-C reaches the whole group: the parent decides what ends.
  process.on('SIGINT', () => {});
}

const ALIVE_EVERY_MS = 30_000;

/** Tells the other side now and then that a long task goes on. @returns what is to be called with each step of it */
export function signsOfLife(): () => void {
  let stepped = false;
  setInterval(() => {
    if (stepped) send({ type: 'alive' });
    stepped = false;
  }, ALIVE_EVERY_MS).unref();
  return () => {
    stepped = true;
  };
}

function sendFailure(error: unknown, task: string | undefined): void {
  const known = error instanceof ProofboardError;
  const message = known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  send({ type: 'failed', task, name: known ? error.name : 'Error', message, exitCode: known ? error.exitCode : 70 });
}
