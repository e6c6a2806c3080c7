/**
 * `proofboard soak`: weeks of a device's life on native_sim, drawn from a seed. The result on stdout, progress on stderr. Exit 1: something did not hold; then with the line
 * that lives it again, with as few of the events as were found to be enough. Ctrl-C ends it with what was lived by then, exit 130.
 */
import type { Command } from 'commander';
import { runSoak, type SoakVerdict } from '../campaign/soak/campaign.ts';
import { describe } from '../campaign/soak/schedule.ts';
import { DEFAULT_DEVICE, DEFAULT_SEED } from './defaults.ts';
import { interruptible } from './interruptible.ts';
import { integer } from './options.ts';

interface Options {
  device: string;
  days: number;
  seed: number;
  events?: readonly number[];
  control?: string;
  tries: number;
  json?: boolean;
}

export function registerSoak(program: Command): void {
  program
    .command('soak')
    .description(
      'weeks of updates, rotations, changes, lost links, lost power and drift by chance; what must hold is looked at all along',
    )
    .option('--device <file>', 'profile of the device under test', DEFAULT_DEVICE)
    .option('--days <n>', 'virtual days', integer(1, 365), 30)
    .option(
      '--seed <n>',
      'seed of what happens; odd: certificate mode, even: token mode',
      integer(0, 0xffff_ffff),
      DEFAULT_SEED,
    )
    .option('--events <numbers>', 'these events of the schedule alone: 3,17,40', numbers)
    .option('--control <id>', "other firmware: a control or a variant of the profile's catalogues")
    .option('--tries <n>', 'lives to find fewer events with which it fails', integer(0, 1000), 20)
    .option('--json', 'the result as JSON')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { device, days, seed, events, control, tries } = options;
  await interruptible(async (signal) => {
    const verdict = await runSoak({
      device,
      days,
      seed,
      events,
      control,
      tries,
      onDay: (day, { sessions, powerLosses, done }) =>
        tell(`day ${day} of ${days}: ${sessions} sessions, ${powerLosses} losses of power, ${done.updates} updates`),
      onSmaller: (count, left) => tell(`it fails with ${count} events, ${left} tries left`),
      stopped: () => signal.aborted,
    });
    process.stdout.write(options.json ? `${JSON.stringify(plain(verdict))}\n` : text(verdict, options));
    process.exitCode = signal.aborted ? 130 : verdict.result.failure ? 1 : 0;
  });
}

const tell = (line: string) => process.stderr.write(`${line}\n`);

function numbers(list: string): readonly number[] {
  return list.split(',').map((part) => integer(1, 1_000_000)(part));
}

function plain({ result, smallest }: SoakVerdict): Record<string, unknown> {
  return { ...result, ...(smallest ? { smallest: smallest.map(({ number }) => number) } : {}) };
}

function text({ result, smallest }: SoakVerdict, { days, seed, control, device }: Options): string {
  const { done } = result;
  const lines = [
    `${result.days.toFixed(1)} of ${days} days, seed ${seed}: ${result.events} events, ${result.powerLosses} losses of power, ${result.handovers} starts, ${result.sessions} sessions`,
    `done: ${done.updates} updates (${done.reverts} taken back before), ${done.configurations} configurations, ${done.roots} lists of roots, ${done.rotations} rotations`,
    `${result.readings} readings (${result.missing} numbers missing, ${result.repeated} heard again), ${result.logEntries} log entries, clock wrong by ${(result.worstClockMs / 1000).toFixed(1)} s at most when a token was made`,
  ];
  if (result.failure) {
    const parts = [`proofboard soak --seed ${seed} --days ${days} --events ${smallest!.map(({ number }) => number)}`];
    if (control !== undefined) parts.push(`--control ${control}`);
    if (device !== DEFAULT_DEVICE) parts.push(`--device ${device}`);
    lines.push(
      `failed: ${result.failure.why}`,
      'enough for it:',
      ...smallest!.map((event) => `  ${describe(event)}`),
      parts.join(' '),
    );
  }
  return `${lines.join('\n')}\n`;
}
