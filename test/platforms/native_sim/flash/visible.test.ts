import { expect } from 'chai';
import type { BusOp } from '../../../../harness/board/board.ts';
import { REG } from '../../../../platforms/native_sim/flash/registers.ts';
import { fixtureBoard, runningFixture, UPDATE_SLOT } from '../fixture.ts';

/**
 * A check that says "no bit changed" looks right after the attack. These are its twins: an attack that nothing refuses must be visible to the same look,
 * with no time between, or every refusal would be vacuous.
 */
const FLASH = 0x5200_2000;
const write = (register: number, value: number): BusOp => ({
  op: 'write32',
  addr: FLASH + register,
  value: value >>> 0,
});
const unlock2 = [write(0x104, 0x4567_0123), write(0x104, 0xcdef_89ab)];
const program: BusOp[] = [
  ...unlock2,
  write(0x10c, 0x32),
  { op: 'write', addr: UPDATE_SLOT, bytes: new Uint8Array(32).fill(0x5a) },
];
const eraseSector: BusOp[] = [...unlock2, write(0x10c, 0x134), write(0x10c, 0x1b4)];
const options: BusOp[] = [write(0x08, 0x0819_2a3b), write(0x08, 0x4c5d_6e7f), write(0x3c, 0xfe), write(0x18, 2)];

describe('what an unrefused attack on flash did is seen at once', () => {
  it('a program by native code', async () => {
    const { board } = await runningFixture();
    await board.injectNative(program, 'privileged');
    expect(board.peekFlash(UPDATE_SLOT, 1)[0]).to.equal(0x5a);
  });

  it('an erase by native code', async () => {
    const { board } = await runningFixture();
    board.pokeFlash(UPDATE_SLOT, new Uint8Array(32).fill(1));
    await board.injectNative(eraseSector, 'privileged');
    expect(board.peekFlash(UPDATE_SLOT, 1)[0]).to.equal(0xff);
  });

  it('an erase through the debug port', async () => {
    const board = await fixtureBoard();
    board.pokeFlash(UPDATE_SLOT, new Uint8Array(32).fill(1));
    await board.power(true);
    await board.debug.connect();
    await board.debug.access(eraseSector);
    expect(board.peekFlash(UPDATE_SLOT, 1)[0]).to.equal(0xff);
  });

  it('a change of options through the debug port, a reset right after it included', async () => {
    const board = await fixtureBoard();
    await board.power(true);
    await board.debug.connect();
    await board.debug.access(options);
    await board.reset('pin');
    expect(board.peekOption(REG.WPSN_CUR)).to.equal(0xfe);
  });
});
