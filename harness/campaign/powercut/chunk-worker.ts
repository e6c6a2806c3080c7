/** A worker process of a power-cut campaign: one board, on which the states of its tasks are lived through. */
import { serveTasks } from '../worker-loop.ts';
import { openBench } from './bench.ts';
import type { ChunkSetup, ChunkTask, FromChunkWorker } from './chunk.ts';
import { Explorer } from './explorer.ts';
import type { NativeState } from './native-subject.ts';

/** So often it says how far it is within a task. */
const REPORT_EVERY = 500;

const send = (message: FromChunkWorker) => process.send?.(message);
let task = '';

serveTasks<ChunkSetup, { explorer: Explorer<NativeState>; depth: number }, ChunkTask>(
  async (setup) => {
    const { subject } = await openBench(setup);
    const onCase = (cases: number) => {
      if (cases % REPORT_EVERY === 0) send({ type: 'cases', task, cases });
    };
    return { explorer: new Explorer(subject, { modes: setup.modes, onCase }), depth: setup.depth };
  },
  async ({ explorer, depth }, { id, from, to, met }) => {
    task = id;
    const begun = process.cpuUsage();
    explorer.learn(met);
    await explorer.explore(from, to, depth);
    const { user, system } = process.cpuUsage(begun);
    send({ type: 'findings', task: id, findings: explorer.take(), cpuSeconds: (user + system) / 1e6 });
  },
);
