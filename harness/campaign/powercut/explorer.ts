/**
 * The engine: cuts power at every flash operation of a life, in every mode, and judges the lives that follow; again within those, down to the depth that is
 * asked for. The states that cuts leave are gathered in one run of a life, without cutting it; a state that was met before, with as many cuts still to come,
 * is not run again. `replay` is the other way: it cuts power in earnest, and is how a failure is confirmed and made smaller.
 *
 * Left out: time (a device that has lost power has lost its clock).
 */
import type { PowerCut } from '../../board/board.ts';
import { UsageError } from '../../errors.ts';
import { type CutCase, type CutMode, compareCases, formatCase, MODES } from './case.ts';
import type { FlashState, Subject } from './subject.ts';

export interface ExploreOptions {
  readonly modes: readonly CutMode[];
  /** Called before each case is judged, with the number of those since `take`, this one included. */
  readonly onCase?: (cases: number) => void;
  readonly stopped?: () => boolean;
}

export interface Failure {
  readonly cuts: CutCase;
  readonly why: string;
}

/** A state and what is known of it. */
export type MetState = readonly [hash: string, knowledge: Knowledge];

export interface Knowledge {
  /** With how many cuts still to come it was explored. */
  readonly cutsLeft: number;
  /** What ran first. */
  readonly first: string;
  /** What is wrong with a life from it. */
  readonly why: string | undefined;
}

export interface Findings {
  readonly cases: number;
  readonly lives: number;
  readonly failed: number;
  readonly failures: readonly Failure[];
  readonly met: readonly MetState[];
}

interface State<S> {
  readonly cuts: CutCase;
  readonly flash: S;
}

/** Cases that leave the same state, and the state. */
interface Waiting<S> {
  readonly names: CutCase[];
  readonly flash: S | undefined;
}

/** States are kept in memory while they wait: so many operations are looked at in one run. */
const WINDOW = 256;
/** The shortest failures are kept; a device that always fails would fill the memory. */
const MAX_FAILURES = 1000;

export class Explorer<S extends FlashState> {
  /** Cases judged, those whose state had been met before included. */
  cases = 0;
  /** Lives that were run to their end. */
  lives = 0;
  /** Cases that failed. */
  failed = 0;
  /** At least the shortest thousand. */
  readonly failures: Failure[] = [];
  /** What is known of each state met, by its hash. */
  readonly met = new Map<string, Knowledge>();
  private readonly changed: string[] = [];
  private readonly subject: Subject<S>;
  private readonly options: ExploreOptions;

  constructor(subject: Subject<S>, options: Partial<ExploreOptions> = {}) {
    this.subject = subject;
    this.options = { ...options, modes: MODES.filter((mode) => options.modes?.includes(mode) ?? true) };
  }

  /** Those that are cut in, in this order. */
  get modes(): readonly CutMode[] {
    return this.options.modes;
  }

  /** What was found since this was last called. */
  take(): Findings {
    const { cases, lives, failed } = this;
    const changed = this.changed.map((hash): MetState => [hash, this.met.get(hash)!]);
    const findings = { cases, lives, failed, failures: [...this.failures], met: changed };
    this.cases = 0;
    this.lives = 0;
    this.failed = 0;
    this.failures.length = 0;
    this.changed.length = 0;
    return findings;
  }

  /** States that another explorer of the same campaign has judged: they are not run again. */
  learn(states: readonly MetState[]): void {
    for (const [hash, knowledge] of states) {
      if (knowledge.cutsLeft > (this.met.get(hash)?.cutsLeft ?? -1)) this.met.set(hash, knowledge);
    }
  }

  /** Runs the life without a cut. @returns its number of flash operations; a failure is kept like any other */
  async clean(): Promise<number> {
    const { operations, why } = await this.subject.live(this.subject.start);
    this.lives += 1;
    if (why !== undefined) this.fail([], why);
    return operations;
  }

  /** All cases whose first cut falls on the operations from..to of the clean run (1-based, both included). */
  async explore(from: number, to: number, depth: number): Promise<void> {
    await this.cutEach({ cuts: [], flash: this.subject.start }, from, to, depth - 1);
  }

  /**
   * One long sequence of losses: in each life power is cut at an operation that `choose` names, until it names none or the life ends before; then the device is
   * left alone. Every loss is a case; only the end is judged. Nothing more is done once it is stopped.
   */
  async wander(choose: (losses: number, operations: number) => PowerCut | undefined): Promise<CutCase> {
    const cuts: PowerCut[] = [];
    let flash = this.subject.start;
    for (;;) {
      if (this.options.stopped?.()) return cuts;
      const { operations, why, first } = await this.subject.live(flash);
      this.lives += 1;
      if (cuts.length > 0 && !this.met.has(flash.hash)) {
        this.met.set(flash.hash, { cutsLeft: 0, first, why });
        this.changed.push(flash.hash);
      }
      const cut = operations > 0 && why === undefined ? choose(cuts.length, operations) : undefined;
      const left = cut && (await this.subject.cut(flash, cut.operation, cut.mode));
      if (!cut || !left) {
        if (why !== undefined) this.fail(cuts, why);
        return cuts;
      }
      this.cases += 1;
      cuts.push(cut);
      flash = left;
    }
  }

  /** Cuts power in earnest, as the case says. @returns what is wrong, undefined: nothing @throws UsageError when a cut falls on no operation */
  async replay(cuts: CutCase): Promise<string | undefined> {
    const left = await this.cutAll(cuts);
    if ('beyond' in left) {
      throw new UsageError(`case ${formatCase(cuts)}: cut ${left.beyond} falls on no operation: the life ends before`);
    }
    return (await this.subject.live(left.flash)).why;
  }

  /**
   * A case that fails as well and is no longer: without one of its cuts, or with a plainer one. Each step is replayed in earnest.
   * @returns undefined when the case itself does not fail there
   */
  async minimize(cuts: CutCase): Promise<Failure | undefined> {
    const why = await this.replay(cuts);
    if (why === undefined) return undefined;
    let best: Failure = { cuts, why };
    for (let better: Failure | undefined = best; better; ) {
      better = undefined;
      for (const shorter of simpler(best.cuts)) {
        const left = await this.cutAll(shorter);
        if ('beyond' in left) continue;
        const still = (await this.subject.live(left.flash)).why;
        if (still === undefined) continue;
        better = { cuts: shorter, why: still };
        break;
      }
      best = better ?? best;
    }
    return best;
  }

  /** The failure with the fewest cuts, then the earliest. */
  get shortest(): Failure | undefined {
    return [...this.failures].sort((a, b) => compareCases(a.cuts, b.cuts))[0];
  }

  private async cutAll(cuts: CutCase): Promise<{ flash: S } | { beyond: number }> {
    let flash = this.subject.start;
    for (const [index, { operation, mode }] of cuts.entries()) {
      const left = await this.subject.cut(flash, operation, mode);
      if (left === undefined) return { beyond: index + 1 };
      flash = left;
    }
    return { flash };
  }

  /** Cuts one life at its operations from..to, and judges what follows. @param cutsLeft that may follow each of these */
  private async cutEach({ cuts, flash }: State<S>, from: number, to: number, cutsLeft: number): Promise<void> {
    for (let first = from; first <= to && !this.options.stopped?.(); first += WINDOW) {
      const waiting = new Map<string, Waiting<S>>();
      await this.subject.live(flash, {
        first,
        last: Math.min(to, first + WINDOW - 1),
        modes: this.options.modes,
        found: (operation, mode, hash, take) => {
          const name = [...cuts, { operation, mode }];
          const same = waiting.get(hash);
          if (same) same.names.push(name);
          else waiting.set(hash, { names: [name], flash: this.knows(hash, cutsLeft) ? undefined : take() });
        },
      });
      for (const [hash, { names, flash: left }] of waiting) {
        for (const name of names) await this.visit(name, hash, left, cutsLeft);
      }
    }
  }

  private knows(hash: string, cutsLeft: number): boolean {
    return (this.met.get(hash)?.cutsLeft ?? -1) >= cutsLeft;
  }

  /** @param flash undefined: all that is wanted of the state is known */
  private async visit(cuts: CutCase, hash: string, flash: S | undefined, cutsLeft: number): Promise<void> {
    if (this.options.stopped?.()) return;
    this.options.onCase?.(this.cases + 1);
    this.cases += 1;
    const known = this.met.get(hash);
    // The way there may be shorter this time.
    if (known?.why !== undefined) this.fail(cuts, known.why);
    if (flash === undefined || this.knows(hash, cutsLeft)) return;
    const { operations, why, first } = await this.subject.live(flash);
    this.lives += 1;
    this.met.set(hash, { cutsLeft, first, why });
    this.changed.push(hash);
    if (why !== undefined && !known) this.fail(cuts, why);
    if (cutsLeft > 0) await this.cutEach({ cuts, flash }, 1, operations, cutsLeft - 1);
  }

  private fail(cuts: CutCase, why: string): void {
    this.failed += 1;
    this.failures.push({ cuts, why });
    if (this.failures.length <= 2 * MAX_FAILURES) return;
    this.failures.sort((a, b) => compareCases(a.cuts, b.cuts)).splice(MAX_FAILURES);
  }
}

/** Cases that are one step plainer: one cut fewer, then one that does not tear. */
function* simpler(cuts: CutCase): Generator<CutCase> {
  for (const index of cuts.keys()) {
    if (cuts.length > 1) yield cuts.filter((_, other) => other !== index);
  }
  for (const [index, cut] of cuts.entries()) {
    for (const mode of MODES.slice(0, MODES.indexOf('torn'))) {
      if (cut.mode === 'torn') yield cuts.map((other, at) => (at === index ? { ...cut, mode } : other));
    }
  }
}
