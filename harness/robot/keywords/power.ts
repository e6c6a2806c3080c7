/** Keywords of the supply: power cut before, within or after a flash operation. */
import { z } from 'zod';
import { type Keyword, keyword } from '../keyword.ts';

export const powerKeywords: readonly Keyword[] = [
  keyword({
    name: 'Cut Power At Flash Operation',
    doc: 'The supply fails before, within (torn) or after the n-th flash operation from now on.',
    args: { operation: z.number().int().min(1), mode: z.enum(['before', 'torn', 'after']) },
    run: ({ device }, { operation, mode }) => {
      device.board.cutPower({ operation, mode });
      return { text: `power will fail ${mode === 'torn' ? 'within' : mode} flash operation ${operation}` };
    },
  }),
  keyword({
    name: 'Restore Supply',
    doc: 'Disarms a cut, applies power and waits for the hand-over; gives the console line.',
    args: {},
    run: async ({ device }) => {
      device.board.cutPower(undefined);
      await device.boot(() => device.powerCycle());
      const { line } = device.lines('handover').at(-1)!;
      return { value: line, text: line };
    },
  }),
];
