/**
 * Loads, instantiates and runs mutated modules on the sanitizer build, bounded by fuel (`npm run fuzz:runtime`). Any report ends the run with
 * the case's number. The digest at the end is the same for the same seed and range.
 */
import { createHash } from 'node:crypto';
import { type Answer, Driver, DriverDied } from '../host/client.ts';
import { type FuzzCase, fuzzCase } from './mutate.ts';

const FUEL = 2000;
/** Answers that may be outstanding: enough to keep both processes busy. */
const WINDOW = 64;

export interface FuzzResult {
  readonly ran: number;
  readonly digest: string;
  /** Outcomes by kind of case and class of answer. */
  readonly counts: Map<string, number>;
  readonly report?: { number: number; text: string };
}

function classOf({ kind }: FuzzCase, answer: Answer): string {
  return `${kind} ${answer.ok ? 'ran' : answer.class}`;
}

export async function fuzz(executable: string, seed: number, from: number, count: number): Promise<FuzzResult> {
  const driver = new Driver(executable);
  const hash = createHash('sha256');
  const counts = new Map<string, number>();
  const window: { number: number; item: FuzzCase; answer: Promise<Answer> }[] = [];
  let ran = 0;
  const settle = async (): Promise<void> => {
    const next = window[0];
    if (next === undefined) return;
    const answer = await next.answer;
    ran += 1;
    hash.update(answer.ok ? answer.words.join(' ') : answer.status);
    const key = classOf(next.item, answer);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    // a valid module must never be refused
    if (next.item.kind === 'valid' && !answer.ok && answer.class !== 'trap') {
      throw new DriverDied(`a valid module was refused: ${answer.status} at ${answer.offset}`);
    }
    window.shift();
  };
  try {
    for (let number = from; number < from + count; number++) {
      const item = fuzzCase(seed, number);
      const answer = driver.ask(`fuzz ${item.wasm.length} ${item.table.length} ${FUEL}`, item.wasm, item.table);
      answer.catch(() => {});
      window.push({ number, item, answer });
      if (window.length >= WINDOW) await settle();
    }
    while (window.length > 0) await settle();
    await driver.close();
  } catch (error) {
    driver.kill();
    if (!(error instanceof DriverDied)) throw error;
    // answers come in order: the first that is missing is the culprit
    const number = window[0]?.number ?? from + count;
    return { ran, digest: '', counts, report: { number, text: error.message } };
  }
  return { ran, digest: hash.digest('hex'), counts };
}
