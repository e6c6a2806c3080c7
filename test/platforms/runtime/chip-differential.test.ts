/** The engine as the chip has it, its dispatch shortened in assembly, on the Cortex-M7 in Renode: generated modules end as on the host, with the same status, and leave the same state. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { findRenode } from '../../../harness/renode/find.ts';
import { buildProgram } from '../../../platforms/runtime/bench/chip/build.ts';
import { hasChipCompiler } from '../../../platforms/runtime/build/chip.ts';
import { type DifferentialCase, differentialCase, type Outcome } from '../../../platforms/runtime/fuzz/differential.ts';
import { opcodeCases } from '../../../platforms/runtime/fuzz/opcode-cases.ts';
import { buildHost } from '../../../platforms/runtime/host/build.ts';
import { Driver } from '../../../platforms/runtime/host/client.ts';
import { RenodeMachine } from '../../../scripts/bench-interp/renode.ts';
import { hostRuns } from './differential.ts';

const SEED = 1;
const CASES = 25;
const STATUSES = [
  ...readFileSync(new URL('../../../platforms/runtime/engine/status.def', import.meta.url), 'utf8').matchAll(
    /^X\((\w+)/gm,
  ),
].map(([, name]) => name!);

describe('engine of the chip in Renode on generated modules', () => {
  let folder: string;
  let machine: RenodeMachine;
  let driver: Driver;
  before(async function () {
    const executable = buildHost('nofloat');
    if (executable === undefined || !findRenode() || !hasChipCompiler()) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'proofboard-chip-'));
    driver = new Driver(executable);
    machine = await RenodeMachine.start(buildProgram(folder));
  });
  after(async () => {
    await machine?.close();
    await driver?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  /** One case on both. */
  const compare = async (item: DifferentialCase, what: string): Promise<void> => {
    const { runs, outcomes } = await hostRuns(driver, item);
    if (runs.length === 0) return;
    await machine.load(item.wasm);
    const func = await machine.find('run');
    const chip: Outcome[] = [];
    for (const run of runs) {
      const { status } = await machine.run(func, [run]);
      const { result: state } = await machine.run(func, [item.runs]);
      chip.push({ ended: status === 0 ? 'ok' : STATUSES[status]!, state });
    }
    expect(chip, what).to.deep.equal(outcomes);
  };

  it('ends as on the host and leaves the same memory and globals', async () => {
    for (let number = 0; number < CASES; number++)
      await compare(differentialCase(SEED, number), `case ${number} of seed ${SEED}`);
  });

  it('has every integer opcode right, its operands computed, in locals and constant', async () => {
    for (const { name, item } of opcodeCases()) await compare(item, name);
  });
});
