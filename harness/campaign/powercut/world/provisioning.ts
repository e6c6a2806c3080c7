/**
 * A station that makes a device of a blank board, interrupted by the supply: started over, it ends well, and nothing of what was left behind serves anybody unprotected.
 * Some fifteen thousand operations: `--shard` shares them out.
 *
 * A life that comes to a step with the flash and the options with which another one that ended well came to it, ends there: from a step on the station does the same.
 */
import { createHash } from 'node:crypto';
import { hashArray } from '../../../../platforms/native_sim/flash/array.ts';
import type { FlashInterface } from '../../../../platforms/native_sim/flash/interface.ts';
import type { NativeSim } from '../../../board/native-sim.ts';
import { Ledger } from '../../../provision/ledger.ts';
import type { Device } from '../../../requirements/device.ts';
import type { Blank } from '../../../requirements/lab.ts';
import { expectProtected, provisionOn } from '../../../requirements/provisioning.ts';
import type { WorldScenario } from '../world-scenario.ts';

const WATCH_MS = 30_000;

/** Steps, with what was in flash when they began, and how many operations it was from there to a good end. */
type Known = Map<string, number>;

const orders = new WeakMap<Device, Blank['order']>();

export const provisioning: WorldScenario<Known> = {
  id: 'provisioning',
  title: 'a station makes a device of a blank board; interrupted, it is started over and ends well',
  outcomes: ['open', 'closed'],
  device: async (lab, oneLife) => {
    const { device, order } = await lab.blank(oneLife ? { oneLife } : {});
    orders.set(device, order);
    return device;
  },
  prepare: async () => new Map(),
  live: async ({ device, lab, known, mayJoin, found, over }) => {
    const { world } = device;
    const flash = (device.board as NativeSim).machine.flash.interface;
    // What the former attempt has left is given power first.
    await device.board.power(true);
    await device.board.run(WATCH_MS, () => device.lines('identity').length > 0);
    if (world.cloud.connects.length > 0 || device.lines('handover').length > 0) expectProtected(device);
    await device.board.power(false);
    const steps: { readonly key: string; readonly operations: number }[] = [];
    let rest: number | undefined;
    const onStep = (step: string) => {
      const key = `${steps.length} ${step} ${contentOf(flash)}`;
      rest = mayJoin ? known.get(key) : undefined;
      if (rest !== undefined) throw new Error('the rest is known');
      steps.push({ key, operations: flash.operations });
    };
    const station = lab.station({ ledger: new Ledger(), onStep });
    const order = orders.get(device)!;
    await provisionOn({ device, order }, station).catch((error) => {
      if (rest === undefined) throw error;
    });
    found(station.transcript.some(({ step }) => step === 'clear') ? 'open' : 'closed');
    over(rest);
    if (rest !== undefined) return;
    const { operations: all } = flash;
    expectProtected(device);
    await device.powerCycle();
    await device.waitForReading(() => true, lab.profile.data.connectWithinMs, 'a first reading at the service');
    for (const { key, operations } of steps) known.set(key, all - operations);
  },
};

function contentOf(flash: FlashInterface): string {
  const hash = createHash('sha256').update(hashArray(flash.arraySnapshot()));
  return hash.update(JSON.stringify(flash.optionBytes)).digest('hex');
}
