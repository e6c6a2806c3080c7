/**
 * A download from the announcement to the reset that it ends in: piece by piece into the update slot, asked for in the trailer. What boot makes of it is cut by the
 * scenario `install`; here it must end in the new image, whatever power cut before.
 */
import type { MortalSim } from '../../../board/mortal-sim.ts';
import { UsageError } from '../../../errors.ts';
import type { Device } from '../../../requirements/device.ts';
import { versionOf } from '../../../requirements/staged-update.ts';
import { announcementOf } from '../../../world/service/update.ts';
import { updateImage, versionAfter } from '../images.ts';
import type { WorldScenario } from '../world-scenario.ts';

/** Three pieces and a bit: a download that is cut has something to resume. */
const LEAST_FILL_BYTES = 8 * 1024;
const BOOTS_WITHIN_MS = 180_000;
const DOWNLOADED_WITHIN_MS = 600_000;
const SEQUENCE = 1;

interface Known {
  readonly image: Uint8Array;
  readonly counter: number;
}

export const download: WorldScenario<Known> = {
  id: 'download',
  title: 'an announced image is fetched piece by piece, asked for and installed; a piece is fetched again, never mixed',
  fillBeside: LEAST_FILL_BYTES,
  outcomes: ['old', 'new'],
  device: (lab, oneLife) => lab.device(oneLife ? { oneLife } : {}),
  prepare: async (device, { profile, updater, fillBytes }) => {
    if (!updater) throw new UsageError(`${profile.file}: campaigns of downloads need "update.module"`);
    const counter = profile.data.securityCounter + 1;
    const image = updateImage(profile, updater, {
      version: versionAfter(profile, 1),
      securityCounter: counter,
      fillBytes: fillBytes + LEAST_FILL_BYTES,
    });
    await device.connect();
    await device.board.power(false);
    return { image, counter };
  },
  imageBytes: ({ image }) => image.length,
  live: async ({ device, known, found, over }) => {
    const { image, counter } = known;
    const version = versionOf(image);
    device.service.offer(SEQUENCE, image, announcementOf(image, counter));
    const from = device.console.length;
    const handovers = () => device.lines('handover', from).map(({ groups }) => groups);
    await device.board.power(true);
    await device.waitFor('a hand-over', BOOTS_WITHIN_MS, () => handovers().length > 0);
    const isNew = handovers()[0]!.version === version;
    found(isNew ? 'new' : 'old');
    if (!isNew) await device.waitFor('a whole download', DOWNLOADED_WITHIN_MS, () => isStaged(device, image));
    over();
    const kept = () => handovers().some((one) => one.version === version && Number(one.counter) === counter);
    await device.waitFor(`${version} installed and kept`, BOOTS_WITHIN_MS, kept);
  },
};

/** All of it is in its slot, and the device has just reset itself for boot to look at it. */
function isStaged({ board, profile }: Device, image: Uint8Array): boolean {
  const { machine } = board as MortalSim;
  if (machine.core.state !== 'reset') return false;
  const { start } = profile.data.flash.updateSlot;
  return Buffer.from(board.peekFlash(start, image.length)).equals(image);
}
