/**
 * `tsx platforms/runtime/fuzz/main.ts [--cases N] [--seed S] [--from K] [--case K] [--save FILE]`
 *
 * Loads, instantiates and runs mutated modules on the sanitizer build, bounded by fuel. Any report ends the run with the case's
 * number; `--case K` replays that one alone and `--save` writes its module and table. The digest at the end is
 * the same for the same seed and range. Exit 1 on a report, 3 without a compiler.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildHost } from '../host/build.ts';
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
    if (!(error instanceof DriverDied)) throw error;
    // answers come in order: the first that is missing is the culprit
    const number = window[0]?.number ?? from + count;
    driver.kill();
    return { ran, digest: '', counts, report: { number, text: error.message } };
  }
  return { ran, digest: hash.digest('hex'), counts };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      case: { type: 'string' },
      save: { type: 'string' },
    },
  });
  const executable = buildHost('sanitize');
  if (executable === undefined) {
    process.stderr.write('fuzz: no C compiler found; install gcc or set CC\n');
    return 3;
  }
  const seed = Number(values.seed);
  const from = Number(values.case ?? values.from);
  const count = values.case === undefined ? Number(values.cases) : 1;
  if (values.save !== undefined) {
    const { kind, wasm, table } = fuzzCase(seed, from);
    writeFileSync(values.save, wasm);
    writeFileSync(`${values.save}.side`, table);
    process.stderr.write(`case ${from} (${kind}) written to ${values.save}\n`);
  }
  const result = await fuzz(executable, seed, from, count);
  for (const [key, n] of [...result.counts].sort()) process.stdout.write(`  ${key}: ${n}\n`);
  if (result.report !== undefined) {
    process.stdout.write(`case ${result.report.number} of seed ${seed}: ${result.report.text}\n`);
    process.stdout.write(`replay: tsx platforms/runtime/fuzz/main.ts --seed ${seed} --case ${result.report.number}\n`);
    return 1;
  }
  process.stdout.write(`${result.ran} cases, no report, digest ${result.digest.slice(0, 16)}\n`);
  return 0;
}

if (
  process.argv[1] !== undefined &&
  import.meta.url.endsWith('fuzz/main.ts') &&
  process.argv[1].endsWith('fuzz/main.ts')
) {
  process.exitCode = await main();
}
