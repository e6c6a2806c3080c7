/** A wipe: the device works as before, or it is wiped when it has started again; wiped, it holds nothing of its key, makes no other, and connects to nobody. */
import { expectIdle } from '../../../requirements/provisioning.ts';
import { directed, expectNowhereInFlash, keyInUse, privateKeyOf } from '../../../requirements/rotation.ts';
import type { WorldScenario } from '../world-scenario.ts';

const WATCH_MS = 120_000;
const SETTLES_WITHIN_MS = 10_000;

interface Known {
  readonly key: Buffer;
  readonly secret: Buffer;
}

export const wipe: WorldScenario<Known> = {
  id: 'wipe',
  title: 'a device is wiped by its authority; it works until that is decided, and then it is wiped for good',
  outcomes: ['old', 'new'],
  device: (lab, oneLife) => lab.device(oneLife ? { oneLife } : {}),
  prepare: async (device) => {
    await device.connect();
    const key = keyInUse(device);
    const secret = privateKeyOf(device, key);
    await device.board.power(false);
    return { key, secret };
  },
  live: async ({ device, known, found, over }) => {
    const { key, secret } = known;
    await device.boot();
    const works = await device.board.run(WATCH_MS, () => device.world.cloud.connects.length > 0);
    found(works ? 'old' : 'new');
    device.expect(keyInUse(device).equals(key), 'no other key made', () => 'another');
    if (works) await directed(device, 'wipe', key);
    await device.board.run(SETTLES_WITHIN_MS);
    over();
    expectNowhereInFlash(device, secret, 'wiped');
    await expectIdle(device, SETTLES_WITHIN_MS, 'wiped');
  },
};
