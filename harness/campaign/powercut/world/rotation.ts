/**
 * A rotation of the device's secret from the making of the next key to the end of the old one. What the service knows of it (the next key, from an answer) it knows for
 * good. The device always gets through by a key that the service knows, and in the end nothing of the old one is in flash.
 */
import type { Device } from '../../../requirements/device.ts';
import {
  direct,
  expectNowhereInFlash,
  expectSession,
  keyInUse,
  nextKey,
  privateKeyOf,
  RESTARTS_WITHIN_MS,
  register,
} from '../../../requirements/rotation.ts';
import type { WorldScenario } from '../world-scenario.ts';

interface Known {
  readonly old: Buffer;
  readonly secret: Buffer;
}

export const rotation: WorldScenario<Known> = {
  id: 'rotation',
  title: 'a key is made, used and confirmed; the old key works until then, and is nowhere in flash afterwards',
  outcomes: ['old', 'new'],
  device: (lab, oneLife) => lab.device(oneLife ? { oneLife } : {}),
  prepare: async (device) => {
    await device.connect();
    const old = keyInUse(device);
    const secret = privateKeyOf(device, old);
    await device.board.power(false);
    return { old, secret };
  },
  live: async ({ device, known, memory, found, over }) => {
    const { old, secret } = known;
    for (const key of memory) register(device, Buffer.from(key, 'hex'));
    await device.boot();
    await expectSession(device, 'by a key that the service knows', 0);
    const isOld = keyInUse(device).equals(old);
    found(isOld ? 'old' : 'new');
    if (isOld) {
      const { connects } = device.world.cloud;
      const sessions = connects.length;
      const next = nextKey(device, await direct(device, 'make', old));
      register(device, next);
      // Made in an earlier life, it takes no restart.
      await settled(device);
      device.dropConnection();
      await expectSession(device, 'by the next key', Math.max(sessions, connects.length));
    }
    const next = isOld ? lastTold(device) : keyInUse(device);
    device.expect(isOld || memory.includes(next.toString('hex')), 'a key that was told', () => 'another');
    await direct(device, 'confirm', next);
    await settled(device);
    over();
    await device.waitForReading(() => true, RESTARTS_WITHIN_MS, 'a reading by the confirmed key');
    device.expect(keyInUse(device).equals(next), 'the confirmed key in use', () => 'another');
    expectNowhereInFlash(device, secret, 'the old key');
  },
  remember: ({ device, memory }) => [...new Set([...memory, ...told(device).map((key) => key.toString('hex'))])],
};

/** What the command led to has been done, with the restart that it may take. */
async function settled(device: Device): Promise<void> {
  const lines = device.console.length;
  await device.board.run(RESTARTS_WITHIN_MS, () => device.lines('identity', lines).length > 0);
}

/** Next keys that the device has answered with. */
function told(device: Device): Buffer[] {
  return device.service.answers().flatMap(({ key }) => key ?? []);
}

const lastTold = (device: Device): Buffer => told(device).at(-1) ?? device.fail('a next key that was told', 'none');
