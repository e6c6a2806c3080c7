/** What a device can hold of secrets when it is wiped (SPEC 31): how one comes to that, and other devices like it. */
import type { Device } from './device.ts';
import { contentOf } from './flash-attack.ts';
import type { Lab } from './lab.ts';
import { connected, expectTwin } from './refusal.ts';
import { directed, expectSession, keyInUse, makeNext, privateKeyOf, register } from './rotation.ts';

/** The last one's journal is in another sector than that of a new device. */
export const SECRET_STATES = ['one key', 'a next key waiting', 'a rotation behind it, a next key waiting'] as const;
export type SecretState = (typeof SECRET_STATES)[number];

export interface HeldSecrets {
  readonly state: SecretState;
  /** Public halves, x and y; that of the key in use first. */
  readonly keys: readonly Buffer[];
  readonly secrets: readonly Buffer[];
  /** Content of the secret area. */
  readonly area: Buffer;
}

/** Brings a connected device there. */
export async function bringTo(device: Device, state: SecretState): Promise<HeldSecrets> {
  const [one, , rotated] = SECRET_STATES;
  if (state === rotated) await rotateOnce(device);
  const keys = [keyInUse(device)];
  if (state !== one) keys.push(await makeNext(device));
  const secrets = keys.map((key) => privateKeyOf(device, key));
  return { state, keys, secrets, area: contentOf(device, device.profile.data.flash.secrets) };
}

/** Another device that is connected and holds the same. */
export async function connectedWith(lab: Lab, { state, keys, area }: HeldSecrets): Promise<Device> {
  // It was made so: on the chip all that begin with it share that beginning.
  if (state === SECRET_STATES[0]) return connected(lab);
  const device = await lab.device();
  device.board.pokeFlash(lab.profile.data.flash.secrets.start, area);
  for (const key of keys) register(device, key);
  await device.connect();
  return device;
}

/** Another key in use, the former one gone. */
export async function rotateOnce(device: Device): Promise<void> {
  const sessions = device.world.cloud.connects.length;
  const next = await makeNext(device);
  register(device, next);
  await expectSession(device, 'after the making of a key', sessions);
  device.dropConnection();
  await expectSession(device, 'by the new key');
  await directed(device, 'confirm', next);
  await expectTwin(device, 'the confirmed key');
}
