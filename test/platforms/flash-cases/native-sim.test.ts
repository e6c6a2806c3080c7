import { expect } from 'chai';
import { runCase, runSteps } from '../../../platforms/flash-cases/run.ts';
import { FLASH_CASES } from '../../../platforms/flash-cases/table.ts';
import { NativeFlashTarget } from '../../../platforms/native_sim/flash/case-target.ts';
import { FLASH_MUTANTS } from '../../../platforms/native_sim/flash/mutants.ts';
import { driverStatus } from './driver-call.ts';

describe('the table of flash cases on native_sim', () => {
  it('has at least sixty cases, each with an id of its own and a section of the manual', () => {
    expect(FLASH_CASES.length).to.be.at.least(60);
    expect(new Set(FLASH_CASES.map(({ id }) => id)).size).to.equal(FLASH_CASES.length);
    for (const { id, section } of FLASH_CASES) expect(section, id).to.match(/^4\.\d+(\.\d+)?$/);
  });

  for (const one of FLASH_CASES) {
    it(`${one.id} (RM0433 ${one.section})`, async () => {
      expect(await runCase(new NativeFlashTarget(), one)).to.equal(undefined);
    });

    if (one.driver) {
      const { setUp = [], calls } = one.driver;
      it(`${one.id}, through the driver`, async () => {
        const target = new NativeFlashTarget();
        expect(await runSteps(target, setUp)).to.equal(undefined);
        const statuses = calls.map((call) => driverStatus(target.driver, call));
        expect(statuses).to.deep.equal(calls.map(({ status }) => status));
      });
    }
  }
});

describe('the flash left by the registers and by the driver', () => {
  // Set-up in the middle of a case (a protection over written flash) leaves the two paths with different histories: those compare statuses only.
  for (const one of FLASH_CASES.filter(({ driver, id }) => driver && id !== 'erase.a-protected-sector-is-refused')) {
    it(`is the same: ${one.id}`, async () => {
      const registers = new NativeFlashTarget();
      await runCase(registers, one);
      const target = new NativeFlashTarget();
      await runSteps(target, one.driver!.setUp ?? []);
      for (const call of one.driver!.calls) driverStatus(target.driver, call);
      expect(await target.contents()).to.equal(await registers.contents());
    });
  }
});

describe('defects of the flash model', () => {
  for (const mutant of FLASH_MUTANTS) {
    it(`${mutant} fails the cases that name it, and no other`, async () => {
      const failed: string[] = [];
      for (const one of FLASH_CASES) {
        if (await runCase(new NativeFlashTarget({ mutant }), one)) failed.push(one.id);
      }
      const named = FLASH_CASES.filter(({ kills }) => kills?.includes(mutant)).map(({ id }) => id);
      expect(named).to.not.have.length(0);
      expect(failed).to.deep.equal(named);
    });
  }
});
