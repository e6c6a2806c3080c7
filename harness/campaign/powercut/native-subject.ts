/**
 * The board native_sim under the engine: a life is played by the scenario from a state of the flash, on one board that is set back each time.
 *
 * Most lives differ only until the device resets for the first time: what a reset leaves is the flash, the reset's cause and the few parts that outlive it. A life
 * that comes to such a reset where another one was, ends as that one did (tails.ts).
 */
import { type ArraySnapshot, hashArray } from '../../../platforms/native_sim/flash/array.ts';
import { type MachineSnapshot, restoreMachine, saveMachine } from '../../../platforms/native_sim/snapshot.ts';
import { createNativeSim, type NativeSim } from '../../board/native-sim.ts';
import type { Profile } from '../../profile/profile.ts';
import type { CutCase, CutMode } from './case.ts';
import type { SlotImages } from './life.ts';
import { lastOperation, observer, type StateMaker } from './look.ts';
import { NativeLife } from './native-life.ts';
import type { Scenario } from './scenario.ts';
import type { CampaignSubject, FlashState, Outcome, Watch } from './subject.ts';
import { Tails } from './tails.ts';

/** The cut is among the last things that a device has in its trace. */
const LAST_ENTRIES = 100;

export interface NativeState extends FlashState {
  readonly array: ArraySnapshot;
}

export interface NativeSubjectOptions {
  readonly scenario: Scenario;
  readonly profile: Profile;
  readonly images: SlotImages;
  /** At the scenario's start, off. It is not changed. */
  readonly board: NativeSim;
  /** Of what a torn operation leaves. */
  readonly seed: string;
}

export class NativeSubject implements CampaignSubject<NativeState> {
  readonly start: NativeState;
  private readonly options: NativeSubjectOptions;
  private readonly machine: MachineSnapshot;
  private readonly tails = new Tails();
  private board: NativeSim | undefined;

  constructor(options: NativeSubjectOptions) {
    this.options = options;
    this.machine = saveMachine(options.board.machine);
    this.start = stateOf(this.machine.flash.array);
  }

  /** Of the new image. */
  get imageBytes(): number {
    return this.options.images.new.length;
  }

  async live(state: NativeState, watch?: Watch<NativeState>): Promise<Outcome> {
    const { scenario } = this.options;
    const board = await this.boardAt(state);
    const flash = board.machine.flash.interface;
    const begun = flash.operations;
    if (watch) {
      flash.observe(observer(watch, begun, MAKER), { from: begun + watch.first, to: begun + watch.last + 1 });
      if (Number.isFinite(watch.last)) board.cutPower({ operation: watch.last + 1, mode: 'before' });
    }
    const life = this.newLife(board, watch === undefined);
    try {
      await scenario.drive(life);
    } finally {
      flash.observe(undefined);
    }
    const operations = flash.operations - begun;
    const endsWithin = watch !== undefined && operations >= watch.first && operations <= watch.last;
    if (endsWithin && watch.modes.includes('after')) {
      const end = stateOf(flash.arraySnapshot());
      watch.found(operations, 'after', end.hash, () => end);
    }
    return {
      operations: operations + life.joinedOperations,
      why: life.dark ? undefined : scenario.verdict(life),
      first: life.handovers[0]?.holds ?? 'none',
    };
  }

  async cut(state: NativeState, operation: number, mode: CutMode): Promise<NativeState | undefined> {
    const board = await this.boardAt(state);
    const life = this.newLife(board, false);
    board.cutPower({ operation, mode });
    await this.options.scenario.drive(life);
    board.cutPower(undefined);
    return life.dark ? stateOf(board.machine.flash.interface.arraySnapshot()) : undefined;
  }

  /** What power is cut at by each cut of a case, for people: `erase 0x08040000`. */
  async namesOf(cuts: CutCase): Promise<string[]> {
    const names: string[] = [];
    let state = this.start;
    for (const { operation, mode } of cuts) {
      const board = await createNativeSim({ seed: this.options.seed, trace: { keep: LAST_ENTRIES } });
      restoreMachine(board.machine, { ...this.machine, flash: { ...this.machine.flash, array: state.array } });
      board.cutPower({ operation, mode: 'before' });
      await this.options.scenario.drive(this.newLife(board, false));
      names.push(lastOperation(board));
      await board.close();
      state = (await this.cut(state, operation, mode)) ?? state;
    }
    return names;
  }

  /** The same start, where torn operations leave something else. */
  tornOtherwise(seed: string): NativeSubject {
    return new NativeSubject({ ...this.options, seed });
  }

  async close(): Promise<void> {
    await this.board?.close();
  }

  private newLife(board: NativeSim, joins: boolean): NativeLife {
    return new NativeLife(board, this.options.profile, this.options.images, joins ? this.tails : undefined);
  }

  /** The board as it was at the start, off, with this flash. */
  private async boardAt({ array }: NativeState): Promise<NativeSim> {
    this.board ??= await createNativeSim({ seed: this.options.seed, trace: { off: true } });
    restoreMachine(this.board.machine, { ...this.machine, flash: { ...this.machine.flash, array } });
    return this.board;
  }
}

function stateOf(array: ArraySnapshot): NativeState {
  return { array, hash: hashArray(array) };
}

const MAKER: StateMaker<NativeState> = { hash: (flash) => flash, make: (array, hash) => ({ array, hash }) };
