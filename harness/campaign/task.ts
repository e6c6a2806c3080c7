/** Messages between the command and its workers: plain data, so that a worker can be any process. */
import type { BoardName } from '../profile/schema.ts';
import type { CheckResult, ControlResult } from '../report/model.ts';

/** What a worker needs once. */
export interface WorkerSetup {
  readonly device: string;
  readonly board: BoardName;
  readonly seed: number;
  /** Folder for recordings, when they are wanted. */
  readonly recordTo: string | undefined;
}

export type Task =
  | { kind: 'checks'; id: string; checks: readonly string[] }
  /** Runs the checks that the control must kill, and the honest session, on the sabotaged device. */
  | { kind: 'control'; id: string; control: string; checks: readonly string[] };

/** What every worker is told, whatever its campaign. */
export type ToAnyWorker<Setup, Task> = { type: 'setup'; setup: Setup } | { type: 'task'; task: Task } | { type: 'end' };

/** What every worker says beside its results. */
export type Lifecycle =
  | { type: 'ready' }
  /** A task goes on, though nothing of it is to be told yet. */
  | { type: 'alive' }
  | { type: 'done'; task: string }
  | { type: 'failed'; task: string | undefined; name: string; message: string; exitCode: number };

export type FromWorker =
  | Lifecycle
  | { type: 'started'; task: string; check: string }
  | { type: 'check'; task: string; clause: string; result: CheckResult }
  | { type: 'control'; task: string; result: ControlResult };
