/** A worker process: provisions the device once, then runs the tasks it is handed, each check in a laboratory of its own. */
import { SeatPool } from '../board/nucleo/pool.ts';
import { Profile } from '../profile/profile.ts';
import { allChecks } from '../requirements/all-checks.ts';
import type { Check } from '../requirements/check.ts';
import { LabFactory } from '../requirements/lab-factory.ts';
import { runChecks } from '../requirements/run-checks.ts';
import { type Control, loadControls } from './control-catalogue.ts';
import { runControl } from './controls.ts';
import type { FromWorker, Task, WorkerSetup } from './task.ts';
import { serveTasks, signsOfLife } from './worker-loop.ts';

const send = (message: FromWorker) => process.send?.(message);

interface State {
  readonly profile: Profile;
  readonly factory: LabFactory;
  readonly checks: readonly Check[];
  /** Read with the first control. */
  controls?: readonly Control[];
}

async function setUp(setup: WorkerSetup): Promise<State> {
  const profile = Profile.load(setup.device);
  const { board, seed, recordTo } = setup;
  const seats = board === 'nucleo_h753zi' ? { seats: new SeatPool(undefined, signsOfLife()) } : {};
  const factory = await LabFactory.create({ profile, board, seed, recordTo, ...seats });
  return { profile, factory, checks: await allChecks(profile) };
}

async function runTask(state: State, task: Task): Promise<void> {
  const { factory, profile } = state;
  const checks = state.checks.filter((check) => task.checks.includes(check.id));
  if (task.kind === 'control') {
    state.controls ??= loadControls(profile);
    const control = state.controls.find((one) => one.id === task.control)!;
    const result = await runControl(control, checks, factory, (check) =>
      send({ type: 'started', task: task.id, check: `${control.id}: ${check.id}` }),
    );
    send({ type: 'control', task: task.id, result });
    return;
  }
  await runChecks(checks, (check) => factory.open(check.id), {
    started: (check) => send({ type: 'started', task: task.id, check: check.id }),
    finished: ({ check, result }) => send({ type: 'check', task: task.id, clause: check.clause, result }),
  });
}

serveTasks(setUp, runTask);
