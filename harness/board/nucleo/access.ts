/** Bus accesses as the parts in Renode take them (Probe.Access, NativeCode.Run) and their answers. */
import { HarnessError } from '../../errors.ts';
import type { BusOp, BusResult } from '../board.ts';

export function accessText(op: BusOp): string {
  const addr = op.addr >>> 0;
  switch (op.op) {
    case 'read32':
      return `r32 ${addr}`;
    case 'write32':
      return `w32 ${addr} ${op.value >>> 0}`;
    case 'read':
      return `r ${addr} ${op.length}`;
    case 'write':
      return `w ${addr} ${Buffer.from(op.bytes).toString('hex')}`;
  }
}

/** @param lost what an access reads as that was never made */
export function busResult(op: BusOp, answer: string, lost: 'bus' | 'debug'): BusResult {
  const at = op.addr >>> 0;
  const [word, hex = ''] = answer.split(' ');
  switch (word) {
    case 'ok': {
      const bytes = new Uint8Array(Buffer.from(op.op === 'read' || op.op === 'read32' ? hex : '', 'hex'));
      const head = Buffer.alloc(4);
      head.set(bytes.subarray(0, 4));
      return { ok: true, value: head.readUInt32LE(0), bytes };
    }
    case 'mpu':
      return { ok: false, fault: 'mpu', at };
    case 'bus':
    case 'fault':
    case 'power-loss':
      return { ok: false, fault: 'bus', at };
    case 'lost':
    case 'debug':
      return { ok: false, fault: lost, at };
    default:
      throw new HarnessError(`expected the answer to an access, got "${answer.slice(0, 80)}"`);
  }
}
