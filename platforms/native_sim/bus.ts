/**
 * What native code on the core and a debugger's access port reach: flash memory and its registers through the flash interface,
 * RAM, backup SRAM; everything else answers with a bus fault. Peripheral registers other than FLASH's are left out on purpose (this
 * board's parts have none): a check of those belongs to the Renode board.
 */
import type { BusOp, BusResult, Privilege } from '../../harness/board/board.ts';
import type { Machine } from './machine.ts';
import { mpuAllows } from './mpu.ts';
import { BACKUP_SRAM_BYTES } from './parts/backup-sram.ts';
import { PowerCutUnwind } from './runtime/signals.ts';

const BACKUP_SRAM = 0x38800000;
const MAX_TRANSFER_BYTES = 2 << 20;

/** The memory system answered with an error. */
export class BusRefusal extends Error {}

export function transferLength(op: BusOp): number {
  if (op.op === 'read') return op.length;
  return op.op === 'write' ? op.bytes.length : 4;
}

/**
 * Runs the accesses one after the other; a fault does not stop the next (a fault handler that returns). The code then waits for the flash it has set to
 * work: whoever looks afterwards sees what came of it.
 */
export function runNative(machine: Machine, ops: readonly BusOp[], privilege: Privilege): BusResult[] {
  let lost = false;
  const results = ops.map((op): BusResult => {
    const addr = op.addr >>> 0;
    const length = transferLength(op);
    const write = op.op === 'write' || op.op === 'write32';
    let result: BusResult = { ok: false, fault: 'bus', at: addr };
    const mpu = { enabled: machine.core.handedOver && machine.options.defect !== 'mpu-off' };
    if (!lost && !mpuAllows(mpu, privilege, addr, length, write)) {
      result = { ok: false, fault: 'mpu', at: addr };
    } else if (!lost) {
      try {
        result = { ok: true, ...access(machine, op, addr, length) };
      } catch (error) {
        if (error instanceof PowerCutUnwind) lost = true;
        else if (!(error instanceof BusRefusal)) throw error;
      }
    }
    const fields = { op: op.op, addr, length, privilege, result: result.ok ? result.value : result.fault };
    machine.note('native', 'access', fields, op.op === 'write' ? op.bytes : result.ok ? result.bytes : undefined);
    if (lost) machine.powerOff('cut');
    return result;
  });
  if (!lost) drainFlash(machine);
  return results;
}

/** Waits for the flash; a power cut that falls on an operation which waited its turn takes the supply. */
export function drainFlash(machine: Machine): void {
  try {
    machine.flash.drain();
  } catch (error) {
    if (!(error instanceof PowerCutUnwind)) throw error;
    machine.powerOff('cut');
  }
}

function access(machine: Machine, op: BusOp, addr: number, length: number): { value: number; bytes: Uint8Array } {
  if (length < 1 || length > MAX_TRANSFER_BYTES) throw new BusRefusal('length');
  switch (op.op) {
    case 'read':
    case 'read32': {
      if (op.op === 'read32' && addr % 4 !== 0) throw new BusRefusal('alignment');
      const bytes = read(machine, addr, length);
      return { value: wordOf(bytes), bytes };
    }
    case 'write':
      write(machine, addr, op.bytes);
      return { value: 0, bytes: new Uint8Array(0) };
    case 'write32': {
      if (addr % 4 !== 0) throw new BusRefusal('alignment');
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setUint32(0, op.value >>> 0, true);
      write(machine, addr, bytes);
      return { value: 0, bytes: new Uint8Array(0) };
    }
  }
}

function wordOf(bytes: Uint8Array): number {
  const word = new Uint8Array(4);
  word.set(bytes.subarray(0, 4));
  return new DataView(word.buffer).getUint32(0, true);
}

function read(machine: Machine, addr: number, length: number): Uint8Array {
  return machine.flash.covers(addr, length) ? machine.flash.busRead(addr, length) : memoryRead(machine, addr, length);
}

function write(machine: Machine, addr: number, bytes: Uint8Array): void {
  if (machine.flash.covers(addr, bytes.length)) machine.flash.busWrite(addr, bytes);
  else memoryWrite(machine, addr, bytes);
}

/** RAM and backup SRAM. @throws BusRefusal */
export function memoryRead(machine: Machine, addr: number, length: number): Uint8Array {
  if (machine.sram.has(addr, length)) return machine.sram.read(machine.core.modules, addr, length);
  if (inBackup(addr, length)) return machine.backupSram.bytes.slice(addr - BACKUP_SRAM, addr - BACKUP_SRAM + length);
  throw new BusRefusal('no device');
}

export function memoryWrite(machine: Machine, addr: number, bytes: Uint8Array): void {
  if (machine.sram.has(addr, bytes.length)) machine.sram.write(machine.core.modules, addr, bytes);
  else if (inBackup(addr, bytes.length)) machine.backupSram.bytes.set(bytes, addr - BACKUP_SRAM);
  else throw new BusRefusal('no device');
}

export function inBackup(addr: number, length: number): boolean {
  return addr >= BACKUP_SRAM && addr + length <= BACKUP_SRAM + BACKUP_SRAM_BYTES;
}
