/** An update that the service offers and the device fetches by itself: for checks from the announcement to the image that runs. */
import { versionAfter } from '../campaign/powercut/images.ts';
import { createImage } from '../image/create.ts';
import { parseVersion } from '../image/format.ts';
import { inspectImage } from '../image/inspect.ts';
import { loadPrivateKey, signImage } from '../image/sign.ts';
import { announcementOf } from '../world/service/update.ts';
import type { Device } from './device.ts';
import { foreignSigned } from './images.ts';

export interface Newer {
  /** Of the major version; default 1. */
  readonly steps?: number;
  /** Above the device's; default 1. */
  readonly counterSteps?: number;
  readonly productId?: Uint8Array;
}

/** The application that runs on the device in an image of a later version than the profile's, validly signed. */
export function newerImage(device: Device, { steps = 1, counterSteps = 1, productId }: Newer = {}): Uint8Array {
  const { profile } = device;
  const { start, end } = profile.data.flash.appSlot;
  const slot = device.board.peekFlash(start, end - start);
  const { headerBytes, bodyBytes } = inspectImage(slot);
  const content = createImage({
    body: slot.subarray(headerBytes, headerBytes + bodyBytes),
    version: parseVersion(versionAfter(profile, steps)),
    productId: productId ?? Buffer.from(profile.data.productId, 'hex'),
    securityCounter: profile.data.securityCounter + counterSteps,
  });
  const { private: file } = profile.data.imageKey;
  return signImage(content, loadPrivateKey(profile.read(file), profile.path(file)));
}

/** The same under the signature of somebody else, who claims to be the right one. */
export function forgedImage(device: Device): Uint8Array {
  return foreignSigned(device.profile, newerImage(device), { genuineKeyHash: true });
}

/** Offers an image under a command's number, honestly. */
export function offer(device: Device, sequence: number, image: Uint8Array, counterSteps = 1): void {
  const counter = device.profile.data.securityCounter + counterSteps;
  device.service.offer(sequence, image, announcementOf(image, counter));
}

/** Waits until the device asks for a piece at or behind an offset. @returns what it asked for */
export async function pieceAsked(device: Device, from: number, offset: number, limitMs: number, what: string) {
  const find = () => device.service.pieceRequests().find((one, index) => index >= from && one.offset >= offset);
  await device.waitFor(`a piece asked for at ${offset} or behind (${what})`, limitMs, () => find() !== undefined);
  return find()!;
}

/** Waits until the new image has been handed over to. @returns the virtual time that it took, milliseconds */
export async function runs(device: Device, version: string, limitMs: number, what: string): Promise<number> {
  const from = device.console.length;
  const start = device.nowMs;
  const seen = () => device.lines('handover', from).some(({ groups }) => groups.version === version);
  await device.waitFor(`a hand-over to ${version} (${what})`, limitMs, seen);
  return device.nowMs - start;
}
