/**
 * Runs one negative control: the sabotaged device must fail a check that it is named for, and must otherwise be alive.
 *
 * A control that breaks the device so thoroughly that it does nothing would "kill" any check. Therefore the honest session (the vitality
 * check) has to pass under it, unless the catalogue says, with its reason, that it cannot.
 */
import { FirmwareError } from '../errors.ts';
import type { ControlResult } from '../report/model.ts';
import type { Check } from '../requirements/check.ts';
import type { LabFactory } from '../requirements/lab-factory.ts';
import { labelOf } from '../requirements/registry.ts';
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
    sabotaged = await factory.sabotaged(control);
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
  const alive = control.alive && !checks.some((check) => check.id === VITALITY.id);
  const outcomes = await runChecks([...checks, ...(alive ? [VITALITY] : [])], (check) => sabotaged.open(check.id), {
    started,
  });
  const results = outcomes.map(({ check, result }) => ({
    name: check.id,
    status: result.status,
    ...(result.error === undefined ? {} : { error: result.error }),
  }));
  const failed = (id: string) => results.some((result) => matches(result.name, id) && result.status === 'fail');
  const errors = results.filter((result) => result.status === 'error' || result.status === 'not-run');
  const dead = alive && results.some((result) => result.name === VITALITY.id && result.status !== 'pass');
  // A clause whose checks do not exist yet, or were not chosen, cannot notice anything.
  const named = control.kills.filter((id) => checks.some((check) => matches(check.id, id)));
  const missed = named.filter((id) => !failed(id));
  if (dead) {
    return {
      id: control.id,
      outcome: 'error',
      checks: results,
      note: 'the sabotaged device does not survive the honest session',
    };
  }
  if (missed.length > 0) {
    const outcome = errors.length > 0 ? 'error' : 'survived';
    return { id: control.id, outcome, checks: results, note: `not noticed by ${missed.join(', ')}` };
  }
  return { id: control.id, outcome: 'killed', checks: results };
}

/** Whether a check belongs to what a control names: the check itself or its clause. */
function matches(checkId: string, named: string): boolean {
  return named.includes('/') ? checkId === named : checkId.startsWith(`${named}/`);
}

/** The checks that a control's names choose. */
export function checksOf(control: Control, checks: readonly Check[]): Check[] {
  return checks.filter((check) => control.kills.some((named) => matches(check.id, named)));
}

/** Labels that a control touches, for `--req`. */
export function labelsOf(control: Control): string[] {
  return [...new Set(control.kills.map((named) => labelOf(named.split('/')[0]!)))];
}
