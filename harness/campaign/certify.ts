/** The main job: runs the chosen checks (and controls) on the chosen boards and puts the report together. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { HarnessError, UsageError } from '../errors.ts';
import { loadDossiers } from '../profile/dossier.ts';
import type { Profile } from '../profile/profile.ts';
import type { BoardName } from '../profile/schema.ts';
import type { CheckResult, ClauseVerdict, ControlResult, Report } from '../report/model.ts';
import { type BoardRun, boardVerdict, summarize } from '../report/verdict.ts';
import { allChecks } from '../requirements/all-checks.ts';
import type { Check } from '../requirements/check.ts';
import type { Clause, Registry } from '../requirements/registry.ts';
import { chooseControls, type Extent, extentOn } from './chosen-controls.ts';
import { forSamples, loadControls } from './control-catalogue.ts';
import { runPool } from './pool.ts';
import type { FromWorker, Task, WorkerSetup } from './task.ts';

export interface CertifyOptions {
  readonly registry: Registry;
  readonly profile: Profile;
  readonly clauses: readonly Clause[];
  readonly boards: readonly BoardChoice[];
  readonly seed: number;
  /** Which controls are run, if any; usual: as the board's evidence is worth. */
  readonly controls: Extent | 'usual' | undefined;
  readonly jobs: number;
  /** Shard `index` (1-based) of `count`: every count-th task from the index-th on. */
  readonly shard: { index: number; count: number };
  readonly recordTo: string | undefined;
  readonly onPlan?: (plan: { board: string; checks: number; controls: number }) => void;
  readonly onMessage?: (board: string, message: FromWorker) => void;
}

export interface BoardChoice {
  readonly name: BoardName;
  readonly hardwareEvidence: 'certified' | 'simulated';
  /** Why the board cannot be had on this machine. */
  readonly unavailable?: string;
}

/** @throws UsageError when the profile claims what is no clause to be claimed */
export async function certify(options: CertifyOptions): Promise<Report> {
  const { data } = options.profile;
  const unclaimed = unclaimedOf(options);
  const claimed = options.clauses.filter(({ id }) => !unclaimed.has(id));
  const argued = options.registry.clauses.filter(({ kind }) => kind === 'A').map(({ id }) => id);
  const dossiers = loadDossiers(options.profile, argued);
  const runs = new Map<string, BoardRun>();
  const unavailable: Record<string, string> = {};
  for (const board of options.boards) {
    if (board.unavailable !== undefined) {
      unavailable[board.name] = board.unavailable;
      runs.set(board.name, { hardwareEvidence: board.hardwareEvidence, results: undefined, controls: new Map() });
    } else {
      runs.set(board.name, await runBoard(board, { ...options, clauses: claimed }));
    }
  }
  const ran = options.boards.filter(({ unavailable: why }) => why === undefined).map(({ name }) => name);
  const clauses = options.clauses.map(
    (clause): ClauseVerdict => ({
      id: clause.id,
      kind: clause.kind,
      marks: clause.marks,
      text: clause.text,
      source: clause.source,
      ...(unclaimed.has(clause.id) ? { claimed: false } : {}),
      ...(dossiers.has(clause.id) ? { dossier: dossiers.get(clause.id)! } : {}),
      boards: Object.fromEntries(
        [...runs].map(([name, run]) => [
          name,
          boardVerdict(clause, run, { argued: dossiers.has(clause.id), claimed: !unclaimed.has(clause.id) }),
        ]),
      ),
    }),
  );
  return {
    schema: 'proofboard-report/1',
    proofboard: versionOfProofboard(),
    firmware: { name: data.name, version: data.version, sha256: firmwareHashes(options.profile, ran) },
    seed: options.seed,
    ...(options.shard.count > 1 ? { shard: options.shard } : {}),
    ...(options.controls === undefined ? {} : { controls: extents(options) }),
    unavailable,
    clauses,
    summary: summarize(clauses),
  };
}

/** Clauses marked `profile` that the device does not claim. */
function unclaimedOf({ registry, profile }: CertifyOptions): ReadonlySet<string> {
  const optional = registry.clauses.filter(({ marks }) => marks.includes('profile')).map(({ id }) => id);
  const { claims } = profile.data;
  const wrong = claims.find((id) => !optional.includes(id));
  if (wrong !== undefined)
    throw new UsageError(
      `${profile.file}: claims: "${wrong}": expected a clause marked profile (${optional.join(', ')})`,
    );
  return new Set(optional.filter((id) => !claims.includes(id)));
}

async function runBoard(board: BoardChoice, options: CertifyOptions): Promise<BoardRun> {
  const checks = (await allChecks(options.profile)).filter((check) => isChosen(check, options.clauses));
  const tasks = [...checkTasks(checks), ...controlTasks(options, board, checks)].filter(
    (_, index) => index % options.shard.count === options.shard.index - 1,
  );
  const controlCount = tasks.filter((task) => task.kind === 'control').length;
  const checkCount = tasks.reduce((sum, task) => sum + (task.kind === 'checks' ? task.checks.length : 0), 0);
  options.onPlan?.({ board: board.name, checks: checkCount, controls: controlCount });
  const results = new Map<string, CheckResult[]>();
  const controls: ControlResult[] = [];
  await runPool<WorkerSetup, Task, FromWorker>(tasks, {
    worker: new URL('./worker.ts', import.meta.url),
    setup: { device: options.profile.file, board: board.name, seed: options.seed, recordTo: options.recordTo },
    jobs: options.jobs,
    endBy: board.name === 'native_sim' ? 'SIGKILL' : 'SIGTERM',
    onMessage: (message) => {
      if (message.type === 'check') {
        results.set(message.clause, [...(results.get(message.clause) ?? []), message.result]);
      } else if (message.type === 'control') {
        controls.push(message.result);
      }
      options.onMessage?.(board.name, message);
    },
  });
  expectAllResults(tasks, results);
  sortAsDefined(results, checks);
  return { hardwareEvidence: board.hardwareEvidence, results, controls: controlsByClause(options, controls) };
}

function isChosen(check: Check, clauses: readonly Clause[]): boolean {
  return clauses.some((clause) => clause.id === check.clause);
}

/** One task per check: checks share nothing, so the longest one bounds the whole and not its label. */
function checkTasks(checks: readonly Check[]): Task[] {
  return checks.map((check) => ({ kind: 'checks', id: check.id, checks: [check.id] }));
}

function controlTasks(options: CertifyOptions, board: BoardChoice, checks: readonly Check[]): Task[] {
  const extent = extentFor(options, board);
  if (extent === undefined) return [];
  // A board that certifies hardware is one whose boots cost seconds: there checks run samples (Lab.sample).
  const all = loadControls(options.profile);
  const able = board.hardwareEvidence === 'simulated' ? all : forSamples(all);
  const chosen = chooseControls(extent, able, { checks, clauses: options.clauses });
  return chosen.map(({ control, checks: killers }) => ({
    kind: 'control',
    id: `control ${control.id}`,
    control: control.id,
    checks: killers.map((one) => one.id),
  }));
}

function extentFor({ controls }: CertifyOptions, { hardwareEvidence }: BoardChoice): Extent | undefined {
  return controls === 'usual' ? extentOn(hardwareEvidence) : controls;
}

function extents(options: CertifyOptions): Record<string, Extent> {
  return Object.fromEntries(options.boards.map((board) => [board.name, extentFor(options, board)!]));
}

/** A check without a result would read as one that does not exist. */
function expectAllResults(tasks: readonly Task[], results: ReadonlyMap<string, CheckResult[]>): void {
  const got = new Set([...results].flatMap(([clause, list]) => list.map(({ name }) => `${clause}/${name}`)));
  const planned = tasks.flatMap((task) => (task.kind === 'checks' ? task.checks : []));
  const lost = planned.filter((id) => !got.has(id));
  if (lost.length > 0) throw new HarnessError(`expected a result of every check, got none of ${lost.join(', ')}`);
}

/** Results arrive as workers finish; the report shows them as the checks are defined. */
function sortAsDefined(results: Map<string, CheckResult[]>, checks: readonly Check[]): void {
  for (const [clause, list] of results) {
    const order = checks.filter((check) => check.clause === clause).map((check) => check.name);
    list.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  }
}

function controlsByClause(options: CertifyOptions, results: readonly ControlResult[]): Map<string, ControlResult[]> {
  const byClause = new Map<string, ControlResult[]>();
  for (const control of loadControls(options.profile)) {
    const result = results.find((one) => one.id === control.id);
    if (!result) continue;
    // A clause that it names without a check there yet was not put to the test.
    const tested = new Set(result.checks.map(({ name }) => name.split('/')[0]!));
    for (const clause of new Set(control.kills.map((named) => named.split('/')[0]!).filter((id) => tested.has(id)))) {
      byClause.set(clause, [...(byClause.get(clause) ?? []), result]);
    }
  }
  return byClause;
}

/** What was certified: of each board SHA-256 over its boot image and, behind it, its application image. */
export function firmwareHashes(profile: Profile, boards: readonly BoardName[]): Record<string, string> {
  return Object.fromEntries(
    boards.map((board) => {
      const { boot, image } = profile.on(board);
      return [board, createHash('sha256').update(boot).update(image).digest('hex')];
    }),
  );
}

export function versionOfProofboard(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
