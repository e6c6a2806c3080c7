/** A schedule that fails made smaller: halves, quarters and so on are left out, as long as it still fails without them. */
import type { SoakEvent } from './schedule.ts';

export interface MinimizeOptions {
  /** Lives that it may take. */
  readonly tries: number;
  readonly onSmaller?: ((events: number, triesLeft: number) => void) | undefined;
  readonly stopped?: (() => boolean) | undefined;
}

/**
 * @param events that fail, those behind the failure left out already
 * @param fails number of the last event before the failure, undefined: these do not fail
 */
export async function minimize(
  events: readonly SoakEvent[],
  fails: (events: readonly SoakEvent[]) => Promise<number | undefined>,
  { tries, onSmaller, stopped }: MinimizeOptions,
): Promise<readonly SoakEvent[]> {
  let smallest = events;
  let left = tries;
  const goesOn = () => left > 0 && !stopped?.();
  onSmaller?.(smallest.length, left);
  for (let size = Math.ceil(smallest.length / 2); size >= 1 && goesOn(); size = Math.floor(size / 2)) {
    for (let at = 0; at < smallest.length && goesOn(); ) {
      const fewer = smallest.filter((_, index) => index < at || index >= at + size);
      left -= 1;
      const last = await fails(fewer);
      if (last === undefined) at += size;
      else smallest = fewer.filter(({ number }) => number <= last);
      onSmaller?.(smallest.length, left);
    }
  }
  return smallest;
}
