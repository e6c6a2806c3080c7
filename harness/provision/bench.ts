/**
 * What a station has of the board on its bench: the supply, a probe at the debug port, a receiver at the console. A `Board` is one; a station in a process of its own has one over a
 * channel (process/remote-bench.ts).
 */
import type { Board } from '../board/board.ts';

export interface Bench {
  readonly nowNs: number;
  readonly console: Pick<Board['console'], 'lines'>;
  readonly debug: Board['debug'];
  power(on: boolean): Promise<void>;
  run(limitMs: number, until?: () => boolean): Promise<boolean>;
  /** A laboratory's means, which only a sabotaged station uses. */
  peekFlash(addr: number, length: number): Uint8Array | Promise<Uint8Array>;
}
