/** HAL services of flash (SPEC 4, calls 0 to 4): the module's flash grants, then the flash interface. */
import type { Machine } from '../machine.ts';
import { isGranted, RIGHT } from '../runtime/bundle.ts';
import { STATUS } from '../runtime/hal-table.ts';
import type { HalRequest, HalService } from './dispatch.ts';

const WORD_BYTES = 32;
const SECTOR_BYTES = 128 * 1024;
const LOCK_BITS = 7;

export function flashServices(machine: Machine): Record<string, HalService> {
  const granted = ({ module }: HalRequest, addr: number, length: number, right: number) =>
    machine.options.defect === 'grants-ignored' || isGranted(module.entry.flash, addr, length, right);
  return {
    flash_read(request) {
      const addr = request.args[0]! >>> 0;
      const length = request.args[2]! >>> 0;
      if (!granted(request, addr, length, RIGHT.read)) return { status: STATUS.DENIED };
      return length === 0 ? { status: STATUS.OK } : machine.flash.read(addr, length);
    },

    flash_program(request) {
      const addr = request.args[0]! >>> 0;
      const { length } = request.input;
      if (addr % WORD_BYTES !== 0 || length % WORD_BYTES !== 0) return { status: STATUS.INVALID };
      if (!granted(request, addr, length, RIGHT.program)) return { status: STATUS.DENIED };
      return length === 0 ? { status: STATUS.OK } : machine.flash.program(addr, request.input);
    },

    flash_erase(request) {
      const addr = request.args[0]! >>> 0;
      if (addr % SECTOR_BYTES !== 0) return { status: STATUS.INVALID };
      if (!granted(request, addr, SECTOR_BYTES, RIGHT.erase)) return { status: STATUS.DENIED };
      return machine.flash.erase(addr);
    },

    flash_lock({ args }) {
      const mask = args[0]! >>> 0;
      if (mask === 0 || mask > LOCK_BITS) return { status: STATUS.INVALID };
      return machine.flash.lock(mask);
    },

    flash_option({ args }) {
      return machine.flash.option(args[0]! >>> 0);
    },
  };
}
