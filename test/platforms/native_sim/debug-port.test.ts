import { expect } from 'chai';
import type { BusOp } from '../../../harness/board/board.ts';
import { APP_SLOT, BOOT_AT, fixtureBoard, runningFixture, SECRETS, tell, UPDATE_SLOT } from './fixture.ts';

const OPTSR_CUR = 0x1c;
const FLASH_CR1 = 0x5200200c;
const read32 = (addr: number): BusOp => ({ op: 'read32', addr });
const write32 = (addr: number, value: number): BusOp => ({ op: 'write32', addr, value });

async function atLevel(rdp: number, mutant?: 'rdp-ignored') {
  const board = await fixtureBoard(mutant ? { mutant } : {});
  board.pokeOption(OPTSR_CUR, (board.peekOption(OPTSR_CUR) & ~0xff00) | (rdp << 8));
  await board.power(true);
  return board;
}

describe('debug port', () => {
  it('halts the core before its first instruction and lets it go', async () => {
    const { board } = await runningFixture();
    const before = board.console.lines.length;
    expect(await board.debug.connect()).to.equal(true);
    await board.run(30_000);
    expect(board.console.lines).to.have.length(before);
    await board.debug.disconnect();
    await board.run(100);
    expect(board.console.lines.slice(before)).to.deep.equal(['boot: fixture', 'c=2', 'app: up', 'b=64']);
  });

  it('at level 0 reads and writes everything', async () => {
    const board = await atLevel(0xaa);
    expect(await board.debug.connect()).to.equal(true);
    const results = await board.debug.access([
      read32(BOOT_AT),
      { op: 'read', addr: APP_SLOT + 0x400, length: 8 },
      write32(0x24000100, 0x11223344),
      read32(0x24000100),
      read32(FLASH_CR1),
      read32(0x40000000),
      read32(BOOT_AT + 1),
    ]);
    expect(results.map(({ ok }) => ok)).to.deep.equal([true, true, true, true, true, false, false]);
    expect(results[0]).to.include({ value: 0x31424250 });
    expect(results[3]).to.include({ value: 0x11223344 });
    expect(results[4], 'FLASH_CR1 after reset: RM0433 4.9').to.include({ value: 0x31 });
  });

  it('at level 1 refuses flash memory, at level 2 does not answer', async () => {
    const one = await atLevel(0x55);
    expect(await one.debug.connect()).to.equal(true);
    const [flash, ram] = await one.debug.access([read32(SECRETS), read32(0x24000000)]);
    expect(flash).to.include({ ok: false, fault: 'bus' });
    expect(ram).to.include({ ok: true });
    const two = await atLevel(0xcc);
    expect(await two.debug.connect()).to.equal(false);
    expect((await two.debug.access([read32(0x24000000)]))[0]).to.include({ ok: false, fault: 'debug' });
    await two.run(100);
    expect(two.console.lines[0], 'the probe resets it all the same').to.equal('boot: fixture');
    const open = await atLevel(0xcc, 'rdp-ignored');
    expect(await open.debug.connect()).to.equal(true);
  });

  it('answers nothing without power, and nothing after a reset took the core back', async () => {
    const board = await fixtureBoard();
    expect(await board.debug.connect()).to.equal(false);
    await board.power(true);
    await board.debug.connect();
    await board.reset('pin');
    expect((await board.debug.access([read32(BOOT_AT)]))[0]).to.include({ ok: false, fault: 'debug' });
  });

  it('programs a flash word through the registers', async () => {
    const board = await fixtureBoard();
    await board.power(true);
    await board.debug.connect();
    const CR2 = 0x5200210c;
    const results = await board.debug.access([
      write32(0x52002104, 0x45670123),
      write32(0x52002104, 0xcdef89ab),
      write32(CR2, 2),
      { op: 'write', addr: UPDATE_SLOT, bytes: new Uint8Array(32).fill(0x5a) },
      write32(CR2, 0),
    ]);
    expect(results.every(({ ok }) => ok)).to.equal(true);
    expect([...board.peekFlash(UPDATE_SLOT, 33)]).to.deep.equal([...new Uint8Array(32).fill(0x5a), 0xff]);
  });
});

describe('what boots', () => {
  const fetches = async (change: (board: Awaited<ReturnType<typeof fixtureBoard>>) => void, bootPin = false) => {
    const board = await fixtureBoard({ bootPin });
    change(board);
    await board.power(true);
    await board.run(50);
    const power = board.trace.entries.filter(({ lane }) => lane === 'power');
    const fetch = power.find(({ what }) => what === 'fetch')!;
    return {
      address: fetch.fields.address,
      locked: power.some(({ what }) => what === 'lockup'),
      lines: board.console.lines,
    };
  };
  const BOOT_CURR = 0x40;

  it('is at BOOT_CM7_ADD0, or at BOOT_CM7_ADD1 when the BOOT pin is high', async () => {
    expect(await fetches(() => {})).to.include({ address: '0x08000000', locked: false });
    expect(await fetches(() => {}, true)).to.include({ address: '0x1ff00000', locked: true });
    const moved = await fetches((board) => board.pokeOption(BOOT_CURR, 0x1ff00810));
    expect(moved).to.include({ address: '0x08100000', locked: true });
    const ram = await fetches((board) => board.pokeOption(BOOT_CURR, 0x1ff02400));
    expect(ram).to.include({ address: '0x24000000', locked: true });
  });

  it('is what lies in bank 2 when the banks are swapped', async () => {
    const swapped = await fetches((board) => {
      board.pokeFlash(0x08100000, board.peekFlash(BOOT_AT, 0x10000));
      board.pokeFlash(BOOT_AT, new Uint8Array(0x10000).fill(0xff));
      board.pokeOption(OPTSR_CUR, (board.peekOption(OPTSR_CUR) | 0x80000000) >>> 0);
    });
    expect(swapped).to.include({ address: '0x08000000', locked: false });
    expect(swapped.lines[0]).to.equal('boot: fixture');
  });

  it('cannot be a bundle with an unreadable word', async () => {
    const { board, modem } = await runningFixture();
    board.cutPower({ operation: 1, mode: 'torn' });
    await tell(board, modem, 'p');
    expect([...board.peekFlash(UPDATE_SLOT, 4)], 'torn').to.deep.equal([0, 0, 0, 0]);
    board.pokeOption(BOOT_CURR, 0x1ff00812);
    await board.power(true);
    await board.run(50);
    const lockup = board.trace.entries.find(({ what }) => what === 'lockup')!;
    expect(String(lockup.fields.reason)).to.contain('ECC');
  });
});
