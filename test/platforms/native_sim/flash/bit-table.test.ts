import { expect } from 'chai';
import { REGISTER_BITS } from '../../../../platforms/native_sim/flash/bit-table.ts';
import { BusFault } from '../../../../platforms/native_sim/flash/faults.ts';
import { FlashInterface } from '../../../../platforms/native_sim/flash/interface.ts';
import { BANK2_OFFSET, CR, KEYS, OPTION_KEYS, REG } from '../../../../platforms/native_sim/flash/registers.ts';

function openFlash(warnings: number[] = []): FlashInterface {
  let nowNs = 0;
  const flash = new FlashInterface({
    nowNs: () => nowNs,
    stallUntil: (ns) => {
      nowNs = Math.max(nowNs, ns);
    },
    seed: '1',
    onWarning: (register) => warnings.push(register),
  });
  for (const offset of [0, BANK2_OFFSET]) for (const key of KEYS) flash.writeRegister(REG.KEYR + offset, key);
  for (const key of OPTION_KEYS) flash.writeRegister(REG.OPTKEYR, key);
  return flash;
}

const maskOf = (fields: Readonly<Record<string, number>>): number =>
  Object.values(fields).reduce((sum, mask) => sum + mask, 0);

describe('the table of register bits', () => {
  it('names every register once', () => {
    expect(REGISTER_BITS.map(({ name }) => name).sort()).to.deep.equal(Object.keys(REG).sort());
  });

  for (const { name, banked, modelled, tagged } of REGISTER_BITS) {
    it(`${name}: no bit has two names, none lies outside`, () => {
      let seen = 0n;
      for (const mask of [...Object.values(modelled), ...Object.values(tagged)]) {
        expect(seen & BigInt(mask)).to.equal(0n);
        seen |= BigInt(mask);
      }
      expect(seen < 1n << 32n).to.equal(true);
    });

    it(`${name}: reserved bits keep their reset value whatever is written`, () => {
      const known = (maskOf(modelled) + maskOf(tagged)) >>> 0;
      for (const offset of banked ? [0, BANK2_OFFSET] : [0]) {
        const register = REG[name] + offset;
        const before = openFlash().readRegister(register);
        for (const value of [0xffff_ffff, 0, 0xaaaa_aaaa, 0x5555_5555]) {
          const flash = openFlash();
          try {
            // Without START, OPTSTART and MER: what these begin is for the table of cases.
            const begins = name === 'CR' ? CR.START : name === 'OPTCR' ? 0x12 : 0;
            flash.writeRegister(register, (value & ~begins) >>> 0);
          } catch (error) {
            if (!(error instanceof BusFault)) throw error;
          }
          expect((flash.readRegister(register) & ~known) >>> 0, `${name} after 0x${value.toString(16)}`).to.equal(
            (before & ~known) >>> 0,
          );
        }
      }
    });
  }

  it('warns when a tagged register is written', () => {
    const warnings: number[] = [];
    const flash = openFlash(warnings);
    for (const name of ['PRAR_PRG', 'SCAR_PRG', 'CRCCR', 'CRCSADD', 'CRCEADD'] as const)
      flash.writeRegister(REG[name], 0);
    expect(warnings).to.deep.equal([REG.PRAR_PRG, REG.SCAR_PRG, REG.CRCCR, REG.CRCSADD, REG.CRCEADD]);
  });

  it('answers with a fault outside of the block and off a word', () => {
    for (const register of [-4, 2, 0x200, 0x1000]) expect(() => openFlash().readRegister(register)).to.throw(BusFault);
  });
});
