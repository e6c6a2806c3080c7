/** `world.attack: self-signed` */
import { z } from 'zod';
import { HOSTILE_SERVERS } from '../../world/world.ts';
import { verb } from '../verb.ts';

export const worldAttack = verb({
  name: 'world.attack',
  description: "a hostile server in the honest one's place, for the next connections",
  argument: z.enum(HOSTILE_SERVERS),
  async run(device, kind) {
    await device.world.hostileServer(kind);
    device.dropConnection();
    return `hostile server: ${kind}`;
  },
});
