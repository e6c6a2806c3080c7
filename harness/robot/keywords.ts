/** All keywords of the library, by name. */
import { HarnessError } from '../errors.ts';
import type { Keyword } from './keyword.ts';
import { chipKeywords } from './keywords/chip.ts';
import { debugKeywords } from './keywords/debug.ts';
import { deviceKeywords } from './keywords/device.ts';
import { flashKeywords } from './keywords/flash.ts';
import { networkKeywords } from './keywords/network.ts';
import { powerKeywords } from './keywords/power.ts';
import { verbKeywords } from './keywords/verbs.ts';

export const KEYWORDS: ReadonlyMap<string, Keyword> = byName([
  ...deviceKeywords,
  ...verbKeywords,
  ...flashKeywords,
  ...debugKeywords,
  ...networkKeywords,
  ...powerKeywords,
  ...chipKeywords,
]);

function byName(all: readonly Keyword[]): Map<string, Keyword> {
  const map = new Map(all.map((one) => [one.name, one]));
  if (map.size !== all.length) throw new HarnessError('two keywords have one name');
  return map;
}
