/** A board of whose flash one word does not hold what it is given: the first byte that is to be programmed there stays blank. As a station's probe sees it. */
import type { BusOp } from '../board/board.ts';
import type { FlashWrite } from '../board/flash-programmer.ts';
import { WORD_BYTES } from '../board/flash-registers.ts';
import type { Bench } from '../provision/bench.ts';

const BLANK = 0xff;

export function withBadWord(bench: Bench, addr: number): Bench {
  const { debug } = bench;
  return {
    get nowNs() {
      return bench.nowNs;
    },
    console: bench.console,
    debug: {
      connect: () => debug.connect(),
      disconnect: () => debug.disconnect(),
      access: (ops) => debug.access(ops.map((op) => (op.op === 'write' && op.addr === addr ? spoiled(op) : op))),
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
