/** `service.reprovision: { id: second-life }` */
import { z } from 'zod';
import { CheckFailure } from '../../requirements/check.ts';
import { expectSession, keyInUse, register } from '../../requirements/rotation.ts';
import { identityPayload } from '../../world/service/identity.ts';
import { verb } from '../verb.ts';

export const serviceReprovision = verb({
  name: 'service.reprovision',
  description: 'the service gives the device another identity; its secret stays',
  argument: z.strictObject({
    id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
    /** Number of the command, greater than the last of its kind. */
    number: z.number().int().min(1).max(0xffff_ffff).prefault(1),
  }),
  async run(device, { id, number }) {
    const former = device.id;
    const command = device.service.command('reprovision', number, identityPayload({ deviceId: id }));
    const sessions = device.world.cloud.connects.length;
    const { result, raw } = await device.command('reprovision', command);
    if (result !== 'ok') throw new CheckFailure('another identity accepted', raw, `at ${device.nowMs} ms`);
    // Its key is the new identity's alone from here on.
    device.world.cloud.devices.revoke(former);
    register(device, keyInUse(device), id);
    device.renamed(id);
    await expectSession(device, `of ${id}`, sessions);
    return `${former} is ${id}`;
  },
});
