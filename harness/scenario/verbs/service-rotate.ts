/** `service.rotate: true` */
import { z } from 'zod';
import { directed, expectSession, makeNext, register, registerOnly } from '../../requirements/rotation.ts';
import { verb } from '../verb.ts';

export const serviceRotate = verb({
  name: 'service.rotate',
  description:
    'the service has the device make a new secret, learns its public half, waits until it is used, and has it confirmed; the old one is gone then',
  argument: z.literal(true),
  async run(device) {
    const sessions = device.world.cloud.connects.length;
    const next = await makeNext(device);
    register(device, next);
    await expectSession(device, 'after the making of a key', sessions);
    device.dropConnection();
    await expectSession(device, 'by the new key');
    await directed(device, 'confirm', next);
    registerOnly(device, [next]);
    return `the new key is ${next.toString('hex')}`;
  },
});
