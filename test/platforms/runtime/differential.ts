/** Runs of a differential case on V8 and on the host's engine. */
import type { DifferentialCase, Outcome } from '../../../platforms/runtime/fuzz/differential.ts';
import type { Driver } from '../../../platforms/runtime/host/client.ts';
import { buildSideTable } from '../../../platforms/runtime/sidetable/builder.ts';

/** Of one run; enough for what ends at all. */
const FUEL = 2000;
const FUEL_OF_STATE = 1_000_000;
/** Ends that come from an engine's limits, not from the program. */
const LIMITS = ['WR_TRAP_FUEL', 'WR_TRAP_STACK', 'WR_TRAP_DEPTH'];

export interface HostRuns {
  /** Numbers of the runs that end within the limits. */
  readonly runs: readonly number[];
  readonly outcomes: readonly Outcome[];
}

/** Those that end, one after the other in one instance. */
export async function hostRuns(driver: Driver, { wasm, runs }: DifferentialCase): Promise<HostRuns> {
  const table = buildSideTable(wasm);
  for (let chosen = Array.from({ length: runs }, (_, index) => index); ; ) {
    await driver.ask('reset');
    const loaded = await driver.load(wasm, table);
    const instance = loaded.ok ? await driver.ask(`instance ${loaded.words[0]}`) : loaded;
    if (!instance.ok) throw new Error(`expected an instance, got ${instance.status} at ${instance.offset}`);
    const outcomes: Outcome[] = [];
    let endless: number | undefined;
    for (const run of chosen) {
      await driver.ask(`fuel 0 ${FUEL}`);
      const answer = await driver.call('0', `r${run}`);
      if (!answer.ok && LIMITS.includes(answer.status)) {
        endless = run;
        break;
      }
      await driver.ask(`fuel 0 ${FUEL_OF_STATE}`);
      const state = await driver.call('0', 'state');
      if (!state.ok) throw new Error(`state: ${state.status}`);
      outcomes.push({
        ended: answer.ok ? 'ok' : answer.status,
        state: Number.parseInt(state.words[0]!.slice(4), 16) | 0,
      });
    }
    if (endless === undefined) return { runs: chosen, outcomes };
    chosen = chosen.filter((run) => run !== endless);
  }
}

/** `ended` is `ok` or `trap`: V8's words for a trap are its own. */
export function v8Runs({ wasm }: DifferentialCase, runs: readonly number[]): Outcome[] {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(wasm)), {});
  const call = (name: string) => (exports[name] as unknown as () => number | undefined)();
  return runs.map((run) => {
    let ended = 'ok';
    try {
      call(`r${run}`);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      ended = 'trap';
    }
    return { ended, state: call('state')! };
  });
}
