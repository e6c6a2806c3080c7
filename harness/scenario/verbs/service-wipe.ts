/** `service.wipe: true` */
import { z } from 'zod';
import { directed, keyInUse } from '../../requirements/rotation.ts';
import { verb } from '../verb.ts';

export const serviceWipe = verb({
  name: 'service.wipe',
  description: 'the service has the device destroy its secret, for ever',
  argument: z.literal(true),
  async run(device) {
    const { raw } = await directed(device, 'wipe', keyInUse(device));
    return `the device answered ${raw}`;
  },
});
