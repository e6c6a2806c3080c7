/** The table of flash cases through the chip's own driver, on the C# model in Renode: the statuses that the table says, and the flash that native_sim's driver leaves. */
import { expect } from 'chai';
import { runSteps } from '../../../../platforms/flash-cases/run.ts';
import { R } from '../../../../platforms/flash-cases/steps.ts';
import { FLASH_CASES } from '../../../../platforms/flash-cases/table.ts';
import { NativeFlashTarget } from '../../../../platforms/native_sim/flash/case-target.ts';
import { hasChipCompiler } from '../../../../platforms/runtime/build/chip.ts';
import { driverStatus } from '../../flash-cases/driver-call.ts';
import { RenodeFlashTarget } from '../parts/flash-target.ts';
import { Monitor, RENODE } from '../parts/renode.ts';
import { DriverProgram, UNTOUCHED } from './driver/program.ts';

/** Longer than what any case's calls take: five erases. */
const VIRTUAL_S = 30;

describe("the table of flash cases through the chip's driver in Renode", () => {
  let monitor: Monitor;
  let program: DriverProgram;

  before(async function () {
    if (!RENODE || !hasChipCompiler()) this.skip();
    monitor = await Monitor.start();
    await monitor.board();
    await monitor.run('emulation SetGlobalQuantum "0.01"');
    program = await DriverProgram.start(monitor);
  });
  after(() => monitor?.close());

  for (const { id, section, driver } of FLASH_CASES) {
    if (!driver) continue;
    it(`${id} (RM0433 ${section})`, async () => {
      const { setUp = [], calls } = driver;
      const [target, native] = [await RenodeFlashTarget.fresh(monitor), new NativeFlashTarget()];
      for (const one of [target, native]) expect(await runSteps(one, setUp)).to.equal(undefined);
      const { statuses, read } = await program.run(calls, VIRTUAL_S);
      expect(statuses).to.deep.equal(calls.map(({ status }) => status));
      expect(calls.map((call) => driverStatus(native.driver, call))).to.deep.equal(statuses);
      expect(await target.contents()).to.equal(await native.contents());
      // Each bank locked and no longer programming, no flag left for the next call.
      for (const register of [R.CR1, R.CR2, R.SR1, R.SR2])
        expect(await target.readRegister(register)).to.equal(await native.readRegister(register));
      const expected = calls.flatMap((call) => (call.call === 'read' ? [expectedRead(native, call)] : []));
      expect(read).to.deep.equal(expected);
    });
  }
});

/** What the caller's buffer holds afterwards: a read that fails leaves it as it was (SPEC 4). No case changes after its last read what it read. */
function expectedRead(native: NativeFlashTarget, { addr, length }: { addr: number; length: number }): string {
  const { status, bytes } = native.driver.read(addr, length);
  return (status === 0 ? Buffer.from(bytes) : Buffer.alloc(length, UNTOUCHED)).toString('hex');
}
