/** A device as it was before it made its key, and the key that it then makes. */
import type { Device } from './device.ts';
import type { Lab } from './lab.ts';

const FLASH_WORD = 32;
const IDENTITY_WITHIN_MS = 300_000;

/** Powered off, with an empty secret store. */
export async function deviceWithoutKey(lab: Lab): Promise<Device> {
  const device = await lab.device();
  for (const at of secretWords(device)) device.board.pokeFlash(at, new Uint8Array(FLASH_WORD).fill(0xff));
  return device;
}

/** Addresses of the secret store's flash words that are not blank. */
export function secretWords(device: Device): number[] {
  const { start, end } = device.profile.data.flash.secrets;
  const bytes = device.board.peekFlash(start, end - start);
  const found: number[] = [];
  for (let at = 0; at < bytes.length; at += FLASH_WORD)
    if (bytes.subarray(at, at + FLASH_WORD).some((byte) => byte !== 0xff)) found.push(start + at);
  return found;
}

/** The public key that the device tells, hex. */
export async function firstIdentity(device: Device, from = 0): Promise<string> {
  const { key } = await device.waitForConsole('identity', IDENTITY_WITHIN_MS, from);
  return key ?? device.fail('an identity with its key', 'none');
}
