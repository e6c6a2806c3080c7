/** `proofboard run FILE.yaml`: one scenario, step by step, on a freshly provisioned device. */
import { type Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { readInput } from '../image/files.ts';
import { Profile } from '../profile/profile.ts';
import type { BoardName } from '../profile/schema.ts';
import { CheckFailure } from '../requirements/check.ts';
import { LabFactory } from '../requirements/lab-factory.ts';
import { loadScenario } from '../scenario/scenario.ts';
import { outColours } from '../text/colours.ts';
import { Bridge } from '../world/bridge.ts';
import { cloudTarget } from '../world/cloud-target.ts';
import { DEFAULT_DEVICE, DEFAULT_SEED } from './defaults.ts';
import { integer } from './options.ts';

interface Options {
  device: string;
  board: BoardName;
  seed?: number;
  cloud?: string;
  ca?: string;
  json?: boolean;
}

export function registerRun(program: Command): void {
  program
    .command('run')
    .description('run a scenario step by step')
    .argument('<file>', 'scenario (YAML)')
    .option('--device <file>', 'profile of the device under test', DEFAULT_DEVICE)
    .addOption(new Option('--board <board>', 'board to run on').choices(['native_sim']).default('native_sim'))
    .option('--seed <n>', 'seed of all that is random; wins over the file', integer(0, 0xffff_ffff))
    .option('--cloud <url>', 'a broker outside (mqtts://host:port) in place of the emulated service')
    .option('--ca <file>', "with --cloud: the broker's root certificate (PEM), given to the device")
    .option('--json', 'a line of JSON per step')
    .action(run);
}

interface Row {
  readonly step: number;
  readonly verb: string;
  readonly virtualMs: number;
  readonly ok: boolean;
  readonly text: string;
}

async function run(file: string, options: Options): Promise<void> {
  const scenario = loadScenario(file);
  const profile = Profile.load(options.device);
  const seed = options.seed ?? scenario.seed ?? DEFAULT_SEED;
  const bridge = await openBridge(options, profile);
  const factory = await LabFactory.create({
    profile,
    board: options.board,
    seed,
    recordTo: undefined,
    ...(bridge ? { cloud: { bridge, startMs: Date.now() } } : {}), // wall clock: a broker outside lives by it
  });
  const lab = await factory.open(scenario.name);
  const device = await lab.device();
  const print = (row: Row) => process.stdout.write(options.json ? `${JSON.stringify(row)}\n` : textOf(row));
  if (!options.json) process.stdout.write(`${outColours.bold(scenario.name)} (seed ${seed})\n`);
  try {
    for (const [index, step] of scenario.steps.entries()) {
      const row = (ok: boolean, text: string): Row => ({
        step: index + 1,
        verb: step.verb,
        virtualMs: device.board.nowNs / 1e6,
        ok,
        text,
      });
      try {
        print(row(true, await step.run(device)));
      } catch (error) {
        if (!(error instanceof CheckFailure)) throw error;
        print(row(false, error.message));
        process.exitCode = 1;
        return;
      }
    }
    if (!options.json) process.stdout.write(`${scenario.steps.length} steps, trace ${lab.traceHash()}\n`);
  } finally {
    await lab.close();
    await bridge?.close();
  }
}

async function openBridge({ cloud, ca }: Options, profile: Profile): Promise<Bridge | undefined> {
  if ((cloud === undefined) !== (ca === undefined)) throw new UsageError('run: --cloud and --ca come together');
  if (cloud === undefined || ca === undefined) return undefined;
  const bridge = await Bridge.open(cloudTarget(cloud, ca, readInput(ca)), { topic: profile.data.service.topic });
  if (bridge.problem !== undefined) {
    process.stderr.write(`${cloud} cannot be watched (${bridge.problem}): expect.publish will see nothing\n`);
  }
  return bridge;
}

function textOf({ step, verb, virtualMs, ok, text }: Row): string {
  const mark = ok ? outColours.green('ok  ') : outColours.red('FAIL');
  return `${mark} ${String(step).padStart(3)}  ${(virtualMs / 1000).toFixed(3).padStart(10)} s  ${verb}: ${text}\n`;
}
