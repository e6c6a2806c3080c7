/**
 * `npm run thirty-days -- [--days N] [--ppm N] [--seed N]`: th-time.2 at length, on native_sim. Prints how wrong the clock was whenever a token was made, as a
 * distribution; exit code 1 when five minutes were reached or a token was refused.
 */
import { parseArgs } from 'node:util';
import { DEFAULT_DEVICE, DEFAULT_SEED } from '../harness/cli/defaults.ts';
import { Profile } from '../harness/profile/profile.ts';
import { LabFactory } from '../harness/requirements/lab-factory.ts';
import { distribution, liveMonth } from '../harness/requirements/thirty-days.ts';

const LIMIT_S = 300;

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '30' },
    ppm: { type: 'string', default: '500,-500,100' },
    seed: { type: 'string', default: String(DEFAULT_SEED) },
  },
});
const [days, seed] = [Number(values.days), Number(values.seed)];
const factory = await LabFactory.create({
  profile: Profile.load(DEFAULT_DEVICE),
  board: 'native_sim',
  seed,
  recordTo: undefined,
});
let good = true;
for (const ppm of values.ppm.split(',').map(Number)) {
  const lab = await factory.open(`thirty days, ${ppm} ppm`);
  const onDay = (day: number) => process.stderr.write(`\r${ppm} ppm: day ${day} of ${days} `);
  const [device, { errorsS, refusals, questions, longestSilenceH }] = await liveMonth(
    lab,
    { days, driftPpm: ppm, seed },
    onDay,
  );
  const worst = Math.max(...errorsS.map(Math.abs));
  good &&= worst < LIMIT_S && refusals.length === 0;
  console.log(
    `${days} days, ${ppm} ppm: ${errorsS.length} tokens, ${questions} questions, longest silence ${longestSilenceH.toFixed(1)} h, ` +
      `${refusals.length} refusals, ${device.readings().length} readings\n  error: ${distribution(errorsS)}`,
  );
  await lab.close();
}
process.exitCode = good ? 0 : 1;
