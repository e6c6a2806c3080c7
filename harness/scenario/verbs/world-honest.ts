/** `world.honest: true` */
import { z } from 'zod';
import { verb } from '../verb.ts';

export const worldHonest = verb({
  name: 'world.honest',
  description: 'ends every attack',
  argument: z.literal(true),
  async run(device) {
    device.world.honest();
    device.dropConnection();
    return 'the world is honest';
  },
});
