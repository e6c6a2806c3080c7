/**
 * Devices that boot has handed over in each of its ways. What it locks at a plain boot it must have locked after an install, a confirmation, a refusal and a taken-back update
 * as well: each has a way of its own through the bootloader.
 */
import { updateImage, versionAfter } from '../campaign/powercut/images.ts';
import { TLV } from '../image/format.ts';
import type { Device } from './device.ts';
import type { Lab } from './lab.ts';
import { expectInstalled, expectUpdateRefused, updaterOf, withTlv } from './staged-update.ts';

/** Boots until a confirmed update counts, or one that never confirms itself is taken back. */
const SETTLED_WITHIN_MS = 180_000;
/** More than any device lets an update try. */
export const MAX_TRIALS = 10;

/** Calls back with a running device after each outcome of an update. A device that takes none has none of these ways. */
export async function afterEachOutcome(
  lab: Lab,
  attack: (device: Device, outcome: string) => Promise<void>,
): Promise<void> {
  if (lab.profile.data.update === undefined) return lab.note('the device takes no updates');
  const updater = await updaterOf(lab);
  const { profile } = lab;
  const counter = profile.data.securityCounter + 1;
  const image = (confirms: boolean) =>
    updateImage(profile, updater, { version: versionAfter(profile, 1), securityCounter: counter, confirms });

  const trial = await lab.device({ offline: true });
  await trial.boot();
  const { version: before } = trial.lines('handover')[0]!.groups;
  await trial.board.power(false);
  await expectInstalled(trial, updater, image(false), 'an update on trial');
  await attack(trial, 'an install');
  const running = () => trial.lines('handover').at(-1)!.groups.version;
  for (let boots = 0; boots < MAX_TRIALS && running() !== before; boots++)
    await trial.boot(() => trial.board.reset('software'));
  trial.expect(running() === before, `${before} again, as the update never confirmed itself`, () => `${running()}`);
  await attack(trial, 'a taken-back update');

  const confirmed = await lab.device({ offline: true });
  await expectInstalled(confirmed, updater, image(true), 'an update that confirms itself');
  const raised = () => confirmed.lines('handover').some(({ groups }) => Number(groups.counter) === counter);
  await confirmed.waitFor(`the device's counter at ${counter}`, SETTLED_WITHIN_MS, raised);
  await attack(confirmed, 'a confirmed update');

  const refused = await lab.device({ offline: true });
  const forged = withTlv(image(true), TLV.ed25519, (value) => value.fill(0));
  await expectUpdateRefused(refused, { updater, image: forged, running: before! }, ['image-signature'], 'a forged one');
  await attack(refused, 'a refused update');
}
