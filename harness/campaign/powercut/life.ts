/**
 * One life of a device under a campaign: from power on to where its scenario ends, or to the power cut. It watches every hand-over: which image runs, and
 * whether the slot holds all of it. On any board; native-life.ts knows native_sim's shortcuts.
 */
import type { Board } from '../../board/board.ts';
import type { Profile } from '../../profile/profile.ts';

/** What may stand in the app slot. */
export interface SlotImages {
  readonly old: Uint8Array;
  readonly new: Uint8Array;
}

export interface RunningImage {
  readonly holds: 'old' | 'new' | 'mixed';
  readonly version: string;
  readonly counter: number;
}

/** What was seen at one look. */
export interface News {
  readonly handovers: readonly RunningImage[];
  readonly halt: string | undefined;
}

export class Life {
  readonly handovers: RunningImage[] = [];
  /** Lines of the console; on native_sim without those of the parts that an earlier life has shown. */
  readonly lines: string[] = [];
  /** Boot's last words when it did not hand over. */
  lastHalt: string | undefined;
  protected cut = false;
  private seenLines: number;
  private seenEntries: number;

  constructor(
    readonly board: Board,
    readonly profile: Profile,
    readonly images: SlotImages,
  ) {
    this.seenLines = board.console.lines.length;
    this.seenEntries = board.trace.entries.length;
  }

  /** Power was cut in this life: nothing more happens in it. */
  get dark(): boolean {
    return this.cut;
  }

  get last(): RunningImage | undefined {
    return this.handovers.at(-1);
  }

  /** Applies power and runs until the condition holds, looked at after every event. @returns whether it held */
  async powerOn(limitMs: number, until: () => boolean): Promise<boolean> {
    await this.board.power(true);
    this.look();
    await this.board.run(limitMs, () => {
      this.look();
      return this.wasCut() || until();
    });
    this.look();
    return !this.wasCut() && until();
  }

  async powerOff(): Promise<void> {
    await this.board.power(false);
  }

  /** What the app slot holds now. */
  slot(): RunningImage['holds'] {
    const { start } = this.profile.data.flash.appSlot;
    for (const name of ['old', 'new'] as const) {
      const image = this.images[name];
      if (Buffer.from(this.board.peekFlash(start, image.length)).equals(image)) return name;
    }
    return 'mixed';
  }

  /** Takes in what the console has shown since it was last looked at. */
  protected look(): News {
    const { lines } = this.board.console;
    const handovers: RunningImage[] = [];
    let halt: string | undefined;
    for (; this.seenLines < lines.length; this.seenLines++) {
      const line = lines[this.seenLines]!;
      this.lines.push(line);
      const handover = this.profile.match('handover', line);
      if (handover) {
        handovers.push({ holds: this.slot(), version: handover.version ?? '', counter: Number(handover.counter) });
      } else if (this.profile.match('halt', line)) {
        halt = line;
      }
    }
    this.handovers.push(...handovers);
    this.lastHalt = halt ?? this.lastHalt;
    return { handovers, halt };
  }

  private wasCut(): boolean {
    const { entries } = this.board.trace;
    for (; this.seenEntries < entries.length; this.seenEntries++) {
      const { lane, what } = entries[this.seenEntries]!;
      this.cut ||= lane === 'power' && what === 'cut';
    }
    return this.cut;
  }
}
