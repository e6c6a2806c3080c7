/** From check results to the status of a clause on a board. The rules are DESIGN's; boards are never merged. */
import { type Clause, labelOf, ownClauseOf } from '../requirements/registry.ts';
import type { BoardVerdict, CheckResult, ControlResult, Report, Status } from './model.ts';

/** What a clause about hardware is worth on a board (DESIGN, "Two boards"). */
export const HARDWARE_EVIDENCE = { native_sim: 'simulated', nucleo_h753zi: 'certified' } as const;

export interface BoardRun {
  readonly hardwareEvidence: 'certified' | 'simulated';
  /** Undefined: the board could not be had, nothing ran. */
  readonly results: ReadonlyMap<string, CheckResult[]> | undefined;
  readonly controls: ReadonlyMap<string, ControlResult[]>;
}

/**
 * @param argued there is a dossier for it
 * @param claimed false: a choice stricter than the source that this device does not make
 */
export function boardVerdict(
  clause: Pick<Clause, 'id' | 'kind' | 'marks' | 'checks'>,
  run: BoardRun,
  { argued = false, claimed = true }: { argued?: boolean; claimed?: boolean } = {},
): BoardVerdict {
  if (!claimed) return { status: 'not-claimed', control: 'none', checks: [], missing: [], controls: [] };
  const checks = run.results?.get(clause.id) ?? [];
  const controls = run.controls.get(clause.id) ?? [];
  const missing = clause.checks.filter((name) => !checks.some((result) => result.name === name));
  const status = clause.kind === 'A' ? (argued ? 'argued' : 'uncovered') : statusOf(clause, run, checks, missing);
  return { status, control: controlOf(controls), checks, missing, controls };
}

function statusOf(
  clause: Pick<Clause, 'kind' | 'marks'>,
  run: BoardRun,
  checks: CheckResult[],
  missing: string[],
): Status {
  if (run.results === undefined) return 'not-run';
  const ran = checks.filter(({ status }) => status !== 'not-run');
  if (ran.some(({ status }) => status !== 'pass')) return 'fail';
  if (checks.length === 0) return 'uncovered';
  if (ran.length === 0) return 'not-run';
  if (missing.length > 0 || ran.length < checks.length) return 'partial';
  return clause.marks.includes('hw') && run.hardwareEvidence === 'simulated' ? 'simulated' : 'pass';
}

function controlOf(controls: readonly ControlResult[]): BoardVerdict['control'] {
  if (controls.length === 0) return 'none';
  return controls.every((control) => control.outcome === 'killed') ? 'killed' : 'survived';
}

/** How many clauses have which status, per board. */
export function summarize(clauses: Report['clauses']): Report['summary'] {
  const summary: Report['summary'] = {};
  for (const clause of clauses) {
    for (const [board, verdict] of Object.entries(clause.boards)) {
      summary[board] ??= {};
      const counts = summary[board];
      counts[verdict.status] = (counts[verdict.status] ?? 0) + 1;
    }
  }
  return summary;
}

/** 0 no clause failed; 1 a clause failed or a control survived; `strict` also: uncovered, partial, not run, or without a control where all of them were run. */
export function exitCodeOf(report: Report, options: { strict: boolean }): 0 | 1 {
  for (const clause of report.clauses) {
    for (const [board, verdict] of Object.entries(clause.boards)) {
      if (verdict.status === 'fail' || verdict.control === 'survived') return 1;
      if (!options.strict) continue;
      if (['uncovered', 'partial', 'not-run'].includes(verdict.status)) return 1;
      if (report.controls?.[board] === 'all' && isUnproven(clause.id, verdict)) return 1;
    }
  }
  return 0;
}

/** Nothing was seen to make its checks fail. A device's own checks have the controls that its owner writes, if any. */
function isUnproven(clause: string, { status, control }: BoardVerdict): boolean {
  return (
    status !== 'argued' && status !== 'not-claimed' && control === 'none' && clause !== ownClauseOf(labelOf(clause))
  );
}
