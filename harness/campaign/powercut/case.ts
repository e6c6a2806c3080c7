/** The name of a case: where power is cut, run after run. `17t,3b`: torn at the 17th flash operation, then before the 3rd of the recovery. */
import type { PowerCut } from '../../board/board.ts';
import { UsageError } from '../../errors.ts';

export type CutMode = PowerCut['mode'];

export const MODES = ['before', 'torn', 'after'] as const satisfies readonly CutMode[];
const LETTER: Readonly<Record<CutMode, string>> = { before: 'b', torn: 't', after: 'a' };
/** A case without a cut: the clean run. */
const CLEAN = 'clean';
const MAX_CUTS = 8;

export type CutCase = readonly PowerCut[];

export function formatCase(cuts: CutCase): string {
  return cuts.map(({ operation, mode }) => `${operation}${LETTER[mode]}`).join(',') || CLEAN;
}

/** @throws UsageError */
export function parseCase(text: string): CutCase {
  if (text === CLEAN) return [];
  const parts = text.split(',');
  const cuts = parts.map((part): PowerCut => {
    const found = /^([1-9]\d{0,6})([bta])$/.exec(part);
    const mode = MODES.find((one) => LETTER[one] === found?.[2]);
    if (!found || !mode)
      throw new UsageError(`case "${text}": expected e.g. 17t,3b (b before, t torn, a after) or clean`);
    return { operation: Number(found[1]), mode };
  });
  if (cuts.length > MAX_CUTS) throw new UsageError(`case "${text}": at most ${MAX_CUTS} cuts`);
  return cuts;
}

/** Fewest cuts first, then the earliest. */
export function compareCases(a: CutCase, b: CutCase): number {
  if (a.length !== b.length) return a.length - b.length;
  for (const [index, cut] of a.entries()) {
    const other = b[index]!;
    if (cut.operation !== other.operation) return cut.operation - other.operation;
    if (cut.mode !== other.mode) return MODES.indexOf(cut.mode) - MODES.indexOf(other.mode);
  }
  return 0;
}
