/**
 * The six naive ways to change what is in flash: each works as long as the supply does, but the first, whose images need only be damaged; each is found, and the shortest
 * case says what its power cut falls on.
 */
import { expect } from 'chai';
import { loadControls } from '../../../../harness/campaign/control-catalogue.ts';
import { subjectFor } from '../../../../harness/campaign/powercut/bench.ts';
import { Explorer } from '../../../../harness/campaign/powercut/explorer.ts';
import { scenarioNamed } from '../../../../harness/campaign/powercut/scenarios.ts';
import { loadVariants } from '../../../../harness/campaign/variant-catalogue.ts';
import { DEFAULT_DEVICE } from '../../../../harness/cli/defaults.ts';
import { Profile } from '../../../../harness/profile/profile.ts';
import { LabFactory } from '../../../../harness/requirements/lab-factory.ts';

const ENDS_OLD = /^it ends with the old image and counter 1, not the new one and 2$/;

/** What a torn erase leaves of the word that matters is the seed's: the old one, too. */
const WITHIN_OR_BEHIND = ['torn', 'after'];

/** Mode and address of the shortest case; none: it fails without a cut. */
const NAIVE: [
  what: string,
  id: string,
  scenario: string,
  cut: [modes: readonly string[], at: string] | undefined,
  why: RegExp,
][] = [
  [
    'erase before verify',
    'naive-erase-before-verify',
    'refuse',
    undefined,
    /^the app slot was changed for an image that is damaged$/,
  ],
  ['flag before data', 'naive-flag-before-data', 'install', [['after'], 'program 0x080e0020'], ENDS_OLD],
  ['no verify after copy', 'naive-no-verify-after-copy', 'install', [['after'], 'program 0x080a0000'], ENDS_OLD],
  [
    'single-sector store',
    'naive-single-sector-store',
    'store',
    [WITHIN_OR_BEHIND, 'erase 0x081c0000'],
    /^(the count|the record beside the count) is gone$/,
  ],
  [
    'non-atomic counter',
    'naive-counter-in-place',
    'install',
    [WITHIN_OR_BEHIND, 'erase 0x080c0000'],
    /^(no image runs \(boot: halt parameters\)|it ends with the .* counter [01], not the new one and 2)$/,
  ],
  [
    'trailer written out of order',
    'naive-trailer-out-of-order',
    'confirm',
    [['after'], 'program 0x080e00e0'],
    /^it ends with the new image and counter 1, not the new one and 2$/,
  ],
];

describe('naive ways to change flash', () => {
  const profile = Profile.load(DEFAULT_DEVICE);
  const all = [...loadControls(profile), ...loadVariants(profile)];
  let sound: LabFactory;
  before(async () => {
    sound = await LabFactory.create({ profile, board: 'native_sim', seed: 1, recordTo: undefined });
  });

  for (const [what, id, scenario, cut, why] of NAIVE) {
    it(`${what}: found by ${scenario}, ${cut ? `shortest case one cut, ${cut[0].join(' or ')} ${cut[1]}` : 'without any cut'}`, async () => {
      const factory = await sound.sabotaged(all.find((one) => one.id === id)!);
      const subject = await subjectFor(await factory.open(id), scenarioNamed(scenario), 0);
      const explorer: Explorer<typeof subject.start> = new Explorer(subject, { stopped: () => explorer.failed > 0 });
      const operations = await explorer.clean();
      if (cut) expect(explorer.failed, 'the clean run').equal(0);
      if (explorer.failed === 0) await explorer.explore(1, operations, 1);
      const { cuts, why: said } = (await explorer.minimize(explorer.shortest!.cuts))!;
      expect(said).match(why);
      expect(cuts).length(cut ? 1 : 0);
      if (cut) {
        expect(cut[0]).include(cuts[0]!.mode);
        expect((await subject.namesOf(cuts))[0]).equal(cut[1]);
      }
      await subject.close();
    });
  }
});
