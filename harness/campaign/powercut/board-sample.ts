/**
 * A sample of a campaign on a board whose lives cost minutes of host time and not milliseconds: cuts at one operation of every kind and sector that the clean run
 * shows, modes taken in turn, further cuts where the caller names them. The board is set back to the start for each case; power is cut in earnest.
 *
 * Left out: what the engine has of native_sim (states that are known by their hash, looks without a cut). The exhaustive campaign is native_sim's.
 */

import type { Board, PowerCut, Snapshot } from '../../board/board.ts';
import { hex } from '../../board/flash-region.ts';
import type { TraceEntry } from '../../trace/trace.ts';
import { type CutCase, formatCase, MODES } from './case.ts';
import { Life, type SlotImages } from './life.ts';
import type { Scenario, Workshop } from './scenario.ts';

const OPERATIONS = ['program', 'erase', 'options'];
const SECTOR_BYTES = 128 * 1024;

export interface Operation {
  /** 1-based. */
  readonly number: number;
  /** `erase 0x08040000`: its kind and its sector. */
  readonly stratum: string;
}

export interface Played {
  /** Those of the cuts that were made; the life ended before the others. */
  readonly cuts: CutCase;
  readonly why: string | undefined;
  /** What ran first after the cuts. */
  readonly first: string;
}

export class BoardSample {
  private start: Snapshot | undefined;

  /** @param board provisioned, off, the old image in its slot */
  constructor(
    private readonly board: Board,
    private readonly scenario: Scenario,
    private readonly workshop: Workshop,
    private readonly images: SlotImages,
  ) {}

  /** Brings the board to the scenario's start, and runs the life without a cut. @returns its flash operations, and what is wrong with it */
  async clean(): Promise<{ operations: Operation[]; why: string | undefined }> {
    await this.scenario.prepare(this.board, this.images, this.workshop);
    this.start = await this.board.snapshot();
    const from = this.board.trace.entries.length;
    const life = await this.live();
    const operations = this.board.trace.entries.slice(from).filter(isOperation).map(named);
    return { operations, why: this.scenario.verdict(life) };
  }

  /** @param next where power is cut in the life that follows so many cuts; undefined: nowhere, and that life is judged */
  async play(next: (cuts: number) => PowerCut | undefined): Promise<Played> {
    await this.board.restore(this.start!);
    const cuts: PowerCut[] = [];
    for (;;) {
      const cut = next(cuts.length);
      if (cut) this.board.cutPower(cut);
      const life = await this.live();
      if (cut) this.board.cutPower(undefined);
      if (!life.dark) return { cuts, why: this.scenario.verdict(life), first: life.handovers[0]?.holds ?? 'none' };
      cuts.push(cut!);
    }
  }

  private async live(): Promise<Life> {
    const life = new Life(this.board, this.workshop.profile, this.images);
    await this.scenario.drive(life);
    return life;
  }
}

/** One operation of each stratum, by chance; then, while there is room, others; in their order. */
export function stratified(
  operations: readonly Operation[],
  most: number,
  random: (below: number) => number,
): Operation[] {
  const strata = new Map<string, Operation[]>();
  for (const operation of operations) {
    strata.set(operation.stratum, [...(strata.get(operation.stratum) ?? []), operation]);
  }
  const chosen: Operation[] = [];
  while (chosen.length < Math.min(most, operations.length)) {
    for (const left of strata.values()) {
      if (left.length > 0 && chosen.length < most) chosen.push(...left.splice(random(left.length), 1));
    }
  }
  return chosen.sort((a, b) => a.number - b.number);
}

/** Modes in turn, from one that the seed names on. */
export function cutsAt(operations: readonly Operation[], seed: number): PowerCut[] {
  return operations.map(({ number }, index) => ({ operation: number, mode: MODES[(seed + index) % MODES.length]! }));
}

export function describePlayed({ cuts, first }: Played): string {
  return `${formatCase(cuts)} (${first} first)`;
}

function isOperation({ lane, what }: TraceEntry): boolean {
  return lane === 'flash' && OPERATIONS.includes(what);
}

function named({ what, fields }: TraceEntry, index: number): Operation {
  const addr = Number(fields.addr);
  return { number: index + 1, stratum: `${what} ${hex(addr - (addr % SECTOR_BYTES))}` };
}
