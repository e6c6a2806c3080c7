/** What the flash interface shows of its operations as they begin, as the states that cuts there would leave. */

import type { ArraySnapshot } from '../../../platforms/native_sim/flash/array.ts';
import type { OperationObserver } from '../../../platforms/native_sim/flash/interface.ts';
import type { Board } from '../../board/board.ts';
import { hex } from '../../board/flash-region.ts';
import type { FlashState, Watch } from './subject.ts';

/** How a subject makes a state. Both are called while the operation of that number begins, or right behind it. */
export interface StateMaker<S extends FlashState> {
  /** @param flash hash of the array @param operation counted within the life: the one that is cut */
  hash(flash: string, operation: number): string;
  make(array: ArraySnapshot, hash: string, operation: number): S;
}

/** @param begun operations of the flash interface before the life */
export function observer<S extends FlashState>(
  { first, last, modes, found }: Watch<S>,
  begun: number,
  maker: StateMaker<S>,
): OperationObserver {
  return ({ number, before, torn }) => {
    const operation = number - begun;
    const flash = modes.some((mode) => mode !== 'torn') ? before.hash() : '';
    const look = (mode: 'before' | 'after', of: number) => {
      const hash = maker.hash(flash, of);
      found(of, mode, hash, () => maker.make(before.snapshot(), hash, of));
    };
    // After an operation the flash is as before the next one.
    if (operation > first && modes.includes('after')) look('after', operation - 1);
    if (operation > last) return;
    if (modes.includes('before')) look('before', operation);
    if (modes.includes('torn')) {
      torn((state) => {
        const hash = maker.hash(state.hash(), operation);
        found(operation, 'torn', hash, () => maker.make(state.snapshot(), hash, operation));
      });
    }
  };
}

/** What a board did last with its flash, for people: `erase 0x08040000`. */
export function lastOperation({ trace }: Board): string {
  const cut = trace.entries.findLast(({ lane, fields }) => lane === 'flash' && fields.addr !== undefined);
  return cut ? `${cut.what} ${hex(Number(cut.fields.addr))}` : 'nothing';
}
