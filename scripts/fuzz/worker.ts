/** Fuzzes one target in a thread of its own, so that an input that never ends can be told: it lies in shared memory while it is executed. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Failure, Fuzzer, minimize, type Target } from './engine.ts';
import { TARGETS } from './targets.ts';

export interface Order {
  readonly target: string;
  readonly seed: number;
  /** Stops at whichever comes first. */
  readonly seconds: number;
  readonly executions: number;
  readonly corpus: readonly Uint8Array[];
  /** Execute these alone. */
  readonly replay: readonly Uint8Array[] | undefined;
  /** u32 executions, u32 length, the input that is executed. */
  readonly shared: SharedArrayBuffer;
}

export type Report =
  | {
      readonly kind: 'progress' | 'done';
      readonly executions: number;
      readonly seconds: number;
      readonly outcomes: number;
      readonly corpus: number;
      readonly pages: number;
      readonly heapBytes: number;
    }
  | { readonly kind: 'failure'; readonly failure: Failure; readonly whole: Uint8Array; readonly executions: number }
  | { readonly kind: 'found'; readonly input: Uint8Array };

const PROGRESS_MS = 1000;

async function work({ target: name, seed, seconds, executions, corpus, replay, shared }: Order): Promise<void> {
  const say = (report: Report) => parentPort!.postMessage(report);
  const target = await TARGETS[name]!();
  const [counts, bytes] = [new Uint32Array(shared, 0, 2), new Uint8Array(shared, 8)];
  const fuzzer = new Fuzzer(target, seed, corpus);
  const pages = target.pages();
  const started = performance.now();
  let told = started;
  const heapBytes = () => process.memoryUsage().heapUsed;
  const state = (kind: 'progress' | 'done'): Report => ({
    kind,
    executions: fuzzer.executions,
    seconds: (performance.now() - started) / 1000,
    outcomes: fuzzer.outcomes.size,
    corpus: fuzzer.corpus.length,
    pages: target.pages(),
    heapBytes: heapBytes(),
  });
  const limit = replay ? replay.length : executions;
  while (fuzzer.executions < limit) {
    const input = replay ? replay[fuzzer.executions]! : fuzzer.next();
    counts[1] = input.length;
    bytes.set(input.subarray(0, bytes.length));
    Atomics.add(counts, 0, 1);
    const known = fuzzer.corpus.length;
    const failure = fuzzer.execute(input) ?? grown(target, pages, input);
    if (failure)
      return say({ kind: 'failure', failure: minimize(target, failure), whole: input, executions: fuzzer.executions });
    if (fuzzer.corpus.length > known) say({ kind: 'found', input });
    const now = performance.now();
    if (now - told >= PROGRESS_MS) {
      told = now;
      say(state('progress'));
      if (!replay && now - started >= seconds * 1000) break;
    }
  }
  say(state('done'));
}

function grown(target: Target, pages: number, input: Uint8Array): Failure | undefined {
  const now = target.pages();
  return now === pages ? undefined : { input, message: `the module's memory has grown from ${pages} to ${now} pages` };
}

await work(workerData as Order);
