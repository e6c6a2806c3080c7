/** Keywords of the network and the service, beside the scenario's verbs: men in the middle of a session, and what the service has and has not received. */
import { z } from 'zod';
import { durationSchema } from '../../scenario/duration.ts';
import { type Keyword, keyword } from '../keyword.ts';

export const networkKeywords: readonly Keyword[] = [
  keyword({
    name: 'Attack Records',
    doc: 'The honest service behind a man in the middle who attacks the n-th encrypted record to the device, from the next connection on.',
    args: {
      attack: z.enum(['flip', 'replay', 'reorder', 'inject', 'truncate', 'drop']),
      record: z.number().int().min(1).prefault(1),
    },
    run: ({ device }, { attack, record }) => {
      device.world.attackRecords(attack, record);
      device.dropConnection();
      return { text: `man in the middle: ${attack} at record ${record}` };
    },
  }),
  keyword({
    name: 'Attack Should Have Struck',
    doc: 'The man in the middle came to act: otherwise what follows shows nothing.',
    args: {},
    run: ({ device }) => {
      device.expect(device.world.recordAttackDone, 'a struck record', () => 'none yet');
      return { text: 'the man in the middle has struck' };
    },
  }),
  keyword({
    name: 'Drop Connection',
    doc: 'The radio link is lost; the device has to connect anew.',
    args: {},
    run: ({ device }) => {
      device.dropConnection();
      return { text: 'the link is lost' };
    },
  }),
  keyword({
    name: 'Service Should Receive Nothing',
    doc: 'No message reaches the service for so long.',
    args: { during: durationSchema },
    run: async ({ device }, { during }) => {
      const before = device.world.cloud.received.length;
      await device.board.run(during);
      const more = device.world.cloud.received.length - before;
      device.expect(more === 0, `no message within ${during / 1000} s`, () => `${more}`);
      return { text: `no message within ${during / 1000} s` };
    },
  }),
  keyword({
    name: 'Get Readings',
    doc: 'The readings that the service has accepted so far, as it received them.',
    args: {},
    run: ({ device }) => ({ value: device.readings().map(({ raw }) => raw) }),
  }),
  keyword({
    name: 'Sequence Should Have No Gap',
    doc: 'The sequence numbers that the service received rise by one.',
    args: {},
    run: ({ device }) => {
      const numbers = device.readings().map(({ sequence }) => sequence);
      const gap = numbers.findIndex((number, index) => index > 0 && number !== numbers[index - 1]! + 1);
      device.expect(numbers.length > 1, 'two readings at least', () => String(numbers.length));
      device.expect(gap < 0, 'numbers that rise by one', () => numbers.join(' '));
      return { text: `${numbers.length} readings, ${numbers[0]} to ${numbers.at(-1)}` };
    },
  }),
];
