/**
 * Runs checks under mocha, a suite per label and a test per check, and turns each test into a result.
 *
 * A failed expectation about the device is a `fail`; anything else that is thrown is an `error`: the check could not reach a verdict. What this machine does not let a check see is `not-run`, with the
 * reason. None of them is a pass.
 */
import { createHash } from 'node:crypto';
import { AssertionError } from 'chai';
import Mocha from 'mocha';
import { FirmwareError, UnobservableError } from '../errors.ts';
import type { CheckResult } from '../report/model.ts';
import { type Check, CheckFailure } from './check.ts';
import type { Lab } from './lab.ts';
import { labelOf } from './registry.ts';

export interface CheckOutcome {
  readonly check: Check;
  readonly result: CheckResult;
}

export interface RunOptions {
  /** Evidence for people, hash and timeline, is not wanted. */
  readonly verdictOnly?: boolean;
  started?(check: Check): void;
  finished?(outcome: CheckOutcome): void;
}

/**
 * @param openLab gives each check a laboratory of its own
 * @throws what kept a check from having a result at all (its laboratory cannot be closed, its recording not be written): nobody may take that for a check that is not there
 */
export async function runChecks(
  checks: readonly Check[],
  openLab: (check: Check) => Promise<Lab>,
  options: RunOptions = {},
): Promise<CheckOutcome[]> {
  const outcomes: CheckOutcome[] = [];
  const broken: unknown[] = [];
  // No time limit by the wall clock: an event that never ends is the board's watchdog's, a session that never ends the lab's virtual limit.
  const mocha = new Mocha({ timeout: 0, reporter: SilentReporter as unknown as string });
  for (const label of new Set(checks.map((check) => labelOf(check.clause)))) {
    const suite = Mocha.Suite.create(mocha.suite, label);
    for (const check of checks.filter((one) => labelOf(one.clause) === label)) {
      suite.addTest(
        new Mocha.Test(`${check.id} ${check.title}`, async () => {
          const outcome = await resultOf(check, openLab, options).catch((error: unknown) => {
            broken.push(error);
            throw error;
          });
          outcomes.push(outcome);
          if (outcome.result.status !== 'pass') throw new Error(outcome.result.error);
        }),
      );
    }
  }
  await new Promise<void>((resolve) => mocha.run(() => resolve()));
  // Else its runner goes on listening to the process, and holds what it ran.
  mocha.dispose();
  if (broken.length > 0) throw broken[0];
  return outcomes;
}

async function resultOf(
  check: Check,
  openLab: (check: Check) => Promise<Lab>,
  options: RunOptions,
): Promise<CheckOutcome> {
  options.started?.(check);
  const outcome = await runCheck(check, openLab, options);
  options.finished?.(outcome);
  return outcome;
}

async function runCheck(
  check: Check,
  openLab: (check: Check) => Promise<Lab>,
  { verdictOnly = false }: RunOptions,
): Promise<CheckOutcome> {
  let lab: Lab | undefined;
  let thrown: unknown;
  try {
    lab = await openLab(check);
    await check.run(lab);
    if (lab.evidence.length === 0) throw new Error(`check ${check.id} passed without evidence`);
  } catch (error) {
    thrown = error ?? new Error('thrown without a value');
  }
  const result: CheckResult = {
    name: check.name,
    title: check.title,
    status: thrown === undefined ? 'pass' : statusOf(thrown),
    virtualMs: lab ? lab.virtualMs : 0,
    trace: lab && !verdictOnly ? lab.traceHash() : createHash('sha256').digest('hex'),
    reproducible: lab ? lab.reproducible : true,
    evidence: lab ? [...lab.evidence] : [],
    timeline: lab && !verdictOnly ? lab.timeline() : [],
    ...(thrown === undefined ? {} : { error: messageOf(thrown) }),
  };
  await lab?.close();
  return { check, result };
}

function statusOf(thrown: unknown): CheckResult['status'] {
  if (thrown instanceof UnobservableError) return 'not-run';
  return isVerdict(thrown) ? 'fail' : 'error';
}

/** Whether what was thrown speaks of the device, not of the harness. */
function isVerdict(thrown: unknown): boolean {
  return thrown instanceof CheckFailure || thrown instanceof AssertionError || thrown instanceof FirmwareError;
}

function messageOf(thrown: unknown): string {
  if (isVerdict(thrown) || thrown instanceof UnobservableError) return (thrown as Error).message;
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}

/** Mocha's own output is not wanted: the command line shows progress of its own. */
class SilentReporter {}
