/** th-atomic-update: an update is in its slot whole or not at all, whatever happens to the supply. Downloads are th-timely-update's. */
import { updateImage, versionAfter } from '../../campaign/powercut/images.ts';
import { defineChecks } from '../check.ts';
import { expectInstalled, expectUpdateRefused, updaterOf } from '../staged-update.ts';

const WORD_BYTES = 32;
/** What boot may say of an image that is not whole. Which of them depends on where the damage is. */
const NOT_WHOLE = [
  'image-magic',
  'image-length',
  'image-tlv',
  'image-hash',
  'image-key',
  'image-signature',
  'image-product',
];

export const checks = defineChecks('th-atomic-update', (check) => {
  check(
    'th-atomic-update.4/damaged-stage-never-installed',
    'with any flash word of the staged image missing, turned, or of another valid image, it is not installed',
    async (lab) => {
      const updater = await updaterOf(lab);
      const { profile } = lab;
      const counter = profile.data.securityCounter;
      const image = (steps: number) =>
        updateImage(profile, updater, { version: versionAfter(profile, steps), securityCounter: counter + steps });
      const [running, wanted, other] = [image(0), image(1), image(2)];
      const device = await lab.device({ image: running, offline: true });
      const start = await device.board.snapshot();
      await expectInstalled(device, updater, wanted, 'the twin: whole');
      await device.board.restore(start);
      await expectInstalled(device, updater, other, 'the other twin: whole');
      lab.note(`whole, either image is installed and runs`, device);
      for (const [what, staged] of damages(wanted, other)) {
        const reasons = new Map<string, number>();
        for (const [index, damaged] of staged.entries()) {
          await device.board.restore(start);
          const reason = await expectUpdateRefused(
            device,
            { updater, image: damaged, running: `${versionAfter(profile, 0)}` },
            NOT_WHOLE,
            `${what}, word ${index}`,
          );
          reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        }
        const counts = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(', ');
        lab.note(`${what}: ${staged.length} images, none installed (${counts})`);
      }
    },
  );
});

/** Every flash word counts: images that are one word, or one border between two images, away from a whole one. */
function damages(wanted: Uint8Array, other: Uint8Array): [what: string, images: Uint8Array[]][] {
  const words = Math.ceil(wanted.length / WORD_BYTES);
  const each = (make: (copy: Uint8Array, at: number) => Uint8Array) =>
    Array.from({ length: words }, (_, word) => make(Uint8Array.from(wanted), word * WORD_BYTES));
  const differs = (image: Uint8Array) => !Buffer.from(image).equals(wanted) && !Buffer.from(image).equals(other);
  const mixed = (first: Uint8Array, second: Uint8Array) =>
    each((_, at) => new Uint8Array(Buffer.concat([first.subarray(0, at), second.subarray(at)]))).filter(differs);
  return [
    ['partial: ends before the word', each((copy, at) => copy.subarray(0, at))],
    ['partial: the word is missing', each((copy, at) => copy.fill(0xff, at, at + WORD_BYTES)).filter(differs)],
    ['damaged: one bit of the word turned', each((copy, at) => turned(copy, at))],
    ['mixed: up to the word of the one, from it of the other image', mixed(wanted, other)],
    ['mixed: the other way round', mixed(other, wanted)],
  ];
}

function turned(copy: Uint8Array, at: number): Uint8Array {
  const byte = Math.min(copy.length - 1, at + ((at / WORD_BYTES) % WORD_BYTES));
  copy[byte]! ^= 1 << ((at / WORD_BYTES) % 8);
  return copy;
}
