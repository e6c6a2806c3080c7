/** Every kind of reset: what a device does after one of them it must do after all. */
import type { ResetKind } from '../board/board.ts';
import type { Device } from './device.ts';

export const RESETS: readonly ResetKind[] = ['power-on', 'pin', 'watchdog', 'software', 'brown-out'];

/** Resets the device in this way and waits for the hand-over. */
export async function bootAfter(device: Device, kind: ResetKind): Promise<void> {
  await device.boot(() => (kind === 'power-on' ? device.powerCycle() : device.board.reset(kind)));
}
