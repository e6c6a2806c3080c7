/** `expect.fault: { within: 60 s }` */
import { z } from 'zod';
import { durationSchema } from '../duration.ts';
import { verb } from '../verb.ts';

export const expectFault = verb({
  name: 'expect.fault',
  description: 'a reading that reports a fault, from now on, at the service',
  argument: z.strictObject({ status: z.string().optional(), within: durationSchema.prefault('120 s') }),
  async run(device, { status, within }) {
    const wanted = status === undefined ? 'a fault' : `the fault ${status}`;
    const reading = await device.waitForReading(
      (one) => !one.ok && (status === undefined || one.status === status),
      within,
      wanted,
    );
    return `the service received ${reading.raw}`;
  },
});
