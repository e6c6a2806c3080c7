/**
 * A device in its world on native_sim under the engine. A state is flash, option bytes and what the service remembers; each life begins some virtual minutes behind the
 * one before, as the floor under the device's time in flash would have it.
 *
 * Left out: shortcuts between lives (native-subject.ts). Here a life costs a TLS handshake or several, and its world is new.
 */
import { createHash } from 'node:crypto';
import { type ArraySnapshot, hashArray } from '../../../platforms/native_sim/flash/array.ts';
import type { OptionBytes } from '../../../platforms/native_sim/flash/interface.ts';
import { type MachineSnapshot, restoreMachine, saveMachine } from '../../../platforms/native_sim/snapshot.ts';
import type { PowerCut } from '../../board/board.ts';
import { type MortalSim, PowerLost } from '../../board/mortal-sim.ts';
import type { NativeSim } from '../../board/native-sim.ts';
import { FirmwareError } from '../../errors.ts';
import { CheckFailure } from '../../requirements/check.ts';
import type { LabFactory } from '../../requirements/lab-factory.ts';
import type { CutCase, CutMode } from './case.ts';
import { lastOperation, observer } from './look.ts';
import type { CampaignSubject, FlashState, Outcome, Watch } from './subject.ts';
import type { WorldLife, WorldScenario, WorldWorkshop } from './world-scenario.ts';

/** Longer than any life is until its last cut. */
const LIFE_MS = 30 * 60_000;

export interface WorldState extends FlashState {
  readonly array: ArraySnapshot;
  readonly options: OptionBytes;
  readonly memory: readonly string[];
  /** Lives before. */
  readonly lives: number;
}

interface Course {
  readonly watch?: Watch<WorldState> | undefined;
  readonly cut?: PowerCut;
  /** The life is taken down, and this looks at the board when it is over. */
  readonly look?: (board: NativeSim) => void;
}

export class WorldSubject implements CampaignSubject<WorldState> {
  private constructor(
    private readonly factory: LabFactory,
    private readonly scenario: WorldScenario,
    private readonly known: unknown,
    private readonly machine: MachineSnapshot,
    readonly start: WorldState,
  ) {}

  static async create(factory: LabFactory, scenario: WorldScenario, workshop: WorldWorkshop): Promise<WorldSubject> {
    const lab = await factory.open(`powercut-${scenario.id}`);
    try {
      const device = await scenario.device(lab, undefined);
      const known = await scenario.prepare(device, workshop);
      const { machine } = device.board as NativeSim;
      const start = stateAt(machine.flash.interface.arraySnapshot(), machine.flash.interface.optionBytes, [], 0);
      return new WorldSubject(factory, scenario, known, saveMachine(machine), start);
    } finally {
      await lab.close();
    }
  }

  get imageBytes(): number | undefined {
    return this.scenario.imageBytes?.(this.known);
  }

  async live(state: WorldState, watch?: Watch<WorldState>): Promise<Outcome> {
    return (await this.play(state, { watch })).outcome;
  }

  async cut(state: WorldState, operation: number, mode: CutMode): Promise<WorldState | undefined> {
    return (await this.play(state, { cut: { operation, mode } })).left;
  }

  async namesOf(cuts: CutCase): Promise<string[]> {
    const names: string[] = [];
    let state = this.start;
    for (const { operation, mode } of cuts) {
      const look = (board: NativeSim) => names.push(lastOperation(board));
      await this.play(state, { cut: { operation, mode: 'before' }, look });
      state = (await this.cut(state, operation, mode)) ?? state;
    }
    return names;
  }

  async close(): Promise<void> {}

  /** @returns how the life ended, and what a cut has left of it */
  private async play(
    state: WorldState,
    { watch, cut, look }: Course,
  ): Promise<{ outcome: Outcome; left: WorldState | undefined }> {
    const { scenario, known } = this;
    const lab = await this.factory.open(`powercut-${scenario.id}`);
    try {
      const device = await scenario.device(lab, { traced: look !== undefined });
      const board = device.board as MortalSim;
      restoreMachine(board.machine, this.machineOf(state));
      await board.run(state.lives * LIFE_MS);
      const flash = board.machine.flash.interface;
      const begun = flash.operations;
      let operations: number | undefined;
      let first = 'none';
      const life: WorldLife<unknown> = {
        device,
        lab,
        known,
        memory: state.memory,
        found: (outcome) => {
          first = outcome;
        },
        mayJoin: watch === undefined && cut === undefined,
        over: (joined = 0) => {
          if (operations !== undefined) return;
          operations = flash.operations - begun + joined;
          sight?.end(operations);
          if (!board.isDead) board.cutPower(undefined);
        },
      };
      const remember = () => scenario.remember?.(life) ?? state.memory;
      const sight = watch && new Sight(board, watch, { begun, lives: state.lives + 1, remember });
      if (cut) board.cutPower(cut);
      const why = await verdictOf(() => scenario.live(life));
      life.over();
      look?.(board);
      const left = board.isDead
        ? stateAt(flash.arraySnapshot(), flash.optionBytes, remember(), state.lives + 1)
        : undefined;
      for (const operation of sight?.ofOptions ?? []) await this.lookByCutting(state, operation, watch!);
      return { outcome: { operations: operations!, why: left ? undefined : why, first }, left };
    } finally {
      await lab.close();
    }
  }

  private machineOf({ array, options }: WorldState): MachineSnapshot {
    const { flash, ...rest } = this.machine;
    return { ...rest, flash: { ...flash, array, options: { ...flash.options, current: options, next: options } } };
  }

  /** A change of option bytes: what a cut within it leaves. */
  private async lookByCutting(
    state: WorldState,
    operation: number,
    { modes, found }: Watch<WorldState>,
  ): Promise<void> {
    const left = modes.includes('torn') ? await this.cut(state, operation, 'torn') : undefined;
    if (left) found(operation, 'torn', left.hash, () => left);
  }
}

/** Looks at a life's operations from the beginning of the watch on: what a state holds beside the array is taken at the same moment. */
class Sight {
  /** Those that change option bytes, whose torn states it cannot see. */
  readonly ofOptions: number[] = [];
  /** By operation: the service hears nothing while one takes place, so behind it it knows what it knew before. */
  private readonly memories = new Map<number, readonly string[]>();

  constructor(
    private readonly board: MortalSim,
    private readonly watch: Watch<WorldState>,
    private readonly of: { readonly begun: number; readonly lives: number; readonly remember: () => readonly string[] },
  ) {
    const { begun, remember } = of;
    const flash = board.machine.flash.interface;
    const look = observer<WorldState>(watch, begun, {
      hash: (hash, operation) => hashOf(hash, flash.optionBytes, this.memories.get(operation)!),
      make: (array, _, operation) => this.state(array, operation),
    });
    const range = { from: begun + watch.first, to: begun + watch.last + 1 };
    flash.observe((operation) => {
      const number = operation.number - begun;
      this.memories.set(number, remember());
      if (operation.ofOptions && number <= watch.last) this.ofOptions.push(number);
      look(operation.ofOptions ? { ...operation, torn: () => undefined as never } : operation);
    }, range);
    if (Number.isFinite(watch.last)) board.cutPower({ operation: watch.last + 1, mode: 'before' });
  }

  /** The life has no more operations that are looked at. */
  end(operations: number): void {
    const { first, last, modes, found } = this.watch;
    const flash = this.board.machine.flash.interface;
    flash.observe(undefined);
    if (operations < first || operations > last || !modes.includes('after')) return;
    const state = this.state(flash.arraySnapshot(), operations);
    found(operations, 'after', state.hash, () => state);
  }

  private state(array: ArraySnapshot, operation: number): WorldState {
    return stateAt(array, this.board.machine.flash.interface.optionBytes, this.memories.get(operation)!, this.of.lives);
  }
}

function stateAt(array: ArraySnapshot, options: OptionBytes, memory: readonly string[], lives: number): WorldState {
  return { array, options, memory, lives, hash: hashOf(hashArray(array), options, memory) };
}

function hashOf(flash: string, options: OptionBytes, memory: readonly string[]): string {
  const hash = createHash('sha256').update(flash);
  return hash.update(JSON.stringify([options, memory])).digest('hex');
}

/** What is wrong with a life, undefined: nothing, or power was cut in it. */
async function verdictOf(live: () => Promise<void>): Promise<string | undefined> {
  try {
    await live();
    return undefined;
  } catch (error) {
    if (error instanceof PowerLost) return undefined;
    if (error instanceof CheckFailure || error instanceof FirmwareError) return error.message;
    throw error;
  }
}
