/**
 * What the engine cuts the power of: a device that can be set to a state of its flash, and lives from it. After a loss of power nothing is left of a device
 * but its flash (no VBAT: clock and backup SRAM are gone too), so a state is the flash and nothing else.
 *
 * native-subject.ts is the bootloader on native_sim, world-subject.ts a device there in its world. Left out: cuts within a read (nothing changes).
 */
import type { CutCase, CutMode } from './case.ts';

export interface FlashState {
  /** Equal for states that no firmware can tell apart. */
  readonly hash: string;
}

/** How a life ended that was not cut. */
export interface Outcome {
  /** Flash operations of the life. */
  readonly operations: number;
  /** What is wrong with it, undefined: nothing. */
  readonly why: string | undefined;
  /** What it was found as: `old`, `new` or whatever the scenario tells apart. */
  readonly first: string;
}

/** Looks at what a cut at one of the operations would leave, without cutting. */
export interface Watch<S extends FlashState> {
  /** 1-based, both included. */
  readonly first: number;
  /** The life is cut short behind this one; infinite: it goes to its end. */
  readonly last: number;
  readonly modes: readonly CutMode[];
  /** @param hash of the state @param take the state itself, asked for during this call or not at all */
  found(operation: number, mode: CutMode, hash: string, take: () => S): void;
}

export interface Subject<S extends FlashState> {
  readonly start: S;
  /** One life from a state. Its outcome counts only when it was not cut short. */
  live(state: S, watch?: Watch<S>): Promise<Outcome>;
  /** The same life with power cut in earnest. @returns what is left; undefined: the life ends before that operation */
  cut(state: S, operation: number, mode: CutMode): Promise<S | undefined>;
  close(): Promise<void>;
}

/** What a campaign on native_sim tells of its subject besides. */
export interface CampaignSubject<S extends FlashState> extends Subject<S> {
  /** Of the image that is installed; undefined: none is. */
  readonly imageBytes: number | undefined;
  /** What power is cut at by each cut of a case, for people: `erase 0x08040000`. */
  namesOf(cuts: CutCase): Promise<string[]>;
}
