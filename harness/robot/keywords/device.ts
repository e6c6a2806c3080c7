/** Keywords of the device's life: made, booted, connected, refused, closed. */
import { z } from 'zod';
import { durationSchema } from '../../scenario/duration.ts';
import { flag, type Keyword, keyword } from '../keyword.ts';

/** Found again in robot_output.xml by the report. */
export const RECORD_MARK = 'proofboard-record';

export const deviceKeywords: readonly Keyword[] = [
  keyword({
    name: 'Create Device',
    doc: "A provisioned device without power, in an honest world, in the former one's place.",
    args: { offline: flag },
    run: async (session, { offline }) => {
      const device = await session.create({ offline });
      return { text: `device ${device.id} on ${device.board.name}${offline ? ', modem unplugged' : ''}` };
    },
  }),
  keyword({
    name: 'Close Device',
    doc: 'Ends the device and keeps what it left behind for the report. Belongs in the teardown of every test.',
    args: {},
    run: async (session) => {
      const record = await session.close();
      return record === undefined ? {} : { text: `${RECORD_MARK}: ${record}` };
    },
  }),
  keyword({
    name: 'Boot Device',
    doc: 'Applies power and waits for the hand-over to the application; gives the console line.',
    args: {},
    run: async ({ device }) => {
      await device.boot();
      const { line } = device.lines('handover').at(-1)!;
      return { value: line, text: line };
    },
  }),
  keyword({
    name: 'Reboot Device',
    doc: 'Resets by the given cause and waits for the hand-over; gives the console line.',
    args: { kind: z.enum(['power-on', 'pin', 'watchdog', 'software', 'brown-out']).prefault('pin') },
    run: async ({ device }, { kind }) => {
      await device.boot(() => (kind === 'power-on' ? device.powerCycle() : device.board.reset(kind)));
      const { line } = device.lines('handover').at(-1)!;
      return { value: line, text: `after ${kind}: ${line}` };
    },
  }),
  keyword({
    name: 'Device Should Refuse To Boot',
    doc: 'Applies power anew and expects the bootloader to halt for this reason, with no hand-over within the time.',
    args: { reason: z.string(), within: durationSchema.prefault('60 s') },
    run: async ({ device }, { reason, within }) => {
      const from = device.console.length;
      await device.powerCycle();
      await device.board.run(within);
      const handover = device.lines('handover', from)[0];
      device.expect(handover === undefined, 'no hand-over', () => `"${handover?.line}"`);
      const halt = device.lines('halt', from)[0] ?? device.fail(`a halt (${reason})`, 'no such line');
      const reasons = device.profile.reasons(reason);
      device.expect(
        reasons.includes(halt.groups.reason ?? ''),
        `reason ${reasons.join(' or ')}`,
        () => `"${halt.line}"`,
      );
      return { value: halt.line, text: halt.line };
    },
  }),
  keyword({
    name: 'Connect Device',
    doc: 'Applies power and waits until the service has accepted a first reading.',
    args: {},
    run: async ({ device }) => {
      await device.connect();
      return { text: `the service received ${device.readings().at(-1)!.raw}` };
    },
  }),
  keyword({
    name: 'Get Console',
    doc: "The device's console lines since the test made it.",
    args: {},
    run: ({ device }) => ({ value: [...device.console] }),
  }),
  keyword({
    name: 'Get Virtual Time',
    doc: "The board's virtual time in milliseconds.",
    args: {},
    run: ({ device }) => ({ value: device.nowMs }),
  }),
];
