/** `npm run thirty-days -- [--days N] [--ppm LIST] [--seed N]`: th-time.2 at length, on native_sim. How wrong the clock was whenever a token was made, as a distribution. */
import { DEFAULT_DEVICE, DEFAULT_SEED } from '../harness/cli/defaults.ts';
import { integer } from '../harness/cli/options.ts';
import { runProgram } from '../harness/cli/run-program.ts';
import { Profile } from '../harness/profile/profile.ts';
import { LabFactory } from '../harness/requirements/lab-factory.ts';
import { comesAndGoes, distribution, liveMonth } from '../harness/requirements/thirty-days.ts';
import { npmScript } from './command.ts';

const LIMIT_S = 300;
const MAX_PPM = 100_000;

interface Options {
  days: number;
  ppm: readonly number[];
  seed: number;
}

async function run({ days, ppm: drifts, seed }: Options): Promise<void> {
  const factory = await LabFactory.create({
    profile: Profile.load(DEFAULT_DEVICE),
    board: 'native_sim',
    seed,
    recordTo: undefined,
  });
  let good = true;
  for (const ppm of drifts) good = (await live(factory, { days, ppm, seed })) && good;
  process.exitCode = good ? 0 : 1;
}

async function live(
  factory: LabFactory,
  { days, ppm, seed }: { days: number; ppm: number; seed: number },
): Promise<boolean> {
  const lab = await factory.open(`thirty days, ${ppm} ppm`);
  try {
    const onDay = (day: number) => process.stderr.write(`\r${ppm} ppm: day ${day} of ${days} `);
    const [device, { errorsS, refusals, questions, longestSilenceH }] = await liveMonth(
      lab,
      { days, driftPpm: ppm, seed, network: comesAndGoes, breaks: 2, resetsAtH: [7, 20, 44] },
      onDay,
    );
    process.stdout.write(
      `${days} days, ${ppm} ppm: ${errorsS.length} tokens, ${questions} questions, longest silence ${longestSilenceH.toFixed(1)} h, ` +
        `${refusals.length} refusals, ${device.readings().length} readings\n  error: ${distribution(errorsS)}\n`,
    );
    return Math.max(...errorsS.map(Math.abs)) < LIMIT_S && refusals.length === 0;
  } finally {
    await lab.close();
  }
}

function drifts(list: string): readonly number[] {
  return list.split(',').map((part) => integer(-MAX_PPM, MAX_PPM)(part));
}

await runProgram(
  npmScript({
    name: 'thirty-days',
    does: 'lives a month of a device in token mode on native_sim, with an oscillator that is wrong and a time server that answers now and then',
    prints:
      'for each drift tokens, questions, refusals, and how wrong the clock was whenever a token was made, as a distribution',
    fails: `the clock was wrong by ${LIMIT_S} s or a token was refused`,
  })
    .option('--days <n>', 'virtual days', integer(1, 365), 30)
    .option('--ppm <list>', "errors of the device's oscillator, parts per million", drifts, [500, -500, 100])
    .option('--seed <n>', 'seed of what happens', integer(0, 0xffff_ffff), DEFAULT_SEED)
    .action(run),
);
