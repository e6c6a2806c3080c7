/**
 * The board native_sim under the engine: a life is played by the scenario from a state of the flash, on one board that is set back each time.
 *
 * Most lives differ only until the device resets for the first time: what a reset leaves is the flash, the reset's cause and the few parts that outlive it. A life
 * that comes to such a reset where another one was, ends as that one did (tails.ts).
 */
import { type ArraySnapshot, hashArray } from '../../../platforms/native_sim/flash/array.ts';
import type { OperationObserver } from '../../../platforms/native_sim/flash/interface.ts';
import { type MachineSnapshot, restoreMachine, saveMachine } from '../../../platforms/native_sim/snapshot.ts';
import { createNativeSim, type NativeSim } from '../../board/native-sim.ts';
import type { Profile } from '../../profile/profile.ts';
import type { CutCase, CutMode } from './case.ts';
import type { SlotImages } from './life.ts';
import { NativeLife } from './native-life.ts';
import type { Scenario } from './scenario.ts';
import type { FlashState, Outcome, Subject, Watch } from './subject.ts';
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

export class NativeSubject implements Subject<NativeState> {
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
      flash.observe(observer(watch, begun), { from: begun + watch.first, to: begun + watch.last + 1 });
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
    const first = life.handovers[0]?.holds;
    return {
      operations: operations + life.joinedOperations,
      why: life.dark ? undefined : scenario.verdict(life),
      first: first === 'old' || first === 'new' ? first : 'none',
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
      const cut = board.trace.entries.findLast(({ lane, fields }) => lane === 'flash' && fields.addr !== undefined);
      names.push(cut ? `${cut.what} 0x${Number(cut.fields.addr).toString(16).padStart(8, '0')}` : 'nothing');
      await board.close();
      state = (await this.cut(state, operation, mode)) ?? state;
    }
    return names;
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

function observer({ first, last, modes, found }: Watch<NativeState>, begun: number): OperationObserver {
  return ({ number, before, torn }) => {
    const operation = number - begun;
    const hash = modes.some((mode) => mode !== 'torn') ? before.hash() : '';
    let old: NativeState | undefined;
    const take = () => {
      old ??= { hash, array: before.snapshot() };
      return old;
    };
    // After an operation the flash is as before the next one.
    if (operation > first && modes.includes('after')) found(operation - 1, 'after', hash, take);
    if (operation > last) return;
    if (modes.includes('before')) found(operation, 'before', hash, take);
    if (modes.includes('torn')) {
      torn((state) => {
        const tornHash = state.hash();
        found(operation, 'torn', tornHash, () => ({ hash: tornHash, array: state.snapshot() }));
      });
    }
  };
}
