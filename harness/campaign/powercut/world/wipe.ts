/**
 * A wipe: the device works as before, or it is wiped when it has started again; wiped, it holds nothing of its keys, makes no other, and connects to nobody. Of a new device, of one
 * whose next key waits, and of one that has been through a rotation besides.
 */
import { expectIdle } from '../../../requirements/provisioning.ts';
import { directed, expectNowhereInFlash, keyInUse, register } from '../../../requirements/rotation.ts';
import { bringTo, type HeldSecrets, SECRET_STATES, type SecretState } from '../../../requirements/secret-states.ts';
import type { WorldScenario } from '../world-scenario.ts';

const WATCH_MS = 120_000;
const SETTLES_WITHIN_MS = 10_000;

const wipeOf = (id: string, state: SecretState): WorldScenario<HeldSecrets> => ({
  id,
  title: `a device with ${state} is wiped by its authority; it works until that is decided, and then it is wiped for good`,
  outcomes: ['old', 'new'],
  device: (lab, oneLife) => lab.device(oneLife ? { oneLife } : {}),
  prepare: async (device) => {
    await device.connect();
    const held = await bringTo(device, state);
    await device.board.power(false);
    return held;
  },
  live: async ({ device, known, found, over }) => {
    const { keys, secrets } = known;
    for (const key of keys) register(device, key);
    await device.boot();
    const works = await device.board.run(WATCH_MS, () => device.world.cloud.connects.length > 0);
    found(works ? 'old' : 'new');
    device.expect(keyInUse(device).equals(keys[0]!), 'no other key made', () => 'another');
    if (works) await directed(device, 'wipe', keys[0]!);
    await device.board.run(SETTLES_WITHIN_MS);
    over();
    for (const secret of secrets) expectNowhereInFlash(device, secret, 'wiped');
    await expectIdle(device, SETTLES_WITHIN_MS, 'wiped');
  },
});

const [one, waiting, rotated] = SECRET_STATES;
export const wipe = wipeOf('wipe', one);
export const wipeWaiting = wipeOf('wipe-waiting', waiting);
export const wipeRotated = wipeOf('wipe-rotated', rotated);
