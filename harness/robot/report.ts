/**
 * From Robot's results to our report: each test is a check of the clauses that its tags name. The clauses read `partial` at best, as the checks that the
 * registry lists did not run here; a clause that no suite names is left out.
 */
import { createHash } from 'node:crypto';
import type { CheckResult, Report } from '../report/model.ts';
import { type BoardRun, boardVerdict, summarize } from '../report/verdict.ts';
import type { Registry } from '../requirements/registry.ts';
import { RECORD_MARK } from './keywords/device.ts';
import { NO_VERDICT } from './library.ts';
import type { RobotTest } from './output.ts';
import type { DeviceRecord } from './session.ts';

/** The hash of a test that used no device: of nothing. */
const NO_TRACE = createHash('sha256').digest('hex');

export interface RobotRun {
  readonly registry: Registry;
  readonly tests: readonly RobotTest[];
  readonly record: (index: number) => DeviceRecord;
  readonly board: string;
  readonly hardwareEvidence: BoardRun['hardwareEvidence'];
}

export function clausesOf({
  registry,
  tests,
  record,
  board,
  hardwareEvidence,
}: RobotRun): Pick<Report, 'clauses' | 'summary'> {
  const results = new Map<string, CheckResult[]>();
  for (const test of tests) {
    // A skipped test has shown nothing.
    if (test.status === 'SKIP' || test.status === 'NOT RUN') continue;
    const result = checkOf(test, record);
    for (const id of clauseTags(registry, test)) results.set(id, [...(results.get(id) ?? []), result]);
  }
  const run: BoardRun = { hardwareEvidence, results, controls: new Map() };
  const clauses = registry.clauses
    .filter((clause) => results.has(clause.id))
    .map((clause) => ({
      id: clause.id,
      kind: clause.kind,
      marks: clause.marks,
      text: clause.text,
      source: clause.source,
      boards: { [board]: boardVerdict(clause, run) },
    }));
  return { clauses, summary: summarize(clauses) };
}

/** Tags that are clauses; others (a user's own) mean nothing here. */
export function clauseTags(registry: Registry, { tags }: RobotTest): string[] {
  return tags.filter((tag) => registry.get(tag) !== undefined);
}

function checkOf(test: RobotTest, record: RobotRun['record']): CheckResult {
  const marks = new RegExp(`^${RECORD_MARK}: (\\d+)$`);
  const records = test.log.flatMap((line) => {
    const index = marks.exec(line)?.[1];
    return index === undefined ? [] : [record(Number(index))];
  });
  const spoken = test.log.filter((line) => !marks.test(line)).map((text) => ({ text }));
  const failed = test.message.startsWith(NO_VERDICT) ? 'error' : 'fail';
  return {
    name: `robot-${slug(test.suite)}/${slug(test.name)}`,
    title: `${test.suite}: ${test.name}`,
    status: test.status === 'PASS' ? 'pass' : failed,
    virtualMs: records.reduce((sum, one) => sum + one.virtualMs, 0),
    trace: records.at(-1)?.trace ?? NO_TRACE,
    reproducible: records.every((one) => one.reproducible),
    evidence: [...spoken, ...records.flatMap((one) => one.evidence)],
    timeline: records[0]?.timeline ?? [],
    ...(test.status === 'PASS' ? {} : { error: test.message }),
  };
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
