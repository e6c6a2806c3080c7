/** `entropy.fault: seed` */
import { z } from 'zod';
import { ENTROPY_FAULTS } from '../../board/board.ts';
import { verb } from '../verb.ts';

export const entropyFault = verb({
  name: 'entropy.fault',
  description: 'a defect of the entropy source',
  argument: z.enum([...ENTROPY_FAULTS, 'none']),
  async run(device, name) {
    device.board.entropy.fault(name === 'none' ? undefined : name);
    return `entropy fault: ${name}`;
  },
});
