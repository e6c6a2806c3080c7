/**
 * The MPU as the runtime sets it up at hand-over (SPEC 17; ARMv7-M ARM B3.5): what native code reaches at each
 * privilege, whether or not it broke out of the interpreter.
 *
 *   application   its own RAM: read and write. Its own image (app slot): read, because the engine that runs it ships there.
 *                 Nothing else: flash registers, secrets, journals, other modules' RAM, backup SRAM go through HAL calls.
 *   privileged    everything (PRIVDEFENA)
 *
 * Before hand-over the MPU is off: boot is trusted, and alone. Left out on purpose: the MPU's own registers; what privileged
 * code could do to them is the Renode board's to show.
 */
import type { Privilege } from '../../harness/board/board.ts';

const APP_RAM = { start: 0x24000000, end: 0x24060000 };
const APP_IMAGE = { start: 0x08040000, end: 0x080a0000 };

export interface MpuState {
  readonly enabled: boolean;
}

export function mpuAllows(mpu: MpuState, privilege: Privilege, addr: number, length: number, write: boolean): boolean {
  if (!mpu.enabled || privilege === 'privileged') return true;
  if (within(APP_RAM, addr, length)) return true;
  return !write && within(APP_IMAGE, addr, length);
}

function within(region: { start: number; end: number }, addr: number, length: number): boolean {
  return addr >= region.start && addr + length <= region.end;
}
