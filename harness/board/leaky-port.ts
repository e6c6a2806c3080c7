/** Defects of a debug port, for negative controls on either board: closed at read protection level 2 for who asks, and serving accesses to flash all the same. */
import { FLASH_BYTES, FLASH_START } from '../provision/differences.ts';
import type { Board, BusOp, BusResult, DebugPort } from './board.ts';

export const PORT_DEFECTS = ['closed-port-reads', 'closed-port-writes'] as const;
export type PortDefect = (typeof PORT_DEFECTS)[number];

/** The port, or one with the defect where there is one. */
export function portWith(
  defect: string | undefined,
  port: DebugPort,
  flash: Pick<Board, 'peekFlash' | 'pokeFlash'>,
): DebugPort {
  const leak = PORT_DEFECTS.find((name) => name === defect);
  if (!leak) return port;
  const served = leak === 'closed-port-reads' ? ['read', 'read32'] : ['write'];
  return {
    connect: () => port.connect(),
    disconnect: () => port.disconnect(),
    access: async (ops) => {
      const results = await port.access(ops);
      return results.map((result, index) => {
        const op = ops[index]!;
        return result.ok || !served.includes(op.op) ? result : behind(op, result, flash);
      });
    },
  };
}

function behind(op: BusOp, refused: BusResult, flash: Pick<Board, 'peekFlash' | 'pokeFlash'>): BusResult {
  const length = op.op === 'read' ? op.length : op.op === 'write' ? op.bytes.length : 4;
  if (op.addr < FLASH_START || op.addr + length > FLASH_START + FLASH_BYTES) return refused;
  if (op.op === 'write') flash.pokeFlash(op.addr, op.bytes);
  const bytes = flash.peekFlash(op.addr, length);
  return { ok: true, value: Buffer.from(bytes).readUInt32LE(), bytes };
}
