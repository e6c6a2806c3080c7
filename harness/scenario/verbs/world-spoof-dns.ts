/** `world.spoofDns: true` */
import { z } from 'zod';
import { verb } from '../verb.ts';

export const worldSpoofDns = verb({
  name: 'world.spoofDns',
  description: 'DNS leads the device to a valid server of another name',
  argument: z.literal(true),
  async run(device) {
    await device.world.spoofDns();
    device.dropConnection();
    return 'DNS is spoofed';
  },
});
