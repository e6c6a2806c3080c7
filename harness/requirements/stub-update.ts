/**
 * Updates that end in a refusal after a few words: what is announced is no image. Boot says so of one that came as it was announced, the device itself of one whose pieces
 * are of something else. Small enough to cut power at all that a device writes of an update, and it has everything of a large one but the new image's life.
 */
import { createHash } from 'node:crypto';
import { versionAfter } from '../campaign/powercut/images.ts';
import { parseVersion } from '../image/format.ts';
import type { Log } from '../world/service/log.ts';
import { pieceOf } from '../world/service/update.ts';
import type { Device } from './device.ts';

export interface Stub {
  readonly what: string;
  /** Its pieces are not of what was announced. */
  readonly mixed: boolean;
  /** In the profile's reasons. */
  readonly reason: string;
  /** What the log tells of it, in this order, each once. */
  readonly story: readonly string[];
}

export const STUBS: readonly Stub[] = [
  {
    what: 'no image, as announced',
    mixed: false,
    reason: 'image-magic',
    story: ['update-announced', 'update-downloaded', 'update-refused'],
  },
  {
    what: 'pieces of something else',
    mixed: true,
    reason: 'image-hash',
    story: ['update-announced', 'update-refused'],
  },
];

const STUB_BYTES = 64;

/** Announces a stub under a command's number, and gives its pieces. */
export function offerStub(device: Device, sequence: number, { mixed }: Stub, sizeBytes = STUB_BYTES): void {
  const { profile, service } = device;
  const [announced, given] = ['announced', mixed ? 'other' : 'announced'].map((text) => filled(text, sizeBytes));
  const announcement = {
    version: parseVersion(versionAfter(profile, 1)),
    securityCounter: profile.data.securityCounter + 1,
    length: sizeBytes,
    sha256: createHash('sha256').update(announced!).digest(),
  };
  service.offer(sequence, announced!, announcement, (request) => pieceOf(given!, request));
}

/** The log tells this of a command's update, by number. */
export function expectStory(
  device: Device,
  { entries }: Log,
  sequence: number,
  story: readonly string[],
  what: string,
): void {
  const told = entries
    .filter(({ event, value }) => event.startsWith('update-') && value === sequence)
    .map(({ event }) => event)
    .join(', ');
  device.expect(
    told === story.join(', '),
    `in the log, each once: ${story.join(', ')} (${what})`,
    () => told || 'nothing',
  );
}

function filled(text: string, sizeBytes: number): Uint8Array {
  const block = createHash('sha256').update(text).digest();
  return Buffer.concat(Array.from({ length: Math.ceil(sizeBytes / block.length) }, () => block)).subarray(0, sizeBytes);
}
