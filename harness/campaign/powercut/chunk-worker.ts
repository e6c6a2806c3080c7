/** A worker process of a power-cut campaign: one board, on which the states of its tasks are lived through. */
import { serveTasks } from '../worker-loop.ts';
import { openBench } from './bench.ts';
import type { ChunkSetup, ChunkTask, FromChunkWorker } from './chunk.ts';
import { Explorer } from './explorer.ts';
import { generator } from './random.ts';
import type { FlashState } from './subject.ts';

/** After so many cases it tells what it has found within a task: what is told is kept when the campaign is stopped. */
const REPORT_EVERY = 24;

const send = (message: FromChunkWorker) => process.send?.(message);
let task = '';
let begun = process.cpuUsage();

function tell(explorer: Explorer<FlashState>, type: 'soFar' | 'findings'): void {
  const { user, system } = process.cpuUsage(begun);
  begun = process.cpuUsage();
  send({ type, task, findings: explorer.take(), cpuSeconds: (user + system) / 1e6 });
}

serveTasks<ChunkSetup, { explorer: Explorer<FlashState>; setup: ChunkSetup }, ChunkTask>(
  async (setup) => {
    const { subject } = await openBench(setup);
    const onCase = (cases: number) => {
      if (cases > REPORT_EVERY) tell(explorer, 'soFar');
    };
    const explorer: Explorer<FlashState> = new Explorer(subject, { modes: setup.modes, onCase });
    return { explorer, setup };
  },
  async ({ explorer, setup }, { id, from, to, met }) => {
    task = id;
    begun = process.cpuUsage();
    explorer.learn(met);
    if (setup.sampled) for (let n = from; n <= to; n++) await sampleSequence(explorer, setup, n);
    else await explorer.explore(from, to, setup.depth);
    tell(explorer, 'findings');
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
