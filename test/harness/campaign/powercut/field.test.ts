/**
 * Bugs from the field, re-created by their class in an algorithm of ours: each is found in the life that shows it, with the shortest case, and in no other; the
 * algorithm without them, and the device, pass the same lives.
 */
import { expect } from 'chai';
import { openBench, subjectFor } from '../../../../harness/campaign/powercut/bench.ts';
import { type CutMode, formatCase } from '../../../../harness/campaign/powercut/case.ts';
import { Explorer } from '../../../../harness/campaign/powercut/explorer.ts';
import { SCENARIOS, scenarioNamed } from '../../../../harness/campaign/powercut/scenarios.ts';
import { loadVariants } from '../../../../harness/campaign/variant-catalogue.ts';
import { DEFAULT_DEVICE } from '../../../../harness/cli/defaults.ts';
import { Profile } from '../../../../harness/profile/profile.ts';
import { LabFactory } from '../../../../harness/requirements/lab-factory.ts';
import { proofboard } from '../../cli/command.ts';

const APP_SLOT = '0x08040000';
const TRAILER = '0x0817f000';

interface Report {
  readonly variant: string;
  readonly scenario: string;
  /** One of these: what a torn erase leaves of the word that matters is the seed's. */
  readonly modes: readonly CutMode[];
  /** What power is cut at. */
  readonly at: RegExp;
  readonly why: RegExp;
  /** Lives that do not show it. */
  readonly hidden: readonly string[];
}

const REPORTS: Report[] = [
  {
    variant: 'swap-move-829',
    scenario: 'install-padded',
    modes: ['after'],
    // A word of the status: the first step is done.
    at: /^program 0x080e00[0-9a-f]{2}$/,
    why: /^no image runs \(boot: halt image-length\)$/,
    hidden: ['install', 'revert'],
  },
  {
    variant: 'swap-move-1588',
    scenario: 'install',
    modes: ['torn', 'after'],
    at: new RegExp(`^erase ${APP_SLOT}$`),
    why: /^no image runs \(boot: halt image-magic\)$/,
    hidden: ['confirm', 'refuse'],
  },
  {
    variant: 'swap-move-1966',
    scenario: 'revert',
    modes: ['torn'],
    at: new RegExp(`^program ${TRAILER}$`),
    why: /^it ends with the new image and counter 1, not the old one and 1$/,
    hidden: ['install', 'install-padded'],
  },
];

describe('bugs from the field', () => {
  const profile = Profile.load(DEFAULT_DEVICE);
  const variants = loadVariants(profile);
  const factories = new Map<string, LabFactory>();
  before(async () => {
    const sound = await LabFactory.create({ profile, board: 'native_sim', seed: 1, recordTo: undefined });
    for (const variant of variants) factories.set(variant.id, await sound.sabotaged(variant));
  });

  /** Every single cut, up to the first that fails. @returns that one, made smaller */
  async function campaign(variant: string, id: string, fillBytes = 0, part: readonly number[] = [0, 1]) {
    const subject = await subjectFor(await factories.get(variant)!.open(id), scenarioNamed(id), fillBytes);
    const explorer: Explorer<typeof subject.start> = new Explorer(subject, { stopped: () => explorer.failed > 0 });
    const operations = await explorer.clean();
    await explorer.explore(Math.floor(operations * part[0]!) + 1, Math.floor(operations * part[1]!), 1);
    const { shortest } = explorer;
    const failure = shortest && (await explorer.minimize(shortest.cuts));
    const at = failure ? await subject.namesOf(failure.cuts) : [];
    await subject.close();
    return { failure, at, cases: explorer.cases };
  }

  for (const { id } of SCENARIOS) {
    it(`the exchange by moving up, sound: ${id} ends well whatever is cut`, async () => {
      const { failure, cases } = await campaign('swap-move', id);
      expect(failure).equal(undefined);
      expect(cases).greaterThan(0);
    });
  }

  it('sound as well where two sectors move, around the end of the first step', async () => {
    const { failure, cases } = await campaign('swap-move', 'install', 140_000, [0.49, 0.494]);
    expect(failure).equal(undefined);
    expect(cases).greaterThan(100);
  });

  for (const { variant, scenario, modes, at, why, hidden } of REPORTS) {
    it(`${variant} is found by ${scenario}: one cut, ${modes.join(' or ')}`, async () => {
      const found = await campaign(variant, scenario);
      expect(found.failure?.why).match(why);
      expect(found.failure?.cuts).length(1);
      expect(modes).include(found.failure?.cuts[0]?.mode);
      expect(found.at[0]).match(at);
      await replayed(variant, scenario, formatCase(found.failure!.cuts));
    });

    for (const other of hidden) {
      it(`${variant} does not show in ${other}`, async () => {
        expect((await campaign(variant, other)).failure).equal(undefined);
      });
    }
  }

  async function replayed(variant: string, scenario: string, name: string): Promise<void> {
    const args = ['powercut', scenario, '--case', name];
    const [bad, sound, ours] = [
      await proofboard(...args, '--control', variant, '--json'),
      await proofboard(...args, '--control', 'swap-move', '--json'),
      await proofboard(...args, '--json'),
    ];
    expect([bad.code, sound.code, ours.code]).deep.equal([1, 0, 0]);
    expect(JSON.parse(bad.out)).include({ scenario, case: name, holds: false });
  }

  it('variants have reports or stand on their own; a name that there is not is refused', async () => {
    expect(variants.map(({ id }) => id)).include.members(['swap-move', ...REPORTS.map(({ variant }) => variant)]);
    const setup = { device: DEFAULT_DEVICE, scenario: 'install', fillBytes: 0, seed: 1, control: 'swap-move-1589' };
    const thrown = await openBench(setup).catch((error: Error) => error.message);
    expect(thrown).match(
      /control "swap-move-1589": the profile's catalogues have none of that name; is it swap-move-1588\?/,
    );
  });
});
