/** A change of the configuration that power may be cut in: two sides, told apart by the topic and the interval of the readings. */
import { configurationPayload } from '../../world/service/command.ts';
import type { Change, Side } from '../cut-everywhere.ts';
import type { Device } from '../device.ts';
import { follows, messages, momentOf, SETTLES_WITHIN_MS } from '../service-settings.ts';

const SIDES: Readonly<Record<Side, { topic: string; intervalMs: number }>> = {
  a: { topic: 'side/a', intervalMs: 2000 },
  b: { topic: 'side/b', intervalMs: 5000 },
};

export async function configurationChange(device: Device): Promise<Change> {
  return {
    kind: 'configuration',
    make: (side, sequence) => device.service.command('configuration', sequence, configurationPayload(SIDES[side])),
    inForce: (what) => sideInForce(device, what),
  };
}

/** Topic and interval, both of one side. */
async function sideInForce(device: Device, what: string): Promise<Side> {
  const from = momentOf(device);
  const sides = Object.keys(SIDES) as Side[];
  const find = () => sides.find((side) => follows(device, SIDES[side], from));
  // A mixture is told by its readings: the wait ends with them, and none of the sides is found.
  await device.waitFor(`readings of one side (${what})`, SETTLES_WITHIN_MS, () => find() !== undefined);
  const topics = new Set(messages(device, from).map(({ topic }) => topic));
  device.expect(topics.size === 1, `readings on one topic (${what})`, () => [...topics].join(', '));
  return find()!;
}
