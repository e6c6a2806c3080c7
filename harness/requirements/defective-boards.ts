/** Boards with a defect, as a station's probe sees them. */
import type { BusOp } from '../board/board.ts';
import type { FlashWrite } from '../board/flash-programmer.ts';
import { eraseSector, WORD_BYTES } from '../board/flash-registers.ts';
import type { Bench } from '../provision/bench.ts';

const BLANK = 0xff;

/** Of its flash one word does not hold what it is given: the first byte that is to be programmed there stays blank. */
export function withBadWord(bench: Bench, addr: number): Bench {
  return withPort(bench, {
    access: (ops) => bench.debug.access(ops.map((op) => (op.op === 'write' && op.addr === addr ? spoiled(op) : op))),
  });
}

/** The erase of one sector leaves it as it is, and no error flag says so. */
export function withStuckSector(bench: Bench, sector: number): Bench {
  const start = eraseSector(sector).at(-1)!;
  const isStart = (op: BusOp) =>
    op.op === 'write32' && start.op === 'write32' && op.addr === start.addr && op.value === start.value;
  return withPort(bench, { access: (ops) => bench.debug.access(ops.filter((op) => !isStart(op))) });
}

/** Its debug port answers whatever the options say. */
export function withOpenPort(bench: Bench): Bench {
  return withPort(bench, {
    connect: async () => {
      await bench.debug.connect();
      return true;
    },
  });
}

function withPort(bench: Bench, port: Partial<Bench['debug']>): Bench {
  const { debug } = bench;
  return {
    get nowNs() {
      return bench.nowNs;
    },
    console: bench.console,
    debug: {
      connect: () => debug.connect(),
      disconnect: () => debug.disconnect(),
      access: (ops) => debug.access(ops),
      ...port,
    },
    power: (on) => bench.power(on),
    run: (limitMs, until) => bench.run(limitMs, until),
    peekFlash: (from, length) => bench.peekFlash(from, length),
  };
}

/** A word in the middle of what is programmed. */
export function wordWithin({ addr, bytes }: FlashWrite): number {
  const words = Array.from({ length: Math.ceil(bytes.length / WORD_BYTES) }, (_, index) => index * WORD_BYTES);
  const written = words.filter((at) => bytes.subarray(at, at + WORD_BYTES).some((byte) => byte !== BLANK));
  return addr + written[Math.floor(written.length / 2)]!;
}

function spoiled(op: Extract<BusOp, { op: 'write' }>): BusOp {
  const at = op.bytes.findIndex((byte) => byte !== BLANK);
  return { ...op, bytes: op.bytes.map((byte, index) => (index === at ? BLANK : byte)) };
}
