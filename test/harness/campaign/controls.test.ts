import { expect } from 'chai';
import { type Control, loadControls } from '../../../harness/campaign/control-catalogue.ts';
import { checksOf, runControl } from '../../../harness/campaign/controls.ts';
import { DEFAULT_DEVICE } from '../../../harness/cli/defaults.ts';
import { Profile } from '../../../harness/profile/profile.ts';
import { allChecks } from '../../../harness/requirements/all-checks.ts';
import type { Check } from '../../../harness/requirements/check.ts';
import { LabFactory } from '../../../harness/requirements/lab-factory.ts';

const FIRST_FETCH = 'th-imboot.1/first-fetch-after-every-reset';

describe('a negative control', () => {
  const profile = Profile.load(DEFAULT_DEVICE);
  let factory: LabFactory;
  let checks: Check[];
  before(async () => {
    checks = await allChecks(profile);
    factory = await LabFactory.create({ profile, board: 'native_sim', seed: 1, recordTo: undefined });
  });

  const control = (change: Partial<Control>): Control => ({
    id: 'made-up',
    why: undefined,
    kills: [FIRST_FETCH],
    alive: true,
    edit: undefined,
    board: undefined,
    peer: undefined,
    ...change,
  });
  const outcomeOf = async (one: Control) => {
    const { outcome, note } = await runControl(one, checksOf(one, checks), factory, () => {});
    return { outcome, note };
  };

  it('is killed when a check that it names fails', async () => {
    expect((await outcomeOf(control({ board: 'warm-reset-skips-boot' }))).outcome).equal('killed');
  });

  it('is put to the checks of a clause until one of them fails', async () => {
    const one = control({ board: 'mpu-off', kills: ['th-secret-storage.1'] });
    const { outcome, checks: seen } = await runControl(one, checksOf(one, checks), factory, () => {});
    expect(outcome).equal('killed');
    expect(seen.map(({ status }) => status).filter((status) => status === 'fail')).lengthOf(1);
    expect(seen.slice(-2).map(({ status }) => status)).deep.equal(['fail', 'pass']);
    expect(seen.length - 1).lessThan(checksOf(one, checks).length);
  });

  it('survives when nothing notices, and says what did not', async () => {
    expect(await outcomeOf(control({ board: 'torn-word-reads-old' }))).deep.equal({
      outcome: 'survived',
      note: `not noticed by ${FIRST_FETCH}`,
    });
  });

  it('is an error when the device is dead: a dead device would kill any check', async () => {
    const dead = control({ board: 'ignores-lock', kills: ['th-authrepl.4/native-code-cannot-change-the-slot'] });
    expect(await outcomeOf(dead)).deep.equal({
      outcome: 'error',
      note: 'the sabotaged device does not survive the honest session',
    });
  });

  it('is refused with a defect of a peer that does not exist', async () => {
    const thrown = await outcomeOf(control({ peer: 'no-such-defect' })).catch((error: Error) => error.message);
    expect(thrown).equal('control made-up: no peer defect "no-such-defect"');
  });

  it('of the catalogues names clauses of the registry, and checks that are there where it names checks of proven clauses', () => {
    const labels = new Set(checks.map(({ clause }) => clause));
    for (const { id, kills } of loadControls(profile))
      for (const named of kills.filter((one) => one.includes('/') && labels.has(one.split('/')[0]!)))
        expect(checks.map((check) => check.id).concat(WAITING), id).include(named);
  });
});

/** Named by a control, not written yet. */
const WAITING: string[] = [];
