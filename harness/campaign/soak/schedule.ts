/**
 * What happens to a device in a soak, drawn from the seed beforehand: each event says all that it needs, so that any of them can be left out and the others stay what
 * they are.
 */
import type { ResetKind } from '../../board/board.ts';
import { type CutMode, MODES } from '../powercut/case.ts';
import { generator } from '../powercut/random.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export type Trouble =
  | { readonly kind: 'link-lost' }
  /** The modem hears nothing and says nothing. */
  | { readonly kind: 'no-network'; readonly forMs: number }
  /** TCP data stops to arrive. */
  | { readonly kind: 'stall'; readonly forMs: number }
  | { readonly kind: 'slow'; readonly forMs: number; readonly delayMs: number }
  /** Each connection breaks after so many bytes from the service. */
  | { readonly kind: 'short-links'; readonly forMs: number; readonly bytes: number }
  | { readonly kind: 'no-time'; readonly forMs: number }
  | { readonly kind: 'drift'; readonly ppm: number }
  | { readonly kind: 'reset'; readonly cause: Exclude<ResetKind, 'power-on'> }
  | { readonly kind: 'power-off'; readonly forMs: number }
  /** Power goes at the n-th flash operation from now on, whenever that is. */
  | { readonly kind: 'power-cut'; readonly operation: number; readonly mode: CutMode; readonly forMs: number };

export type Wish =
  | { readonly kind: 'configuration'; readonly intervalMs: number }
  | { readonly kind: 'roots' }
  | { readonly kind: 'update' }
  | { readonly kind: 'rotation' };

export type SoakEvent = { readonly number: number; readonly atMs: number } & (Trouble | Wish);

const CAUSES = ['pin', 'watchdog', 'software', 'brown-out'] as const;
const INTERVALS = [10 * MINUTE, 15 * MINUTE, 20 * MINUTE] as const;
/** Parts per million: crystals that are far from good. */
const WORST_PPM = 200;

/** @param days virtual days, of which the last hours are calm */
export function scheduleOf(seed: number, days: number): SoakEvent[] {
  const random = generator(`soak/${seed}`);
  const between = (least: number, most: number) => least + random(most - least + 1);
  const trouble = (): Trouble => {
    switch (random(12)) {
      case 0:
        return { kind: 'no-network', forMs: between(1, 5 * 60) * MINUTE };
      case 1:
        return { kind: 'stall', forMs: between(1, 30) * MINUTE };
      case 2:
        return { kind: 'slow', forMs: between(10, 120) * MINUTE, delayMs: between(100, 3000) };
      case 3:
        return { kind: 'short-links', forMs: between(5, 60) * MINUTE, bytes: between(3000, 60_000) };
      case 4:
        return { kind: 'no-time', forMs: between(1, 10) * HOUR };
      case 5:
        return { kind: 'drift', ppm: between(0, 2 * WORST_PPM) - WORST_PPM };
      case 6:
      case 7:
        return { kind: 'reset', cause: CAUSES[random(CAUSES.length)]! };
      case 8:
        return { kind: 'power-off', forMs: between(1, 3 * 60) * MINUTE };
      case 9:
      case 10:
        // Few operations and many alike: a change of the configuration has ten, an exchange of images some ten thousand.
        return {
          kind: 'power-cut',
          operation: 1 + random(2 ** random(16)),
          mode: MODES[random(MODES.length)]!,
          forMs: between(0, 30) * MINUTE,
        };
      default:
        return { kind: 'link-lost' };
    }
  };
  const wishes: [everyMs: number, wish: () => Wish][] = [
    [15 * HOUR, () => ({ kind: 'configuration', intervalMs: INTERVALS[random(INTERVALS.length)]! })],
    [4 * DAY, () => ({ kind: 'roots' })],
    [3 * DAY, () => ({ kind: 'update' })],
    [5 * DAY, () => ({ kind: 'rotation' })],
  ];
  const events: ({ atMs: number } & (Trouble | Wish))[] = [];
  const lastMs = days * DAY - CALM_MS;
  for (let atMs = HOUR; atMs < lastMs; atMs += between(10, 6 * 60) * MINUTE) events.push({ atMs, ...trouble() });
  for (const [everyMs, wish] of wishes) {
    for (let atMs = between(1, everyMs); atMs < lastMs; atMs += between(everyMs / 2, (everyMs * 3) / 2)) {
      events.push({ atMs, ...wish() });
    }
  }
  events.sort((a, b) => a.atMs - b.atMs);
  return events.map((event, index) => ({ number: index + 1, ...event }));
}

/** At the end nothing more happens: what was begun ends. */
export const CALM_MS = 8 * HOUR;

export function describe(event: SoakEvent): string {
  const { number, atMs, kind, ...rest } = event;
  const details = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  return `${number}: ${kind}${details.length > 0 ? ` (${details.join(', ')})` : ''} at ${(atMs / HOUR).toFixed(1)} h`;
}
