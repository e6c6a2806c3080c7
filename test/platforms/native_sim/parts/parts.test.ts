import { expect } from 'chai';
import { BackupSram } from '../../../../platforms/native_sim/parts/backup-sram.ts';
import { Console } from '../../../../platforms/native_sim/parts/console.ts';
import { IWDG_PERIOD_NS, Iwdg } from '../../../../platforms/native_sim/parts/iwdg.ts';
import { Rcc } from '../../../../platforms/native_sim/parts/rcc.ts';
import { Rng } from '../../../../platforms/native_sim/parts/rng.ts';
import { Rtc } from '../../../../platforms/native_sim/parts/rtc.ts';
import { STATUS } from '../../../../platforms/native_sim/runtime/hal-table.ts';
import { NS_PER_MS, Scheduler } from '../../../../platforms/native_sim/scheduler.ts';

const text = (value: string) => new TextEncoder().encode(value);

describe('rng', () => {
  const words = (rng: Rng, count: number) => Array.from({ length: count }, () => rng.word());

  it('gives the same words for the same seed, others for another', () => {
    expect(words(new Rng('a'), 20)).to.deep.equal(words(new Rng('a'), 20));
    expect(words(new Rng('a'), 20)).not.to.deep.equal(words(new Rng('b'), 20));
    expect(new Set(words(new Rng('a'), 1000)).size).to.equal(1000);
  });

  it('delivers fed words first', () => {
    const rng = new Rng('a');
    rng.feed([1, 0xffffffff]);
    expect(words(rng, 3)).to.deep.equal([1, 0xffffffff, new Rng('a').word()]);
  });

  it('reports SECS and CECS, and sticks', () => {
    const rng = new Rng('a');
    rng.fault('seed');
    expect(rng.word()).to.equal(STATUS.ENTROPY_SEED);
    rng.fault('clock');
    expect(rng.word()).to.equal(STATUS.ENTROPY_CLOCK);
    rng.fault('stuck');
    expect(new Set(words(rng, 10)).size).to.equal(1);
    rng.fault(undefined);
    expect(new Set(words(rng, 10)).size).to.equal(10);
  });

  it('is slow, repeats two words, or leans to one side', () => {
    const rng = new Rng('a');
    rng.fault('slow');
    expect(rng.word()).to.equal(STATUS.ENTROPY_CLOCK);
    rng.fault('repeating');
    const repeated = words(rng, 10);
    expect(new Set(repeated).size).to.equal(2);
    expect(repeated[1]).not.to.equal(repeated[0]);
    rng.fault('biased');
    const ones = words(rng, 1000)
      .flatMap((word) => [...word.toString(2)])
      .filter((bit) => bit === '1');
    expect(ones.length / 32_000).to.be.closeTo(7 / 8, 0.01);
  });

  it('goes on from a saved state', () => {
    const rng = new Rng('a');
    words(rng, 5);
    const state = rng.save();
    const expected = words(rng, 20);
    const other = new Rng('a');
    other.load(state);
    expect(words(other, 20)).to.deep.equal(expected);
  });
});

describe('rtc', () => {
  it('is not set at first, then follows virtual time with its drift', () => {
    const rtc = new Rtc();
    expect(rtc.read(5)).to.equal(undefined);
    rtc.set(1000, 0);
    expect(rtc.read(1500 * NS_PER_MS)).to.equal(2500);
    rtc.driftPpm(100, 1500 * NS_PER_MS);
    expect(rtc.read(1500 * NS_PER_MS)).to.equal(2500);
    expect(rtc.read((1500 + 10_000_000) * NS_PER_MS)).to.equal(2500 + 10_001_000);
  });
});

describe('iwdg', () => {
  it('bites 20 s after the last feed', () => {
    const iwdg = new Iwdg();
    expect(iwdg.deadlineNs).to.equal(undefined);
    iwdg.feed(7);
    expect(iwdg.deadlineNs).to.equal(7 + IWDG_PERIOD_NS);
    iwdg.stop();
    expect(iwdg.deadlineNs).to.equal(undefined);
  });
});

describe('rcc', () => {
  it('reports one cause and the flags of RCC_RSR', () => {
    const rcc = new Rcc();
    expect(rcc.cause).to.equal(1);
    rcc.kind = 'watchdog';
    expect([rcc.cause, rcc.rsr]).to.deep.equal([3, (1 << 26) | (1 << 22)]);
  });
});

describe('console', () => {
  it('shows complete lines and takes 86.8 us a byte', () => {
    const view = new Console();
    expect(view.write(text('one\r\ntw'))).to.equal(7 * 86_806);
    expect(view.lines).to.deep.equal(['one']);
    view.write(text('o\n\r\n'));
    expect(view.lines).to.deep.equal(['one', 'two', '']);
  });
});

describe('backup SRAM', () => {
  it('keeps the block of boot, and none when its length is damaged', () => {
    const sram = new BackupSram();
    expect(sram.block()).to.have.length(0);
    sram.leave(text('block'));
    expect(Buffer.from(sram.block()).toString()).to.equal('block');
    sram.bytes[257] = 0xff;
    expect(sram.block()).to.have.length(0);
  });
});

describe('scheduler', () => {
  it('keeps the order of time, then of entry', () => {
    const scheduler = new Scheduler();
    scheduler.at(20, { kind: 'timer' });
    scheduler.at(10, { kind: 'iwdg' });
    scheduler.at(20, { kind: 'boot' });
    expect([scheduler.take()?.kind, scheduler.take()?.kind, scheduler.take()?.kind]).to.deep.equal([
      'iwdg',
      'timer',
      'boot',
    ]);
    expect(scheduler.nowNs).to.equal(20);
  });

  it('moves no job into the past and cancels by kind', () => {
    const scheduler = new Scheduler();
    scheduler.nowNs = 100;
    scheduler.at(5, { kind: 'timer' });
    expect(scheduler.next?.atNs).to.equal(100);
    scheduler.cancel('timer');
    expect(scheduler.next).to.equal(undefined);
  });
});
