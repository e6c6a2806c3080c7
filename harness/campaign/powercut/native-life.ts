/**
 * A life on native_sim, without a trace and with a shortcut: it ends where an earlier one that was in the same state after a reset has shown how it goes on
 * (tails.ts).
 */
import type { ArraySnapshot } from '../../../platforms/native_sim/flash/array.ts';
import { NS_PER_MS } from '../../../platforms/native_sim/scheduler.ts';
import type { NativeSim } from '../../board/native-sim.ts';
import type { Profile } from '../../profile/profile.ts';
import { Life, type News, type SlotImages } from './life.ts';
import { resetKey, type Tails } from './tails.ts';

/** What one event of the board showed on the console, and where the device stood then. */
export interface Sight extends News {
  /** All below are counted from the power on, or from a reset. */
  readonly atNs: number;
  readonly operations: number;
  readonly entropyDrawn: number;
  readonly array: ArraySnapshot;
}

/** A reset in the life, and what came after it. */
interface Mark {
  readonly key: string;
  /** Index of the first sight after it. */
  readonly from: number;
  readonly atNs: number;
  readonly operations: number;
  readonly entropyDrawn: number;
}

export class NativeLife extends Life {
  /** Flash operations of the parts of this life that another one has shown. */
  joinedOperations = 0;
  private sights: Sight[] = [];
  private resets: Mark[] = [];

  /** @param tails with them, the life ends where an earlier one that was in the same state has shown how it goes on */
  constructor(
    override readonly board: NativeSim,
    profile: Profile,
    images: SlotImages,
    private readonly tails?: Tails,
  ) {
    super(board, profile, images);
  }

  override async powerOn(limitMs: number, until: () => boolean): Promise<boolean> {
    this.sights = [];
    this.resets = [];
    const endNs = this.board.nowNs + limitMs * NS_PER_MS;
    let known: boolean | undefined;
    await this.board.power(true);
    this.look();
    await this.board.run(limitMs, () => {
      this.look();
      if (!this.board.machine.powered || until()) return true;
      if (this.tails) known = this.atReset(this.tails, until, endNs);
      return known !== undefined;
    });
    this.cut = !this.board.machine.powered;
    if (known === undefined) this.look();
    const held = known ?? (!this.dark && until());
    if (held && known === undefined && this.tails) this.remember(this.tails);
    return held;
  }

  /**
   * A reset that keeps power: how does the life go on from here?
   * @returns true: as an earlier one, whose end is this one's now; false: round and round for ever; undefined: nobody knows
   */
  private atReset(tails: Tails, until: () => boolean, endNs: number): boolean | undefined {
    const { machine } = this.board;
    if (machine.core.state !== 'reset' || machine.rcc.kind === 'power-on') return undefined;
    const key = resetKey(machine);
    const before = this.resets.find((mark) => mark.key === key);
    if (before && this.sights.slice(before.from).every(({ handovers }) => handovers.length === 0)) return false;
    const tail = tails.find(key);
    if (tail && this.join(tail, until, endNs)) return true;
    this.resets.push({ key, from: this.sights.length, ...this.position() });
    return undefined;
  }

  private join(tail: readonly Sight[], until: () => boolean, endNs: number): boolean {
    const { length } = this.handovers;
    const halt = this.lastHalt;
    for (const { handovers, halt: line, atNs, operations, array } of tail) {
      if (this.board.nowNs + atNs > endNs) break;
      this.handovers.push(...handovers);
      this.lastHalt = line ?? this.lastHalt;
      if (!until()) continue;
      const flash = this.board.machine.flash.interface;
      flash.restore({ ...flash.snapshot(), array });
      this.joinedOperations += operations;
      return true;
    }
    this.handovers.length = length;
    this.lastHalt = halt;
    return false;
  }

  /** What every reset of this life led to. An entropy source that was drawn from is not where it was: such a tail is its own. */
  private remember(tails: Tails): void {
    for (const { key, from, ...mark } of this.resets) {
      const tail = this.sights.slice(from).map((sight) => ({
        ...sight,
        atNs: sight.atNs - mark.atNs,
        operations: sight.operations - mark.operations,
        entropyDrawn: sight.entropyDrawn - mark.entropyDrawn,
      }));
      if (tail.every(({ entropyDrawn }) => entropyDrawn === 0)) tails.keep(key, tail);
    }
  }

  private position(): { atNs: number; operations: number; entropyDrawn: number } {
    const { machine } = this.board;
    return {
      atNs: machine.nowNs,
      operations: machine.flash.interface.operations,
      entropyDrawn: machine.rng.save().drawn,
    };
  }

  protected override look(): News {
    const news = super.look();
    if (this.tails && (news.handovers.length > 0 || news.halt !== undefined)) {
      const array = this.board.machine.flash.interface.arraySnapshot();
      this.sights.push({ ...news, array, ...this.position() });
    }
    return news;
  }
}
