/** The bench as a station in a process of its own has it: each call goes to the process that holds the board, which answers with what has changed since. */
import type { BusOp, BusResult } from '../../board/board.ts';
import type { Bench } from '../bench.ts';
import type { BenchCall, BenchState, BenchValue } from './messages.ts';

export class RemoteBench implements Bench {
  nowNs = 0;
  readonly console = { lines: [] as string[] };
  readonly debug: Bench['debug'] = {
    connect: async () => (await this.ask({ what: 'connect' })) === true,
    disconnect: async () => {
      await this.ask({ what: 'disconnect' });
    },
    access: async (ops: readonly BusOp[]) => (await this.ask({ what: 'access', ops })) as BusResult[],
  };

  constructor(private readonly ask: (call: BenchCall) => Promise<BenchValue>) {}

  heard({ nowNs, lines }: BenchState): void {
    this.nowNs = nowNs;
    this.console.lines.push(...lines);
  }

  async power(on: boolean): Promise<void> {
    await this.ask({ what: 'power', on });
  }

  /** Looks after every line of the console instead of after every event: lines are all that a station hears. */
  async run(limitMs: number, until?: () => boolean): Promise<boolean> {
    const endNs = this.nowNs + limitMs * 1e6;
    while (!until?.()) {
      const leftMs = (endNs - this.nowNs) / 1e6;
      const came = await this.ask({ what: 'run', limitMs: leftMs, lines: until !== undefined });
      if (came !== true) return until?.() ?? false;
    }
    return true;
  }

  async peekFlash(addr: number, length: number): Promise<Uint8Array> {
    return (await this.ask({ what: 'peek', addr, length })) as Uint8Array;
  }
}
