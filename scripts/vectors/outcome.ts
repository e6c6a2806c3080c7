/** What came of a file of vectors. A vector is skipped only with a reason, and the reason is counted. */
export interface Outcome {
  passed: number;
  /** One line for each vector whose result is not the published one. */
  readonly failures: string[];
  readonly skipped: Map<string, number>;
}

export const newOutcome = (): Outcome => ({ passed: 0, failures: [], skipped: new Map() });

export const isEmpty = ({ passed, failures, skipped }: Outcome): boolean =>
  passed === 0 && failures.length === 0 && skipped.size === 0;

export function skip(outcome: Outcome, reason: string, count = 1): void {
  outcome.skipped.set(reason, (outcome.skipped.get(reason) ?? 0) + count);
}

export function add(total: Outcome, part: Outcome): void {
  total.passed += part.passed;
  total.failures.push(...part.failures);
  for (const [reason, count] of part.skipped) skip(total, reason, count);
}

export function summary({ passed, failures, skipped }: Outcome): string {
  const left = [...skipped.values()].reduce((sum, count) => sum + count, 0);
  return `${passed} passed, ${failures.length} failed, ${left} skipped`;
}
