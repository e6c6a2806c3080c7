/**
 * SWD as a probe uses it on this board: attach under reset (the probe drives NRST, then halts the core before its first
 * instruction), then memory accesses. What answers at which read protection level is decided in `flash/debug-access.ts`.
 *
 * Left out on purpose: core registers, breakpoints, the boundary scan chain.
 */
import type { BusOp, BusResult, DebugPort } from '../../harness/board/board.ts';
import { BusRefusal, drainFlash, memoryRead, memoryWrite, transferLength } from './bus.ts';
import { DebugAccess } from './flash/debug-access.ts';
import { BusFault, PowerCutSignal } from './flash/faults.ts';
import type { Machine } from './machine.ts';
import { PowerCutUnwind } from './runtime/signals.ts';

const NONE = new Uint8Array(0);

export class NativeDebugPort implements DebugPort {
  private readonly machine: Machine;
  private readonly access_: DebugAccess;
  private readonly settle: () => Promise<void>;

  /** @param settle tells the modem of resets */
  constructor(machine: Machine, settle: () => Promise<void>) {
    this.machine = machine;
    this.settle = settle;
    this.access_ = new DebugAccess(machine.flash.interface, {
      read: (addr, length) => memoryRead(machine, addr, length),
      write: (addr, bytes) => memoryWrite(machine, addr, bytes),
    });
  }

  async connect(): Promise<boolean> {
    const { machine } = this;
    if (!machine.powered) return false;
    machine.halt();
    const answers = this.access_.connect();
    machine.note('debug', 'connect', { answers: answers ? 1 : 0 });
    if (!answers) machine.resume();
    await this.settle();
    return answers;
  }

  async disconnect(): Promise<void> {
    if (this.machine.core.state !== 'halted') return;
    this.machine.note('debug', 'disconnect', {});
    this.machine.resume();
  }

  async access(ops: readonly BusOp[]): Promise<BusResult[]> {
    const results = ops.map((op) => this.one(op));
    if (this.machine.core.state === 'halted') drainFlash(this.machine);
    await this.settle();
    return results;
  }

  private one(op: BusOp): BusResult {
    const { machine } = this;
    const addr = op.addr >>> 0;
    const length = transferLength(op);
    let result: BusResult = { ok: false, fault: 'debug', at: addr };
    if (machine.core.state === 'halted' && this.access_.answers) result = this.reach(op, addr, length);
    const fields = { op: op.op, addr, length, result: result.ok ? result.value : result.fault };
    const data = op.op === 'write' ? op.bytes : result.ok && op.op === 'read' ? result.bytes : undefined;
    machine.note('debug', 'access', fields, data);
    return result;
  }

  private reach(op: BusOp, addr: number, length: number): BusResult {
    try {
      const bytes = this.transfer(op, addr, length);
      return { ok: true, value: firstWord(bytes), bytes };
    } catch (error) {
      const cut = error instanceof PowerCutSignal || error instanceof PowerCutUnwind;
      if (!cut && !(error instanceof BusFault) && !(error instanceof BusRefusal)) throw error;
      if (cut) this.machine.powerOff('cut');
      return { ok: false, fault: 'bus', at: addr };
    }
  }

  private transfer(op: BusOp, addr: number, length: number): Uint8Array {
    if (op.op === 'read32' || op.op === 'write32') {
      if (addr % 4 !== 0) throw new BusRefusal('alignment');
    } else if (!this.machine.flash.covers(addr, length) && !this.machine.hasMemory(addr, length)) {
      throw new BusRefusal('no device');
    }
    switch (op.op) {
      case 'read':
      case 'read32':
        return this.access_.read(addr, length).slice();
      case 'write':
        this.access_.write(addr, op.bytes);
        return NONE;
      case 'write32': {
        const bytes = new Uint8Array(4);
        new DataView(bytes.buffer).setUint32(0, op.value >>> 0, true);
        this.access_.write(addr, bytes);
        return NONE;
      }
    }
  }
}

/** Little-endian, as far as there are bytes: a station's loader makes ten thousand accesses. */
function firstWord(bytes: Uint8Array): number {
  let word = 0;
  for (let at = Math.min(4, bytes.length) - 1; at >= 0; at--) word = (word << 8) | bytes[at]!;
  return word >>> 0;
}
