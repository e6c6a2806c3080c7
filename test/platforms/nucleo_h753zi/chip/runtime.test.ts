import { createECDH } from 'node:crypto';
import { expect } from 'chai';
import { unpackBundle } from '../../../../harness/image/bundle.ts';
import { HAL_CALLS } from '../../../../harness/image/capabilities.ts';
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

/** Thumb: a supervisor call with these registers, then a loop for ever; r12 is the call's number, r6 the pages that the caller says it has (abi.h). */
function supervisorCode(
  at: number,
  [r0, r1, r2, r6, r12]: readonly number[],
  { stackFrom }: { stackFrom?: 'r6' } = {},
): string {
  const PLACES = [0, 1, 2, 6, 7];
  const start = at % 4;
  const literals = Math.ceil((start + 2 * (PLACES.length + 4)) / 4) * 4;
  const loads = PLACES.map((register, index) => {
    const base = Math.floor((start + 2 * index + 4) / 4) * 4; // ldr rN, [pc, #imm]
    return 0x4800 | (register << 8) | ((literals + 4 * index - base) / 4);
  });
  const code = [...loads, 0x46bc, stackFrom ? 0x46b5 : 0xbf00, 0xdf00, 0xe7fe]; // mov ip, r7; mov sp, r6 or nop; svc 0; b .
  const bytes = Buffer.alloc(literals - start + 4 * PLACES.length);
  code.forEach((half, index) => {
    bytes.writeUInt16LE(half, 2 * index);
  });
  [r0, r1, r2, r6, r12].forEach((value, index) => {
    bytes.writeUInt32LE((value ?? 0) >>> 0, literals - start + 4 * index);
  });
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
  ["runs code in its engine's state", CALL, 0x2407_0001],
  ["reads the vault's engine state", LOAD, 0x2406_8000],
  ['sets the watchdog', STORE, 0x5800_4800],
];

/** State of the second module's engine, and the most of it that lies between C stack and value stack (bundle.c, abi.h). */
const VAULT = { state: 0x2406_8000, bytes: 0x8000, stack: 4096, most: 1024 } as const;

const FLASH_READ = HAL_CALLS.indexOf('flash_read');
const CONSOLE_WRITE = HAL_CALLS.indexOf('console_write');
/** Of the application's memory, in 64 KiB pages. */
const PAGES = 6;
/** The kernel as the attacker's hand: buffers that are not the caller's. From 0x24000000 it is 0xc000000 to the vault's memory. */
const DEPUTIES: readonly [string, readonly number[]][] = [
  ["write into the vault's memory", [0x081c_0000, 0x0c00_0000, 32, 0xffff_ffff, FLASH_READ]],
  ["print the vault's memory", [0x0c00_0000, 16, 0, 0xffff_ffff, CONSOLE_WRITE]],
  ['print the byte behind its memory', [PAGES * 0x1_0000 - 15, 16, 0, 0xffff, CONSOLE_WRITE]],
  ['print what it has not grown to', [0x1_0000 - 15, 16, 0, 1, CONSOLE_WRITE]],
  ['print over the end of the address space', [0xffff_fff8, 16, 0, PAGES, CONSOLE_WRITE]],
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

  it("what the vault's functions had in their frames is gone when it has answered", async () => {
    const listed = await monitor.run(`sysbus ReadBytes ${VAULT.state} ${VAULT.bytes}`);
    const state = Buffer.from(
      [...listed.matchAll(/0x([0-9A-F]{2})\b/gi)].map(([, byte]) => Number.parseInt(byte!, 16)),
    );
    expect(state).length(VAULT.bytes);
    // Its C stack, the orders that it has, the engine's globals: what is behind them is the value stack.
    const last = state.findLastIndex((byte) => byte !== 0);
    expect(last).within(VAULT.stack, VAULT.stack + VAULT.most);
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

  /** In the place of the engine's HAL imports: the next one runs it. */
  const inject = async (codeAt: (at: number) => string): Promise<void> => {
    await monitor.all('Clear', `Load @${saved}`, 'mach set "board"');
    await device.watch();
    const at = symbolAddress(device.images.runtimes.app.elf, 'hal_import');
    await monitor.run(`flash PokeHex ${at} "${codeAt(at)}"`);
  };
  const attack = (access: number, address: number) => inject((at) => accessCode(at, access, address, 0));

  for (const [what, access, address] of ATTACKS) {
    it(`native code at the application's privilege that ${what} is stopped and reported`, async () => {
      await attack(access, address);
      // Two loops for ever: what stands there by chance would end in some fault or other.
      if (access === CALL) await monitor.run(`sysbus WriteDoubleWord ${address & ~1} 0xe7fee7fe`);
      const line = await device.until('fault: ', 15);
      expect(line).to.match(/^fault: (memory|bus) module=app a=0x[0-9a-f]{8} b=0x[0-9a-f]{8}$/);
    });
  }

  for (const [what, registers] of DEPUTIES) {
    it(`native code cannot have the kernel ${what}: the buffer is not its own`, async () => {
      await inject((at) => supervisorCode(at, registers));
      expect(await device.until('fault: ', 15)).to.match(/^fault: trap module=app a=0x000000ff b=0x[0-9a-f]{8}$/);
    });
  }

  it('after the report the device resets', async () => {
    await device.until('boot: 1.0.0 reset=software', 3);
  });

  // On the chip the MPU denies the frame itself (MSTKERR). Renode stores it, so that what is shown here is that the kernel goes no further.
  it("native code whose stack pointer leads into the vault's memory is stopped at its next call", async () => {
    const vault = 0x3000_1000;
    await inject((at) => supervisorCode(at, [0, 0, 0, vault, CONSOLE_WRITE], { stackFrom: 'r6' }));
    expect(await device.until('fault: ', 15)).to.match(/^fault: (memory|stack) module=app a=0x/);
  });

  it('native code has the calls that its module was granted, and no other', async () => {
    const { appBody, runtimes } = device.images;
    const [app] = unpackBundle(appBody.subarray(runtimes.app.bytes.length));
    expect(app!.capabilities.calls).to.not.include('entropy_word');
    await inject((at) => supervisorCode(at, [0, 0, 0, PAGES, HAL_CALLS.indexOf('entropy_word')]));
    await monitor.run('emulation RunFor "12"');
    expect(Number(await monitor.run('cpu GetRegister 0')) | 0).to.equal(-1);
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
