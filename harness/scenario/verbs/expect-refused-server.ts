/** `expect.refusedServer: { reason: name-mismatch }` */
import { z } from 'zod';
import { durationSchema } from '../duration.ts';
import { verb } from '../verb.ts';

export const expectRefusedServer = verb({
  name: 'expect.refusedServer',
  description: 'the device refuses the server, from now on, and says why',
  argument: z.strictObject({ reason: z.string().optional(), within: durationSchema.prefault('120 s') }),
  async run(device, { reason, within }) {
    const line = await device.waitForRefusal(reason, within);
    return `console: ${line}`;
  },
});
