/** `proofboard robot [FILES]`: renode-test with our keywords as a remote library; its results become a report of ours. */
import { readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { chooseBoards } from '../board/choose.ts';
import { BOARD_DEFECTS } from '../board/native-sim.ts';
import { firmwareHashes, versionOfProofboard } from '../campaign/certify.ts';
import { EnvironmentError, UsageError } from '../errors.ts';
import { Profile } from '../profile/profile.ts';
import type { BoardName } from '../profile/schema.ts';
import { findRenode, RENODE_FIX } from '../renode/find.ts';
import { versionProblem } from '../renode/needs.ts';
import { htmlReport } from '../report/html.ts';
import { reportJson } from '../report/json.ts';
import { junitXml } from '../report/junit.ts';
import type { Report } from '../report/model.ts';
import { ensureWritable, writeFilesAtomically } from '../report/write.ts';
import { Registry } from '../requirements/registry.ts';
import { clausesOf } from '../robot/report.ts';
import { runRobot } from '../robot/run.ts';
import { robotSummary } from '../robot/summary.ts';
import { DEFAULT_DEVICE, DEFAULT_OUT, DEFAULT_SEED } from './defaults.ts';
import { integer } from './options.ts';

const OWN_SUITES = fileURLToPath(new URL('../../robot-scenarios', import.meta.url));
const MINUTE_MS = 60_000;

interface Options {
  board: BoardName;
  device: string;
  out: string;
  seed: number;
  defect?: string;
  renode?: string;
  timeout: number;
  json?: boolean;
}

export function registerRobot(program: Command): void {
  program
    .command('robot')
    .description('run Robot Framework suites under renode-test, with sensor, attacker, network and service as keywords')
    .argument('[files...]', 'suites or folders of suites (default: those that ship with proofboard)')
    .addOption(
      new Option('--board <board>', 'board to run on').choices(['native_sim', 'nucleo_h753zi']).default('native_sim'),
    )
    .option('--device <file>', 'profile of the device under test', DEFAULT_DEVICE)
    .option('--out <dir>', 'folder for the reports', DEFAULT_OUT)
    .option('--seed <n>', 'seed of all that is random', integer(0, 0xffff_ffff), DEFAULT_SEED)
    .addOption(
      new Option('--defect <name>', "a defect of the board's model, which the suites must notice").choices([
        ...BOARD_DEFECTS,
      ]),
    )
    .option('--renode <file>', "Renode's executable; renode-test is beside it or on PATH")
    .option('--timeout <minutes>', 'real time that the whole run may take', integer(1, 1440), 60)
    .option('--json', 'print report.json on stdout instead of the table')
    .action(robot);
}

async function robot(files: string[], options: Options): Promise<void> {
  const suites = (files.length > 0 ? files : [OWN_SUITES]).flatMap(suiteFiles);
  const profile = Profile.load(options.device);
  const registry = Registry.load();
  const [board] = chooseBoards(options.board, profile);
  const renodeTest = await toolFor(options.renode);
  ensureWritable(options.out);
  const { tests, session } = await runRobot({
    profile,
    board: options.board,
    seed: options.seed,
    defect: options.defect,
    renodeTest,
    files: suites,
    results: resolve(options.out, 'robot'),
    timeoutMs: options.timeout * MINUTE_MS,
    onOutput: (text) => process.stderr.write(text),
  });
  const report: Report = {
    schema: 'proofboard-report/1',
    proofboard: versionOfProofboard(),
    firmware: {
      name: profile.data.name,
      version: profile.data.version,
      sha256: firmwareHashes(profile, [board!.name]),
    },
    seed: options.seed,
    unavailable: {},
    ...clausesOf({
      registry,
      tests,
      record: (index) => session.record(index),
      board: board!.name,
      hardwareEvidence: board!.hardwareEvidence,
    }),
  };
  const json = reportJson(report);
  const written = writeFilesAtomically(options.out, {
    'report.json': json,
    'report.html': htmlReport(report),
    'junit.xml': junitXml(report),
  });
  process.stdout.write(options.json ? json : robotSummary(tests, registry));
  const names = [...written, join(options.out, 'robot', 'log.html')].map(
    (file) => relative(process.cwd(), file) || file,
  );
  process.stderr.write(`\nreports: ${names.join(', ')}\n`);
  if (tests.length === 0) throw new UsageError(`${suites.join(', ')}: expected suites with tests, found none`);
  process.exitCode = tests.some(({ status }) => status === 'FAIL') ? 1 : 0;
}

/** renode-test takes files only; a name that is none would be an obscure failure of its own. */
function suiteFiles(name: string): string[] {
  const entry = statSync(name, { throwIfNoEntry: false });
  const files = entry?.isDirectory()
    ? readdirSync(name)
        .filter((one) => one.endsWith('.robot'))
        .sort()
        .map((one) => resolve(name, one))
    : entry?.isFile()
      ? [resolve(name)]
      : [];
  if (files.length > 0) return files;
  throw new UsageError(
    `${name}: expected a suite (.robot) or a folder of suites, found ${entry ? 'none in it' : 'nothing'}`,
  );
}

async function toolFor(renode: string | undefined): Promise<string> {
  const found = findRenode({ renode });
  if (!found) throw new EnvironmentError(`robot: Renode is missing; ${RENODE_FIX}`);
  if (!found.renodeTest) {
    throw new EnvironmentError(
      `robot: expected renode-test beside ${found.renode} or on PATH, found none; "proofboard renode install" brings both`,
    );
  }
  const problem = await versionProblem(found);
  if (problem !== undefined) throw new EnvironmentError(`robot: ${problem}`);
  return found.renodeTest;
}
