/** `proofboard powercut SCENARIO`: power is cut at every flash operation of an update's life, and every recovery is judged. Exit 1: a case failed. */
import type { Command } from 'commander';
import type { NativeSim } from '../board/native-sim.ts';
import { compareCases, formatCase, parseCase } from '../campaign/powercut/case.ts';
import { ALL_MODES, Explorer, startOf } from '../campaign/powercut/explorer.ts';
import { scenarioNamed } from '../campaign/powercut/scenarios.ts';
import { Profile } from '../profile/profile.ts';
import { loadUpdater } from '../profile/updater.ts';
import { LabFactory } from '../requirements/lab-factory.ts';
import { DEFAULT_DEVICE, DEFAULT_SEED } from './defaults.ts';
import { integer } from './options.ts';

interface Options {
  device: string;
  depth: number;
  fill: number;
  seed: number;
  case?: string;
  json?: boolean;
}

export function registerPowercut(program: Command): void {
  program
    .command('powercut')
    .description('cut power at every flash operation of a scenario: install, confirm, revert or refuse')
    .argument('<scenario>', 'install, confirm, revert or refuse')
    .option('--device <file>', 'profile of the device under test', DEFAULT_DEVICE)
    .option('--depth <n>', '2: cut the recovery too', integer(1, 2), 1)
    .option('--fill <bytes>', "filling of the campaign's images", integer(0, 300_000), 0)
    .option('--seed <n>', 'seed of what a torn operation leaves', integer(0, 0xffff_ffff), DEFAULT_SEED)
    .option('--case <case>', 'this case alone, power cut in earnest: 17t,3b')
    .option('--json', 'the result as JSON')
    .action(run);
}

async function run(id: string, options: Options): Promise<void> {
  const scenario = scenarioNamed(id);
  const chosen = options.case === undefined ? undefined : parseCase(options.case);
  const profile = Profile.load(options.device);
  const workshop = { profile, updater: await loadUpdater(profile), fillBytes: options.fill };
  const images = scenario.images(workshop);
  const seed = String(options.seed);
  const factory = await LabFactory.create({ profile, board: 'native_sim', seed: options.seed, recordTo: undefined });
  const lab = await factory.open(`powercut-${id}`);
  const board = (await lab.device({ image: images.old, offline: true })).board as NativeSim;
  await scenario.prepare(board, images, workshop);
  const explorer = new Explorer({ scenario, profile, images, start: await startOf(board), seed, modes: ALL_MODES });
  try {
    if (chosen) {
      const why = await explorer.replay(chosen);
      process.stdout.write(`${id} --case ${formatCase(chosen)}: ${why ?? 'holds'}\n`);
      process.exitCode = why === undefined ? 0 : 1;
      return;
    }
    const operations = await explorer.clean();
    await explorer.explore(1, operations, options.depth);
    const worst = [...explorer.failures].sort((a, b) => compareCases(a.cuts, b.cuts))[0];
    const result = {
      scenario: id,
      depth: options.depth,
      operations,
      cases: explorer.cases,
      states: explorer.met.size,
      firstImage: explorer.first,
      failures: explorer.failures.length,
      ...(worst ? { shortest: formatCase(worst.cuts), why: worst.why } : {}),
    };
    const { cases, states, failures } = result;
    const text = `${id}: ${operations} operations, ${cases} cases, ${states} distinct states, ${failures} failures\n`;
    const replay = worst
      ? `proofboard powercut ${id} --case ${formatCase(worst.cuts)} --fill ${options.fill} --seed ${seed}: ${worst.why}\n`
      : '';
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : text + replay);
    process.exitCode = failures === 0 ? 0 : 1;
  } finally {
    await explorer.close();
    await lab.close();
  }
}
