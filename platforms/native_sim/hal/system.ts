/** HAL services of time, resets and other modules (SPEC 4, calls 10 to 19). */
import type { Machine } from '../machine.ts';
import { BOOT_BLOCK_BYTES } from '../parts/backup-sram.ts';
import { STATUS } from '../runtime/hal-table.ts';
import { Handover, ResetRequest } from '../runtime/signals.ts';
import type { HalService } from './dispatch.ts';

/** SPEC 6: the header before an image's body. */
const IMAGE_HEADER_BYTES = 0x400;
const SLOT_ALIGNMENT = 32;
/** 9999-12-31: beyond it an RTC's calendar has no year. */
const MAX_RTC_MS = 253_402_300_799_999n;

export function systemServices(machine: Machine): Record<string, HalService> {
  return {
    rtc_read() {
      const ms = machine.rtc.read(machine.nowNs);
      return ms === undefined ? { status: STATUS.NOT_SET } : { status: STATUS.OK, out: u64(ms) };
    },

    rtc_set({ input }) {
      const ms = new DataView(input.buffer, input.byteOffset).getBigUint64(0, true);
      if (ms > MAX_RTC_MS) return { status: STATUS.INVALID };
      machine.rtc.set(Number(ms), machine.nowNs);
      return { status: STATUS.OK };
    },

    uptime() {
      return { status: STATUS.OK, out: u64(machine.uptimeMs) };
    },

    timer_set({ args }) {
      machine.timer.set(args[0]! >>> 0);
      return { status: STATUS.OK };
    },

    reset_cause() {
      return { status: machine.rcc.cause };
    },

    handover({ args, input }) {
      const slot = args[0]! >>> 0;
      if (machine.core.handedOver) return { status: STATUS.DENIED };
      if (input.length > BOOT_BLOCK_BYTES || slot % SLOT_ALIGNMENT !== 0) return { status: STATUS.INVALID };
      const refusal = machine.core.prepare(slot + IMAGE_HEADER_BYTES);
      if (refusal !== undefined) {
        machine.note('power', 'handover-refused', { slot, reason: refusal });
        return { status: STATUS.INVALID };
      }
      machine.backupSram.leave(input);
      throw new Handover();
    },

    boot_info({ args }) {
      const block = machine.backupSram.block();
      return block.length > args[1]! >>> 0 ? { status: STATUS.NO_ROOM } : { status: block.length, out: block };
    },

    reset({ args }) {
      throw new ResetRequest(args[0]!);
    },

    call(request) {
      return machine.core.calls.call(request);
    },

    watchdog_feed() {
      machine.iwdg.feed(machine.nowNs);
      return { status: STATUS.OK };
    },
  };
}

function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  for (let at = 0, rest = value; at < 8; at++) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}
