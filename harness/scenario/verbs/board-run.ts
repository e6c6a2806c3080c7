/** `board.run: 30 s` */
import { durationSchema } from '../duration.ts';
import { verb } from '../verb.ts';

export const boardRun = verb({
  name: 'board.run',
  description: 'lets virtual time pass',
  argument: durationSchema,
  async run(device, ms) {
    await device.board.run(ms);
    return `${ms} ms passed`;
  },
});
