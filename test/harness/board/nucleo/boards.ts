/** Boards in a real Renode for tests: provisioned ones and ones from the factory. Needs Renode and arm-none-eabi-gcc. */
import type { Board } from '../../../../harness/board/board.ts';
import { SeatPool } from '../../../../harness/board/nucleo/pool.ts';
import type { Seat } from '../../../../harness/board/nucleo/seat.ts';
import { DEFAULT_DEVICE } from '../../../../harness/cli/defaults.ts';
import { Profile } from '../../../../harness/profile/profile.ts';
import { findRenode } from '../../../../harness/renode/find.ts';
import type { Lab } from '../../../../harness/requirements/lab.ts';
import { LabFactory } from '../../../../harness/requirements/lab-factory.ts';
import { hasChipCompiler } from '../../../../platforms/runtime/build/chip.ts';

const possible = findRenode() !== undefined && hasChipCompiler();
/** The monitor of the Renode that a board sits in: what the board's own interface does not tell. */
export function seatOf(board: Board): Promise<Pick<Seat, 'command'>> {
  return (board as unknown as { sit(): Promise<Seat> }).sit();
}

/** A suite that is skipped where there is no Renode. */
export const onRenode = (title: string, body: () => void) =>
  possible ? describe(title, body) : describe.skip(`${title} (needs Renode and arm-none-eabi-gcc)`, body);

export class Boards {
  private readonly pool = new SeatPool();
  private factory: LabFactory | undefined;

  /** A laboratory whose boards end with it. */
  async withLab<T>(use: (lab: Lab) => Promise<T>): Promise<T> {
    this.factory ??= await LabFactory.create({
      profile: Profile.load(DEFAULT_DEVICE),
      board: 'nucleo_h753zi',
      seed: 1,
      recordTo: undefined,
      seats: this.pool,
    });
    const lab = await this.factory.open('board');
    try {
      return await use(lab);
    } finally {
      await lab.close();
    }
  }

  /** A provisioned device without power. */
  withDevice<T>(use: (board: Board) => Promise<T>): Promise<T> {
    return this.withLab(async (lab) => use((await lab.device({ offline: true })).board));
  }

  /** A board from the factory, without power. */
  withBlank(use: (board: Board) => Promise<void>): Promise<void> {
    return this.withLab(async (lab) => use((await lab.blank()).device.board));
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}
