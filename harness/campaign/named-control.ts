/** A control or a variant of the profile's catalogues, by its name, for campaigns on other firmware. */
import { UsageError } from '../errors.ts';
import type { Profile } from '../profile/profile.ts';
import { nearest } from '../text/nearest.ts';
import { type Control, loadControls } from './control-catalogue.ts';
import { loadVariants } from './variant-catalogue.ts';

/** @throws UsageError for an unknown one, with the nearest known name */
export function controlNamed(profile: Profile, id: string): Control {
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
