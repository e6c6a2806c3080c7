/** `board.power: on | off` */
import { z } from 'zod';
import { verb } from '../verb.ts';

export const boardPower = verb({
  name: 'board.power',
  description: 'switches the supply on or off',
  argument: z.enum(['on', 'off']),
  async run(device, state) {
    await device.board.power(state === 'on');
    return `power ${state}`;
  },
});
