import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { buildModule } from '../../../../firmware-ts/build/module.ts';
import { packBundle } from '../../../../harness/image/bundle.ts';
import type { HalCall } from '../../../../harness/image/capabilities.ts';
import { joinFirmware } from '../../../../platforms/nucleo_h753zi/build/join.ts';
import { hasChipCompiler } from '../../../../platforms/runtime/build/chip.ts';
import { buildSideTable } from '../../../../platforms/runtime/sidetable/builder.ts';
import { Monitor, RENODE } from '../parts/renode.ts';

const CALLS = [
  ...[
    'flash_read',
    'flash_program',
    'flash_erase',
    'flash_option',
    'spi_transfer',
    'modem_read',
    'console_write',
    'entropy_word',
  ],
  ...['rtc_read', 'rtc_set', 'uptime', 'timer_set', 'reset_cause', 'handover', 'boot_info', 'call'],
] as HalCall[];
const START_MS = 1_767_225_600_123;

/** What native_sim's services answer to the same calls (SPEC 4, 5). */
const EXPECTED = [
  'cause 1',
  'rtc-unset -80',
  'rtc-2001 0',
  'rtc-leap-day 0',
  'rtc-march 0',
  'rtc-new-year 0',
  'rtc-2099 0',
  'rtc-set 0',
  'rtc-2000 -2',
  'denied-read -1',
  'denied-across -1',
  'program 0',
  'again -18',
  'read 0 5a5a5a5a',
  'at-the-end 0',
  'unaligned -2',
  'wrp -16',
  'erase 0',
  'erased 0 ffffffff',
  'option 0 fc000000',
  'no-option -2',
  'spi 0 0b87',
  'spi-again 0',
  'spi-read 0 0b87',
  'spi-none -2',
  'entropy 0 78563412',
  'handover -2',
  'no-module -96',
  'itself -1',
  'echo 4 08080808',
  'too-long -97',
  'no-room -97',
  'status -50',
  'trap -98',
  'dead -98',
];

describe('HAL of the chip in Renode', () => {
  let monitor: Monitor;
  let lines: () => string[];

  before(async function () {
    if (!RENODE || !hasChipCompiler()) this.skip();
    const content = async (name: string, calls: HalCall[], modules: string[]) => {
      const { wasm } = await buildModule({
        name,
        entry: join(import.meta.dirname, `../../../fixtures/chip-hal/firmware/${name}.ts`),
        pages: 1,
      });
      const flash = [
        { start: 0x0800_0000, end: 0x0802_0000, rights: ['erase' as const] },
        { start: 0x080c_0000, end: 0x080e_0000, rights: ['read' as const, 'program' as const, 'erase' as const] },
      ];
      return { name, wasm, sideTable: buildSideTable(wasm), capabilities: { pages: 1, calls, flash, modules } };
    };
    const bundle = packBundle([await content('probe', CALLS, ['callee']), await content('callee', [], [])]);
    const { boot } = joinFirmware({ boot: bundle, app: bundle });
    monitor = await Monitor.start();
    await monitor.board();
    const [image, console] = [monitor.file('boot.bin'), monitor.file('console.txt')];
    writeFileSync(image, boot);
    lines = () => readFileSync(console, 'latin1').split('\r\n').slice(0, -1);
    await monitor.all(`sysbus LoadBinary @${image} 0x08000000`, 'flash PokeOption 0x38 0xFC', 'rng Feed "12345678"');
    await monitor.all(`usart3 CreateFileBackend @${console} true`, 'cause Announce "power-on"', 'machine Reset');
    await monitor.run('emulation RunFor "3"');
  });

  after(async () => {
    await monitor?.close();
  });

  it('answers each call as SPEC 4 and 5 say', () => {
    expect(lines().slice(0, EXPECTED.length)).to.deep.equal(EXPECTED);
  });

  it('the timer comes after its time, and the clock goes on from what was set', () => {
    const [timer, rtc] = lines().slice(EXPECTED.length);
    const uptime = Number(timer!.slice('timer '.length));
    // the sector's erase takes a second
    expect(uptime).to.be.within(1250, 1700);
    expect(Number(rtc!.slice('rtc '.length)) - START_MS).to.be.within(1250, uptime);
  });

  const hear = async (letters: string): Promise<string> => {
    for (const letter of letters)
      await monitor.all(`usart2 WriteChar ${letter.charCodeAt(0)}`, 'emulation RunFor "0.00008"');
    await monitor.run('emulation RunFor "0.02"');
    return lines().at(-1)!;
  };

  const FAULTS: readonly [string, number][] = [
    ['seed', -48],
    ['clock', -49],
    ['slow', -49],
    ['none', 0],
  ];
  for (const [fault, status] of FAULTS) {
    it(`a random number generator with the fault "${fault}" => ${status}`, async () => {
      await monitor.run(`rng Fault "${fault}"`);
      expect(await hear('e')).to.equal(`entropy ${status}`);
    });
  }

  it('the calendar of the RTC holds the day that was set, a leap day too', async () => {
    expect(await hear('d')).to.equal('rtc-2028 0');
    const ms = Number(await monitor.run('rtc ReadMs'));
    expect(ms - Date.UTC(2028, 1, 29, 12)).to.be.within(0, 100);
  });

  it('a byte that is lost on the modem line is told once, and what came before it is read', async () => {
    const before = lines().length;
    await monitor.all('usart2 WriteChar 120', 'usart2 WriteChar 121');
    await hear('');
    expect(lines().slice(before)).to.deep.equal(['modem -64', 'modem 1 78']);
  });

  it('bytes on the modem line come as one event when the line goes idle; a buffer outside memory is a trap: report, reset after a second', async () => {
    for (const byte of [0x61, 0x62, 0x63]) await monitor.all(`usart2 WriteChar ${byte}`, 'emulation RunFor "0.00008"');
    await monitor.run('emulation RunFor "0.9"');
    expect(lines().at(-2)).to.equal('modem 3 616263');
    expect(lines().at(-1)).to.match(/^fault: trap module=probe a=0x000000ff b=0x0800[0-9a-f]{4}$/);
    await monitor.run('emulation RunFor "3"');
    expect(lines()).to.include('cause 4');
    expect(lines()).to.not.include('cause 3');
  });

  it('a buffer that ends one byte behind memory is a trap', async () => {
    await hear('a');
    await monitor.run('emulation RunFor "0.5"');
    expect(lines().at(-1)).to.match(/^fault: trap module=probe a=0x000000ff b=0x0800[0-9a-f]{4}$/);
  });

  it('a device that does not feed its watchdog is reset by it after 20 s', async () => {
    await monitor.run('emulation SetGlobalQuantum "0.01"');
    await monitor.run('emulation RunFor "19"');
    expect(lines()).to.not.include('cause 3');
    await monitor.run('emulation RunFor "3"');
    expect(lines()).to.include('cause 3');
  });
});
