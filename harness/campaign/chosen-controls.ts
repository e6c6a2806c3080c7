/**
 * Which controls a run takes, and which checks each is put to.
 *
 * Where hardware is certified a control costs half a minute in place of a second, and the firmware is the same, byte for byte. So there the controls of hardware clauses are what is run unless more is
 * asked for: the board itself is what they test.
 */
import type { Check } from '../requirements/check.ts';
import type { Clause } from '../requirements/registry.ts';
import type { Control } from './control-catalogue.ts';
import { checksOf } from './controls.ts';

/** hardware: every one of a clause about hardware. each: one of each other clause too, so that none is proven by checks that never failed on that board. */
export const EXTENTS = ['hardware', 'each', 'all'] as const;
export type Extent = (typeof EXTENTS)[number];

export function extentOn(hardwareEvidence: 'certified' | 'simulated'): Extent {
  return hardwareEvidence === 'certified' ? 'hardware' : 'all';
}

export interface ChosenControl {
  readonly control: Control;
  /** Those that it must fail, of the checks that are run. */
  readonly checks: readonly Check[];
}

/** @param checks those that are run @param clauses those that they belong to */
export function chooseControls(
  extent: Extent,
  controls: readonly Control[],
  { checks, clauses }: { checks: readonly Check[]; clauses: readonly Clause[] },
): ChosenControl[] {
  if (extent === 'all') return putTo(controls, checks);
  const hardware = new Set(clauses.filter(({ marks }) => marks.includes('hw')).map(({ id }) => id));
  const ofHardware = putTo(
    controls,
    checks.filter(({ clause }) => hardware.has(clause)),
  );
  if (extent === 'hardware') return ofHardware;
  const others = clauses.map(({ id }) => id).filter((id) => !hardware.has(id));
  return joined(controls, [...ofHardware, ...oneForEach(controls, checks, others)]);
}

function putTo(controls: readonly Control[], checks: readonly Check[]): ChosenControl[] {
  return controls
    .map((control) => ({ control, checks: checksOf(control, checks) }))
    .filter((chosen) => chosen.checks.length > 0);
}

function oneForEach(
  controls: readonly Control[],
  checks: readonly Check[],
  clauses: readonly string[],
): ChosenControl[] {
  const open = new Set(clauses);
  const chosen: ChosenControl[] = [];
  for (;;) {
    const best = mostUseful(
      putTo(
        controls,
        checks.filter(({ clause }) => open.has(clause)),
      ),
    );
    if (!best) return chosen;
    chosen.push(best);
    for (const { clause } of best.checks) open.delete(clause);
  }
}

/** The control that fails checks of the most clauses; of several the one with the fewest checks to run, then the first. */
function mostUseful(candidates: readonly ChosenControl[]): ChosenControl | undefined {
  const clausesOf = ({ checks }: ChosenControl) => new Set(checks.map(({ clause }) => clause)).size;
  return [...candidates].sort((a, b) => clausesOf(b) - clausesOf(a) || a.checks.length - b.checks.length)[0];
}

/** In the order of the catalogue, each control once. */
function joined(controls: readonly Control[], chosen: readonly ChosenControl[]): ChosenControl[] {
  return controls.flatMap((control) => {
    const checks = chosen.filter((one) => one.control === control).flatMap((one) => one.checks);
    return checks.length > 0 ? [{ control, checks }] : [];
  });
}
