/**
 * A power-cut campaign: counts the operations of a clean run, deals them out to worker processes in chunks, and puts together what they find. It can be one shard
 * of several, and it can be stopped: what is done by then is the result.
 */
import { UsageError } from '../../errors.ts';
import { runPool } from '../pool.ts';
import { type BenchSetup, openBench } from './bench.ts';
import { type CutCase, type CutMode, compareCases, MODES } from './case.ts';
import type { ChunkSetup, ChunkTask, FromChunkWorker } from './chunk.ts';
import { Explorer, type Failure, type Knowledge, type MetState } from './explorer.ts';

export interface CampaignOptions extends BenchSetup {
  readonly depth: number;
  readonly modes: readonly CutMode[];
  readonly jobs: number;
  /** So many sequences of `depth` losses by chance, in place of every case. */
  readonly sample?: number | undefined;
  /** Shard `index` (1-based) of `count`: every count-th chunk from the index-th on. */
  readonly shard: { readonly index: number; readonly count: number };
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  /** Operations of the clean run (or sequences of a sample) in this shard, and how many of them are through. */
  readonly unit: 'operations' | 'sequences';
  readonly total: number;
  readonly done: number;
  readonly cases: number;
  readonly failed: number;
}

export interface CampaignResult {
  readonly scenario: string;
  readonly depth: number;
  readonly modes: readonly CutMode[];
  /** Flash operations of the clean run. */
  readonly operations: number;
  /** Of them, in this shard; of a sample: its sequences. */
  readonly share: number;
  /** Sequences of the whole sample; undefined: every case. */
  readonly sample: number | undefined;
  /** False: it was stopped before it was through. */
  readonly complete: boolean;
  /** Of the share, those that are through. */
  readonly done: number;
  readonly cases: number;
  readonly states: number;
  readonly lives: number;
  /** Processor time of the workers, for these cases: what a busy host does not change. */
  readonly cpuSeconds: number;
  /** Of the image that is installed. */
  readonly imageBytes: number | undefined;
  /** How many states the device was found as this in, after the cut; those that the scenario expects first. */
  readonly found: Readonly<Record<string, number>>;
  /** Those that the scenario expects, and that no cut has left. */
  readonly unseen: readonly string[];
  /** Nothing was left out: every operation in every mode, so an outcome that is unseen is a failure. */
  readonly exhaustive: boolean;
  readonly failed: number;
  /** The shortest, made smaller where that was possible. */
  readonly failure: Failure | undefined;
  /** What its cuts fall on. */
  readonly cutAt: readonly string[];
}

/** A chunk costs a run of the life up to its end: not too small; workers share them out: not too large. */
const CHUNK = { depth1: 24, deeper: 4 };

export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { subject, scenario } = await openBench(options);
  try {
    const clean = new Explorer(subject, { modes: options.modes });
    const operations = await clean.clean();
    const sum = new Sum(clean.take());
    const chunks = chunksOf(options.sample ?? operations, options);
    const share = chunks.reduce((total, { from, to }) => total + to - from + 1, 0);
    if (sum.failed === 0) await work(chunks, options, sum, share);
    const complete = sum.failed > 0 || sum.done === share;
    const shortest = sum.shortest;
    const stopped = options.signal?.aborted === true;
    const found = sum.found(scenario.outcomes);
    const everything = options.sample === undefined && share === operations && clean.modes.length === MODES.length;
    const failure = shortest && !stopped ? ((await clean.minimize(shortest.cuts)) ?? shortest) : shortest;
    return {
      scenario: scenario.id,
      depth: options.depth,
      modes: clean.modes,
      operations,
      share,
      sample: options.sample,
      complete,
      done: sum.done,
      cases: sum.cases,
      states: sum.met.size,
      lives: sum.lives,
      cpuSeconds: sum.cpuSeconds,
      imageBytes: subject.imageBytes,
      found,
      unseen: scenario.outcomes.filter((outcome) => found[outcome] === 0),
      exhaustive: everything && complete && sum.failed === 0,
      failed: sum.failed,
      failure,
      cutAt: failure && !stopped ? await subject.namesOf(failure.cuts) : [],
    };
  } finally {
    await subject.close();
  }
}

/** One case alone, power cut in earnest. @returns what is wrong, undefined: nothing; and what the cuts fall on */
export async function replayCase(
  setup: BenchSetup,
  cuts: CutCase,
): Promise<{ why: string | undefined; cutAt: string[] }> {
  const { subject } = await openBench(setup);
  try {
    return { why: await new Explorer(subject).replay(cuts), cutAt: await subject.namesOf(cuts) };
  } finally {
    await subject.close();
  }
}

function chunksOf(total: number, { depth, shard, sample }: CampaignOptions): ChunkTask[] {
  if (shard.index < 1 || shard.index > shard.count)
    throw new UsageError(`shard ${shard.index}/${shard.count}: expected 1..n/n`);
  const size = depth === 1 && sample === undefined ? CHUNK.depth1 : CHUNK.deeper;
  const count = Math.ceil(total / size);
  return Array.from({ length: count }, (_, index): ChunkTask => {
    const from = index * size + 1;
    const to = Math.min(total, from + size - 1);
    return { id: `${sample === undefined ? 'operations' : 'sequences'} ${from} to ${to}`, from, to, met: [] };
  }).filter((_, index) => index % shard.count === shard.index - 1);
}

async function work(chunks: readonly ChunkTask[], options: CampaignOptions, sum: Sum, total: number): Promise<void> {
  if (chunks.length === 0) return;
  const { device, scenario, fillBytes, seed, control, depth, modes, jobs, signal, sample } = options;
  const sampled = sample !== undefined;
  const unit = sampled ? 'sequences' : 'operations';
  const news = new Map<number, MetState[]>();
  await runPool<ChunkSetup, ChunkTask, FromChunkWorker>(chunks, {
    worker: new URL('./chunk-worker.ts', import.meta.url),
    setup: { device, scenario, fillBytes, seed, control, depth, modes, sampled },
    jobs,
    ...(signal ? { signal } : {}),
    brief: (task, to) => {
      const met = news.get(to) ?? [];
      news.set(to, []);
      return { ...task, met };
    },
    onMessage: (message, from) => {
      if (message.type === 'ready') news.set(from, [...sum.met]);
      if (message.type === 'soFar' || message.type === 'findings') {
        const chunk = chunks.find(({ id }) => id === message.task)!;
        sum.add(message.findings, message.type === 'findings' ? chunk.to - chunk.from + 1 : 0);
        sum.cpuSeconds += message.cpuSeconds;
        for (const [worker, list] of news) if (worker !== from) list.push(...message.findings.met);
      }
      options.onProgress?.({ unit, total, done: sum.done, cases: sum.cases, failed: sum.failed });
    },
  });
}

/** What all workers have found together. */
class Sum {
  cases = 0;
  lives = 0;
  failed = 0;
  cpuSeconds = 0;
  /** Operations of the clean run, or sequences, that are through. */
  done = 0;
  readonly met = new Map<string, Knowledge>();
  private readonly failures: Failure[] = [];

  constructor(clean: ReturnType<Explorer<never>['take']>) {
    this.add(clean, 0);
  }

  add({ cases, lives, failed, failures, met }: ReturnType<Explorer<never>['take']>, operations: number): void {
    this.cases += cases;
    this.lives += lives;
    this.failed += failed;
    this.done += operations;
    for (const [hash, knowledge] of met) {
      if (knowledge.cutsLeft > (this.met.get(hash)?.cutsLeft ?? -1)) this.met.set(hash, knowledge);
    }
    this.failures.push(...failures);
    this.failures.sort((a, b) => compareCases(a.cuts, b.cuts)).splice(1);
  }

  get shortest(): Failure | undefined {
    return this.failures[0];
  }

  found(expected: readonly string[]): Record<string, number> {
    const count = Object.fromEntries(expected.map((outcome) => [outcome, 0]));
    for (const { first } of this.met.values()) count[first] = (count[first] ?? 0) + 1;
    return count;
  }
}
