/** The one table of flash cases against the C# model in real Renode: each case's outcome, and the flash that it leaves, equal to native_sim's. */
import { expect } from 'chai';
import { runCase } from '../../../../platforms/flash-cases/run.ts';
import { FLASH_CASES } from '../../../../platforms/flash-cases/table.ts';
import { NativeFlashTarget } from '../../../../platforms/native_sim/flash/case-target.ts';
import { FLASH_MUTANTS } from '../../../../platforms/native_sim/flash/mutants.ts';
import { RenodeFlashTarget } from './flash-target.ts';
import { describeWithRenode, Monitor } from './renode.ts';

describeWithRenode('the table of flash cases on the C# model in Renode', () => {
  let monitor: Monitor;

  before(async () => {
    monitor = await Monitor.start();
    await monitor.board();
    await monitor.run('emulation SetGlobalQuantum "1"');
  });
  after(() => monitor?.close());

  for (const one of FLASH_CASES) {
    it(`${one.id} (RM0433 ${one.section})`, async () => {
      const target = await RenodeFlashTarget.fresh(monitor);
      expect(await runCase(target, one)).to.equal(undefined);
      const native = new NativeFlashTarget();
      await runCase(native, one);
      expect(await target.contents()).to.equal(await native.contents());
    });
  }

  for (const mutant of FLASH_MUTANTS) {
    it(`${mutant} fails the cases that name it`, async () => {
      const named = FLASH_CASES.filter(({ kills }) => kills?.includes(mutant));
      expect(named).to.not.have.length(0);
      for (const one of named) {
        const target = await RenodeFlashTarget.fresh(monitor, mutant);
        expect(await runCase(target, one), one.id).to.not.equal(undefined);
      }
    });
  }
});
