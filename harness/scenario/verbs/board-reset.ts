/** `board.reset: pin` */
import { z } from 'zod';
import { verb } from '../verb.ts';

export const boardReset = verb({
  name: 'board.reset',
  description: 'resets the device',
  argument: z.enum(['power-on', 'pin', 'watchdog', 'software', 'brown-out']),
  async run(device, kind) {
    await device.board.reset(kind);
    return `reset by ${kind}`;
  },
});
