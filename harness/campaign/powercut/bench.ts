/** A device on the bench, ready for a scenario: provisioned (sabotaged, if a control says so), the old image in its slot, off; and the engine's subject around it. */
import type { NativeSim } from '../../board/native-sim.ts';
import { UsageError } from '../../errors.ts';
import { Profile } from '../../profile/profile.ts';
import { loadUpdater } from '../../profile/updater.ts';
import type { Lab } from '../../requirements/lab.ts';
import { LabFactory } from '../../requirements/lab-factory.ts';
import { nearest } from '../../text/nearest.ts';
import { type Control, loadControls } from '../control-catalogue.ts';
import { loadVariants } from '../variant-catalogue.ts';
import { NativeSubject } from './native-subject.ts';
import type { Scenario } from './scenario.ts';
import { scenarioNamed } from './scenarios.ts';

export interface BenchSetup {
  readonly device: string;
  readonly scenario: string;
  readonly fillBytes: number;
  readonly seed: number;
  /** A control or a variant of the profile's catalogues. */
  readonly control: string | undefined;
}

/** @throws UsageError for an unknown scenario or control */
export async function openBench(setup: BenchSetup): Promise<{ subject: NativeSubject; scenario: Scenario }> {
  const { seed } = setup;
  const scenario = scenarioNamed(setup.scenario);
  const profile = Profile.load(setup.device);
  const sound = await LabFactory.create({ profile, board: 'native_sim', seed, recordTo: undefined });
  const factory = setup.control === undefined ? sound : await sound.sabotaged(controlNamed(profile, setup.control));
  const lab = await factory.open(`powercut-${scenario.id}`);
  return { subject: await subjectFor(lab, scenario, setup.fillBytes), scenario };
}

/** The scenario's subject in a laboratory: also for checks. */
export async function subjectFor(lab: Lab, scenario: Scenario, fillBytes: number): Promise<NativeSubject> {
  const { profile, seed } = lab;
  const workshop = { profile, updater: await loadUpdater(profile), fillBytes, rebuilt: lab.rebuilt };
  const images = scenario.images(workshop);
  const device = await lab.device({ image: images.old, offline: true });
  const board = device.board as NativeSim;
  await scenario.prepare(board, images, workshop);
  return new NativeSubject({ scenario, profile, images, board, seed: String(seed) });
}

function controlNamed(profile: Profile, id: string): Control {
  const controls = [...loadControls(profile), ...loadVariants(profile)];
  const found = controls.find((one) => one.id === id);
  if (found) return found;
  const near = nearest(
    id,
    controls.map((one) => one.id),
  );
  throw new UsageError(
    `control "${id}": the profile's catalogues have none of that name${near ? `; is it ${near}?` : ''}`,
  );
}
