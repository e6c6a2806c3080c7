/** Changes of what the service sets: the old or the new is in force when power comes back, and the same command, sent again, ends in the new. */
import { configurationChange } from '../../../requirements/changes/configuration.ts';
import { rootsChange } from '../../../requirements/changes/roots.ts';
import type { Change } from '../../../requirements/cut-everywhere.ts';
import type { Device } from '../../../requirements/device.ts';
import { expectGapless } from '../../../requirements/log-entries.ts';
import type { WorldScenario } from '../world-scenario.ts';

/** The log has been told, and its telling noted. */
const SETTLES_WITHIN_MS = 5_000;

function changeScenario(id: string, title: string, changeOf: (device: Device) => Promise<Change>): WorldScenario<void> {
  return {
    id,
    title,
    outcomes: ['old', 'new'],
    device: (lab, oneLife) => lab.device(oneLife ? { oneLife } : {}),
    prepare: async (device) => {
      await device.connect();
      const change = await changeOf(device);
      const answer = await device.command(change.kind, change.make('a', 1));
      device.expect(answer.result === 'ok', 'the first change accepted', () => answer.raw);
      await device.board.run(SETTLES_WITHIN_MS);
      await device.board.power(false);
    },
    live: async ({ device, found }) => {
      const change = await changeOf(device);
      await device.boot();
      found((await change.inForce('when power came')) === 'a' ? 'old' : 'new');
      const answer = await device.command(change.kind, change.make('b', 2));
      device.expect(answer.result === 'ok', 'the change accepted', () => answer.raw);
      const side = await change.inForce('behind the change');
      device.expect(side === 'b', 'the new one in force behind its change', () => 'the old one');
      await device.board.run(SETTLES_WITHIN_MS);
      // What was told before power went is not told again.
      expectGapless(device, 'behind the change', 0);
    },
  };
}

export const configuration = changeScenario(
  'configuration',
  'topic and interval are changed by a command; the old or the new configuration is in force',
  configurationChange,
);

export const roots = changeScenario(
  'roots',
  'the list of roots is replaced by a command; the old or the new list is in force',
  rootsChange,
);
