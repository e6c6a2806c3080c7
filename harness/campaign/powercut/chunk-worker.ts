/** A worker process of a power-cut campaign: one board, on which the states of its tasks are lived through. */
import { serveTasks } from '../worker-loop.ts';
import { openBench } from './bench.ts';
import type { ChunkSetup, ChunkTask, FromChunkWorker } from './chunk.ts';
import { Explorer } from './explorer.ts';
import { generator } from './random.ts';
import type { FlashState } from './subject.ts';

/** So often it says how far it is within a task. */
const REPORT_EVERY = 500;

const send = (message: FromChunkWorker) => process.send?.(message);
let task = '';

serveTasks<ChunkSetup, { explorer: Explorer<FlashState>; setup: ChunkSetup }, ChunkTask>(
  async (setup) => {
    const { subject } = await openBench(setup);
    const onCase = (cases: number) => {
      if (cases % REPORT_EVERY === 0) send({ type: 'cases', task, cases });
    };
    return { explorer: new Explorer(subject, { modes: setup.modes, onCase }), setup };
  },
  async ({ explorer, setup }, { id, from, to, met }) => {
    task = id;
    const begun = process.cpuUsage();
    explorer.learn(met);
    if (setup.sampled) for (let n = from; n <= to; n++) await sampleSequence(explorer, setup, n);
    else await explorer.explore(from, to, setup.depth);
    const { user, system } = process.cpuUsage(begun);
    send({ type: 'findings', task: id, findings: explorer.take(), cpuSeconds: (user + system) / 1e6 });
  },
);

/** So many losses, each at any operation of the life that it falls in. The same number and seed: the same choices. */
async function sampleSequence(
  explorer: Explorer<FlashState>,
  { scenario, seed, depth, modes }: ChunkSetup,
  number: number,
): Promise<void> {
  const random = generator(`${seed}/${scenario}/${number}`);
  await explorer.wander((losses, operations) =>
    losses < depth ? { operation: 1 + random(operations), mode: modes[random(modes.length)]! } : undefined,
  );
}
