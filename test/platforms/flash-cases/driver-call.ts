/** A driver's call of the table of flash cases, made of native_sim's driver. */
import type { DriverCall } from '../../../platforms/flash-cases/case.ts';
import type { FlashDriver } from '../../../platforms/native_sim/flash/driver.ts';

export function driverStatus(driver: FlashDriver, call: DriverCall): number {
  switch (call.call) {
    case 'program':
      return driver.program(call.addr, call.bytes);
    case 'erase':
      return driver.erase(call.addr);
    case 'read':
      return driver.read(call.addr, call.length).status;
    case 'lock':
      return driver.lock(call.mask);
    case 'option':
      return driver.option(call.register).status;
  }
}
