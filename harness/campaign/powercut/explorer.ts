/**
 * Cuts power at every flash operation of a life, in every mode, and judges the lives that follow; again within those, down to the depth that is asked for.
 *
 * After a loss of power nothing is left of a device but its flash (no VBAT: clock and backup SRAM are gone too, RAM is), so a case is the flash that
 * the cut leaves. The states are gathered in one run of the life, without cutting it, by looking at each operation as it begins; a state whose hash was
 * met before, with as many cuts still to come, is not run again. `replay` is the other way: it cuts power in earnest.
 *
 * Left out: cuts within a read (nothing changes), and time (a device that has lost power has lost its clock).
 */
import { type ArraySnapshot, hashArray } from '../../../platforms/native_sim/flash/array.ts';
import type { MachineSnapshot } from '../../../platforms/native_sim/snapshot.ts';
import { restoreMachine, saveMachine } from '../../../platforms/native_sim/snapshot.ts';
import { createNativeSim, type NativeSim } from '../../board/native-sim.ts';
import { UsageError } from '../../errors.ts';
import type { Profile } from '../../profile/profile.ts';
import { type CutCase, type CutMode, formatCase, MODES } from './case.ts';
import { Life, type SlotImages } from './life.ts';
import type { Scenario } from './scenario.ts';

export interface ExploreOptions {
  readonly scenario: Scenario;
  readonly profile: Profile;
  readonly images: SlotImages;
  /** The board at the scenario's start, off. It is not changed. */
  readonly start: MachineSnapshot;
  readonly seed: string;
  readonly modes: readonly CutMode[];
  /** Called after each case. */
  readonly onCase?: (cases: number) => void;
  readonly stopped?: () => boolean;
}

export interface Failure {
  readonly cuts: CutCase;
  readonly why: string;
}

interface State {
  readonly cuts: CutCase;
  readonly hash: string;
  readonly array: ArraySnapshot;
}

/** States are kept in memory while they wait: so many operations are looked at in one run. */
const WINDOW = 256;

export class Explorer {
  /** Cases judged, those whose state had been met before included. */
  cases = 0;
  /** Lives that were run. */
  lives = 0;
  /** First image to run after a cut. */
  readonly first = { old: 0, new: 0, none: 0 };
  readonly failures: Failure[] = [];
  /** Hash of each state met, and with how many cuts still to come it was explored. */
  readonly met = new Map<string, number>();
  private readonly options: ExploreOptions;
  private board: NativeSim | undefined;

  constructor(options: ExploreOptions) {
    this.options = options;
  }

  /** Runs the life without a cut. @returns its number of flash operations; a failure is kept like any other */
  async clean(): Promise<number> {
    const { operations, why } = await this.live(
      { cuts: [], hash: '', array: this.options.start.flash.array },
      undefined,
    );
    if (why !== undefined) this.failures.push({ cuts: [], why });
    return operations;
  }

  /** All cases whose first cut falls on the operations from..to of the clean run (1-based, both included). */
  async explore(from: number, to: number, depth: number): Promise<void> {
    const root: State = { cuts: [], hash: '', array: this.options.start.flash.array };
    for (let first = from; first <= to; first += WINDOW) {
      const states = await this.gather(root, first, Math.min(to, first + WINDOW - 1));
      for (const state of states) await this.visit(state, depth - 1);
    }
  }

  /** Cuts power in earnest, as the case says. @returns what is wrong, undefined: nothing */
  async replay(cuts: CutCase): Promise<string | undefined> {
    const board = await this.boardAt(this.options.start.flash.array);
    for (const [index, cut] of cuts.entries()) {
      const life = this.newLife(board);
      board.cutPower(cut);
      await this.options.scenario.drive(life);
      if (!life.dark) {
        throw new UsageError(`case ${formatCase(cuts)}: cut ${index + 1} falls on no operation: the life ends before`);
      }
      board.cutPower(undefined);
    }
    const life = this.newLife(board);
    await this.options.scenario.drive(life);
    return this.options.scenario.verdict(life);
  }

  async close(): Promise<void> {
    await this.board?.close();
  }

  private async visit(state: State, cutsLeft: number): Promise<void> {
    if (this.options.stopped?.()) return;
    this.cases += 1;
    this.options.onCase?.(this.cases);
    const known = this.met.get(state.hash);
    if (known !== undefined && known >= cutsLeft) return;
    this.met.set(state.hash, cutsLeft);
    const inner: State[] = [];
    const { why, first } = await this.live(state, cutsLeft > 0 ? (next) => inner.push(next) : undefined);
    if (known === undefined) this.first[first] += 1;
    if (why !== undefined) this.failures.push({ cuts: state.cuts, why });
    for (const next of inner) await this.visit(next, cutsLeft - 1);
  }

  /** The states that cuts at the operations first..last of this life leave. */
  private async gather(state: State, first: number, last: number): Promise<State[]> {
    const states: State[] = [];
    await this.live(state, (next) => states.push(next), first, last);
    return states;
  }

  /** One life from a state, to its end; `found` receives what cuts in it would leave. */
  private async live(
    state: State,
    found: ((state: State) => void) | undefined,
    first = 1,
    last = Number.POSITIVE_INFINITY,
  ): Promise<{ operations: number; why: string | undefined; first: 'old' | 'new' | 'none' }> {
    const board = await this.boardAt(state.array);
    const flash = board.machine.flash.interface;
    const begun = flash.operations;
    const { modes } = this.options;
    const report = (operation: number, mode: CutMode, array: ArraySnapshot) =>
      found?.({ cuts: [...state.cuts, { operation, mode }], hash: hashArray(array), array });
    if (found) {
      flash.observe(({ number, before, torn }) => {
        const operation = number - begun;
        // After an operation the flash is as before the next one.
        if (operation > first && operation <= last + 1 && modes.includes('after'))
          report(operation - 1, 'after', before());
        if (operation < first || operation > last) return;
        if (modes.includes('before')) report(operation, 'before', before());
        if (modes.includes('torn')) report(operation, 'torn', torn());
      });
    }
    const life = this.newLife(board);
    try {
      await this.options.scenario.drive(life);
    } finally {
      flash.observe(undefined);
    }
    const operations = flash.operations - begun;
    if (found && operations >= first && operations <= last && modes.includes('after')) {
      report(operations, 'after', flash.arraySnapshot());
    }
    this.lives += 1;
    const image = life.handovers[0]?.holds;
    return {
      operations,
      why: this.options.scenario.verdict(life),
      first: image === 'old' || image === 'new' ? image : 'none',
    };
  }

  private newLife(board: NativeSim): Life {
    return new Life(board, this.options.profile, this.options.images);
  }

  /** The board as it was at the start, off, with this flash. */
  private async boardAt(array: ArraySnapshot): Promise<NativeSim> {
    this.board ??= await createNativeSim({ seed: this.options.seed, trace: { off: true } });
    const { start } = this.options;
    restoreMachine(this.board.machine, { ...start, flash: { ...start.flash, array } });
    return this.board;
  }
}

/** The start of a scenario on a board that is provisioned and off, with the old image in its slot. */
export async function startOf(board: NativeSim): Promise<MachineSnapshot> {
  return saveMachine(board.machine);
}

export const ALL_MODES: readonly CutMode[] = MODES;
