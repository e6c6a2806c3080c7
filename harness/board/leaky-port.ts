/**
 * Defects of a debug port, for negative controls on either board: closed at read protection level 2 for who asks, and serving accesses to flash all the same; or
 * giving way to who asks again.
 */
import { FLASH_BYTES, FLASH_START } from '../provision/differences.ts';
import type { Board, BusOp, BusResult, DebugPort } from './board.ts';
import { RDP_LEVEL_0, REG, withRdp } from './flash-registers.ts';

export const PORT_DEFECTS = ['closed-port-reads', 'closed-port-writes', 'closed-port-opens-again'] as const;
export type PortDefect = (typeof PORT_DEFECTS)[number];

type Flash = Pick<Board, 'peekFlash' | 'pokeFlash' | 'peekOption' | 'pokeOption'>;

/** The port, or one with the defect where there is one. */
export function portWith(defect: string | undefined, port: DebugPort, flash: Flash): DebugPort {
  const leak = PORT_DEFECTS.find((name) => name === defect);
  if (!leak) return port;
  if (leak === 'closed-port-opens-again') return opening(port, flash);
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

/** The second time that it would refuse, it goes back to read protection level 0, without the erase of all flash. */
function opening(port: DebugPort, flash: Flash): DebugPort {
  let refused = 0;
  return {
    connect: async () => {
      if (await port.connect()) return true;
      if (++refused < 2) return false;
      flash.pokeOption(REG.OPTSR_CUR, withRdp(flash.peekOption(REG.OPTSR_CUR), RDP_LEVEL_0));
      return port.connect();
    },
    disconnect: () => port.disconnect(),
    access: (ops) => port.access(ops),
  };
}

function behind(op: BusOp, refused: BusResult, flash: Flash): BusResult {
  const length = op.op === 'read' ? op.length : op.op === 'write' ? op.bytes.length : 4;
  if (op.addr < FLASH_START || op.addr + length > FLASH_START + FLASH_BYTES) return refused;
  if (op.op === 'write') flash.pokeFlash(op.addr, op.bytes);
  const bytes = flash.peekFlash(op.addr, length);
  return { ok: true, value: Buffer.from(bytes).readUInt32LE(), bytes };
}
