/** `expect.refusedDevice: { within: 5 min }` */
import { z } from 'zod';
import { durationSchema } from '../duration.ts';
import { verb } from '../verb.ts';

export const expectRefusedDevice = verb({
  name: 'expect.refusedDevice',
  description:
    'the service refuses the device from now on: neither a session nor a reading for so long, and one attempt at least unless none is wanted',
  argument: z.strictObject({
    within: durationSchema.prefault('5 min'),
    /** A wiped device does not try any more. */
    silent: z.boolean().prefault(false),
  }),
  async run(device, { within, silent }) {
    const { cloud } = device.world;
    const [sessions, readings, refused] = [cloud.connects.length, cloud.received.length, cloud.refusals.length];
    await device.board.run(within);
    const more = cloud.refusals.slice(refused);
    device.expect(cloud.connects.length === sessions, 'no session', () => `${cloud.connects.length - sessions}`);
    device.expect(cloud.received.length === readings, 'no reading', () => `${cloud.received.length - readings}`);
    device.expect((more.length === 0) === silent, silent ? 'no attempt' : 'a refused attempt', () => `${more.length}`);
    return silent ? 'the device is silent' : `refused ${more.length} times: ${more[0]!.reason}`;
  },
});
