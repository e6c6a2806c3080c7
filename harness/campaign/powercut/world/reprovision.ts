/** A device is given another identity: it is the old one or the new one, whole, and the same command ends in the new one. */
import {
  belong,
  bothPlaces,
  change,
  expectReadings,
  identityOf,
  moved,
} from '../../../requirements/another-identity.ts';
import type { WorldScenario } from '../world-scenario.ts';

const SETTLES_WITHIN_MS = 5_000;
const SEQUENCE = 1;

export const reprovision: WorldScenario<void> = {
  id: 'reprovision',
  title: 'a device is made another one by a command; it is the old or the new one, never a mixture',
  outcomes: ['old', 'new'],
  device: (lab, oneLife) => lab.device(oneLife ? { oneLife } : {}),
  prepare: async (device) => {
    await device.connect();
    await device.board.power(false);
  },
  live: async ({ device, found, over }) => {
    const [before, after] = bothPlaces(device);
    await device.boot();
    const id = await identityOf(device);
    device.expect([before.id, after.id].includes(id), 'one of both identities', () => id);
    const here = id === before.id ? before : after;
    found(here === before ? 'old' : 'new');
    belong(device, here);
    await expectReadings(device, here, 'when power came');
    if (here === before) await moved(device, change(before, SEQUENCE, after), before, after);
    await device.board.run(SETTLES_WITHIN_MS);
    over();
  },
};
