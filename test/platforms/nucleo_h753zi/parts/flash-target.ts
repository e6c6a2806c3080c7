/** The C# flash model in Renode as a target of the table of cases: a machine with a halted core, whose flash is as new for each case. */
import {
  type CaseReset,
  type FlashTarget,
  TargetFault,
  TargetPowerLoss,
} from '../../../../platforms/flash-cases/target.ts';
import type { FlashMutant } from '../../../../platforms/native_sim/flash/mutants.ts';
import type { Monitor } from './renode.ts';

const NS_PER_S = 1_000_000_000;

export class RenodeFlashTarget implements FlashTarget {
  private readonly monitor: Monitor;

  private constructor(monitor: Monitor) {
    this.monitor = monitor;
  }

  /** The machine must be there (`Monitor.board`). */
  static async fresh(monitor: Monitor, mutant: FlashMutant | 'none' = 'none'): Promise<RenodeFlashTarget> {
    await monitor.all(`flash Mutant "${mutant}"`, 'flash Seed "1"', 'cpu IsHalted true');
    return new RenodeFlashTarget(monitor);
  }

  async readRegister(offset: number): Promise<number> {
    return Number.parseInt(await this.access(`TryReadRegister ${offset}`), 16);
  }

  async writeRegister(offset: number, value: number, sizeBytes: 1 | 2 | 4): Promise<void> {
    await this.access(`TryWriteRegister ${offset} ${value >>> 0} ${sizeBytes}`);
  }

  async readMemory(addr: number, length: number): Promise<Uint8Array> {
    return Uint8Array.from(Buffer.from(await this.access(`TryRead ${addr} ${length}`), 'hex'));
  }

  async writeMemory(addr: number, bytes: Uint8Array): Promise<void> {
    await this.access(`TryWrite ${addr} "${Buffer.from(bytes).toString('hex')}"`);
  }

  async reset(kind: CaseReset): Promise<void> {
    await this.monitor.all(`cause Announce "${kind}"`, 'machine Reset', 'cpu IsHalted true');
  }

  async pass(ns: number): Promise<void> {
    await this.monitor.run(`emulation RunFor "${Math.floor(ns / NS_PER_S)}.${String(ns % NS_PER_S).padStart(9, '0')}"`);
  }

  async cutPower(operation: number, mode: 'before' | 'torn' | 'after'): Promise<void> {
    await this.monitor.run(`flash CutPower ${operation} "${mode}"`);
  }

  async attachDebugger(): Promise<boolean> {
    return (await this.monitor.run('flash AttachDebugger')) === 'True';
  }

  async disturb(addr: number, error: 'single' | 'double'): Promise<void> {
    await this.monitor.run(`flash Disturb ${addr} "${error}"`);
  }

  async bootAddress(pinHigh: boolean): Promise<number> {
    return this.monitor.number(`flash BootAddress ${pinHigh ? 'true' : 'false'}`);
  }

  contents(): Promise<string> {
    return this.monitor.run('flash ContentsHash');
  }

  /** @returns what follows `ok` */
  private async access(command: string): Promise<string> {
    const answer = await this.monitor.run(`flash ${command}`);
    if (answer === 'fault') throw new TargetFault(command);
    if (answer === 'power-loss') throw new TargetPowerLoss(command);
    if (!/^ok( [0-9a-f]*)?$/.test(answer))
      throw new Error(`flash ${command}: expected ok, fault or power-loss, got ${answer}`);
    return answer.slice(3);
  }
}
