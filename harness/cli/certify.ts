/** `proofboard certify`: the main job. Reports to files, the table of clauses to stdout, progress to stderr. */
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { chooseBoards } from '../board/choose.ts';
import { type BoardChoice, certify } from '../campaign/certify.ts';
import { EXTENTS, type Extent } from '../campaign/chosen-controls.ts';
import { Profile } from '../profile/profile.ts';
import { ensureWritable } from '../report/write.ts';
import { allChecks } from '../requirements/all-checks.ts';
import { Registry } from '../requirements/registry.ts';
import { DEFAULT_DEVICE, DEFAULT_OUT, DEFAULT_SEED } from './defaults.ts';
import { integer, shard } from './options.ts';
import { Progress } from './progress.ts';
import { type OutputOptions, outputReport } from './report-output.ts';

interface Options extends OutputOptions {
  board: string;
  device: string;
  req?: string[];
  seed: number;
  controls?: Extent | true;
  record?: boolean;
  jobs: number;
  shard: { index: number; count: number };
}

export function registerCertify(program: Command): void {
  program
    .command('certify')
    .description('run the checks and write report.json, report.html and junit.xml')
    .addOption(
      new Option('--board <board>', 'board to run on')
        .choices(['native_sim', 'nucleo_h753zi', 'all'])
        .default('native_sim'),
    )
    .option('--device <file>', 'profile of the device under test', DEFAULT_DEVICE)
    .option('--req <id...>', 'only these clauses or labels')
    .option('--out <dir>', 'folder for the reports', DEFAULT_OUT)
    .option('--seed <n>', 'seed of all that is random', integer(0, 0xffff_ffff), DEFAULT_SEED)
    .option(
      '--strict',
      'exit 1 also for clauses that are uncovered, partial, not run, or without a control where all were run',
    )
    .addOption(
      new Option(
        '--controls [extent]',
        'run the negative controls too, sabotaged devices that the checks must catch: those of clauses about hardware, of each other clause one as well, or all (default: on native_sim all, on nucleo_h753zi hardware)',
      ).choices(EXTENTS),
    )
    .option('--record', 'keep a recording of every check in the report folder (see "replay")')
    .option('--jobs <n>', 'worker processes', integer(1, 64), Math.min(availableParallelism(), 8))
    .addOption(
      new Option('--shard <i/n>', 'run the i-th of n parts').argParser(shard).default({ index: 1, count: 1 }, '1/1'),
    )
    .option('--json', 'print report.json on stdout instead of the table')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const profile = Profile.load(options.device);
  const registry = Registry.load().withOwn(await allChecks(profile));
  const clauses = registry.select(options.req ?? []);
  const boards: BoardChoice[] = chooseBoards(options.board, profile);
  ensureWritable(options.out);
  const progress = new Progress(process.stderr);
  const report = await certify({
    registry,
    profile,
    clauses,
    boards,
    seed: options.seed,
    controls: options.controls === true ? 'usual' : options.controls,
    jobs: options.jobs,
    shard: options.shard,
    recordTo: options.record ? `${options.out}/recordings` : undefined,
    onPlan: (plan) => progress.plan(plan),
    onMessage: (_, message) => progress.message(message),
  }).finally(() => progress.end());
  outputReport(report, options);
}
