/** The shortcut for campaigns does what the driver's sequence does word by word, or nothing. */
import { expect } from 'chai';
import fc from 'fast-check';
import { hashArray } from '../../../../platforms/native_sim/flash/array.ts';
import { FlashDriver } from '../../../../platforms/native_sim/flash/driver.ts';
import { PowerCutSignal } from '../../../../platforms/native_sim/flash/faults.ts';
import { FlashInterface } from '../../../../platforms/native_sim/flash/interface.ts';
import {
  CR,
  FLASH_START,
  KEYS,
  OPTION_KEYS,
  REG,
  SECTOR_BYTES,
} from '../../../../platforms/native_sim/flash/registers.ts';

const WORD = 32;
/** Some sectors of both banks, and places near their ends. */
const SECTORS = [0, 1, 7, 8, 15];

interface Step {
  readonly act: 'program' | 'erase' | 'tear' | 'disturb' | 'half-key' | 'lock' | 'queue';
  readonly sector: number;
  readonly word: number;
  readonly words: number;
  readonly fill: number;
}

function machine(options: { atOnce: boolean; freeUntilNs?: number }) {
  let nowNs = 0;
  const flash = new FlashInterface({
    nowNs: () => nowNs,
    stallUntil: (ns) => {
      nowNs = Math.max(nowNs, ns);
    },
    seed: '1',
    ...(options.atOnce ? { freeUntilNs: () => options.freeUntilNs ?? Number.POSITIVE_INFINITY } : {}),
  });
  return { flash, driver: new FlashDriver(flash), now: () => nowNs };
}

/** What the step answers. */
function play({ flash, driver }: ReturnType<typeof machine>, { act, sector, word, words, fill }: Step): unknown {
  const addr = FLASH_START + sector * SECTOR_BYTES + word * WORD;
  try {
    switch (act) {
      case 'program':
        return driver.program(
          addr,
          Uint8Array.from({ length: words * WORD }, (_, index) => (index * fill) & 0xff),
        );
      case 'erase':
        return driver.erase(FLASH_START + sector * SECTOR_BYTES);
      case 'tear':
        return flash.disturb(addr, 'double');
      case 'disturb':
        return flash.disturb(addr, 'single');
      case 'half-key':
        return flash.writeRegister(REG.OPTKEYR, OPTION_KEYS[0]);
      case 'lock':
        return driver.lock(1);
      case 'queue':
        for (const key of KEYS) flash.writeRegister(REG.KEYR, key);
        return flash.writeRegister(REG.CR, CR.PG | CR.PSIZE);
    }
  } catch (error) {
    return (error as Error).constructor.name;
  }
}

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom(
    'program',
    'program',
    'program',
    'program',
    'erase',
    'tear',
    'disturb',
    'half-key',
    'lock',
    'queue',
  ),
  sector: fc.constantFrom(...SECTORS),
  word: fc.constantFrom(0, 1, 2, 40, SECTOR_BYTES / WORD - 3, SECTOR_BYTES / WORD - 1),
  words: fc.integer({ min: 0, max: 5 }),
  fill: fc.constantFrom(0, 1, 7, 0xff),
});

function facts({ flash, now }: ReturnType<typeof machine>) {
  const { array, ...rest } = flash.snapshot();
  return { ...rest, array: hashArray(array), exact: flash.hash(), nowNs: now() };
}

describe('words programmed at once', () => {
  it('leave flash, registers, count and time as words programmed one by one', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const [fast, slow] = [machine({ atOnce: true }), machine({ atOnce: false })];
        for (const one of steps) expect(play(fast, one), JSON.stringify(one)).deep.equal(play(slow, one));
        expect(facts(fast)).deep.equal(facts(slow));
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  it('are one by one where power is cut among them, where somebody looks, or where the time does not suffice', () => {
    const bytes = new Uint8Array(8 * WORD).fill(5);
    for (const operation of [1, 5, 8]) {
      const { flash, driver } = machine({ atOnce: true });
      flash.cutPower({ operation, mode: 'after' });
      expect(() => driver.program(FLASH_START, bytes)).throw(PowerCutSignal);
      expect(flash.operations).equal(operation);
      expect(Buffer.from(flash.peek(FLASH_START, bytes.length)).filter((byte) => byte === 5).length).equal(
        operation * WORD,
      );
    }
    const watched = machine({ atOnce: true });
    const seen: number[] = [];
    watched.flash.observe(({ number }) => seen.push(number), { from: 4, to: 5 });
    watched.driver.program(FLASH_START, bytes);
    expect(seen).deep.equal([4, 5]);
    const hurried = machine({ atOnce: true, freeUntilNs: 8 * 100_000 });
    expect(hurried.flash.programAtOnce(FLASH_START, bytes)).equal(false);
    expect(hurried.flash.programAtOnce(FLASH_START, bytes.subarray(0, 7 * WORD))).equal(true);
  });

  it('hash alike when nobody can tell them apart, and only then', () => {
    const make = (work: (flash: FlashInterface) => void) => {
      const { flash } = machine({ atOnce: false });
      flash.poke(FLASH_START, new Uint8Array(4 * WORD).fill(9));
      work(flash);
      return hashArray(flash.arraySnapshot());
    };
    const torn = (byte: number) =>
      make((flash) => {
        flash.poke(FLASH_START + WORD, Uint8Array.of(byte));
        flash.disturb(FLASH_START + WORD, 'double');
      });
    expect(torn(1)).equal(torn(2));
    expect(torn(1)).not.equal(make(() => {}));
    expect(make((flash) => flash.poke(FLASH_START + SECTOR_BYTES - 1, Uint8Array.of(0)))).not.equal(make(() => {}));
  });
});
