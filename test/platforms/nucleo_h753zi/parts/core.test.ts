/** The parts as code on the emulated core meets them: flash through the bus, bus errors, power cuts, resets and their causes, the watchdog; before and after Save/Load. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { executableOnPath } from '../../../../harness/renode/find.ts';
import { describeWithRenode, Monitor } from './renode.ts';

const COMPILER = 'arm-none-eabi-gcc';
const FLAGS = ['-mcpu=cortex-m7', '-mthumb', '-O2', '-nostdlib', '-ffreestanding', '-Wall', '-Werror'];
const SCRIPT = 'SECTIONS { .text 0x08000000 : { *(.vec) *(.text*) *(.rodata*) } }';
const OUT = 0x2000_0000;
const COMMAND = 0x2000_0100;
const DONE = 0x2000_0104;
const PGSERR = 1 << 18;
const EOP = 1 << 16;
const DBECCERR = 1 << 26;
const PINRSTF_CPURSTF = (1 << 22) | (1 << 17);

describeWithRenode('the parts under code on the core', () => {
  let monitor: Monitor;
  const out = (index: number) => monitor.number(`sysbus ReadDoubleWord ${OUT + 4 * index}`);
  const run = (seconds: string) => monitor.run(`emulation RunFor "${seconds}"`);
  const command = async (number: number, seconds = '0.001'): Promise<void> => {
    await monitor.all(`sysbus WriteDoubleWord ${DONE} 0`, `sysbus WriteDoubleWord ${COMMAND} ${number}`);
    await run(seconds);
  };

  before(async function () {
    if (!executableOnPath(COMPILER)) this.skip();
    monitor = await Monitor.start();
    const elf = monitor.file('core.elf');
    writeFileSync(monitor.file('core.ld'), SCRIPT);
    await execa(COMPILER, [...FLAGS, '-T', monitor.file('core.ld'), join(import.meta.dirname, 'core.c'), '-o', elf]);
    await execa('arm-none-eabi-objcopy', ['-O', 'binary', elf, monitor.file('core.bin')]);
  });
  after(() => monitor?.close());

  const boot = async (): Promise<void> => {
    await monitor.board();
    await monitor.all(`sysbus LoadBinary @${monitor.file('core.bin')} 0x08000000`, 'flash Disturb 0x08140000 "double"');
    await run('1.01');
    expect(await out(13)).to.equal(0x600d);
  };

  beforeEach(async () => {
    await boot();
  });

  it('a store without PG changes nothing and sets PGSERR', async () => {
    expect(await out(2)).to.equal(0xffff_ffff);
    expect((await out(3)) & PGSERR).to.equal(PGSERR);
  });

  it('a programmed word is read back, an erase is waited for by reading', async () => {
    expect(await out(4)).to.equal(0x1001);
    expect((await out(6)) & 5).to.equal(5);
    expect(await out(7)).to.equal(0xffff_ffff);
    expect((await out(8)) & (EOP | 5)).to.equal(EOP);
  });

  it('a wrong key and an unreadable word are bus faults that the handler survives', async () => {
    expect(await out(9)).to.equal(1);
    expect(await out(10)).to.equal(0);
    expect(await out(11)).to.equal(2);
    expect((await out(12)) & DBECCERR).to.equal(DBECCERR);
    expect((await out(1)) & 0xff00).to.equal(0x400);
    expect(await out(15)).to.equal(0);
  });

  it('a software reset says so and starts from flash again', async () => {
    await command(1);
    expect(await out(17)).to.equal(2);
    expect(await out(16)).to.equal((PINRSTF_CPURSTF | (1 << 24)) >>> 0);
  });

  it('the watchdog bites after 512 ms at its reset values, and says so', async () => {
    await command(2, '0.5');
    expect(await out(17)).to.equal(1);
    await run('0.1');
    expect(await out(17)).to.equal(2);
    expect(await out(16)).to.equal((PINRSTF_CPURSTF | (1 << 26)) >>> 0);
  });

  it('a power cut stops the core at the operation; the next power-on finds the word torn', async () => {
    await monitor.run('flash CutPower 1 "torn"');
    await command(4);
    expect(await monitor.run('flash PowerLost')).to.equal('True');
    expect(await monitor.number(`sysbus ReadDoubleWord ${DONE}`)).to.equal(0);
    await monitor.all('cause Announce "power-on"', 'machine Reset');
    expect(await monitor.run('flash TryRead 0x08160000 32')).to.equal('fault');
    await run('1.01');
    expect(await out(13)).to.equal(0x600d);
    expect(await out(16)).to.equal(0xfa_0000);
  });

  it('with the banks exchanged the core starts from bank 2, and its stores are met as before', async () => {
    const options = await monitor.number('flash PeekOption 0x1c');
    await monitor.all(
      `sysbus LoadBinary @${monitor.file('core.bin')} 0x08100000`,
      `flash PokeOption 0x1c ${(options | 0x8000_0000) >>> 0}`,
      'flash PokeHex 0x08000000 "ffffffffffffffff"',
      'cause Announce "power-on"',
      'machine Reset',
    );
    await run('1.01');
    expect(await monitor.run('flash Swapped')).to.equal('True');
    expect(await monitor.run('flash PeekHex 0x08100000 8')).to.equal('ffffffffffffffff');
    expect(await out(13)).to.equal(0x600d);
    await command(3);
    expect(await out(2)).to.equal(0xffff_ffff);
    expect((await out(3)) & PGSERR).to.equal(PGSERR);
  });

  it('an erase of a bank that is cut leaves unreadable words all over it, and the core meets them', async () => {
    await monitor.run('flash CutPower 1 "torn"');
    await command(11, '6');
    expect(await monitor.run('flash PowerLost')).to.equal('True');
    await monitor.all('cause Announce "power-on"', 'machine Reset');
    await run('1.01');
    const torn: number[] = [];
    for (let address = 0x0814_0000; torn.length < 1 && address < 0x0814_1000; address += 32) {
      if ((await monitor.run(`flash TryRead ${address} 32`)) === 'fault') torn.push(address);
    }
    expect(torn).to.have.length(1);
    expect(await out(13)).to.equal(0x600d);
    const before = await monitor.number('flash PeekOption 0x110');
    expect(before & DBECCERR).to.equal(DBECCERR);
  });

  it('with a debugger at RDP level 1 the core, too, reads no flash (4.5.3)', async () => {
    await monitor.run('flash PokeOption 0x1c 0x1bc655f0');
    await command(10);
    expect(await out(6)).to.equal(0);
    expect(await monitor.run('flash AttachDebugger')).to.equal('True');
    expect(await monitor.run('flash Hidden')).to.equal('True');
    expect(await monitor.number('sysbus ReadDoubleWord 0x08000004')).to.equal(0);
    await monitor.all('cause Announce "power-on"', 'machine Reset');
    await run('1.01');
    expect(await out(13)).to.equal(0x600d);
  });

  it('an overrun is flagged and counted, what was received before stays', async () => {
    await command(7);
    for (const byte of [1, 2, 3]) await monitor.run(`usart2 WriteChar ${byte}`);
    await command(6);
    expect(await out(31)).to.equal(1);
    expect(await out(32)).to.equal(1);
    expect((await out(30)) & 8).to.equal(8);
    expect(await monitor.number('usart2 Overruns')).to.equal(2);
  });

  it('the tap keeps records in order, and tells a record that a reset tore', async () => {
    await command(8);
    await monitor.run('machine Reset');
    const records = (await monitor.run('halTap Take')).split(/\r?\n/).map((line) => line.split(' ').slice(1).join(' '));
    expect(records).to.deep.equal(['whole 0102030405', 'torn 06']);
    expect(await monitor.run('halTap Take')).to.equal('');
  });

  it('all of it survives Save and Load', async () => {
    await command(5);
    await command(7);
    await monitor.all(
      'rng Feed "1234abcd"',
      'rtc SetMs 1767225600123',
      'spi1.sensor Fault "flip 3 2"',
      'spi1.sensor Sixteenths -100',
      'usart2 WriteChar 7',
      'usart2 WriteChar 8',
      'flash CutPower 3 "after"',
    );
    await command(8);
    const questions = [
      'flash ContentsHash',
      'flash Operations',
      'flash TryReadRegister 0x110',
      'flash TryReadRegister 0x10c',
      'rtc ReadMs',
      'spi1.sensor Fault',
      'spi1.sensor Sixteenths',
      'usart2 Overruns',
      'halTap Pending',
      `sysbus ReadDoubleWord ${OUT}`,
    ];
    const before: string[] = [];
    for (const question of questions) before.push(await monitor.run(question));
    await monitor.run(`Save @${monitor.file('state')}`);
    await command(4);
    await monitor.all('Clear', `Load @${monitor.file('state')}`, 'mach set "board"');
    const after: string[] = [];
    for (const question of questions) after.push(await monitor.run(question));
    expect(after).to.deep.equal(before);

    await command(3);
    expect(await out(2)).to.equal(0xffff_ffff);
    expect((await out(3)) & PGSERR).to.equal(PGSERR);
    const faults = await out(0);
    await command(5);
    expect(await out(0)).to.equal(faults + 1);
    await monitor.run('sysbus WriteDoubleWord 0x48021800 4');
    expect(await monitor.number('sysbus ReadDoubleWord 0x48021808')).to.equal(0x1234_abcd);
    await command(9);
    expect(await out(6)).to.equal(1);
    await command(4);
    expect(await out(4)).to.equal(0x2001);
    expect(await monitor.run('flash TryRead 0x08140000 32')).to.equal('fault');
    await command(1);
    expect(await out(17)).to.equal(2);
  });
});
