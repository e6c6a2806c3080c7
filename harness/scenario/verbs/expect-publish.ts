/** `expect.publish: { value: 23.0625, within: 60 s }` */
import { z } from 'zod';
import { durationSchema } from '../duration.ts';
import { verb } from '../verb.ts';

export const expectPublish = verb({
  name: 'expect.publish',
  description: 'a reading with this value, from now on, at the service',
  argument: z.strictObject({ value: z.number(), within: durationSchema.prefault('120 s') }),
  async run(device, { value, within }) {
    const reading = await device.waitForReading(
      (one) => one.ok && Number(one.value) === value,
      within,
      `value ${value}`,
    );
    return `the service received ${reading.raw}`;
  },
});
