/** The reference device on the Cortex-M7 in a real Renode: same seed, same trace, however busy the host; parked and forked lives go on; a Renode that is killed is told. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { expect } from 'chai';
import type { Board } from '../../../../harness/board/board.ts';
import { eraseSector, lockBank, unlockBank } from '../../../../harness/board/flash-registers.ts';
import { DEFAULT_DEVICE } from '../../../../harness/cli/defaults.ts';
import { EnvironmentError } from '../../../../harness/errors.ts';
import { Profile } from '../../../../harness/profile/profile.ts';
import { LabFactory } from '../../../../harness/requirements/lab-factory.ts';
import { FACTORY_OPTIONS } from '../../../../platforms/native_sim/flash/registers.ts';
import { Boards, onRenode } from './boards.ts';

const profile = Profile.load(DEFAULT_DEVICE);
const SECTOR = 0x0814_0000;

/** Two processes that never rest. */
function busyHost(): () => void {
  const burners: ChildProcess[] = [1, 2].map(() => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  return () => {
    for (const burner of burners) burner.kill('SIGKILL');
  };
}

/** Process groups that this process started and that run Renode. */
function renodeGroups(): number[] {
  const rows = execFileSync('ps', ['-eo', 'ppid=,pgid=,args='], { encoding: 'utf8' }).split('\n');
  const mine = rows
    .map((row) => /^\s*(\d+)\s+(\d+)\s.*robot-server-port/.exec(row))
    .filter((row) => row?.[1] === String(process.pid));
  return mine.map((row) => Number(row![2]));
}

onRenode('the board nucleo_h753zi', () => {
  let boards = new Boards();
  /** Hash of the life that nothing came between. */
  let undisturbed = '';

  after(() => boards.close());

  /** Boot, two seconds of life, a reset, as much again. */
  async function live(board: Board): Promise<string> {
    await board.power(true);
    await board.run(2000);
    await board.reset('pin');
    await board.run(2000);
    return board.trace.hash;
  }

  it('boots the application from the same wasm as native_sim, byte for byte', async () => {
    const native = await LabFactory.create({ profile, board: 'native_sim', seed: 1, recordTo: undefined });
    const lab = await native.open('board');
    const { board } = await lab.device({ offline: true });
    await live(board);
    const modules = (bundles: readonly Uint8Array[]) => bundles.flatMap(wasmOf).sort();
    const expected = modules(board.bundles);
    await lab.close();
    expect(expected).length(3);
    await boards.withDevice(async (chip) => {
      undisturbed = await live(chip);
      expect(modules(chip.bundles)).deep.equal(expected);
    });
  });

  it('a board from the factory has the option bytes that it seemed to have before it was in Renode', async () => {
    await boards.withBlank(async (board) => {
      const options = () => [...FACTORY_OPTIONS.keys()].map((register) => board.peekOption(register));
      const before = options();
      await board.power(true);
      await board.run(100);
      expect(options()).deep.equal(before);
      expect(before).deep.equal([...FACTORY_OPTIONS.values()]);
    });
  });

  it('a board that others displaced goes on as if nothing had been', async () => {
    await boards.withLab(async (lab) => {
      const boards = [];
      for (let count = 0; count < 3; count++) boards.push((await lab.device({ offline: true })).board);
      const [one, ...others] = boards;
      await one!.power(true);
      await one!.run(1000);
      for (const other of others) {
        await other.power(true);
        await other.run(500);
      }
      await one!.run(1000);
      for (const other of others) await other.run(500);
      await one!.reset('pin');
      await one!.run(2000);
      expect(one!.trace.hash).equal(undisturbed);
    });
  });

  it('after a probe has erased for a second, resets and flash are still told at the time at which they are', async () => {
    await boards.withBlank(async (board) => {
      await board.power(true);
      await board.debug.connect();
      await board.debug.access([...unlockBank(SECTOR), ...eraseSector(SECTOR), lockBank(SECTOR)]);
      await board.run(10);
      await board.debug.disconnect();
      await board.reset('pin');
      await board.run(10);
      const told = board.trace.entries.map(({ atNs }) => atNs);
      expect(board.trace.entries.filter(({ lane }) => lane === 'flash')).not.length(0);
      expect(told).deep.equal([...told].sort((a, b) => a - b));
      expect(told.at(-1)).at.most(board.nowNs);
    });
  });

  it('time passes by a board whose supply went at an operation of the probe', async () => {
    await boards.withBlank(async (board) => {
      await board.power(true);
      await board.debug.connect();
      board.cutPower({ operation: 1, mode: 'torn' });
      await board.debug.access([...unlockBank(SECTOR), ...eraseSector(SECTOR)]);
      expect(board.trace.entries.some(({ lane, what }) => lane === 'power' && what === 'cut')).equal(true);
      const { nowNs } = board;
      expect(await board.run(1000, () => board.console.lines.length > 0)).equal(false);
      expect(board.nowNs - nowNs).equal(1e9);
      await board.power(true);
      expect(await board.debug.connect()).equal(true);
    });
  });

  it('a snapshot of a running board is a place to go on from, again and again', async () => {
    await boards.withDevice(async (board) => {
      await board.power(true);
      await board.run(1500);
      const snapshot = await board.snapshot();
      const { nowNs } = board;
      await board.run(1500);
      const [lines, hash] = [[...board.console.lines], board.trace.hash];
      await board.restore(snapshot);
      expect(board.nowNs).equal(nowNs);
      await board.run(1500);
      expect([board.console.lines, board.trace.hash]).deep.equal([lines, hash]);
    });
  });

  it('Renode killed in the middle of a run: an error that tells it, and no orphan', async () => {
    const groups = renodeGroups();
    expect(groups).not.length(0);
    const error = await boards.withDevice(async (board) => {
      await board.power(true);
      const run = board.run(3_600_000).catch((caught: Error) => caught);
      for (const group of renodeGroups()) process.kill(-group, 'SIGKILL');
      return run;
    });
    expect(error).instanceOf(EnvironmentError);
    expect(String(error)).match(/Renode .*killed by SIGKILL|Renode .*ended with/);
    await boards.close();
    expect(renodeGroups()).deep.equal([]);
  });

  it('the same seed gives the same trace in another Renode, after all that and with both cores busy', async () => {
    const calm = busyHost();
    try {
      boards = new Boards();
      expect(await boards.withDevice(live)).equal(undisturbed);
    } finally {
      calm();
    }
  });
});

/** SHA-free view of a bundle's modules: their wasm as hex (SPEC 3). */
function wasmOf(bundle: Uint8Array): string[] {
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  return Array.from({ length: view.getUint32(8, true) }, (_, index) => {
    const at = 16 + 64 * index;
    const from = view.getUint32(at + 8, true);
    return Buffer.from(bundle.subarray(from, from + view.getUint32(at + 12, true))).toString('hex');
  });
}
