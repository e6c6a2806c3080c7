/** An attacker's native code on the core in Renode: it sees the memory as it is, and where it does not run that is an error and no refusal. */
import { expect } from 'chai';
import { Boards, onRenode, seatOf } from './boards.ts';

const RAM = 0x2400_0000;
const BYTES = 1024;

onRenode('native code on Renode', () => {
  const boards = new Boards();
  after(() => boards.close());

  it('reads of memory what lies there, and not what it has put there itself', async () => {
    await boards.withDevice(async (board) => {
      await board.power(true);
      await board.run(3000);
      const seat = await seatOf(board);
      const hex = (text: string) => /\b[0-9a-f]{16,}\b/i.exec(text.replaceAll(/0x|[\s,[\]]/gi, ''))?.[0]?.toLowerCase();
      for (const privilege of ['privileged', 'application'] as const) {
        const [result] = await board.injectNative([{ op: 'read', addr: RAM, length: BYTES }], privilege);
        expect(result!.ok, privilege).equal(true);
        if (!result!.ok) continue;
        const there = hex(await seat.command(`sysbus ReadBytes ${RAM} ${BYTES}`));
        expect(Buffer.from(result!.bytes).toString('hex'), privilege).equal(there);
      }
    });
  });

  it('that the core cannot execute is an error: nothing has been refused', async () => {
    await boards.withDevice(async (board) => {
      await board.power(true);
      await board.run(3000);
      const seat = await seatOf(board);
      // The bootloader's sector: the application may not execute it.
      const run = seat.command('nativeCode Run "r32 603979776" "application" 134217728 134348800');
      const error = await run.then(
        () => expect.fail('expected an error'),
        (reason: Error) => reason,
      );
      expect(error.message).match(/expected the core to run it at 0x801[0-9a-f]{4}, got none of its accesses/);
    });
  });
});
