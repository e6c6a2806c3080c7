/** What a campaign and its workers tell each other: a task is a few operations of the clean run, cut one after the other. */
import type { Lifecycle } from '../task.ts';
import type { BenchSetup } from './bench.ts';
import type { CutMode } from './case.ts';
import type { Findings, MetState } from './explorer.ts';

export interface ChunkSetup extends BenchSetup {
  readonly depth: number;
  readonly modes: readonly CutMode[];
  /** A sample: a task is a few sequences of `depth` losses, chosen by the seed. */
  readonly sampled: boolean;
}

export interface ChunkTask {
  readonly id: string;
  /** Operations of the clean run, or numbers of sequences; 1-based, both included. */
  readonly from: number;
  readonly to: number;
  /** What other workers have met since this one's last task. */
  readonly met: readonly MetState[];
}

export type FromChunkWorker =
  | Lifecycle
  /** What was found since it was last told: within a task, and at its end. @param cpuSeconds of the worker's processor time that it took */
  | { type: 'soFar' | 'findings'; task: string; findings: Findings; cpuSeconds: number };
