import { createECDH } from 'node:crypto';
import { expect } from 'chai';
import { hasChipCompiler } from '../../../../platforms/runtime/build/chip.ts';
import { Monitor, RENODE } from '../parts/renode.ts';
import { ChipDevice } from './device.ts';
import { symbolAddress } from './elf.ts';

const STORE = 0x6001; // str r1, [r0]
const LOAD = 0x6801; // ldr r1, [r0]
const CALL = 0x4780; // blx r0

/** Thumb: r0 = address, r1 = value, one access, then a loop for ever. `at` is where it will stand. */
function accessCode(at: number, access: number, address: number, value: number): string {
  const halves = [...(at % 4 === 0 ? [] : [0xbf00]), 0x4801, 0x4902, access, 0xe7fe];
  const bytes = Buffer.alloc(halves.length * 2 + 8);
  halves.forEach((half, index) => {
    bytes.writeUInt16LE(half, index * 2);
  });
  bytes.writeUInt32LE(address >>> 0, halves.length * 2);
  bytes.writeUInt32LE(value >>> 0, halves.length * 2 + 4);
  return bytes.toString('hex');
}

/** What the application's own privilege must not reach: SPEC 17. */
const ATTACKS: readonly [string, number, number][] = [
  ['reads the secret store', LOAD, 0x0818_0000],
  ['reads the bootloader', LOAD, 0x0800_0000],
  ['reads the configuration behind the HAL', LOAD, 0x081c_0000],
  ['writes the flash interface', STORE, 0x5200_2004],
  ['writes the bootloader', STORE, 0x0800_0000],
  ['writes its own image', STORE, 0x0804_0400],
  ["reads the vault's memory", LOAD, 0x3000_0000],
  ["writes the vault's engine state", STORE, 0x2406_8000],
  ["writes the kernel's memory", STORE, 0x2000_0000],
  ['reads backup SRAM', LOAD, 0x3880_0000],
  ['reads the random number generator', LOAD, 0x4802_1808],
  ['turns the MPU off', STORE, 0xe000_ed94],
  ['runs code in its own memory', CALL, 0x2400_0001],
];

describe('runtime of the chip in Renode', () => {
  let monitor: Monitor;
  let device: ChipDevice;
  let saved = '';

  before(async function () {
    if (!RENODE || !hasChipCompiler()) this.skip();
    monitor = await Monitor.start();
    device = await ChipDevice.make(monitor, {});
  });

  after(async () => {
    await monitor?.close();
  });

  it('boot.wasm runs from the vector table of sector 1.0 and hands over; app.wasm and vault.wasm run from the slot', async () => {
    const identity = await device.until('app: identity device=chip-0001 key=', 8);
    expect(identity).to.match(/key=[0-9a-f]{128}$/);
    expect(device.lines.slice(0, 2)).to.deep.equal(['boot: 1.0.0 reset=power-on', 'boot: handover 1.0.0+0 counter=1']);
    expect(device.lines[2]).to.equal('app: start version=1.0.0+0 device=chip-0001');
    // Past the vault's first signatures: the application waits for its modem, which is silent here, and runs next.
    await monitor.run('emulation RunFor "2"');
    saved = monitor.file('saved');
    await monitor.run(`Save @${saved}`);
  });

  it("the vault's key is one that P-256 knows: its module call, entropy and flash went through the kernel", () => {
    const hex = device.lines.find((line) => line.startsWith('app: identity'))!.slice(-128);
    const point = Buffer.concat([Buffer.from([4]), Buffer.from(hex, 'hex')]);
    const ecdh = createECDH('prime256v1');
    ecdh.generateKeys();
    expect(ecdh.computeSecret(point)).to.have.length(32);
  });

  it('the tap has each HAL call: the modules that begin, calls in pairs', async () => {
    const records = (await monitor.run('halTap Take')).split('\n').map((line) => line.trim().split(' '));
    expect(records.every(([, whole]) => whole === 'whole')).to.equal(true);
    const kinds = records.map(([, , hex]) => Number.parseInt(hex!.slice(0, 2), 16));
    expect(kinds.filter((kind) => kind === 4)).to.have.length(2);
    expect(kinds.filter((kind) => kind === 3)).to.have.length(1);
    let open = 0;
    for (const kind of kinds) {
      if (kind === 1) open++;
      if (kind === 2 || kind === 3) open--;
      // a call of the vault, and a call of the vault's own
      expect(open).to.be.within(0, 2);
    }
  });

  const attack = async (access: number, address: number): Promise<void> => {
    await monitor.all('Clear', `Load @${saved}`, 'mach set "board"');
    await device.watch();
    const at = symbolAddress(device.images.runtimes.app.elf, 'hal_import');
    await monitor.run(`flash PokeHex ${at} "${accessCode(at, access, address, 0)}"`);
  };

  for (const [what, access, address] of ATTACKS) {
    it(`native code at the application's privilege that ${what} is stopped and reported`, async () => {
      await attack(access, address);
      const line = await device.until('fault: ', 15);
      expect(line).to.match(/^fault: (memory|bus) module=app a=0x[0-9a-f]{8} b=0x[0-9a-f]{8}$/);
    });
  }

  it('after the report the device resets', async () => {
    await device.until('boot: 1.0.0 reset=software', 3);
  });

  it("the same code reaches the application's own memory", async () => {
    await attack(STORE, 0x2400_1000);
    await monitor.run('sysbus WriteDoubleWord 0x24001000 0x12345678');
    await monitor.run('emulation RunFor "12"');
    expect(await monitor.number('sysbus ReadDoubleWord 0x24001000')).to.equal(0);
    expect(device.lines.filter((line) => line.startsWith('fault: '))).to.deep.equal([]);
  });

  it('with a runtime that never enables the MPU the same code reads the secret store: the control', async () => {
    const control = await ChipDevice.make(monitor, { mpuOff: true }, (flash) => {
      flash.write('a secret', 0x18_0000, 'latin1');
    });
    await control.until('app: start', 8);
    const at = symbolAddress(control.images.runtimes.app.elf, 'hal_import');
    saved = monitor.file('control');
    await monitor.all(`Save @${saved}`, 'Clear', `Load @${saved}`, 'mach set "board"');
    await control.watch();
    await monitor.run(`flash PokeHex ${at} "${accessCode(at, LOAD, 0x0818_0000, 0)}"`);
    await monitor.run('emulation RunFor "12"');
    expect(Number(await monitor.run('cpu GetRegister 1'))).to.equal(Buffer.from('a se').readUInt32LE(0));
    expect(control.lines).to.deep.equal([]);
  });
});
