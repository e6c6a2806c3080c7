/** A device on the bench, ready for a scenario: provisioned (sabotaged, if a control says so), the old image in its slot, off; and the engine's subject around it. */
import type { NativeSim } from '../../board/native-sim.ts';
import { Profile } from '../../profile/profile.ts';
import { loadUpdater } from '../../profile/updater.ts';
import type { Lab } from '../../requirements/lab.ts';
import { LabFactory } from '../../requirements/lab-factory.ts';
import { controlNamed } from '../named-control.ts';
import { NativeSubject } from './native-subject.ts';
import type { Scenario } from './scenario.ts';
import { anyScenarioNamed, scenarioNamed, worldScenarioNamed } from './scenarios.ts';
import type { CampaignSubject, FlashState } from './subject.ts';
import { WorldSubject } from './world-subject.ts';

export interface BenchSetup {
  readonly device: string;
  readonly scenario: string;
  readonly fillBytes: number;
  readonly seed: number;
  /** A control or a variant of the profile's catalogues. */
  readonly control: string | undefined;
}

export interface Bench {
  readonly subject: CampaignSubject<FlashState>;
  readonly scenario: { readonly id: string; readonly outcomes: readonly string[] };
}

/** @throws UsageError for an unknown scenario or control */
export async function openBench(setup: BenchSetup): Promise<Bench> {
  const { seed, fillBytes } = setup;
  const { id } = anyScenarioNamed(setup.scenario);
  const profile = Profile.load(setup.device);
  const sound = await LabFactory.create({ profile, board: 'native_sim', seed, recordTo: undefined });
  const factory = setup.control === undefined ? sound : await sound.sabotaged(controlNamed(profile, setup.control));
  const withWorld = worldScenarioNamed(id);
  if (withWorld) {
    const updater = profile.data.update ? await loadUpdater(profile) : undefined;
    const subject = await WorldSubject.create(factory, withWorld, { profile, updater, fillBytes });
    return { subject, scenario: withWorld };
  }
  const scenario = scenarioNamed(id);
  return { subject: await subjectFor(await factory.open(`powercut-${id}`), scenario, fillBytes), scenario };
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
