/** A device that becomes another one for another service (SPEC 31), as checks and campaigns see it: who it says it is, and where its readings go. */
import type { KeyObject } from 'node:crypto';
import { publicKeyBytes, signingKey } from '../world/service/command.ts';
import { type IdentityChange, identityPayload } from '../world/service/identity.ts';
import { type Answer, Service } from '../world/service/service.ts';
import type { Device } from './device.ts';
import { keyInUse, RESTARTS_WITHIN_MS, register } from './rotation.ts';

export const SETTLES_WITHIN_MS = 300_000;
const SECOND = 'second-life';

/** Who a device is to somebody. */
export interface Place {
  readonly id: string;
  readonly topic: string;
  /** Who commands it. */
  readonly service: Service;
  /** What else it is told there. */
  readonly settings?: Omit<IdentityChange, 'deviceId' | 'topic' | 'owner'>;
}

export function placeOf(device: Device, id: string, key?: KeyObject): Place {
  const { channel, topic } = device.profile.data.service;
  const own = key ?? signingKey(device.profile.read(channel!.key.private));
  const service = new Service({ cloud: device.world.cloud, topics: channel!, deviceId: id, key: own });
  return { id, topic: id === device.id ? topic : `${id}/air`, service };
}

export const bothPlaces = (device: Device): [Place, Place] => [placeOf(device, device.id), placeOf(device, SECOND)];

/** What makes the device of one place that of another. @param owner who commands it from then on */
export function change(from: Place, sequence: number, to: Place, owner?: KeyObject): Buffer {
  return from.service.command('reprovision', sequence, payloadOf(to, owner));
}

export function payloadOf({ id, topic, settings }: Place, owner?: KeyObject): Buffer {
  const key = owner && publicKeyBytes(owner.export({ format: 'pem', type: 'spki' }) as unknown as Uint8Array);
  return identityPayload({ ...settings, deviceId: id, topic, ...(key ? { owner: key } : {}) });
}

/** The command is accepted, and after its restart the device is the other one. */
export async function moved(device: Device, command: Buffer, from: Place, to: Place): Promise<Answer> {
  const lines = device.console.length;
  const answer = await device.command('reprovision', command, { service: from.service });
  device.expect(answer.result === 'ok', `${from.id} made ${to.id}`, () => answer.raw);
  belong(device, to);
  await device.waitForConsole('handover', RESTARTS_WITHIN_MS, lines);
  const id = await identityOf(device);
  device.expect(id === to.id, `the identity ${to.id}`, () => id);
  await expectReadings(device, to, 'after the restart');
  return answer;
}

/** The service knows the device's key as this identity's. */
export function belong(device: Device, { id }: Place): void {
  const { devices } = device.world.cloud;
  devices.revoke(device.id);
  devices.revoke(SECOND);
  register(device, keyInUse(device), id);
}

/** The identity that the device tells when it has started. */
export async function identityOf(device: Device): Promise<string> {
  const starts = device.lines('handover').length;
  await device.waitFor('an identity', RESTARTS_WITHIN_MS, () => device.lines('identity').length >= starts);
  return device.lines('identity').at(-1)!.groups.device ?? '';
}

/** Readings on the topic of a place, by its identity. */
export async function expectReadings(device: Device, { id, topic }: Place, what: string): Promise<void> {
  const { received } = device.world.cloud;
  const from = received.length;
  const arrived = () => received.slice(from).some((one) => one.topic === topic && one.clientId === id);
  await device.waitFor(`readings of ${id} on ${topic} (${what})`, SETTLES_WITHIN_MS, arrived);
}
