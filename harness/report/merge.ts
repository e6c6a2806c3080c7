/**
 * Puts the reports of one run's shards together, and those of several boards side by side, and gives each verdict anew.
 *
 * A verdict over shards is none over a part of them: what is lacking, there twice or of another run is refused, never left out.
 */
import { UsageError } from '../errors.ts';
import type { BoardVerdict, ClauseVerdict, ControlResult, Report } from './model.ts';
import { boardVerdict, HARDWARE_EVIDENCE, summarize } from './verdict.ts';

export interface ReportFile {
  readonly file: string;
  readonly report: Report;
}

/** @throws UsageError when they are not the parts of one whole */
export function mergeReports(files: readonly ReportFile[]): Report {
  const [first, ...others] = files;
  if (!first) throw new UsageError('expected at least one report');
  for (const other of others) expectSameRun(first, other);
  const boards = [...new Set(files.flatMap(({ report }) => boardsOf(report)))].sort();
  const clauses = first.report.clauses.map((clause) => ({ ...clause, boards: {} as Record<string, BoardVerdict> }));
  const unavailable: Record<string, string> = {};
  for (const board of boards) {
    const parts = files.filter(({ report }) => boardsOf(report).includes(board));
    expectAllShards(board, parts);
    const why = parts.find(({ report }) => report.unavailable[board] !== undefined);
    if (why && parts.some(({ report }) => report.unavailable[board] === undefined))
      throw new UsageError(`${why.file}: ${board} could not be had there, and could elsewhere; run that shard again`);
    if (why) unavailable[board] = why.report.unavailable[board]!;
    for (const clause of clauses) clause.boards[board] = mergedVerdict(clause, board, parts, why === undefined);
  }
  const { shard: _, ...head } = first.report;
  return { ...head, unavailable, clauses, summary: summarize(clauses) };
}

function boardsOf(report: Report): string[] {
  return [...new Set(report.clauses.flatMap(({ boards }) => Object.keys(boards)))];
}

function expectSameRun(one: ReportFile, other: ReportFile): void {
  const facts = ({ report }: ReportFile): [what: string, value: string][] => [
    ['version of proofboard', report.proofboard],
    ['firmware', `${report.firmware.name} ${report.firmware.version} (SHA-256 ${report.firmware.sha256})`],
    ['seed', String(report.seed)],
    ['clauses', report.clauses.map(({ id }) => id).join(' ')],
  ];
  const expected = facts(one);
  facts(other).forEach(([what, value], index) => {
    const [, wanted] = expected[index]!;
    if (value !== wanted)
      throw new UsageError(`${other.file}: another ${what} than ${one.file}: expected ${wanted}, got ${value}`);
  });
}

function expectAllShards(board: string, parts: readonly ReportFile[]): void {
  const seen = new Map<number, string>();
  const count = parts[0]!.report.shard?.count ?? 1;
  for (const { file, report } of parts) {
    const shard = report.shard ?? { index: 1, count: 1 };
    if (shard.count !== count)
      throw new UsageError(`${file}: ${board}: shard ${shard.index}/${shard.count}, expected one of ${count}`);
    const twin = seen.get(shard.index);
    if (twin !== undefined)
      throw new UsageError(`${file}: ${board}: shard ${shard.index}/${count} is there already, in ${twin}`);
    seen.set(shard.index, file);
  }
  const lacking = Array.from({ length: count }, (_, index) => index + 1).filter((index) => !seen.has(index));
  if (lacking.length > 0)
    throw new UsageError(
      `${board}: no report of shard ${lacking.map((index) => `${index}/${count}`).join(', ')}; run "certify --board ${board} --shard ${lacking[0]}/${count}" and name its report too`,
    );
}

function mergedVerdict(clause: ClauseVerdict, board: string, parts: readonly ReportFile[], ran: boolean): BoardVerdict {
  const verdicts = parts.map(({ report }) => report.clauses.find(({ id }) => id === clause.id)!.boards[board]!);
  const checks = verdicts.flatMap((verdict) => verdict.checks);
  const controls = verdicts.flatMap((verdict) => verdict.controls);
  for (const [what, names] of [
    ['check', checks.map(({ name }) => name)],
    ['control', controls.map(({ id }) => id)],
  ] as const) {
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
      throw new UsageError(`${board} ${clause.id}: ${what} ${twice} has a result in two reports; expected one of each`);
  }
  // Each shard names what the registry lists and it has not: what all of them name nobody ran.
  const missing = verdicts[0]!.missing.filter((name) => verdicts.every((verdict) => verdict.missing.includes(name)));
  return boardVerdict(
    {
      ...clause,
      marks: clause.marks as ('hw' | 'peer' | 'profile')[],
      checks: [...checks.map(({ name }) => name), ...missing],
    },
    {
      hardwareEvidence: evidenceOf(board),
      results: ran ? new Map(checks.length > 0 ? [[clause.id, checks]] : []) : undefined,
      controls: new Map<string, ControlResult[]>(controls.length > 0 ? [[clause.id, controls]] : []),
    },
    clause.dossier !== undefined,
  );
}

function evidenceOf(board: string): 'certified' | 'simulated' {
  if (Object.hasOwn(HARDWARE_EVIDENCE, board)) return HARDWARE_EVIDENCE[board as keyof typeof HARDWARE_EVIDENCE];
  throw new UsageError(`unknown board "${board}"; expected ${Object.keys(HARDWARE_EVIDENCE).join(' or ')}`);
}
