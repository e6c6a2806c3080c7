/** `sensor.set: 23.0625` */
import { z } from 'zod';
import { verb } from '../verb.ts';

/** The LM74 measures from -55 to +150 degC in steps of a sixteenth of a degree. */
export const sensorSet = verb({
  name: 'sensor.set',
  description: 'what the sensor measures, in degrees Celsius (steps of 0.0625)',
  argument: z.number().min(-55).max(150).multipleOf(0.0625),
  async run(device, degrees) {
    device.board.sensor.set(degrees * 16);
    return `the sensor measures ${degrees} degC`;
  },
});
