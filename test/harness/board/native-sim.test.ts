import { expect } from 'chai';
import type { BusOp } from '../../../harness/board/board.ts';
import { createNativeSim, type NativeSim } from '../../../harness/board/native-sim.ts';
import { FirmwareError, HarnessError } from '../../../harness/errors.ts';
import {
  APP_SLOT,
  BOOT_AT,
  fixtureBoard,
  fixtureBundles,
  Letters,
  runningFixture,
  SECRETS,
  tell,
  UPDATE_SLOT,
} from '../../platforms/native_sim/fixture.ts';
import { assembly, atSlot, makeBundle } from '../../platforms/native_sim/support.ts';

const powerEntries = (board: NativeSim, what: string) =>
  board.trace.entries.filter((entry) => entry.lane === 'power' && entry.what === what);

describe('native_sim', () => {
  it('boots the bundle at the boot address and hands over to the one in the slot', async () => {
    const { boot } = await fixtureBundles();
    const { board } = await runningFixture();
    expect(board.console.lines).to.deep.equal(['boot: fixture', 'c=1', 'app: up', 'b=64']);
    const [fetch] = powerEntries(board, 'fetch');
    expect(fetch!.fields).to.include({ address: '0x08000000' });
    expect(fetch!.fields.sha256).to.equal(
      (await import('node:crypto')).createHash('sha256').update(boot).digest('hex'),
    );
    expect(powerEntries(board, 'handover')).to.have.length(1);
  });

  it('locks up with a silent console when no bundle is there, until the watchdog tries again', async () => {
    const board = await createNativeSim();
    await board.power(true);
    await board.run(25_000);
    expect(board.console.lines).to.deep.equal([]);
    expect(powerEntries(board, 'lockup').length).to.equal(2);
    expect(powerEntries(board, 'reset')[0]!.fields.cause).to.equal('watchdog');
  });

  it('reports each reset cause', async () => {
    const { board, modem } = await runningFixture();
    const causes: string[] = [];
    for (const kind of ['pin', 'watchdog', 'software', 'brown-out', 'power-on'] as const) {
      const before = board.console.lines.length;
      await board.reset(kind);
      await board.run(100, () => board.console.lines.includes('app: up', before));
      causes.push(board.console.lines.slice(before).find((line) => line.startsWith('c='))!);
    }
    expect(causes).to.deep.equal(['c=2', 'c=3', 'c=4', 'c=5', 'c=1']);
    expect(modem.resets.map(({ power }) => power)).to.deep.equal([false, false, false, false, true]);
  });

  it('refuses to hand over to what cannot run, and says why on the trace', async () => {
    const refused = async (slot: Uint8Array) => {
      const board = await fixtureBoard();
      board.pokeFlash(APP_SLOT, new Uint8Array(0x8000).fill(0xff));
      board.pokeFlash(APP_SLOT, slot);
      await board.power(true);
      await board.run(50);
      expect(board.console.lines).to.include('h=-2');
      return String(powerEntries(board, 'handover-refused')[0]!.fields.reason);
    };
    const events = 'export function start(): void {} export function event(k: i32, a: i32, b: i32): void {}';
    const uptime = `@external("hal", "uptime") declare function up(at: i32): i32; ${events} up(0);`;
    expect(await refused(new Uint8Array(32))).to.contain('magic');
    const ungranted = makeBundle([{ name: 'app', wasm: await assembly(uptime), hal: [] }]);
    expect(await refused(atSlot(ungranted))).to.contain('does not grant');
    const foreign = await assembly(`@external("env", "time") declare function time(): i32; ${events} time();`);
    expect(await refused(atSlot(makeBundle([{ name: 'app', wasm: foreign }])))).to.contain('env.time');
    const shape = await assembly(`@external("hal", "uptime") declare function up(at: i64): i32; ${events} up(0);`);
    expect(await refused(atSlot(makeBundle([{ name: 'app', wasm: shape }])))).to.contain('import-signature');
    const mute = await assembly('export function start(): void {}');
    expect(await refused(atSlot(makeBundle([{ name: 'app', wasm: mute }])))).to.contain('export-missing');
    const junk = makeBundle([{ name: 'app', wasm: new Uint8Array(64).fill(7) }]);
    expect(await refused(atSlot(junk))).to.contain('not-wasm');
    const large = makeBundle([{ name: 'app', wasm: await assembly(events), pages: 7 }]);
    expect(await refused(atSlot(large))).to.contain('pages');
  });

  describe('HAL', () => {
    it('delivers modem bytes and the timer, and answers in virtual time', async () => {
      const { board, modem } = await runningFixture();
      expect(await tell(board, modem, 'gg')).to.deep.equal(['g=1', 'g=2']);
      await tell(board, modem, 't');
      const armed = board.nowNs;
      expect(await board.run(5000, () => board.console.lines.includes('t=3'))).to.equal(true);
      expect((board.nowNs - armed) / 1e6).to.be.within(900, 1010);
      expect(await tell(board, modem, 'e')).to.deep.equal(['e=0']);
      expect(modem.heard).to.have.length(1);
    });

    it('reads the sensor, the entropy source and the clock', async () => {
      const { board, modem } = await runningFixture();
      board.sensor.set(25 * 16);
      expect(await tell(board, modem, 's')).to.deep.equal(['s=0', `S=${0x0c87}`]);
      board.entropy.feed([0xdeadbeef]);
      expect(await tell(board, modem, 'n')).to.deep.equal(['n=0', `N=${0xdeadbeef}`]);
      board.entropy.fault('seed');
      expect((await tell(board, modem, 'n'))[0]).to.equal('n=-48');
      expect((await tell(board, modem, 'c'))[0]).to.equal('c=-80');
      expect(await tell(board, modem, 'k')).to.deep.equal(['k=0']);
      board.rtc.driftPpm(0);
      const [, shown] = await tell(board, modem, 'c');
      expect(Number(shown!.slice(2)) - 1767225600000).to.be.within(0, 60);
      await board.reset('pin');
      await board.run(30);
      expect((await tell(board, modem, 'c'))[0], 'kept over a warm reset').to.equal('c=0');
      await board.power(false);
      await board.power(true);
      await board.run(30);
      expect((await tell(board, modem, 'c'))[0], 'lost with the supply').to.equal('c=-80');
    });

    it('keeps flash to the grants and to the locks', async () => {
      const { board, modem } = await runningFixture();
      board.pokeFlash(UPDATE_SLOT, new Uint8Array(32).fill(0xff));
      expect(await tell(board, modem, 'p')).to.deep.equal(['p=0']);
      expect(await tell(board, modem, 'q')).to.deep.equal(['q=-1']);
      expect(await tell(board, modem, 'o')).to.deep.equal(['o=-1']);
      expect(await tell(board, modem, 'x', 5000)).to.deep.equal(['x=0']);
      expect([...board.peekFlash(UPDATE_SLOT, 2)]).to.deep.equal([0xff, 0xff]);
    });

    it('lets modules call each other through the mailbox alone', async () => {
      const { board, modem } = await runningFixture();
      expect(await tell(board, modem, 'v')).to.deep.equal(['v=8', 'V=1011']);
      expect(await tell(board, modem, 'v')).to.deep.equal(['v=8', 'V=2011']);
      expect(await tell(board, modem, 'w')).to.deep.equal(['w=-98']);
      expect(await tell(board, modem, 'v'), 'a broken module stays out').to.include('v=-98');
      expect(board.faults.map(({ message }) => message)).to.deep.equal(['module "vault": trap: unreachable']);
    });
  });

  describe('a device that misbehaves', () => {
    const traps: [string, string, string][] = [
      ['a trap', 'a', 'unreachable'],
      ['a buffer outside its memory', 'b', 'outside memory'],
      ['a stack overflow', 'd', 'stack overflow'],
    ];
    for (const [name, letter, message] of traps) {
      it(`${name} is reported and ends in a software reset`, async () => {
        const { board, modem } = await runningFixture();
        await tell(board, modem, letter, 2000);
        expect(board.faults[0]!.message).to.contain(message);
        expect(board.faultCount).to.equal(1);
        expect(powerEntries(board, 'fault')[0]!.fields.message).to.contain(message);
        expect(board.console.lines.slice(4)).to.deep.equal(['boot: fixture', 'c=4', 'app: up', 'b=64']);
      });
    }

    for (const [name, letter] of [
      ['an endless event', 'l'],
      ['an endless event that feeds the watchdog', 'h'],
    ] as const) {
      it(`${name} is reset by the watchdog at the same virtual instant each time`, async () => {
        const instants = new Set<number>();
        for (let turn = 0; turn < 2; turn++) {
          const { board, modem } = await runningFixture();
          await tell(board, modem, letter, 25_000);
          const reset = powerEntries(board, 'reset')[0]!;
          expect(reset.fields.cause).to.equal('watchdog');
          expect(reset.atNs / 1e6).to.be.within(20_000, 20_100);
          expect(board.console.lines.slice(4)).to.include('c=3');
          instants.add(reset.atNs);
        }
        expect(instants.size).to.equal(1);
      });
    }

    it('one that makes more transactions than it may is given up, with what it did last', async () => {
      const board = await fixtureBoard({ maxTransactions: 8 });
      const thrown = await board
        .power(true)
        .then(() => board.run(1000))
        .catch((error: Error) => error);
      expect(thrown).instanceOf(FirmwareError);
      expect((thrown as Error).message).match(/does not rest: expected at most 8 transactions.*the last: .*;/s);
    });

    it('an event whose HAL calls take longer than the watchdog waits is cut short', async () => {
      const { board, modem } = await runningFixture();
      await tell(board, modem, 'z', 25_000);
      expect(powerEntries(board, 'reset')[0]!.fields.cause).to.equal('watchdog');
      const last = board.trace.entries.filter(({ fields }) => fields.unwound === 'watchdog');
      expect(last.map(({ fields }) => fields.call)).to.deep.equal(['modem_write']);
    });

    it('feeding keeps the watchdog quiet', async () => {
      const { board, modem } = await runningFixture();
      for (let turn = 0; turn < 5; turn++) await tell(board, modem, 'g', 15_000);
      expect(powerEntries(board, 'reset')).to.have.length(0);
    });
  });

  it('cuts power within a flash operation and loses RAM', async () => {
    const { board, modem } = await runningFixture();
    await tell(board, modem, 'gg');
    board.cutPower({ operation: 2, mode: 'before' });
    await tell(board, modem, 'x', 5000);
    await tell(board, modem, 'p', 5000);
    expect(powerEntries(board, 'cut')).to.have.length(1);
    expect(modem.resets.at(-1)!.power).to.equal(true);
    expect(await board.run(1000, () => board.console.lines.length > 8)).to.equal(false);
    await board.power(true);
    await board.run(30);
    expect(await tell(board, modem, 'g'), 'the counter is gone').to.deep.equal(['g=1']);
  });

  describe('native code', () => {
    const read32 = (addr: number): BusOp => ({ op: 'read32', addr });
    const write32 = (addr: number, value: number): BusOp => ({ op: 'write32', addr, value });

    it('reaches at the application’s privilege its own RAM and image only', async () => {
      const { board } = await runningFixture();
      const results = await board.injectNative(
        [
          read32(0x24000000),
          write32(0x24000010, 0x12345678),
          read32(0x24000010),
          read32(APP_SLOT),
          write32(APP_SLOT, 0),
          read32(0x30000000),
          read32(SECRETS),
          read32(0x52002000),
          read32(0x38800000),
          read32(0x2405fffe),
        ],
        'application',
      );
      const verdicts = results.map((result) => (result.ok ? 'ok' : result.fault));
      expect(verdicts).to.deep.equal(['ok', 'ok', 'ok', 'ok', 'mpu', 'mpu', 'mpu', 'mpu', 'mpu', 'mpu']);
      expect(results[2]).to.include({ value: 0x12345678 });
    });

    it('reaches more when privileged, or when the MPU is off', async () => {
      const { board, modem } = await runningFixture();
      await tell(board, modem, 'v');
      const ops = [read32(0x30000000), read32(0x38800000), read32(0x20000000), read32(0x40000000), read32(0x24000001)];
      const verdicts = (results: { ok: boolean }[]) => results.map(({ ok }) => ok);
      expect(verdicts(await board.injectNative(ops, 'privileged'))).to.deep.equal([true, true, true, false, false]);
      const { board: open } = await runningFixture({ mutant: 'mpu-off' });
      expect(verdicts(await open.injectNative(ops, 'application'))).to.deep.equal([true, true, true, false, false]);
    });

    it('is refused when nothing runs', async () => {
      const board = await fixtureBoard();
      const error = await board.injectNative([read32(BOOT_AT)], 'privileged').catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(HarnessError);
    });
  });

  describe('determinism and snapshots', () => {
    const session = async (board: NativeSim, modem: Letters) => {
      for (const letters of ['gv', 't', 'snc', 'xp', 've', 'r', 'gv']) await tell(board, modem, letters, 3000);
      return board.trace.hash;
    };

    it('the same seed and stimuli give the same hash, another seed another', async () => {
      const hashOf = async (seed: number) => {
        const { board, modem } = await runningFixture({ seed });
        return session(board, modem);
      };
      expect(await hashOf(1)).to.equal(await hashOf(1));
      expect(await hashOf(1)).not.to.equal(await hashOf(2));
    });

    it('goes the same way from a snapshot twice, on the same board and on a fork', async () => {
      const { board, modem } = await runningFixture();
      await tell(board, modem, 'gvtn');
      const snapshot = await board.snapshot();
      const first = await session(board, modem);
      await board.restore(snapshot);
      expect(await session(board, modem)).to.equal(first);
      const fork = await board.fork(snapshot);
      const other = new Letters();
      fork.attachModem(other);
      expect(await session(fork, other), 'a fork').to.equal(first);
    });

    it('a fork shares nothing that can be written', async () => {
      const { board, modem } = await runningFixture();
      const snapshot = await board.snapshot();
      const hash = board.trace.hash;
      const fork = await board.fork(snapshot);
      const other = new Letters();
      fork.attachModem(other);
      await session(fork, other);
      fork.pokeFlash(UPDATE_SLOT, new Uint8Array(32));
      expect(board.trace.hash).to.equal(hash);
      expect(board.peekFlash(UPDATE_SLOT, 1)[0]).to.equal(0xff);
      expect(await tell(board, modem, 'g')).to.deep.equal(['g=1']);
    });

    it('a snapshot that forgets globals does not', async () => {
      const { board, modem } = await runningFixture({ mutant: 'snapshot-forgets-globals' });
      await tell(board, modem, 'g');
      const snapshot = await board.snapshot();
      const first = await session(board, modem);
      await board.restore(snapshot);
      expect(await session(board, modem)).not.to.equal(first);
    });

    it('forks many times without keeping memories', async () => {
      const { board } = await runningFixture();
      const snapshot = await board.snapshot();
      for (let turn = 0; turn < 300; turn++) {
        const fork = await board.fork(snapshot);
        await fork.run(1);
        await fork.close();
      }
    });
  });

  it('says what is wrong when it is misused', async () => {
    const board = await fixtureBoard();
    const fails = async (action: () => Promise<unknown>) => {
      const error = await action().catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(HarnessError);
      return (error as Error).message;
    };
    expect(await fails(() => board.reset('pin'))).to.contain('power');
    expect(await fails(() => board.restore({ board: 'nucleo_h753zi' }))).to.contain('nucleo');
    expect(await fails(() => Promise.all([board.run(1), board.run(1)]))).to.contain('one command at a time');
    await board.close();
    await board.close();
    expect(await fails(() => board.run(1))).to.contain('closed');
  });
});
