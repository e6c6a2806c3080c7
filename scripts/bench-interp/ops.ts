/** How many Wasm opcodes a workload executes, by the host build that counts them. */
import { driverMachine, type LinkedModule } from '../../platforms/runtime/bench/machines.ts';
import type { Workload } from '../../platforms/runtime/bench/workloads.ts';
import { buildHost } from '../../platforms/runtime/host/build.ts';
import { Driver } from '../../platforms/runtime/host/client.ts';
import { buildSideTable } from '../../platforms/runtime/sidetable/builder.ts';

/** Counters below this are opcodes, from here on pairs (engine.h, `profile`). */
const OPCODES = 512;

/** Executed opcodes, or undefined without a C compiler. @throws Error when the answer is wrong */
export async function countOps(linked: LinkedModule, workload: Workload): Promise<number | undefined> {
  const executable = buildHost('profile');
  if (executable === undefined) return undefined;
  const driver = new Driver(executable);
  try {
    await driver.ask('pages 4');
    await driver.load(linked.wasm, buildSideTable(linked.wasm));
    await driver.ask('instance 0');
    await driver.ask('profile 0');
    const machine = await driverMachine(driver, '0', linked);
    if (!(await workload.run(machine, linked.freeFrom))) throw new Error(`${workload.name}: wrong answer on this host`);
    const counters = await driver.ask('profile 0');
    if (!counters.ok) throw new Error(`profile: ${counters.text}`);
    return counters.words
      .map((text) => text.split(':').map(Number))
      .reduce((sum, [index = 0, count = 0]) => (index < OPCODES ? sum + count : sum), 0);
  } finally {
    driver.kill();
  }
}
