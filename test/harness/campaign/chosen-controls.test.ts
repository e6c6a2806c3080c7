import { expect } from 'chai';
import {
  type ChosenControl,
  chooseControls,
  type Extent,
  extentOn,
} from '../../../harness/campaign/chosen-controls.ts';
import { type Control, forSamples, loadControls } from '../../../harness/campaign/control-catalogue.ts';
import { DEFAULT_DEVICE } from '../../../harness/cli/defaults.ts';
import { Profile } from '../../../harness/profile/profile.ts';
import { allChecks } from '../../../harness/requirements/all-checks.ts';
import type { Check } from '../../../harness/requirements/check.ts';
import { Registry } from '../../../harness/requirements/registry.ts';

describe('which controls a board runs', () => {
  const profile = Profile.load(DEFAULT_DEVICE);
  const controls = loadControls(profile);
  /** Those that a board which runs samples is given. */
  const ofSamples = forSamples(controls);
  const { clauses } = Registry.load();
  let checks: Check[];
  before(async () => {
    checks = await allChecks(profile);
  });

  const chosenFor = (extent: Extent, some: readonly Check[] = checks): ChosenControl[] =>
    chooseControls(extent, extent === 'all' ? controls : ofSamples, { checks: some, clauses });

  it('on native_sim every one', () => {
    expect(extentOn('simulated')).equal('all');
    expect(chosenFor('all')).have.length(controls.length);
  });

  it('where hardware is certified every one of its clauses, with every check that it must fail there', () => {
    expect(extentOn('certified')).equal('hardware');
    const hardware = new Set(clauses.filter(({ marks }) => marks.includes('hw')).map(({ id }) => id));
    const kills = (control: Control, { id, clause }: Check) =>
      control.kills.includes(id) || control.kills.includes(clause);
    for (const extent of ['hardware', 'each'] as const) {
      const chosen = chosenFor(extent);
      for (const control of controls) {
        const due = checks.filter((check) => hardware.has(check.clause) && kills(control, check)).map(({ id }) => id);
        const got = chosen.find((one) => one.control.id === control.id)?.checks.map(({ id }) => id) ?? [];
        expect(got, control.id).include.members(due);
        if (extent === 'hardware') expect(got, control.id).have.length(due.length);
      }
    }
  });

  it('of each other testable clause at least one', () => {
    const chosen = chosenFor('each');
    const covered = new Set(chosen.flatMap(({ checks: killers }) => killers.map(({ clause }) => clause)));
    const testable = clauses.filter(({ kind }) => kind === 'T').map(({ id }) => id);
    expect(testable.filter((id) => !covered.has(id))).deep.equal([]);
    expect(chosen.length).lessThan(controls.length / 4);
  });

  it('no control is put to a check that it need not fail', () => {
    for (const { control, checks: killers } of chosenFor('each'))
      for (const { id, clause } of killers)
        expect(control.kills.includes(id) || control.kills.includes(clause), `${control.id} ${id}`).equal(true);
  });

  it('of chosen clauses alone', () => {
    const few = clauses.filter(({ id }) => id === 'th-time.1');
    const own = checks.filter(({ clause }) => clause === 'th-time.1');
    const chosen = chooseControls('each', controls, { checks: own, clauses: few });
    expect(chosen).have.length(1);
    expect(chosen[0]!.checks.map(({ clause }) => clause)).deep.equal(['th-time.1']);
  });
});
