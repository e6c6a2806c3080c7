/**
 * How lives end, by where they were when the device reset: a reset that keeps power leaves flash with its options, the cause, the parts that outlive it (backup SRAM,
 * clock, entropy source, sensor), and nothing else. The device is deterministic, so the same state goes the same way, and is not run twice.
 *
 * Left out: the modem. Devices of these campaigns have none attached.
 */
import { createHash } from 'node:crypto';
import { hashArray } from '../../../platforms/native_sim/flash/array.ts';
import type { Machine } from '../../../platforms/native_sim/machine.ts';
import type { Sight } from './native-life.ts';

/** Each holds the flash of its end, most of it shared. */
const MAX_TAILS = 20_000;

export class Tails {
  private readonly known = new Map<string, readonly Sight[]>();

  /** What was seen from such a reset on, to where that life's condition held. */
  find(key: string): readonly Sight[] | undefined {
    return this.known.get(key);
  }

  keep(key: string, tail: readonly Sight[]): void {
    if (this.known.size < MAX_TAILS) this.known.set(key, tail);
  }
}

/** Of a machine whose core is held in reset. */
export function resetKey({ rcc, backupSram, rtc, rng, flash, lm74, nowNs }: Machine): string {
  const { array, options, control } = flash.save();
  const time = rtc.read(nowNs) === undefined ? undefined : rtc.save();
  const rest = [rcc.save(), time, rng.save(), lm74.save(), options, control];
  const hash = createHash('sha256').update(hashArray(array)).update(backupSram.save());
  return hash.update(JSON.stringify(rest)).digest('hex');
}
