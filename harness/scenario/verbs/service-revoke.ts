/** `service.revoke: true` */
import { z } from 'zod';
import { verb } from '../verb.ts';

export const serviceRevoke = verb({
  name: 'service.revoke',
  description: 'the service forgets the identity of the device and ends its connection',
  argument: z.literal(true),
  async run(device) {
    device.world.cloud.revoke(device.id);
    device.dropConnection();
    return `${device.id} is unknown to the service`;
  },
});
