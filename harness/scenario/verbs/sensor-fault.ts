/** `sensor.fault: stuck-high` */
import { z } from 'zod';
import { verb } from '../verb.ts';

const FAULTS = {
  'stuck-high': { kind: 'stuck-high' },
  'stuck-low': { kind: 'stuck-low' },
  absent: { kind: 'absent' },
  'wrong-id': { kind: 'wrong-id', id: 0x1234 },
  flip: { kind: 'flip', bit: 3, every: 2 },
  none: undefined,
} as const;

export const sensorFault = verb({
  name: 'sensor.fault',
  description: 'a defect of the sensor or its bus',
  argument: z.enum(['stuck-high', 'stuck-low', 'absent', 'wrong-id', 'flip', 'none']),
  async run(device, name) {
    device.board.sensor.fault(FAULTS[name]);
    return `sensor fault: ${name}`;
  },
});
