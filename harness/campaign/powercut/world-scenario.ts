/**
 * What a campaign plays with a whole device in its world: a start, a life that the service directs, and what must hold all along. The scenarios are in world/, one a file.
 *
 * Every life has a world of its own, as honest as the first one; what the service knew when power went it knows again. A life is played the same way whatever happened
 * before, so the recovery after a cut is just another life from what the cut left.
 */
import type { Profile } from '../../profile/profile.ts';
import type { Updater } from '../../profile/updater.ts';
import type { Device } from '../../requirements/device.ts';
import type { Lab, OneLife } from '../../requirements/lab.ts';

export interface WorldWorkshop {
  readonly profile: Profile;
  /** undefined: the profile names none. */
  readonly updater: Updater | undefined;
  readonly fillBytes: number;
}

export interface WorldLife<Known> {
  readonly device: Device;
  readonly lab: Lab;
  /** What `prepare` found out. */
  readonly known: Known;
  /** What the service remembers of the lives before. */
  readonly memory: readonly string[];
  /** The device was found as this: the old, the new, or whatever the scenario tells apart. */
  found(outcome: string): void;
  /** Nobody looks at the operations of this life one by one: it may end where another one has shown the rest. */
  readonly mayJoin: boolean;
  /**
   * From here on power is not cut any more: what is still to come is judged, and other scenarios cut it.
   * @param joined operations of the part that another life has shown
   */
  over(joined?: number): void;
}

export interface WorldScenario<Known = unknown> {
  readonly id: string;
  readonly title: string;
  /** Of one that installs an image of the size that is asked for: filling that it has in any case. undefined: none is installed. */
  readonly fillBeside?: number;
  /** All that a device may be found as, each of which some cut has to leave. */
  readonly outcomes: readonly string[];
  /** The device of a life, or of the preparation. */
  device(lab: Lab, oneLife: OneLife | undefined): Promise<Device>;
  /** Brings the device to the start, and switches it off. */
  prepare(device: Device, workshop: WorldWorkshop): Promise<Known>;
  /** Size of what is installed, for who reads the figures. */
  imageBytes?(known: Known): number;
  /** One life, from power on to its end. What does not hold fails it as a check fails. */
  live(life: WorldLife<Known>): Promise<void>;
  /** What the service knows by now that a later life cannot tell it. Default: what it remembered. */
  remember?(life: WorldLife<Known>): readonly string[];
}
