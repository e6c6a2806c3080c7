/**
 * What a check is, and how a file of checks defines them.
 *
 * A check proves one aspect of one clause on a board of its own (a fork of the provisioned device, see lab.ts). It fails by throwing; what it saw
 * goes into its evidence. Mocha runs the checks; this file knows nothing of mocha.
 */
import { HarnessError } from '../errors.ts';
import type { Lab } from './lab.ts';

export interface Check {
  /** `<clause>/<name>`, as the registry lists it (or `<label>.own/<name>` for a user's own). */
  readonly id: string;
  readonly clause: string;
  readonly name: string;
  /** The sentence that the report shows. */
  readonly title: string;
  readonly run: (lab: Lab) => Promise<void>;
}

export type Define = (id: string, title: string, run: (lab: Lab) => Promise<void>) => void;

/** The checks of one label. A file of checks exports the result as `checks`. */
export function defineChecks(label: string, body: (check: Define) => void): Check[] {
  const checks: Check[] = [];
  body((id, title, run) => {
    const [clause, name, ...rest] = id.split('/');
    if (!clause || !name || rest.length > 0 || !clause.startsWith(`${label}.`)) {
      throw new HarnessError(`check "${id}" in the file of ${label}: expected "${label}.<n>/<name>"`);
    }
    if (checks.some((other) => other.id === id)) throw new HarnessError(`check "${id}" is defined twice`);
    checks.push({ id, clause, name, title, run });
  });
  return checks;
}

/** Thrown by an assertion about the device: expected, got, where. Anything else that a check throws is not a verdict. */
export class CheckFailure extends Error {
  constructor(
    readonly expected: string,
    readonly got: string,
    readonly where: string,
  ) {
    super(`expected ${expected}, got ${got} (${where})`);
    this.name = 'CheckFailure';
  }
}
