/** Every bit of the flash interface's registers in Renode, modelled, tagged or reserved: reads and writes as native_sim's model does, locked and unlocked. */
import { expect } from 'chai';
import type { FlashTarget } from '../../../../platforms/flash-cases/target.ts';
import { REGISTER_BITS } from '../../../../platforms/native_sim/flash/bit-table.ts';
import { NativeFlashTarget } from '../../../../platforms/native_sim/flash/case-target.ts';
import { BANK2_OFFSET, KEYS, OPTION_KEYS, REG } from '../../../../platforms/native_sim/flash/registers.ts';
import { RenodeFlashTarget } from './flash-target.ts';
import { describeWithRenode, Monitor } from './renode.ts';

const KEY_REGISTERS: readonly number[] = [REG.KEYR, REG.OPTKEYR];
const STARTS: Readonly<Record<number, number>> = { [REG.CR]: ~0xc1, [REG.OPTCR]: ~0x13 };
const PATTERNS = [0xffff_ffff, 0, 0xaaaa_aaaa, 0x5555_5555];
const OFFSETS = REGISTER_BITS.flatMap(({ name }) => [REG[name], REG[name] + BANK2_OFFSET]);

/** What each register reads as: at first, and after each pattern (without the bits that start or lock something). */
async function portrait(target: FlashTarget, unlocked: boolean): Promise<string[]> {
  if (unlocked) {
    for (const offset of [0, BANK2_OFFSET])
      for (const key of KEYS) await target.writeRegister(REG.KEYR + offset, key, 4);
    for (const key of OPTION_KEYS) await target.writeRegister(REG.OPTKEYR, key, 4);
  }
  const lines: string[] = [];
  for (const offset of OFFSETS) {
    const seen = [await target.readRegister(offset)];
    if (!KEY_REGISTERS.includes(offset % BANK2_OFFSET)) {
      for (const pattern of PATTERNS) {
        await target.writeRegister(offset, (pattern & (STARTS[offset % BANK2_OFFSET] ?? -1)) >>> 0, 4);
        seen.push(await target.readRegister(offset));
      }
    }
    lines.push(`0x${offset.toString(16)}: ${seen.map((value) => value.toString(16)).join(' ')}`);
  }
  return lines;
}

describeWithRenode("the flash interface's registers in Renode, bit by bit", () => {
  let monitor: Monitor;

  before(async () => {
    monitor = await Monitor.start();
    await monitor.board();
  });
  after(() => monitor?.close());

  for (const unlocked of [false, true]) {
    it(`read and written as native_sim's, ${unlocked ? 'unlocked' : 'locked'}`, async () => {
      const target = await RenodeFlashTarget.fresh(monitor);
      expect(await portrait(target, unlocked)).to.deep.equal(await portrait(new NativeFlashTarget(), unlocked));
    });
  }
});
