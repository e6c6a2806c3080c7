/**
 * Which controls a run takes, and which checks each is put to.
 *
 * Where hardware is simulated, all of them. Where it is certified a control costs a minute in place of a second: every one of a hardware clause, for there the board is what is tested, and of each other
 * clause one, so that no clause is proven there by checks that have never failed there. The firmware is the same, byte for byte, and the rest of its controls is native_sim's.
 */
import type { Check } from '../requirements/check.ts';
import type { Clause } from '../requirements/registry.ts';
import type { Control } from './control-catalogue.ts';
import { checksOf } from './controls.ts';

export interface ChosenControl {
  readonly control: Control;
  /** Those that it must fail, of the checks that are run. */
  readonly checks: readonly Check[];
}

export function allControls(controls: readonly Control[], checks: readonly Check[]): ChosenControl[] {
  return controls
    .map((control) => ({ control, checks: checksOf(control, checks) }))
    .filter((chosen) => chosen.checks.length > 0);
}

/** @param clauses those that are certified */
export function controlsOnHardware(
  controls: readonly Control[],
  checks: readonly Check[],
  clauses: readonly Clause[],
): ChosenControl[] {
  const hardware = new Set(clauses.filter(({ marks }) => marks.includes('hw')).map(({ id }) => id));
  const chosen = new Map(
    allControls(
      controls,
      checks.filter(({ clause }) => hardware.has(clause)),
    ).map(({ control, checks: killers }) => [control, [...killers]]),
  );
  const open = new Set(clauses.map(({ id }) => id).filter((id) => !hardware.has(id)));
  for (;;) {
    const best = mostUseful(controls, checks, open);
    if (!best) break;
    chosen.set(best.control, [...(chosen.get(best.control) ?? []), ...best.checks]);
    for (const { clause } of best.checks) open.delete(clause);
  }
  return controls.flatMap((control) => {
    const killers = chosen.get(control);
    return killers ? [{ control, checks: killers }] : [];
  });
}

/** The control that fails checks of the most open clauses; of several the one with the fewest checks to run, then the first. */
function mostUseful(
  controls: readonly Control[],
  checks: readonly Check[],
  open: ReadonlySet<string>,
): ChosenControl | undefined {
  let best: { chosen: ChosenControl; covers: number } | undefined;
  const candidates = checks.filter(({ clause }) => open.has(clause));
  for (const chosen of allControls(controls, candidates)) {
    const covers = new Set(chosen.checks.map(({ clause }) => clause)).size;
    const better = !best || covers > best.covers;
    const cheaper = best && covers === best.covers && chosen.checks.length < best.chosen.checks.length;
    if (better || cheaper) best = { chosen, covers };
  }
  return best?.chosen;
}
