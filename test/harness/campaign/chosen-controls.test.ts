import { expect } from 'chai';
import { allControls, controlsOnHardware } from '../../../harness/campaign/chosen-controls.ts';
import { loadControls } from '../../../harness/campaign/control-catalogue.ts';
import { DEFAULT_DEVICE } from '../../../harness/cli/defaults.ts';
import { Profile } from '../../../harness/profile/profile.ts';
import { allChecks } from '../../../harness/requirements/all-checks.ts';
import type { Check } from '../../../harness/requirements/check.ts';
import { Registry } from '../../../harness/requirements/registry.ts';

describe('which controls a board runs', () => {
  const profile = Profile.load(DEFAULT_DEVICE);
  const controls = loadControls(profile);
  const { clauses } = Registry.load();
  let checks: Check[];
  before(async () => {
    checks = await allChecks(profile);
  });

  it('on native_sim every one', () => {
    expect(allControls(controls, checks)).have.length(controls.length);
  });

  it('where hardware is certified every one of its clauses, with every check that it must fail there', () => {
    const hardware = clauses.filter(({ marks }) => marks.includes('hw'));
    const ofHardware = allControls(
      controls,
      checks.filter(({ clause }) => hardware.some(({ id }) => id === clause)),
    );
    const chosen = controlsOnHardware(controls, checks, clauses);
    for (const { control, checks: killers } of ofHardware) {
      const got = chosen.find((one) => one.control === control)!.checks.map(({ id }) => id);
      expect(got, control.id).include.members(killers.map(({ id }) => id));
    }
  });

  it('of each other testable clause at least one', () => {
    const chosen = controlsOnHardware(controls, checks, clauses);
    const covered = new Set(chosen.flatMap(({ checks: killers }) => killers.map(({ clause }) => clause)));
    const testable = clauses.filter(({ kind }) => kind === 'T').map(({ id }) => id);
    expect(testable.filter((id) => !covered.has(id))).deep.equal([]);
    expect(chosen.length).lessThan(controls.length / 4);
  });

  it('no control is put to a check that it need not fail', () => {
    for (const { control, checks: killers } of controlsOnHardware(controls, checks, clauses))
      for (const { id, clause } of killers)
        expect(control.kills.includes(id) || control.kills.includes(clause), `${control.id} ${id}`).equal(true);
  });

  it('of chosen clauses alone', () => {
    const few = clauses.filter(({ id }) => id === 'th-time.1');
    const own = checks.filter(({ clause }) => clause === 'th-time.1');
    const chosen = controlsOnHardware(controls, own, few);
    expect(chosen).have.length(1);
    expect(chosen[0]!.checks.map(({ clause }) => clause)).deep.equal(['th-time.1']);
  });
});
