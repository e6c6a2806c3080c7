/**
 * The seats of this process and who sits on them. A board takes a seat when it has to run and keeps it until it is closed or another board needs it more: the
 * one that ran longest ago is parked, its whole state in a file, and goes on from there when its turn comes again.
 */
import { RememberingSeat, RunMemory } from './memory.ts';
import { RenodeSeat, type Seat } from './seat.ts';

export interface Sitter {
  /** Gives the seat up; the state is kept. */
  park(): Promise<void>;
}

/** Each takes some 300 MB and ten seconds to start; checks run a device and its twin. */
const MOST_SEATS = 2;

export class SeatPool {
  private readonly free: Seat[] = [];
  /** The one that ran last is last. */
  private readonly taken = new Map<Sitter, Seat>();

  private readonly memory = new RunMemory();

  /** @param onAnswer called with each command that a machine itself answered: the emulation goes on */
  constructor(
    private readonly start: () => Promise<Seat> = () => RenodeSeat.start(),
    private readonly onAnswer: () => void = () => {},
  ) {}

  /** @throws EnvironmentError without Renode */
  async take(sitter: Sitter): Promise<Seat> {
    if (this.free.length === 0 && this.taken.size >= MOST_SEATS) {
      const [longest] = this.taken.keys();
      await longest!.park();
    }
    const seat = this.free.pop() ?? new RememberingSeat(await this.start(), this.memory, this.onAnswer);
    this.taken.set(sitter, seat);
    return seat;
  }

  /** It is about to run. */
  touch(sitter: Sitter): void {
    const seat = this.taken.get(sitter);
    if (!seat) return;
    this.taken.delete(sitter);
    this.taken.set(sitter, seat);
  }

  give(sitter: Sitter): void {
    const seat = this.taken.get(sitter);
    this.taken.delete(sitter);
    if (seat) this.free.push(seat);
  }

  /** A seat that cannot be trusted any more: its process may be gone. */
  async drop(sitter: Sitter): Promise<void> {
    const seat = this.taken.get(sitter);
    this.taken.delete(sitter);
    await seat?.close();
  }

  async close(): Promise<void> {
    const seats = [...this.free, ...this.taken.values()];
    this.free.length = 0;
    this.taken.clear();
    await Promise.all(seats.map((seat) => seat.close()));
  }
}
