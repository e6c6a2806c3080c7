/**
 * Reset causes as RCC_RSR tells them (RM0433 8.7.39), reduced to what HAL call 14 reports: the one cause of the last reset.
 * The flags that a cause sets beside its own (PINRSTF with every internal reset, for one) are shown by `flags`.
 */
import type { ResetKind } from '../../../harness/board/board.ts';

/** HAL 14. */
export const RESET_CAUSE: Readonly<Record<ResetKind, number>> = {
  'power-on': 1,
  pin: 2,
  watchdog: 3,
  software: 4,
  'brown-out': 5,
};

// RCC_RSR bits:
const PINRSTF = 1 << 22;
const BORRSTF = 1 << 21;
const PORRSTF = 1 << 23;
const SFTRSTF = 1 << 24;
const IWDG1RSTF = 1 << 26;

/** RCC_RSR after a reset of each kind, RM0433 table 54: internal sources pull NRST as well. */
export const RCC_RSR: Readonly<Record<ResetKind, number>> = {
  'power-on': PORRSTF | BORRSTF | PINRSTF,
  pin: PINRSTF,
  watchdog: IWDG1RSTF | PINRSTF,
  software: SFTRSTF | PINRSTF,
  'brown-out': BORRSTF | PINRSTF,
};

export class Rcc {
  kind: ResetKind = 'power-on';

  get cause(): number {
    return RESET_CAUSE[this.kind];
  }

  get rsr(): number {
    return RCC_RSR[this.kind];
  }

  save() {
    return { kind: this.kind };
  }

  load(state: ReturnType<Rcc['save']>): void {
    this.kind = state.kind;
  }
}
