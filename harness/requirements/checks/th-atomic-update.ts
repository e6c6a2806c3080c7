/** th-atomic-update: an update is in its slot whole or not at all, whatever happens to the supply. Downloads are th-timely-update's. */
import { WORD_BYTES } from '../../board/flash-registers.ts';
import { subjectFor } from '../../campaign/powercut/bench.ts';
import { formatCase, MODES } from '../../campaign/powercut/case.ts';
import { Explorer } from '../../campaign/powercut/explorer.ts';
import { updateImage, versionAfter } from '../../campaign/powercut/images.ts';
import type { NativeState } from '../../campaign/powercut/native-subject.ts';
import { generator } from '../../campaign/powercut/random.ts';
import { SCENARIOS, scenarioNamed } from '../../campaign/powercut/scenarios.ts';
import { sampleCampaign } from '../atomic-sample.ts';
import { CheckFailure, defineChecks } from '../check.ts';
import type { Lab } from '../lab.ts';
import { expectInstalled, expectUpdateRefused, updaterOf } from '../staged-update.ts';

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

/**
 * At depth 2 every n-th operation is cut, from one that the seed names on, and all of their recoveries. All of them: `powercut install --depth 2`.
 * Odd, so that a scenario's alternating operations take turns.
 */
const SECOND_STRIDE = 31;
/** Sequences of losses at random, and how many losses each has at most. */
const WALKS = 6;
const MAX_LOSSES = 20;
/** Of images of two sectors, whose lives take longer. */
const LARGER_LOSSES = 4;
/** Where a life takes minutes. */
const CHIP_LOSSES = 4;
/** Damaged images of each kind there. */
const CHIP_DAMAGES = 2;

export const checks = defineChecks('th-atomic-update', (check) => {
  check(
    'th-atomic-update.1/every-single-cut',
    'power is cut before, within and after every flash operation of install, confirmation, revert and refusal: what runs is whole, and it ends well',
    async (lab) => {
      for (const [scenario, cases] of onChip(lab, { install: 8, confirm: 1, revert: 3, refuse: 1 })) {
        const first = await sampleCampaign(lab, { scenario, cases, losses: 1 });
        // A few cuts of the others may all leave the same.
        if (scenario === 'install') expectAll(scenario, first);
      }
      for (const { id } of exhaustive(lab)) {
        const { first } = await campaign(lab, id, async (explorer, operations) => {
          await explorer.explore(1, operations, 1);
          return `${operations} operations, each in ${MODES.length} modes`;
        });
        expectAll(id, first);
      }
    },
  );

  check(
    'th-atomic-update.2/every-second-cut',
    'the same when power is cut again at any flash operation of the recovery',
    async (lab) => {
      for (const [scenario, cases] of onChip(lab, { install: 3, revert: 1 }))
        await sampleCampaign(lab, { scenario, cases, losses: 2 });
      for (const { id } of repeated(lab)) {
        await campaign(lab, id, async (explorer, operations) => {
          const stride = operations < 10 ? 1 : SECOND_STRIDE;
          let count = 0;
          for (let at = 1 + (lab.seed % stride); at <= operations; at += stride, count++)
            await explorer.explore(at, at, 2);
          return `${count} of ${operations} operations, and every one of their recoveries`;
        });
      }
    },
  );

  check(
    'th-atomic-update.3/always-ends-running',
    'after any of many long sequences of losses the device runs the image that it should, by itself',
    async (lab) => {
      for (const [scenario, cases] of onChip(lab, { install: 3 }))
        await sampleCampaign(lab, { scenario, cases, losses: CHIP_LOSSES });
      // Where the old image has more sectors than the new one, all of it has to come back.
      if (exhaustive(lab).length > 0) await revertLarger(lab);
      for (const { id } of repeated(lab)) {
        await campaign(lab, id, async (explorer) => {
          const random = generator(`${lab.seed}/${id}`);
          let longest = 0;
          for (let walk = 0; walk < WALKS; walk++) {
            const cuts = await explorer.wander((losses, operations) =>
              losses < MAX_LOSSES ? { operation: 1 + random(operations), mode: MODES[random(3)]! } : undefined,
            );
            longest = Math.max(longest, cuts.length);
          }
          // The same place again and again: a recovery that costs something each time runs out of it.
          for (const mode of MODES) {
            for (const at of [1, 2, 3]) {
              const again = await explorer.wander((losses, operations) =>
                losses < MAX_LOSSES && operations >= at ? { operation: at, mode } : undefined,
              );
              longest = Math.max(longest, again.length);
            }
          }
          return `${WALKS} random sequences and 9 of the same loss again and again, up to ${longest} losses each`;
        });
      }
    },
  );

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
      for (const [what, all] of damages(wanted, other)) {
        const staged = lab.sample(all, CHIP_DAMAGES);
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
        lab.note(`${what}: ${staged.length} of ${all.length} images, none installed (${counts})`);
      }
    },
  );
});

async function revertLarger(lab: Lab): Promise<void> {
  await campaign(lab, 'revert-larger', async (explorer) => {
    const random = generator(`${lab.seed}/revert-larger`);
    const cuts = await explorer.wander((losses, operations) =>
      losses < LARGER_LOSSES ? { operation: 1 + random(operations), mode: MODES[random(3)]! } : undefined,
    );
    return `images of unlike sizes, a random sequence of ${cuts.length} losses`;
  });
}

/** What runs first after the cuts of a scenario: each that it expects after some of them, and nothing else. */
function expectAll(id: string, first: ReadonlySet<string>): void {
  const wanted = scenarioNamed(id).outcomes;
  const got = [...first].sort().join(', ');
  if (got !== [...wanted].sort().join(', '))
    throw new CheckFailure(`each of ${wanted.join(', ')} to run first after some cut`, got, `powercut ${id}`);
}

/** The scenarios where every case is run. The plainest of them is the longest one: what fails in the others is found without it. */
const exhaustive = (lab: Lab) => (lab.isSampled ? [] : SCENARIOS.toReversed());

/** Those of losses again and again. A padded image goes the way of the other one. */
const repeated = (lab: Lab) => exhaustive(lab).filter(({ id }) => id !== 'install-padded');

/** Scenarios of which a sample is run, and of how many cases: on the chip. */
const onChip = (lab: Lab, cases: Record<string, number>): [string, number][] =>
  lab.isSampled ? Object.entries(cases) : [];

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

/** A scenario under the engine; any case that fails fails the check. @returns what ran first, in the states that were met */
async function campaign(
  lab: Lab,
  id: string,
  run: (explorer: Explorer<NativeState>, operations: number) => Promise<string>,
): Promise<{ first: Set<string> }> {
  const subject = await subjectFor(lab, scenarioNamed(id), 0);
  try {
    const explorer: Explorer<NativeState> = new Explorer(subject, { stopped: () => explorer.failed > 0 });
    const operations = await explorer.clean();
    const what = explorer.failed > 0 ? 'the clean run' : await run(explorer, operations);
    const { shortest } = explorer;
    if (shortest) {
      const { cuts, why } = (await explorer.minimize(shortest.cuts)) ?? shortest;
      throw new CheckFailure('every case to end well', why, `powercut ${id} --case ${formatCase(cuts)}`);
    }
    lab.note(`${id}: ${what}; ${explorer.cases} cases, ${explorer.met.size} distinct states, none fails`);
    return { first: new Set([...explorer.met.values()].map(({ first }) => first)) };
  } finally {
    await subject.close();
  }
}
