/**
 * A device's secrets under the direction of its service (SPEC 31), as checks use it: commands in the authority's name, the key that a device has, and the restart that follows a change.
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { UsageError } from '../errors.ts';
import { findPrivateKey } from '../observe/ecdsa-secrets.ts';
import { FLASH_BYTES, FLASH_START } from '../provision/differences.ts';
import { uncompressed } from '../provision/point.ts';
import { signingKey } from '../world/service/command.ts';
import { pointOf, type SecretOperation, secretsPayload } from '../world/service/secrets.ts';
import type { Answer } from '../world/service/service.ts';
import type { Device } from './device.ts';
import { LeakScan } from './leak-scan.ts';

/** What the device has to say goes out first, for half a minute at most. */
export const RESTARTS_WITHIN_MS = 60_000;
/** Two or three valid at once (th-secret-storage.6). */
const MOST_KEYS = 3;
/** On the chip a handshake takes its time, and the device backs off after a refusal. */
const SESSION_WITHIN_MS = 300_000;

/** Who may direct the secrets. */
export function authority({ profile }: Device): KeyObject {
  const { channel } = profile.data.service;
  if (!channel?.secretsKey)
    throw new UsageError(`${profile.file}: expected service.channel.secretsKey, which this check needs, got none`);
  return signingKey(profile.read(channel.secretsKey.private));
}

export const kindOf = (operation: SecretOperation): 'rotate' | 'wipe' => (operation === 'wipe' ? 'wipe' : 'rotate');

/** @param point the key that it is about */
export function secretsCommand(device: Device, operation: SecretOperation, point: Uint8Array, sequence = 1): Buffer {
  return device.service.command(kindOf(operation), sequence, secretsPayload(operation, point, authority(device)));
}

/** Sends it and expects it to be done. */
export async function direct(device: Device, operation: SecretOperation, point: Uint8Array): Promise<Answer> {
  const answer = await device.command(kindOf(operation), secretsCommand(device, operation, point));
  device.expect(answer.result === 'ok', `a command to ${operation} accepted`, () => answer.raw);
  return answer;
}

/** The same, and waits until the device is back from its restart. */
export async function directed(device: Device, operation: SecretOperation, point: Uint8Array): Promise<Answer> {
  const from = device.console.length;
  const answer = await direct(device, operation, point);
  await device.waitForConsole('handover', RESTARTS_WITHIN_MS, from);
  return answer;
}

/** Has a next key made, and tells what the device says of it. */
export async function makeNext(device: Device): Promise<Buffer> {
  return nextKey(device, await directed(device, 'make', keyInUse(device)));
}

/** x, y of the key in an answer. */
export function nextKey(device: Device, { key, raw }: Answer): Buffer {
  return key ?? device.fail('an answer with the next key', raw);
}

/** The key that the device last said on its console, x and y. */
export function keyInUse(device: Device): Buffer {
  const said = device.board.console.lines.flatMap((line) => device.profile.match('identity', line)?.key ?? []);
  return Buffer.from(said.at(-1) ?? device.fail('a device that said its key', 'none'), 'hex');
}

/** Of the keys of a device the service takes a third, and no fourth. */
export function expectThreeKeysAtMost(device: Device): void {
  const { devices } = device.world.cloud;
  const before = devices.keysOf(device.id).length;
  const enter = (): boolean => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    try {
      register(device, pointOf(Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }))));
      return true;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return false;
    }
  };
  for (let count = before + 1; count <= MOST_KEYS; count++)
    device.expect(enter(), `key ${count} of a device taken by the service`, () => 'a refusal');
  device.expect(!enter(), `key ${MOST_KEYS + 1} of a device refused by the service`, () => 'an entry');
}

/** The service takes this key for the device's, beside those that it knows. */
export function register({ world, id }: Device, point: Uint8Array, deviceId = id): void {
  world.cloud.devices.register(deviceId, uncompressed(point));
}

/** Of the keys of the device the service takes these alone. */
export function registerOnly(device: Device, points: readonly Uint8Array[]): void {
  device.world.cloud.devices.revoke(device.id);
  for (const point of points) register(device, point);
}

/**
 * Waits for a session at the service, and for a message in it: the service hears of a session before the device hears that it has one, and a device that is cut off
 * in between takes its key for one that the service does not know. @param from how many sessions there were before it
 */
export async function expectSession(
  device: Device,
  what: string,
  from = device.world.cloud.connects.length,
): Promise<void> {
  const { connects, received } = device.world.cloud;
  await device.waitFor(`a session ${what}`, SESSION_WITHIN_MS, () => connects.length > from);
  const heard = received.length;
  await device.waitFor(`a message in a session ${what}`, SESSION_WITHIN_MS, () => received.length > heard);
}

/** The private half, which only a laboratory can see. */
export function privateKeyOf(device: Device, point: Uint8Array): Buffer {
  const { start, end } = device.profile.data.flash.secrets;
  const found = findPrivateKey(device.board.peekFlash(start, end - start), uncompressed(point));
  return found ?? device.fail('a private key in the secret area', 'none');
}

/** No eight bytes of a private key anywhere in flash, in no usual encoding. */
export function expectNowhereInFlash(device: Device, key: Uint8Array, what: string): void {
  const scan = new LeakScan();
  scan.add('private key', key);
  const leak = scan.find(device.board.peekFlash(FLASH_START, FLASH_BYTES));
  device.expect(
    leak === undefined,
    `nothing of it in flash (${what})`,
    () => `8 bytes (${leak!.encoding}) at 0x${(FLASH_START + leak!.at).toString(16)}`,
  );
}
