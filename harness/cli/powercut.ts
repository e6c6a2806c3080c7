/**
 * `proofboard powercut SCENARIO`: power is cut at every flash operation of a device's life, or at a sample of them, and every recovery is judged. The result on stdout, progress on stderr.
 * Exit 1: a case failed, or all were run and none left the device as what the scenario expects too. Ctrl-C ends it with what is done by then, exit 130.
 */
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { BenchSetup } from '../campaign/powercut/bench.ts';
import { type CampaignResult, replayCase, runCampaign } from '../campaign/powercut/campaign.ts';
import { type CutMode, formatCase, MODES, parseCase } from '../campaign/powercut/case.ts';
import { fillFor } from '../campaign/powercut/images.ts';
import { ALL_SCENARIOS, anyScenarioNamed } from '../campaign/powercut/scenarios.ts';
import { UsageError } from '../errors.ts';
import { Profile } from '../profile/profile.ts';
import { loadUpdater } from '../profile/updater.ts';
import { DEFAULT_DEVICE, DEFAULT_SEED } from './defaults.ts';
import { interruptible } from './interruptible.ts';
import { integer, shard } from './options.ts';
import { PowercutProgress } from './powercut-progress.ts';

interface Options {
  device: string;
  depth: number;
  mode: readonly CutMode[];
  jobs: number;
  shard: { index: number; count: number };
  sample?: number;
  fill: number;
  imageBytes?: number;
  grow?: readonly number[];
  seconds: number;
  seed: number;
  control?: string;
  case?: string;
  json?: boolean;
}

const GROWTH = ['image bytes', 'operations', 'depth 1 has', 'depth', 'cases run', 'cases/s', 'per CPU s'];
const WIDTH = 13;

const NAMES = ALL_SCENARIOS.map(({ id }) => id).join(', ');

export function registerPowercut(program: Command): void {
  program
    .command('powercut')
    .description(`cut power at every flash operation of a scenario: ${NAMES}`)
    .argument('<scenario>', NAMES)
    .option('--device <file>', 'profile of the device under test', DEFAULT_DEVICE)
    .option('--depth <n>', '1, or 2: cut the recovery too', integer(1, 2), 1)
    .addOption(
      new Option('--mode <modes>', 'where a cut falls: before, torn, after')
        .argParser(modes)
        .default(MODES, MODES.join(',')),
    )
    .option('--jobs <n>', 'worker processes', integer(1, 64), Math.min(availableParallelism(), 8))
    .addOption(
      new Option('--shard <i/n>', 'run the i-th of n parts').argParser(shard).default({ index: 1, count: 1 }, '1/1'),
    )
    .option('--sample <n>', 'so many sequences of --depth losses by chance, from the seed', integer(1, 1_000_000))
    .option('--fill <bytes>', "filling of the campaign's images", integer(0, 300_000), 0)
    .addOption(
      new Option('--image-bytes <n>', 'size of the image that is installed, in place of --fill')
        .argParser(integer(4096, 380_000))
        .conflicts('fill'),
    )
    .addOption(
      new Option('--grow <sizes>', 'how the campaign grows: images of these sizes, each for some seconds: 8192,131072')
        .argParser(sizes)
        .conflicts(['json', 'shard', 'sample', 'fill', 'imageBytes']),
    )
    .option('--seconds <n>', 'for each size of --grow', integer(1, 3600), 10)
    .option('--seed <n>', 'seed of what a torn operation leaves', integer(0, 0xffff_ffff), DEFAULT_SEED)
    .option('--control <id>', "other firmware: a control or a variant of the profile's catalogues")
    .addOption(
      new Option('--case <case>', 'this case alone, power cut in earnest: 17t,3b').conflicts([
        'depth',
        'mode',
        'shard',
        'sample',
        'grow',
      ]),
    )
    .option('--json', 'the result as JSON')
    .action(run);
}

async function run(scenario: string, options: Options): Promise<void> {
  const { device, seed, control, imageBytes } = options;
  if (imageBytes !== undefined) options.fill = await fillOf(device, scenario, imageBytes);
  const setup: BenchSetup = { device, scenario, fillBytes: options.fill, seed, control };
  if (options.grow) {
    await grow(setup, options, options.grow);
    return;
  }
  if (options.case !== undefined) {
    const cuts = parseCase(options.case);
    const { why, cutAt } = await replayCase(setup, cuts);
    const result = { scenario, case: formatCase(cuts), cutAt, holds: why === undefined, why };
    process.stdout.write(
      options.json
        ? `${JSON.stringify(result)}\n`
        : `${scenario} --case ${result.case}${at(cutAt)}: ${why ?? 'holds'}\n`,
    );
    process.exitCode = why === undefined ? 0 : 1;
    return;
  }
  const progress = new PowercutProgress(process.stderr);
  await interruptible(async (signal) => {
    const result = await runCampaign({
      ...setup,
      depth: options.depth,
      modes: options.mode,
      jobs: options.jobs,
      sample: options.sample,
      shard: options.shard,
      signal,
      onProgress: (now) => progress.show(now),
    }).finally(() => progress.end());
    for (const line of remarks(result, options)) process.stderr.write(`${line}\n`);
    const seconds = progress.seconds;
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ ...plain(result), seconds, casesPerSecond: rate(result, seconds) })}\n`
        : text(result, seconds, options),
    );
    process.exitCode = signal.aborted ? 130 : result.failed === 0 && !lacks(result) ? 0 : 1;
  });
}

/** The filling with which the image that the scenario installs has so many bytes. */
async function fillOf(device: string, scenario: string, imageBytes: number): Promise<number> {
  const { id, fillBeside } = anyScenarioNamed(scenario);
  if (fillBeside === undefined) {
    const sized = ALL_SCENARIOS.filter((one) => one.fillBeside !== undefined).map((one) => one.id);
    throw new UsageError(`${id} installs no image: sizes of images are for ${sized.join(', ')}`);
  }
  const profile = Profile.load(device);
  return fillFor(profile, await loadUpdater(profile), imageBytes, fillBeside);
}

/** A line for each size: operations, the cases of all at depth 1, and how fast those went that were run in the time. */
async function grow(setup: BenchSetup, options: Options, wanted: readonly number[]): Promise<void> {
  const { depth, mode, jobs, seconds: limit } = options;
  process.stdout.write(`${GROWTH.map((title) => title.padStart(WIDTH)).join('')}\n`);
  for (const bytes of wanted) {
    const stop = new AbortController();
    const watch = new PowercutProgress({ write: () => undefined });
    const fillBytes = await fillOf(setup.device, setup.scenario, bytes);
    let cases = 0;
    const result = await runCampaign({
      ...setup,
      fillBytes,
      depth,
      modes: mode,
      jobs,
      shard: { index: 1, count: 1 },
      signal: stop.signal,
      onProgress: (now) => {
        watch.show(now);
        cases = now.cases;
        if (watch.seconds >= limit) stop.abort();
      },
    });
    watch.end();
    const row = [
      result.imageBytes ?? '-',
      result.operations,
      result.operations * result.modes.length,
      depth,
      cases,
      Math.round(cases / Math.max(watch.seconds, 0.001)),
      result.cpuSeconds > 0 ? perCpuSecond(result) : '-',
    ];
    process.stdout.write(`${row.map((cell) => String(cell).padStart(WIDTH)).join('')}\n`);
    if (result.failed > 0) {
      process.stderr.write(`${setup.scenario}: a case fails; run it without --grow\n`);
      process.exitCode = 1;
      return;
    }
  }
}

/** What the figures alone do not say. */
function remarks(result: CampaignResult, { shard: { index, count } }: Options): string[] {
  const { scenario, operations, sample, share, done, cases, complete } = result;
  const unit = sample === undefined ? 'operations' : 'sequences';
  if (share === 0)
    return [
      `shard ${index}/${count} has no ${unit}: the ${sample ?? operations} of ${scenario} are in the other shards`,
    ];
  if (complete) return [];
  return [
    cases === 0
      ? 'stopped before the first case'
      : `stopped: kept ${cases} cases; ${done} of ${share} ${unit} are through`,
  ];
}

function sizes(text: string): readonly number[] {
  return text.split(',').map((part) => integer(4096, 380_000)(part));
}

function modes(text: string): readonly CutMode[] {
  const wanted = text.split(',');
  const wrong = wanted.find((one) => !(MODES as readonly string[]).includes(one));
  if (wrong !== undefined) throw new InvalidArgumentError(`expected some of ${MODES.join(',')}, got "${wrong}"`);
  return MODES.filter((mode) => wanted.includes(mode));
}

/** Some outcome is missing though nothing was left out. */
const lacks = ({ unseen, exhaustive }: CampaignResult): boolean => exhaustive && unseen.length > 0;

const at = (cutAt: readonly string[]): string => (cutAt.length > 0 ? ` (${cutAt.join(', ')})` : '');

function plain({ failure, cutAt, ...rest }: CampaignResult): Record<string, unknown> {
  return { ...rest, ...(failure ? { shortest: formatCase(failure.cuts), cutAt, why: failure.why } : {}) };
}

const rate = ({ cases }: CampaignResult, seconds: number): number => Math.round(cases / Math.max(seconds, 0.001));

/** 0: no worker has told of a whole task. */
const perCpuSecond = ({ cases, cpuSeconds }: CampaignResult): number =>
  cpuSeconds > 0 ? Math.round(cases / cpuSeconds) : 0;

function text(result: CampaignResult, seconds: number, options: Options): string {
  const { scenario, depth, operations, share, cases, states, lives, found, failed, failure, cutAt } = result;
  const outcomes = Object.entries(found).map(([outcome, count]) => `${outcome} in ${count} states`);
  const image = result.imageBytes === undefined ? '' : `; image of ${result.imageBytes} bytes`;
  const sampled =
    result.sample === undefined ? undefined : `${share} sequences by chance over ${operations} operations`;
  const part = sampled ?? (share === operations ? `${operations} operations` : `${share} of ${operations} operations`);
  const lines = [
    `${scenario}, depth ${depth}, ${result.modes.join(' ')}: ${part}, ${cases} cases, ${states} distinct states, ${failed} failures`,
    `found after a cut: ${outcomes.join(', ')}`,
    `${lives} lives in ${seconds.toFixed(1)} s, ${rate(result, seconds)} cases/s (${perCpuSecond(result)} per second of processor time${image})`,
  ];
  if (result.unseen.length > 0) {
    const why = lacks(result) ? 'expected after some cut: the campaign shows nothing of it' : 'these cases are not all';
    lines.push(`never found after a cut: ${result.unseen.join(', ')} (${why})`);
  }
  if (!result.complete) lines.push('stopped: this is what was done by then');
  if (failure) {
    const name = formatCase(failure.cuts);
    lines.push(`shortest: ${name}${at(cutAt)}: ${failure.why}`, replayLine(result, options, name));
  }
  return `${lines.join('\n')}\n`;
}

/** What plays the failing case again, alone. */
function replayLine({ scenario }: CampaignResult, options: Options, name: string): string {
  const parts = [
    `proofboard powercut ${scenario}`,
    `--case ${name}`,
    `--fill ${options.fill}`,
    `--seed ${options.seed}`,
  ];
  if (options.control !== undefined) parts.push(`--control ${options.control}`);
  if (options.device !== DEFAULT_DEVICE) parts.push(`--device ${options.device}`);
  return parts.join(' ');
}
