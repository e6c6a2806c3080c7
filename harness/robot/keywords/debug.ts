/** Keywords of the debug port: what a probe on SWD gets. */
import type { BusOp } from '../../board/board.ts';
import { hex } from '../../board/flash-region.ts';
import { contentOf, expectUnchanged, nativeAttempts } from '../../requirements/flash-attack.ts';
import { type Keyword, keyword } from '../keyword.ts';
import { regionName, regionOf } from './flash.ts';

export const debugKeywords: readonly Keyword[] = [
  keyword({
    name: 'Debugger Should Not Connect',
    doc: 'A probe that attaches under reset gets no answer (RDP level 2, RM0433 4.5.3).',
    args: {},
    run: async ({ device }) => {
      const connected = await device.board.debug.connect();
      if (connected) await device.board.debug.disconnect();
      device.expect(!connected, 'a debug port that does not answer', () => 'a connection');
      return { text: 'the debug port does not answer' };
    },
  }),
  keyword({
    name: 'Debugger Should Not Read',
    doc: 'No word of the region reaches a probe, whether it attaches or not.',
    args: { region: regionName },
    run: async ({ device }, { region }) => {
      const { start, end } = regionOf(device, region);
      const ops: BusOp[] = [start, end - 4].map((addr) => ({ op: 'read32', addr }));
      await device.board.debug.connect();
      const results = await device.board.debug.access(ops);
      await device.board.debug.disconnect();
      const read = results.findIndex((result) => result.ok);
      device.expect(read < 0, `no answer for ${hex(start)} and ${hex(end - 4)}`, () => `load ${read + 1} went through`);
      return { text: `${region}: nothing read through the debug port` };
    },
  }),
  keyword({
    name: 'Debugger Should Not Change',
    doc: 'Every attempt of a probe to program or erase the region leaves each bit as it was.',
    args: { region: regionName },
    run: async ({ device }, args) => {
      const region = regionOf(device, args.region);
      const attempts = nativeAttempts(region);
      for (const { name, ops } of attempts) {
        const before = contentOf(device, region);
        await device.board.debug.connect();
        await device.board.debug.access(ops);
        await device.board.debug.disconnect();
        expectUnchanged(device, region, before, `${name}, debugger`);
      }
      return { text: `${args.region}: ${attempts.length} attempts of a debugger, every bit as before` };
    },
  }),
];
