/** What a board on Renode is without power, and while a probe holds its core. */
import { expect } from 'chai';
import type { Board } from '../../../../harness/board/board.ts';
import {
  changeOptions,
  eraseSector,
  FLASH_BASE,
  OPTSR,
  RDP_LEVEL_2,
  REG,
  unlockBank,
  unlockOptions,
  withRdp,
} from '../../../../harness/board/flash-registers.ts';
import { Boards, onRenode, seatOf } from './boards.ts';

const SECTOR = 0x0814_0000;
const BANK_1_SECTOR = 0x080e_0000;
const WORD = new Uint8Array(32).fill(0x5a);

const outcomes = (board: Board) =>
  board.trace.entries
    .filter(({ lane }) => lane === 'flash')
    .map(({ what, fields }) => `${what} ${Number(fields.addr).toString(16)} ${fields.outcome}`);
const resets = (board: Board) => board.trace.entries.filter(({ what }) => what === 'reset' || what === 'fetch').length;

onRenode('a board on Renode without power', () => {
  const boards = new Boards();
  after(() => boards.close());

  it('has torn the erase that ran, at once and for ever', async () => {
    await boards.withBlank(async (board) => {
      board.pokeFlash(SECTOR, WORD);
      await board.power(true);
      await board.run(10);
      const seat = await seatOf(board);
      for (const op of [...unlockBank(SECTOR), ...eraseSector(SECTOR)])
        if (op.op === 'write32') await seat.command(`flash TryWriteRegister ${op.addr - FLASH_BASE} ${op.value} 4`);
      await board.run(10);
      await board.power(false);
      await board.run(10_000);
      await board.power(true);
      await board.run(10);
      expect(outcomes(board)).deep.equal(['erase 8140000 torn']);
    });
  });

  it('has torn what another bank did when a cut fell on an operation', async () => {
    await boards.withBlank(async (board) => {
      board.pokeFlash(SECTOR, WORD);
      await board.power(true);
      expect(await board.debug.connect()).equal(true);
      board.cutPower({ operation: 2, mode: 'before' });
      await board.debug.access([
        ...unlockBank(SECTOR),
        ...eraseSector(SECTOR),
        ...unlockBank(BANK_1_SECTOR),
        ...eraseSector(BANK_1_SECTOR),
      ]);
      await board.run(10_000);
      expect(outcomes(board)).deep.equal(['erase 80e0000 cut', 'erase 8140000 torn']);
    });
  });

  it('does not go on by itself: no erase ends, no watchdog bites, no core starts', async () => {
    await boards.withDevice(async (board) => {
      await board.power(true);
      await board.run(2000);
      await board.power(false);
      const before = [resets(board), outcomes(board).length];
      await board.run(60_000);
      expect([resets(board), outcomes(board).length]).deep.equal(before);
      await board.power(true);
      await board.power(false);
      const off = resets(board);
      await board.run(1000);
      expect(resets(board)).equal(off);
    });
  });

  it('keeps in a fork the fault of its entropy source', async () => {
    await boards.withBlank(async (board) => {
      board.entropy.fault('stuck');
      await board.power(true);
      await board.power(false);
      const fork = await board.fork(await board.snapshot());
      try {
        const seat = await seatOf(fork);
        expect((await seat.command('rng Fault')).replaceAll('"', '')).match(/^stuck/);
      } finally {
        await fork.close();
      }
    });
  });

  it('waits for its cut while others have its seat, and forgets it where an earlier state is restored', async () => {
    await boards.withLab(async (lab) => {
      const { board } = (await lab.blank()).device;
      const snapshot = await board.snapshot();
      board.cutPower({ operation: 3, mode: 'torn' });
      await board.run(10);
      for (let count = 0; count < 2; count++) await (await lab.device({ offline: true })).board.run(10);
      await board.run(10);
      expect(await (await seatOf(board)).command('flash WaitingCut')).match(/^3 torn/);
      await board.restore(snapshot);
      expect(await (await seatOf(board)).command('flash WaitingCut')).match(/^0 /);
    });
  });
});

onRenode('a board on Renode whose core a probe holds', () => {
  const boards = new Boards();
  after(() => boards.close());

  it('stands, and so does the watchdog that the hardware starts', async () => {
    await boards.withBlank(async (board) => {
      board.pokeOption(REG.OPTSR_CUR, board.peekOption(REG.OPTSR_CUR) & ~OPTSR.IWDG1_SW);
      await board.power(true);
      expect(await board.debug.connect()).equal(true);
      await board.run(10);
      const before = resets(board);
      await board.run(30_000);
      expect(resets(board)).equal(before);
      await board.debug.disconnect();
      await board.run(3000);
      expect(resets(board)).greaterThan(before);
    });
  });

  it('answers no more from the moment at which it is closed for ever', async () => {
    await boards.withBlank(async (board) => {
      board.pokeFlash(SECTOR, WORD);
      await board.power(true);
      expect(await board.debug.connect()).equal(true);
      const read = { op: 'read', addr: SECTOR, length: 32 } as const;
      expect((await board.debug.access([read]))[0]!.ok).equal(true);
      const locked = withRdp(board.peekOption(REG.OPTSR_CUR), RDP_LEVEL_2);
      await board.debug.access([...unlockOptions(), ...changeOptions([[REG.OPTSR_PRG, locked]])]);
      await board.run(1000);
      const [after] = await board.debug.access([read]);
      expect(after).deep.equal({ ok: false, fault: 'debug', at: SECTOR });
    });
  });
});
