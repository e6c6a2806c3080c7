/**
 * What a campaign plays: a start in flash, a life, and what must hold of every life. The scenarios themselves are in scenarios.ts.
 *
 * A life is driven the same way whatever happened before, so the recovery after a cut is just another life from what the cut left.
 */
import type { Board } from '../../board/board.ts';
import type { Profile } from '../../profile/profile.ts';
import type { Updater } from '../../profile/updater.ts';
import type { Life, SlotImages } from './life.ts';

export interface Workshop {
  readonly profile: Profile;
  readonly updater: Updater;
  /** Applications as a variant's source makes them, by their module's name. */
  readonly rebuilt?: Readonly<Record<string, Uint8Array>>;
  /** Size of the images' filling, bytes: how large the campaign is. */
  readonly fillBytes: number;
}

export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** Of one that installs an image of the size that is asked for: filling that it has in any case. undefined: none is installed. */
  readonly fillBeside?: number;
  /** All that may run first after a cut, each of which some cut has to leave. */
  readonly outcomes: readonly string[];
  images(workshop: Workshop): SlotImages;
  /** Brings a provisioned board that is off (its app slot holds the old image) to where the scenario starts, off again. */
  prepare(board: Board, images: SlotImages, workshop: Workshop): Promise<void>;
  /** One life, to its end or until it is dark. */
  drive(life: Life): Promise<void>;
  /** After a life that was not cut: what is wrong with how it ended, undefined: nothing. */
  verdict(life: Life): string | undefined;
}
