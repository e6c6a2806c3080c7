/**
 * `npm run vectors -- DIR|FILE...`: published vectors through the firmware's primitives as built for the device. Project Wycheproof's `*.json`,
 * NIST CAVP's `HMAC_DRBG.rsp`. None are in this repository: fetch them from their publishers.
 */
import { readFileSync, statSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { runProgram } from '../harness/cli/run-program.ts';
import { npmScript } from './command.ts';
import { filesBelow } from './files-below.ts';
import { runCavp } from './vectors/cavp.ts';
import { add, isEmpty, newOutcome, type Outcome, summary } from './vectors/outcome.ts';
import { Primitives } from './vectors/primitives.ts';
import { runWycheproof } from './vectors/wycheproof.ts';

const MAX_BYTES = 64 * 1024 * 1024;
const SHOWN_FAILURES = 20;

function runFile(primitives: Primitives, file: string): Outcome {
  if (statSync(file).size > MAX_BYTES) throw new Error(`larger than ${MAX_BYTES} bytes`);
  const text = readFileSync(file, 'utf8');
  const outcome = file.endsWith('.rsp') ? runCavp(primitives, text) : runWycheproof(primitives, text);
  if (isEmpty(outcome)) throw new Error('no vectors found');
  return outcome;
}

async function run(paths: readonly string[]): Promise<void> {
  const files = paths.flatMap((path) => filesBelow(path, ['.json', '.rsp']));
  const primitives = await Primitives.create();
  const total = newOutcome();
  let broken = 0;
  for (const file of files) {
    // Files run without a pause; Ctrl-C is heard in between.
    await turn();
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
  process.exitCode = total.failures.length > 0 || broken > 0 ? 1 : total.passed > 0 ? 0 : 2;
}

await runProgram(
  npmScript({
    name: 'vectors',
    does: "runs published test vectors through the firmware's primitives as built for the device; none are in the repository",
    prints: `for each file what passed, failed and was skipped, up to ${SHOWN_FAILURES} failures, each reason to skip; the sums at the end`,
    fails: 'a result is not the published one, or a file is not of its format (2 also when nothing could be run)',
  })
    .argument('<path...>', "Wycheproof's *.json, CAVP's HMAC_DRBG*.rsp, or folders of them")
    .action(run),
);
