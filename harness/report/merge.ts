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
  for (const file of files) expectWhole(file);
  for (const other of others) expectSameRun(first, other);
  const sha256 = imagesOf(files);
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
  const { shard: _, controls: __, ...head } = first.report;
  const controls = Object.assign({}, ...files.map(({ report }) => report.controls ?? {})) as NonNullable<
    Report['controls']
  >;
  return {
    ...head,
    firmware: { ...head.firmware, sha256 },
    ...(Object.keys(controls).length > 0 ? { controls } : {}),
    unavailable,
    clauses,
    summary: summarize(clauses),
  };
}

function boardsOf(report: Report): string[] {
  return [...new Set(report.clauses.flatMap(({ boards }) => Object.keys(boards)))];
}

/** What every report of certify is: clauses, each once, each with a verdict on every board. */
function expectWhole({ file, report }: ReportFile): void {
  const boards = boardsOf(report);
  if (boards.length === 0) throw new UsageError(`${file}: expected clauses with verdicts, got none`);
  const ids = report.clauses.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new UsageError(`${file}: clause ${twice} is there twice, expected once`);
  for (const { id, boards: verdicts } of report.clauses)
    for (const board of boards)
      if (!Object.hasOwn(verdicts, board))
        throw new UsageError(`${file}: ${id}: expected a verdict on ${board}, got none`);
  const nameless = boards.find((board) => !(report.unavailable[board] ?? report.firmware.sha256[board]));
  if (nameless !== undefined)
    throw new UsageError(`${file}: firmware.sha256: expected the images of ${nameless}, which ran, got none`);
}

function expectSameRun(one: ReportFile, other: ReportFile): void {
  const facts = ({ report }: ReportFile): [what: string, value: string][] => [
    ['version of proofboard', report.proofboard],
    ['firmware', `${report.firmware.name} ${report.firmware.version}`],
    ['seed', String(report.seed)],
  ];
  const expected = facts(one);
  facts(other).forEach(([what, value], index) => {
    const [, wanted] = expected[index]!;
    if (value !== wanted)
      throw new UsageError(`${other.file}: another ${what} than ${one.file}: expected ${wanted}, got ${value}`);
  });
  const [ours, theirs] = [one, other].map(({ report }) => new Map(report.clauses.map((clause) => [clause.id, clause])));
  for (const id of new Set([...ours!.keys(), ...theirs!.keys()])) {
    const [left, right] = [ours!.get(id), theirs!.get(id)];
    const [has, lacks] = left ? [one, other] : [other, one];
    if (!left || !right) throw new UsageError(`other clauses: ${id} is in ${has.file} and not in ${lacks.file}`);
    const { boards: _, ...text } = left;
    const { boards: __, ...otherText } = right;
    if (JSON.stringify(text) !== JSON.stringify(otherText))
      throw new UsageError(`${other.file}: ${id}: another kind, mark, text or dossier than in ${one.file}`);
  }
}

/** Hash of the images of each board: whatever ran on it ran the same. */
function imagesOf(files: readonly ReportFile[]): Record<string, string> {
  const first = new Map<string, { file: string; hash: string }>();
  for (const { file, report } of files)
    for (const [board, hash] of Object.entries(report.firmware.sha256)) {
      const known = first.get(board) ?? { file, hash };
      first.set(board, known);
      if (hash !== known.hash)
        throw new UsageError(
          `${file}: other images of ${board} than ${known.file}: expected SHA-256 ${known.hash}, got ${hash}`,
        );
    }
  return Object.fromEntries([...first].map(([board, { hash }]) => [board, hash]));
}

function expectAllShards(board: string, parts: readonly ReportFile[]): void {
  const seen = new Map<number, string>();
  const count = parts[0]!.report.shard?.count ?? 1;
  const extentOf = ({ report }: ReportFile) => report.controls?.[board] ?? 'none';
  const extent = extentOf(parts[0]!);
  for (const part of parts) {
    const { file, report } = part;
    if (extentOf(part) !== extent)
      throw new UsageError(`${file}: ${board}: controls ${extentOf(part)}, expected ${extent} as in ${parts[0]!.file}`);
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
  // Each part names what it has not run, so that all know the same checks.
  const known = verdicts.map((verdict) =>
    [...verdict.checks.map(({ name }) => name), ...verdict.missing].sort().join(' '),
  );
  const odd = known.findIndex((names) => names !== known[0]);
  if (odd >= 0)
    throw new UsageError(
      `${parts[odd]!.file}: ${board} ${clause.id}: expected the checks ${known[0]} as in ${parts[0]!.file}, got ${known[odd] || 'none'}`,
    );
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
    { argued: clause.dossier !== undefined, claimed: clause.claimed !== false },
  );
}

function evidenceOf(board: string): 'certified' | 'simulated' {
  if (Object.hasOwn(HARDWARE_EVIDENCE, board)) return HARDWARE_EVIDENCE[board as keyof typeof HARDWARE_EVIDENCE];
  throw new UsageError(`unknown board "${board}"; expected ${Object.keys(HARDWARE_EVIDENCE).join(' or ')}`);
}
