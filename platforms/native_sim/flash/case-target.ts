/** native_sim's flash interface as a target of the table of cases (platforms/flash-cases), with a clock of its own. */
import { type CaseReset, type FlashTarget, TargetFault, TargetPowerLoss } from '../../flash-cases/target.ts';
import { DebugAccess } from './debug-access.ts';
import { FlashDriver } from './driver.ts';
import { BusFault, PowerCutSignal } from './faults.ts';
import { FlashInterface } from './interface.ts';
import type { FlashMutant } from './mutants.ts';

export class NativeFlashTarget implements FlashTarget {
  readonly flash: FlashInterface;
  readonly driver: FlashDriver;
  private readonly port: DebugAccess;
  private nowNs = 0;

  constructor(options: { readonly mutant?: FlashMutant; readonly seed?: string } = {}) {
    this.flash = new FlashInterface({
      nowNs: () => this.nowNs,
      stallUntil: (ns) => {
        this.nowNs = Math.max(this.nowNs, ns);
      },
      seed: options.seed ?? '1',
      mutant: options.mutant,
    });
    this.driver = new FlashDriver(this.flash);
    const nothing = (addr: number): never => {
      throw new BusFault(addr, 'no other memory in this target');
    };
    this.port = new DebugAccess(this.flash, { read: nothing, write: nothing });
  }

  async readRegister(offset: number): Promise<number> {
    return guarded(() => this.flash.readRegister(offset));
  }

  async writeRegister(offset: number, value: number, sizeBytes: 1 | 2 | 4): Promise<void> {
    guarded(() => this.flash.writeRegister(offset, value, sizeBytes));
  }

  async readMemory(addr: number, length: number): Promise<Uint8Array> {
    return guarded(() => this.flash.readMemory(addr, length));
  }

  async writeMemory(addr: number, bytes: Uint8Array): Promise<void> {
    guarded(() => this.flash.writeMemory(addr, bytes));
  }

  async reset(kind: CaseReset): Promise<void> {
    this.flash.reset(kind);
  }

  async pass(ns: number): Promise<void> {
    this.nowNs += ns;
  }

  async cutPower(operation: number, mode: 'before' | 'torn' | 'after'): Promise<void> {
    this.flash.cutPower({ operation, mode });
  }

  async attachDebugger(): Promise<boolean> {
    return this.port.connect();
  }

  async disturb(addr: number, error: 'single' | 'double'): Promise<void> {
    this.flash.disturb(addr, error);
  }

  async bootAddress(pinHigh: boolean): Promise<number> {
    return this.flash.bootAddress(pinHigh);
  }

  async contents(): Promise<string> {
    return this.flash.hash();
  }
}

function guarded<T>(access: () => T): T {
  try {
    return access();
  } catch (error) {
    if (error instanceof BusFault) throw new TargetFault(error.message);
    if (error instanceof PowerCutSignal) throw new TargetPowerLoss(`operation ${error.operation}, ${error.mode}`);
    throw error;
  }
}
