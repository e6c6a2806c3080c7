/** Toy machines for the engine: a flash of a few cells, a "firmware" that is a function, and a brute-force campaign that cuts in earnest and skips nothing. */
import { type CutCase, type CutMode, MODES } from '../../../../harness/campaign/powercut/case.ts';
import type { FlashState, Outcome, Subject, Watch } from '../../../../harness/campaign/powercut/subject.ts';

/** A cell holds a number, nothing (erased), or cannot be read. */
export type Cell = number | undefined | 'torn';

export interface ToyState extends FlashState {
  readonly cells: readonly Cell[];
}

class Cut extends Error {}

export class ToyFlash {
  operations = 0;
  readonly cells: Cell[];
  private readonly before: (operation: number, change: (torn: boolean) => Cell[]) => void;

  constructor(cells: readonly Cell[], before: ToyFlash['before']) {
    this.cells = [...cells];
    this.before = before;
  }

  program(at: number, value: number): void {
    const legal = this.cells[at] === undefined;
    this.operate((torn) => this.with([at], torn || !legal ? 'torn' : value));
  }

  /** A torn erase leaves every other cell as it was. */
  erase(from: number, to: number): void {
    const range = Array.from({ length: to - from }, (_, index) => from + index);
    this.operate((torn) => this.with(torn ? range.filter((at) => at % 2 === 0) : range, undefined));
  }

  private operate(change: (torn: boolean) => Cell[]): void {
    this.operations += 1;
    this.before(this.operations, change);
    change(false).forEach((cell, at) => {
      this.cells[at] = cell;
    });
  }

  private with(range: readonly number[], cell: Cell): Cell[] {
    return this.cells.map((old, at) => (range.includes(at) ? cell : old));
  }
}

export interface Toy {
  readonly cells: readonly Cell[];
  life(flash: ToyFlash): void;
  /** Of the flash after a life that was not cut. */
  verdict(cells: readonly Cell[]): string | undefined;
}

export class ToySubject implements Subject<ToyState> {
  readonly start: ToyState;
  /** Lives from each state, by its hash. */
  readonly lived: string[] = [];
  private readonly toy: Toy;

  constructor(toy: Toy) {
    this.toy = toy;
    this.start = stateOf(toy.cells);
  }

  async live(state: ToyState, watch?: Watch<ToyState>): Promise<Outcome> {
    if (!watch) this.lived.push(state.hash);
    const found = (operation: number, mode: CutMode, cells: readonly Cell[]) => {
      const state = stateOf(cells);
      if (watch?.modes.includes(mode)) watch.found(operation, mode, state.hash, () => state);
    };
    const flash = new ToyFlash(state.cells, (operation, change) => {
      if (!watch) return;
      if (operation > watch.first) found(operation - 1, 'after', flash.cells);
      if (operation > watch.last) throw new Cut();
      if (operation < watch.first) return;
      found(operation, 'before', flash.cells);
      found(operation, 'torn', change(true));
    });
    if (!play(this.toy, flash)) return { operations: flash.operations, why: undefined, first: 'none' };
    const { operations } = flash;
    if (watch && operations >= watch.first && operations <= watch.last) found(operations, 'after', flash.cells);
    return { operations, why: this.toy.verdict(flash.cells), first: String(flash.cells[0]) };
  }

  async cut(state: ToyState, operation: number, mode: CutMode): Promise<ToyState | undefined> {
    const flash = new ToyFlash(state.cells, (number, change) => {
      if (number !== operation) return;
      const cells = mode === 'before' ? [...flash.cells] : change(mode === 'torn');
      flash.cells.splice(0, cells.length, ...cells);
      throw new Cut();
    });
    return play(this.toy, flash) ? undefined : stateOf(flash.cells);
  }

  async close(): Promise<void> {}
}

/** Every case up to the depth that fails, by cutting in earnest: slow, and nothing in it to get wrong. */
export async function bruteForce(toy: Toy, depth: number): Promise<CutCase[]> {
  const subject = new ToySubject(toy);
  const failing: CutCase[] = [];
  const visit = async (cuts: CutCase, state: ToyState): Promise<void> => {
    const { operations, why } = await subject.live(state);
    if (why !== undefined) failing.push(cuts);
    if (cuts.length === depth) return;
    for (let operation = 1; operation <= operations; operation++) {
      for (const mode of MODES) {
        await visit([...cuts, { operation, mode }], (await subject.cut(state, operation, mode))!);
      }
    }
  };
  await visit([], subject.start);
  return failing;
}

function play(toy: Toy, flash: ToyFlash): boolean {
  try {
    toy.life(flash);
    return true;
  } catch (error) {
    if (error instanceof Cut) return false;
    throw error;
  }
}

function stateOf(cells: readonly Cell[]): ToyState {
  return { cells: [...cells], hash: JSON.stringify(cells.map((cell) => cell ?? null)) };
}
