import { expect } from 'chai';
import { DebugAccess } from '../../../../platforms/native_sim/flash/debug-access.ts';
import { FLASH_STATUS, FlashDriver } from '../../../../platforms/native_sim/flash/driver.ts';
import { BusFault, PowerCutSignal } from '../../../../platforms/native_sim/flash/faults.ts';
import {
  FlashInterface,
  type FlashInterfaceOptions,
  type FlashOperation,
} from '../../../../platforms/native_sim/flash/interface.ts';
import {
  FACTORY_OPTIONS,
  FLASH_BYTES,
  FLASH_START,
  OPTCR,
  OPTION_KEYS,
  REG,
  SECTOR_BYTES,
} from '../../../../platforms/native_sim/flash/registers.ts';

const A = 0x0812_0000;
const SECRET = Uint8Array.from({ length: 32 }, (_, index) => index + 1);

function makeFlash(more: Partial<FlashInterfaceOptions> = {}): FlashInterface {
  let nowNs = 0;
  return new FlashInterface({
    nowNs: () => nowNs,
    stallUntil: (ns) => {
      nowNs = Math.max(nowNs, ns);
    },
    seed: '1',
    ...more,
  });
}

function changeLevel(flash: FlashInterface, byte: number): void {
  for (const key of OPTION_KEYS) flash.writeRegister(REG.OPTKEYR, key);
  flash.writeRegister(REG.OPTSR_PRG, (flash.readRegister(REG.OPTSR_CUR) & ~0xff00) | (byte << 8));
  flash.writeRegister(REG.OPTCR, OPTCR.OPTSTART);
}

/** Fate of each word of a sector that was full of data before its erase was torn. */
function tornErase(seed: string): string {
  const flash = makeFlash({ seed });
  flash.poke(A, new Uint8Array(SECTOR_BYTES).fill(0x11));
  flash.cutPower({ operation: 1, mode: 'torn' });
  expect(() => new FlashDriver(flash).erase(A))
    .to.throw()
    .that.is.instanceOf(PowerCutSignal);
  flash.powerCycle();
  const driver = new FlashDriver(flash);
  return Array.from({ length: SECTOR_BYTES / 32 }, (_, word) => {
    const { status, bytes } = driver.read(A + word * 32, 32);
    return status === FLASH_STATUS.ECC ? 'u' : bytes[0] === 0x11 ? 'o' : 'e';
  }).join('');
}

describe('flash interface: torn operations', () => {
  it('a torn erase leaves each word old, erased or unreadable, by the seed', () => {
    const words = tornErase('1');
    for (const fate of ['o', 'e', 'u']) expect(words.split(fate).length, fate).to.be.greaterThan(1000);
    expect(tornErase('1')).to.equal(words);
    expect(tornErase('2')).to.not.equal(words);
  });

  it('a torn program leaves remnants in the cells that a search must see', () => {
    const flash = makeFlash();
    flash.cutPower({ operation: 1, mode: 'torn' });
    expect(() => new FlashDriver(flash).program(A, SECRET))
      .to.throw()
      .that.is.instanceOf(PowerCutSignal);
    expect([...flash.peek(A, 32)]).to.deep.equal([...new Uint8Array(32)]);
    const cells = flash.peekCells(A, 32);
    expect(cells.every((byte, index) => (byte & SECRET[index]!) === SECRET[index])).to.equal(true);
    expect(cells.some((byte) => byte !== 0xff)).to.equal(true);
  });

  for (const stop of ['reset', 'cut'] as const) {
    it(`a regression stopped by a ${stop} leaves level 1, and flash that nobody can rely on`, () => {
      const flash = makeFlash();
      flash.poke(FLASH_START, new Uint8Array(FLASH_BYTES).fill(0x22));
      changeLevel(flash, 0x55);
      flash.drain();
      const before = flash.hash();
      if (stop === 'cut') flash.cutPower({ operation: 1, mode: 'torn' });
      const start = () => changeLevel(flash, 0xaa);
      if (stop === 'reset') {
        flash.writeRegister(REG.OPTCR, OPTCR.OPTLOCK);
        start();
        flash.reset('pin');
      } else {
        flash.reset('pin');
        expect(start).to.throw().that.is.instanceOf(PowerCutSignal);
        flash.powerCycle();
      }
      expect(flash.rdpLevel).to.equal(1);
      expect(flash.hash()).to.not.equal(before);
    });
  }

  it('an operation that its reset comes after is complete', () => {
    const flash = makeFlash();
    expect(new FlashDriver(flash).program(A, SECRET)).to.equal(0);
    flash.reset('watchdog');
    expect([...flash.readMemory(A, 32)]).to.deep.equal([...SECRET]);
  });
});

describe('flash interface: snapshots', () => {
  it('a snapshot is not touched by what comes after, on either side', () => {
    const one = makeFlash();
    new FlashDriver(one).program(A, SECRET);
    const snapshot = one.snapshot();
    const hash = one.hash();
    const two = makeFlash();
    two.restore(snapshot);
    new FlashDriver(two).erase(A);
    new FlashDriver(one).program(A + 32, SECRET);
    const three = makeFlash();
    three.restore(snapshot);
    expect(three.hash()).to.equal(hash);
    expect(new Set([one.hash(), two.hash(), three.hash()]).size).to.equal(3);
  });

  it('holds locks, options, buffers and what runs', () => {
    const flash = makeFlash();
    const driver = new FlashDriver(flash);
    driver.lock(1 | 4);
    const other = makeFlash();
    other.restore(flash.snapshot());
    expect(new FlashDriver(other).erase(FLASH_START)).to.equal(FLASH_STATUS.LOCKED);
    expect(() => other.writeRegister(REG.OPTKEYR, OPTION_KEYS[0])).to.throw(BusFault);
    expect(new FlashDriver(other).erase(A)).to.equal(0);
  });

  it('erased flash and unwritten sectors are shared, so that a snapshot copies nothing', () => {
    const flash = makeFlash();
    new FlashDriver(flash).program(A, SECRET);
    const first = flash.snapshot();
    const second = flash.snapshot();
    expect(first.array.sectors.every((sector, index) => sector === second.array.sectors[index])).to.equal(true);
    new FlashDriver(flash).program(A + 32, SECRET);
    const third = flash.snapshot();
    expect(third.array.sectors.filter((sector, index) => sector !== first.array.sectors[index])).to.have.length(1);
  });

  it('the hash tells an unreadable word from its cells', () => {
    const flash = makeFlash();
    flash.poke(A, SECRET);
    const before = flash.hash();
    flash.disturb(A, 'double');
    expect(flash.hash()).to.not.equal(before);
  });
});

describe('flash interface: observer', () => {
  it('hears of each operation with what came of it', () => {
    const heard: FlashOperation[] = [];
    const flash = makeFlash({ onOperation: (operation) => heard.push(operation) });
    const driver = new FlashDriver(flash);
    driver.program(A, SECRET);
    driver.erase(A);
    flash.pokeOption(REG.WPSN_CUR + 0x100, 0xfd);
    driver.erase(A);
    expect(heard.map(({ op, outcome, addr }) => [op, outcome, addr])).to.deep.equal([
      ['program', 'done', A],
      ['erase', 'done', A],
      ['refused', 'refused', A],
    ]);
    expect([...heard[0]!.bytes!]).to.deep.equal([...SECRET]);
    expect(flash.operations).to.equal(2);
  });
});

describe('debug access', () => {
  const backup = 0x3880_0000;
  const port = (flash: FlashInterface) =>
    new DebugAccess(flash, { read: (_, length) => new Uint8Array(length), write: () => {} });

  it('reaches other memory at level 0 and 1, but no secured region at level 1', () => {
    const flash = makeFlash();
    expect(port(flash).read(backup, 4)).to.have.length(4);
    changeLevel(flash, 0x55);
    flash.drain();
    expect(port(flash).read(0x2400_0000, 4)).to.have.length(4);
    expect(() => port(flash).read(backup, 4)).to.throw(BusFault);
    expect(() => port(flash).write(backup + 4092, new Uint8Array(8))).to.throw(BusFault);
    expect(() => port(flash).read(0x5800_4050, 4)).to.throw(BusFault);
  });

  it('is closed in the middle of a session when level 2 is reached', () => {
    const flash = makeFlash();
    const open = port(flash);
    expect(open.connect()).to.equal(true);
    changeLevel(flash, 0xcc);
    flash.drain();
    expect(() => open.read(0x5200_201c, 4)).to.throw(BusFault);
    expect(open.connect()).to.equal(false);
  });

  it('regression tells the machine to erase the other secured regions, once', () => {
    let erased = 0;
    const flash = makeFlash({
      onRegression: () => {
        erased += 1;
      },
    });
    changeLevel(flash, 0x55);
    flash.writeRegister(REG.OPTCR, OPTCR.OPTLOCK);
    changeLevel(flash, 0xaa);
    flash.drain();
    expect(erased).to.equal(1);
  });
});

describe('flash interface: a part from the factory', () => {
  it('has option registers that read as they are listed', () => {
    const flash = makeFlash();
    for (const [register, value] of FACTORY_OPTIONS) expect(flash.readRegister(register)).equal(value);
  });
});
