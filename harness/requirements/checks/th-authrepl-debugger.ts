/** th-authrepl.5: a debugger puts no image in place that then runs. */

import { sectorsOf } from '../../board/flash-region.ts';
import {
  eraseSector,
  lockBank,
  programWord,
  REG,
  SECTOR_BYTES,
  unlockBank,
  WORD_BYTES,
} from '../../board/flash-registers.ts';
import { defineChecks } from '../check.ts';
import { type Attempt, deviceAtLevel, expectPortClosed, optionAttempts, withLevel } from '../debugger.ts';
import type { Device } from '../device.ts';
import { contentOf, expectUnchanged } from '../flash-attack.ts';
import { campaignImage, foreignSigned } from '../images.ts';

const WATCH_MS = 60_000;

export const checks = defineChecks('th-authrepl', (check) => {
  check(
    'th-authrepl.5/debugger-cannot-replace-the-image',
    'at no read protection level does an image run that a debugger has put in place',
    async (lab) => {
      const { appSlot } = lab.profile.data.flash;
      const image = foreignSigned(lab.profile, campaignImage(lab.profile), { genuineKeyHash: true });
      const attempts = replacement(appSlot.start, image);
      const device = await deviceAtLevel(lab, 2);
      const before = contentOf(device, appSlot);
      await expectPortClosed(lab, device, [...attempts, ...optionAttempts(device)]);
      expectUnchanged(device, appSlot, before, 'the debugger');
      await device.boot(() => device.powerCycle());
      lab.note(`the image of before runs: "${device.lines('handover').at(-1)!.line}"`, device);

      // Level 1: the port answers, flash does not, and a regression takes the bootloader along.
      const attached = await deviceAtLevel(lab, 1);
      await attack(attached, attempts);
      expectUnchanged(attached, appSlot, before, 'the debugger at level 1');
      await attack(attached, [optionAttempts(attached)[0]!]);
      await attached.board.run(WATCH_MS);
      await attack(attached, attempts);
      await expectNothingRuns(attached, 'after a regression from level 1');
      lab.note('level 1: refused; after a regression nothing runs', attached);

      // Level 0, as no device leaves its station: the image gets there, and the bootloader refuses.
      const open = await deviceAtLevel(lab, 0);
      await attack(open, attempts);
      open.expect(
        contentOf(open, appSlot).subarray(0, image.length).equals(Buffer.from(image)),
        'an image that the debugger programs at level 0',
        () => 'another content of the slot',
      );
      await expectNothingRuns(open, 'at level 0');
      // That was for want of protection. With it the bootloader comes to look at the image.
      await open.board.power(false);
      open.board.pokeOption(REG.OPTSR_CUR, withLevel(open.board.peekOption(REG.OPTSR_CUR), 2));
      await expectNothingRuns(open, 'at level 0, protected behind it');
      const { reason } = open.lines('halt').at(-1)!.groups;
      const wanted = lab.profile.reasons('image-signature');
      open.expect(
        wanted.includes(reason ?? ''),
        `a halt for its signature (${wanted.join(' or ')})`,
        () => `${reason}`,
      );
      lab.note(
        `level 0: the image is in place, and the bootloader does not run it: without protection nothing, with protection: ${reason}`,
        open,
      );
    },
  );
});

/** Erases the slot's sectors and programs the image. */
function replacement(start: number, image: Uint8Array): Attempt[] {
  const words = Array.from({ length: Math.ceil(image.length / WORD_BYTES) }, (_, index) => {
    const word = new Uint8Array(WORD_BYTES).fill(0xff);
    word.set(image.subarray(index * WORD_BYTES, (index + 1) * WORD_BYTES));
    return { addr: start + index * WORD_BYTES, word };
  });
  const sectors = sectorsOf({ start, end: start + SECTOR_BYTES });
  return [
    ...sectors.map((addr) => ({
      name: 'erase the slot',
      ops: [...unlockBank(addr), ...eraseSector(addr), lockBank(addr)],
    })),
    {
      name: 'program another image',
      ops: [...unlockBank(start), ...words.flatMap(({ addr, word }) => programWord(addr, word)), lockBank(start)],
    },
  ];
}

async function attack(device: Device, attempts: readonly Attempt[]): Promise<void> {
  device.expect(await device.board.debug.connect(), 'a debug port that answers', () => 'none');
  for (const { ops } of attempts) {
    await device.board.debug.access(ops);
    await device.board.run(10_000);
  }
  await device.board.debug.disconnect();
}

async function expectNothingRuns(device: Device, when: string): Promise<void> {
  const from = device.console.length;
  await device.powerCycle();
  await device.board.run(WATCH_MS);
  const handover = device.lines('handover', from)[0];
  device.expect(handover === undefined, `no hand-over (${when})`, () => `"${handover?.line}"`);
}
