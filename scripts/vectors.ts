/**
 * `npm run vectors -- DIR|FILE...`: published vectors through the firmware's primitives as built for the device. Project Wycheproof's `*.json`,
 * NIST CAVP's `HMAC_DRBG.rsp`. None are in this repository: fetch them from their publishers.
 *
 * Exit 1: a vector's result is not the published one, or a file is not of its format; 2: usage, or nothing that could be run.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runCavp } from './vectors/cavp.ts';
import { add, newOutcome, type Outcome, summary } from './vectors/outcome.ts';
import { Primitives } from './vectors/primitives.ts';
import { runWycheproof } from './vectors/wycheproof.ts';

const MAX_BYTES = 64 * 1024 * 1024;
const SHOWN_FAILURES = 20;

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => {
      const child = join(path, name);
      return statSync(child).isDirectory() ? filesOf(child) : /\.(json|rsp)$/.test(name) ? [child] : [];
    });
}

function runFile(primitives: Primitives, file: string): Outcome {
  if (statSync(file).size > MAX_BYTES) throw new Error(`larger than ${MAX_BYTES} bytes`);
  const text = readFileSync(file, 'utf8');
  return file.endsWith('.rsp') ? runCavp(primitives, text) : runWycheproof(primitives, text);
}

async function main(paths: readonly string[]): Promise<number> {
  if (paths.length === 0) {
    process.stderr.write('usage: npm run vectors -- DIR|FILE...   (Wycheproof *.json, CAVP HMAC_DRBG*.rsp)\n');
    return 2;
  }
  const primitives = await Primitives.create();
  const total = newOutcome();
  let broken = 0;
  for (const file of paths.flatMap(filesOf)) {
    try {
      const outcome = runFile(primitives, file);
      process.stdout.write(`${file}: ${summary(outcome)}\n`);
      for (const failure of outcome.failures.slice(0, SHOWN_FAILURES)) process.stdout.write(`  FAIL ${failure}\n`);
      for (const [reason, count] of outcome.skipped) process.stdout.write(`  skip ${count} x ${reason}\n`);
      add(total, outcome);
    } catch (error) {
      broken += 1;
      process.stdout.write(
        `${file}: not run: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}\n`,
      );
    }
  }
  process.stdout.write(`${summary(total)}\n`);
  if (total.failures.length > 0 || broken > 0) return 1;
  return total.passed > 0 ? 0 : 2;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`vectors: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
