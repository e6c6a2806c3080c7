/** Random numbers, sensor line, clock, reset causes and watchdog in real Renode, from the bus; where native_sim has the same part, the two are compared. */
import { expect } from 'chai';
import type { SensorFault } from '../../../../harness/board/board.ts';
import { Lm74 } from '../../../../platforms/native_sim/parts/lm74.ts';
import { Rng } from '../../../../platforms/native_sim/parts/rng.ts';
import { describeWithRenode, Monitor } from './renode.ts';

const RNG = { CR: 0x4802_1800, SR: 0x4802_1804, DR: 0x4802_1808 };
const RTC = {
  TR: 0x5800_4000,
  DR: 0x5800_4004,
  ISR: 0x5800_400c,
  PRER: 0x5800_4010,
  WPR: 0x5800_4024,
  SSR: 0x5800_4028,
  BKP0R: 0x5800_4050,
};
const RSR = 0x5802_44d0;
const RMVF = 0x1_0000;
const PWR_CR1 = 0x5802_4800;
const DBP = 0x100;

describeWithRenode('parts of nucleo_h753zi in Renode', () => {
  let monitor: Monitor;
  const read = (address: number) => monitor.number(`sysbus ReadDoubleWord ${address}`);
  const write = (address: number, value: number) => monitor.run(`sysbus WriteDoubleWord ${address} ${value >>> 0}`);
  const reset = (kind: string) => monitor.all(`cause Announce "${kind}"`, 'machine Reset');

  before(async () => {
    monitor = await Monitor.start();
    await monitor.board();
    await monitor.run('emulation SetGlobalQuantum "0.01"');
  });
  beforeEach(() =>
    monitor.all(
      'cause Battery true',
      'cause Announce "power-on"',
      'machine Reset',
      'rng Seed "1"',
      'rng Fault "none"',
      'spi1.sensor OnGPIO 0 false',
      'spi1.sensor Fault "none"',
      'rtc Lose',
      'rtc DriftPpm 0',
      'cpu IsHalted true',
    ),
  );
  after(() => monitor?.close());

  describe('RNG (RM0433 chapter 34)', () => {
    it("gives the words of native_sim's generator, fed ones first, for the same seed", async () => {
      const native = new Rng('seven');
      native.feed([0xdead_beef, 1]);
      await monitor.all('rng Seed "seven"', 'rng Feed "deadbeef 1"');
      await write(RNG.CR, 4);
      for (let drawn = 0; drawn < 20; drawn++) expect(await read(RNG.DR)).to.equal(native.word());
    });

    it('34.7.3: no word while it is off', async () => {
      expect(await read(RNG.SR)).to.equal(0);
      expect(await read(RNG.DR)).to.equal(0);
      expect(await monitor.number('rng Drawn')).to.equal(0);
    });

    it('34.3.7: a seed error is latched and holds words back until it is cleared and the part is switched off and on', async () => {
      await write(RNG.CR, 4);
      await monitor.run('rng Fault "seed"');
      expect(await read(RNG.SR)).to.equal(0x44);
      await monitor.run('rng Fault "none"');
      expect(await read(RNG.SR)).to.equal(0x40);
      await write(RNG.SR, 0);
      expect(await read(RNG.SR)).to.equal(0);
      await write(RNG.CR, 0);
      await write(RNG.CR, 4);
      expect(await read(RNG.SR)).to.equal(1);
    });

    it('a clock error is told, and not where its detection is switched off (CED)', async () => {
      await write(RNG.CR, 4);
      await monitor.run('rng Fault "clock"');
      expect(await read(RNG.SR)).to.equal(0x22);
      await monitor.run('rng Fault "none"');
      await write(RNG.SR, 0);
      expect(await read(RNG.SR)).to.equal(1);
      await write(RNG.CR, 0x24);
      await monitor.run('rng Fault "clock"');
      expect(await read(RNG.SR)).to.equal(1);
    });

    it('a stuck source repeats a word and says nothing', async () => {
      await write(RNG.CR, 4);
      await monitor.run('rng Fault "stuck"');
      const word = await read(RNG.DR);
      expect(await read(RNG.DR)).to.equal(word);
      expect(await read(RNG.SR)).to.equal(1);
    });
  });

  describe('the sensor line', () => {
    const FRAMES = [
      [0, 0],
      [0, 0, 0, 0xff],
      [0, 0],
      [0, 0, 0x12, 0x00],
      [0, 0],
      [0, 0],
      [0, 0, 0, 0x55],
      [0, 0],
    ];
    const cases: readonly (readonly [string, SensorFault | undefined])[] = [
      ['none', undefined],
      ['stuck-high', { kind: 'stuck-high' }],
      ['stuck-low', { kind: 'stuck-low' }],
      ['absent', { kind: 'absent' }],
      ['wrong-id 4660', { kind: 'wrong-id', id: 0x1234 }],
      ['flip 3 2', { kind: 'flip', bit: 3, every: 2 }],
    ];
    for (const [name, fault] of cases) {
      for (const sixteenths of [369, -401, 4095]) {
        it(`answers as native_sim's: fault ${name}, ${sixteenths} sixteenths`, async () => {
          const native = new Lm74();
          native.set(sixteenths);
          native.fault(fault);
          await monitor.all(`spi1.sensor Sixteenths ${sixteenths}`, `spi1.sensor Fault "${name}"`);
          for (const frame of FRAMES) {
            const got: number[] = [];
            await monitor.run('spi1.sensor OnGPIO 0 false');
            for (const byte of frame) got.push(await monitor.number(`spi1.sensor Transmit ${byte}`));
            await monitor.run('spi1.sensor OnGPIO 0 true');
            expect(got).to.deep.equal([...native.transfer(Uint8Array.from(frame))]);
          }
        });
      }
    }

    it('answers with the pull-up while it is not selected, and leaves test mode only with the supply', async () => {
      await monitor.run('spi1.sensor OnGPIO 0 true');
      expect(await monitor.number('spi1.sensor Transmit 0')).to.equal(0xff);
    });
  });

  describe('RTC and reset causes', () => {
    it('shows the time as BCD with its sub-seconds, and counts with virtual time', async () => {
      await monitor.run('rtc SetMs 1798761598500');
      expect(await read(RTC.SSR)).to.equal(127);
      expect(await read(RTC.TR)).to.equal(0x23_5958);
      expect(await read(RTC.DR)).to.equal(0x26_9231);
      await monitor.run('emulation RunFor "1.5"');
      expect(await read(RTC.TR)).to.equal(0);
      expect(await read(RTC.DR)).to.equal(0x27_a101);
    });

    it('is set through initialization mode, and only with DBP and the keys', async () => {
      await write(RTC.WPR, 0xca);
      await write(RTC.WPR, 0x53);
      await write(RTC.ISR, 0x80);
      expect((await read(RTC.ISR)) & 0x40).to.equal(0);
      await write(PWR_CR1, DBP);
      await write(RTC.ISR, 0x80);
      expect((await read(RTC.ISR)) & 0x40).to.equal(0);
      await write(RTC.WPR, 0xca);
      await write(RTC.WPR, 0x53);
      await write(RTC.ISR, 0x80);
      expect((await read(RTC.ISR)) & 0x50).to.equal(0x40);
      await write(RTC.PRER, (0x1f << 16) | 0x3ff);
      await write(RTC.TR, 0x12_3456);
      await write(RTC.DR, 0x30_2228);
      await write(RTC.ISR, 0);
      expect((await read(RTC.ISR)) & 0x50).to.equal(0x10);
      expect(await monitor.number('rtc ReadMs')).to.equal(Date.UTC(2030, 1, 28, 12, 34, 56));
    });

    it('keeps time over every reset, and over the loss of the supply only with a battery', async () => {
      await monitor.run('rtc SetMs 1767225600000');
      await write(PWR_CR1, DBP);
      await write(RTC.BKP0R, 0x1234);
      for (const kind of ['pin', 'software', 'watchdog', 'brown-out', 'power-on']) await reset(kind);
      expect(await monitor.number('rtc ReadMs')).to.equal(1_767_225_600_000);
      expect(await read(RTC.BKP0R)).to.equal(0x1234);
      await monitor.run('cause Battery false');
      await reset('power-on');
      expect(await monitor.run('rtc ReadMs')).to.match(/-1$|0xFFFFFFFFFFFFFFFF$/i);
      expect((await read(RTC.ISR)) & 0x10).to.equal(0);
      expect(await read(RTC.BKP0R)).to.equal(0);
    });

    it('drifts by its parts per million', async () => {
      await monitor.all('rtc SetMs 1767225600000', 'rtc DriftPpm 1000', 'emulation RunFor "10"');
      expect(await monitor.number('rtc ReadMs')).to.equal(1_767_225_610_010);
    });

    it('RCC_RSR gathers causes until RMVF; a reset that nobody announced is software', async () => {
      expect(await read(RSR)).to.equal(0xfa_0000);
      await write(RSR, RMVF);
      expect(await read(RSR)).to.equal(0);
      await reset('pin');
      expect(await read(RSR)).to.equal(0x42_0000);
      await monitor.run('emulation RunFor "0.001"');
      await monitor.run('machine Reset');
      expect(await read(RSR)).to.equal(0x142_0000);
    });

    it('the loss of the supply empties RAM; backup SRAM outlives it with a battery', async () => {
      await write(0x2400_0000, 1);
      await write(0x3880_0000, 2);
      await reset('pin');
      expect(await read(0x2400_0000)).to.equal(1);
      await reset('power-on');
      expect(await read(0x2400_0000)).to.equal(0);
      expect(await read(0x3880_0000)).to.equal(2);
      await monitor.run('cause Battery false');
      await reset('power-on');
      expect(await read(0x3880_0000)).to.equal(0);
    });
  });

  describe('USART (RM0433 chapter 48) and PWR (chapter 6)', () => {
    const USART = { CR1: 0x4000_4400, BRR: 0x4000_440c, ISR: 0x4000_441c, ICR: 0x4000_4420, RDR: 0x4000_4424 };

    it('tells of an idle line a character and half a bit after the last byte', async () => {
      await write(USART.BRR, 1042);
      await write(USART.CR1, 0x2000_000d);
      await monitor.all(
        'usart2 WriteChar 65',
        'emulation RunFor "0.00008"',
        'usart2 WriteChar 66',
        'emulation RunFor "0.00008"',
      );
      expect((await read(USART.ISR)) & 0x30).to.equal(0x20);
      await monitor.run('emulation RunFor "0.000012"');
      expect((await read(USART.ISR)) & 0x30).to.equal(0x30);
      await write(USART.ICR, 0x10);
      await monitor.run('emulation RunFor "0.001"');
      expect((await read(USART.ISR)) & 0x30).to.equal(0x20);
      expect([await read(USART.RDR), await read(USART.RDR)]).to.deep.equal([65, 66]);
    });

    it('hears nothing while it is off, and counts that', async () => {
      await monitor.run('usart2 WriteChar 65');
      expect((await read(USART.ISR)) & 0x28).to.equal(0);
      expect(await monitor.number('usart2 Unheard')).to.equal(1);
    });

    it('the FIFO holds sixteen bytes', async () => {
      await write(USART.CR1, 0x2000_000d);
      for (let byte = 0; byte < 17; byte++) await monitor.run(`usart2 WriteChar ${byte}`);
      expect((await read(USART.ISR)) & 8).to.equal(8);
      expect(await monitor.number('usart2 Overruns')).to.equal(1);
    });

    it('voltage scaling is ready as asked for', async () => {
      await write(0x5802_4818, 0xc000);
      expect(await read(0x5802_4818)).to.equal(0xe000);
      expect(await read(0x5802_4804)).to.equal(0xe000);
    });
  });

  describe('what is asked wrongly', () => {
    for (const command of [
      'rng Fault "sometimes"',
      'rng Feed "xyz"',
      'spi1.sensor Sixteenths 4096',
      'spi1.sensor Fault "flip 16 1"',
      'spi1.sensor Fault "flip 1 0"',
      'cause Announce "whim"',
      'flash Mutant "ignores-everything"',
      'flash CutPower 1 "sideways"',
      'flash PokeOption 0 1',
      'flash PokeHex 0x08000000 "abc"',
      'rtc SetMs 1',
    ]) {
      it(`is refused: ${command}`, async () => {
        const error = await monitor.run(command).then(
          () => undefined,
          (reason: Error) => reason,
        );
        expect(error, command).to.be.an('error');
      });
    }
  });
});
