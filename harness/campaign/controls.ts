/**
 * Runs one negative control: the sabotaged device must fail a check that it is named for, and must otherwise be alive.
 *
 * A control that breaks the device so thoroughly that it does nothing would "kill" any check. Therefore the honest session (the vitality
 * check) has to pass under it, unless the catalogue says, with its reason, that it cannot.
 */
import { FirmwareError } from '../errors.ts';
import type { CheckResult, ControlResult } from '../report/model.ts';
import type { Check } from '../requirements/check.ts';
import type { LabFactory } from '../requirements/lab-factory.ts';
import { runChecks } from '../requirements/run-checks.ts';
import { VITALITY } from '../requirements/vitality.ts';
import type { Control } from './control-catalogue.ts';

export async function runControl(
  control: Control,
  checks: readonly Check[],
  factory: LabFactory,
  started: (check: Check) => void,
): Promise<ControlResult> {
  let sabotaged: LabFactory;
  try {
    sabotaged = await factory.sabotaged(control, { hashed: false });
  } catch (error) {
    // A device that cannot even be provisioned says nothing about the checks.
    if (!(error instanceof FirmwareError)) throw error;
    return {
      id: control.id,
      outcome: 'error',
      checks: [],
      note: `the sabotaged device does not come up: ${error.message}`,
    };
  }
  const outcomes = new Map<Check, CheckResult>();
  /** Runs a check, once. */
  const statusOf = async (check: Check): Promise<CheckResult['status']> => {
    if (!outcomes.has(check)) {
      const [outcome] = await runChecks([check], ({ id }) => sabotaged.open(id), { started, verdictOnly: true });
      outcomes.set(check, outcome!.result);
    }
    return outcomes.get(check)!.status;
  };
  const missed: string[] = [];
  for (const named of control.kills) {
    // A clause whose checks do not exist yet, or were not chosen, cannot notice anything.
    const own = checks.filter((check) => matches(check.id, named));
    if (own.length > 0 && !(await someFails(own, statusOf))) missed.push(named);
  }
  const dead = control.alive && (await statusOf(VITALITY)) !== 'pass';
  const results = [...outcomes].map(([{ id }, { status, error }]) => ({
    name: id,
    status,
    ...(error === undefined ? {} : { error }),
  }));
  const errors = results.filter(({ status }) => status === 'error' || status === 'not-run');
  if (dead) {
    return {
      id: control.id,
      outcome: 'error',
      checks: results,
      note: 'the sabotaged device does not survive the honest session',
    };
  }
  if (missed.length > 0) {
    const reasons = errors.map(({ name, status, error = status }) => `; ${name}: ${error.split('\n')[0]}`);
    const outcome = errors.length > 0 ? 'error' : 'survived';
    return { id: control.id, outcome, checks: results, note: `not noticed by ${missed.join(', ')}${reasons.join('')}` };
  }
  return { id: control.id, outcome: 'killed', checks: results };
}

/** Asks until one fails: of a clause, one check is enough. */
async function someFails(
  checks: readonly Check[],
  statusOf: (check: Check) => Promise<CheckResult['status']>,
): Promise<boolean> {
  for (const check of checks) if ((await statusOf(check)) === 'fail') return true;
  return false;
}

/** Whether a check belongs to what a control names: the check itself or its clause. */
function matches(checkId: string, named: string): boolean {
  return named.includes('/') ? checkId === named : checkId.startsWith(`${named}/`);
}

/** The checks that a control's names choose. */
export function checksOf(control: Control, checks: readonly Check[]): Check[] {
  return checks.filter((check) => control.kills.some((named) => matches(check.id, named)));
}
