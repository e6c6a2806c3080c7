/** `expect.console: { matches: "...", within: 30 s }` */
import { z } from 'zod';
import { durationSchema } from '../duration.ts';
import { verb } from '../verb.ts';

export const expectConsole = verb({
  name: 'expect.console',
  description: 'a console line, from now on, that matches a regular expression',
  argument: z.strictObject({
    matches: z.string().min(1).refine(isPattern, 'expected a regular expression'),
    within: durationSchema.prefault('60 s'),
  }),
  async run(device, { matches, within }) {
    const line = await device.waitForLine(new RegExp(matches), within);
    return `console: ${line}`;
  },
});

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
