/** A soak from a seed, and what made it fail with as few events as can be: each try lives the device's weeks anew. */
import { UsageError } from '../../errors.ts';
import { Profile } from '../../profile/profile.ts';
import { LabFactory } from '../../requirements/lab-factory.ts';
import { controlNamed } from '../named-control.ts';
import { minimize } from './minimize.ts';
import { type SoakEvent, scheduleOf } from './schedule.ts';
import { type SoakResult, soak } from './soak.ts';

export interface SoakCampaign {
  readonly device: string;
  readonly seed: number;
  readonly days: number;
  /** Only these events of the schedule; undefined: all. */
  readonly events: readonly number[] | undefined;
  readonly control: string | undefined;
  /** Tries to make a failing schedule smaller. */
  readonly tries: number;
  readonly onDay?: (day: number, soFar: SoakResult) => void;
  /** A failure was found, or found again with so many events. */
  readonly onSmaller?: (events: number, triesLeft: number) => void;
  readonly stopped?: () => boolean;
}

export interface SoakVerdict {
  readonly result: SoakResult;
  /** Events that are enough for it to fail, the last of them when it did; undefined: it did not. */
  readonly smallest: readonly SoakEvent[] | undefined;
}

export async function runSoak(campaign: SoakCampaign): Promise<SoakVerdict> {
  const { device, seed, days, events: only, control, tries, stopped, onDay, onSmaller } = campaign;
  const scheduled = scheduleOf(seed, days);
  const unknown = only?.find((number) => !scheduled.some((event) => event.number === number));
  if (unknown !== undefined) {
    throw new UsageError(
      `event ${unknown}: seed ${seed} has events 1 to ${scheduled.at(-1)?.number ?? 0} in ${days} days`,
    );
  }
  const profile = Profile.load(device);
  const sound = await LabFactory.create({ profile, board: 'native_sim', seed, recordTo: undefined });
  const factory = control === undefined ? sound : await sound.sabotaged(controlNamed(profile, control));
  // Either way to prove who it is has its weeks.
  const authentication = seed % 2 === 0 ? 'token' : 'certificate';
  const live = async (events: readonly SoakEvent[], day?: typeof onDay): Promise<SoakResult> => {
    const lab = await factory.open('soak');
    try {
      return await soak(lab, { days, events, authentication, onDay: day, stopped });
    } finally {
      await lab.close();
    }
  };
  const all = scheduled.filter(({ number }) => only?.includes(number) ?? true);
  const result = await live(all, onDay);
  if (!result.failure) return { result, smallest: undefined };
  const { event: last } = result.failure;
  const upToIt = all.filter(({ number }) => number <= last);
  const fails = async (events: readonly SoakEvent[]) => (await live(events)).failure?.event;
  return { result, smallest: await minimize(upToIt, fails, { tries, onSmaller, stopped }) };
}
