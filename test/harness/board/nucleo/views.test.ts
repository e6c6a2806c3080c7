/** What the host keeps of a Renode board so that checks can look without waiting. */
import { expect } from 'chai';
import { accessText, busResult } from '../../../../harness/board/nucleo/access.ts';
import { ConsoleLines } from '../../../../harness/board/nucleo/console-lines.ts';
import { FlashMirror } from '../../../../harness/board/nucleo/mirror.ts';
import { ModemLink } from '../../../../harness/board/nucleo/modem-link.ts';
import { parseReport } from '../../../../harness/board/nucleo/report.ts';
import { FACTORY_OPTIONS } from '../../../../platforms/native_sim/flash/registers.ts';

describe('views of a Renode board', () => {
  it('mirror of the flash: blank at first, then what reports and pokes bring; its copies are nobody else’s', () => {
    const mirror = new FlashMirror();
    expect([...mirror.peek(0x0800_0000, 2)]).deep.equal([0xff, 0xff]);
    for (const [register, value] of FACTORY_OPTIONS) expect(mirror.peekOption(register)).equal(value);
    mirror.absorb(parseReport('now 1 RESTS\ncells 134217728 0102\noption 28 7\n'));
    const kept = mirror.save();
    mirror.poke(0x0800_0001, new Uint8Array([9]));
    mirror.pokeOption(28, 8);
    mirror.peek(0x0800_0000, 2).fill(0);
    expect([...mirror.peek(0x0800_0000, 3)]).deep.equal([1, 9, 0xff]);
    expect(mirror.peekOption(28)).equal(8);
    mirror.load(kept);
    expect([...mirror.peek(0x0800_0000, 2)]).deep.equal([1, 2]);
    expect(mirror.peekOption(28)).equal(7);
  });

  it('mirror: ranges outside flash and registers that do not exist are errors', () => {
    const mirror = new FlashMirror();
    for (const [addr, length] of [
      [0x07ff_ffff, 2],
      [0x081f_ffff, 2],
      [0x0820_0000, 1],
      [0x0800_0000, -1],
    ] as const)
      expect(() => mirror.peek(addr, length)).throw(/expected a range/);
    expect(() => mirror.peekOption(0x48)).throw(/no option register at offset 0x48/);
    expect(() => mirror.pokeOption(0x48, 0)).throw(/no option register/);
  });

  it('console: lines that have ended, with and without carriage return, over pieces', () => {
    const console = new ConsoleLines();
    for (const piece of ['boot: 1\r', '\napp', ': 2\n', '\r\n', 'rest']) console.write(Buffer.from(piece));
    expect(console.lines).deep.equal(['boot: 1', 'app: 2', '']);
    const kept = console.save();
    console.write(Buffer.from(' one\n'));
    console.load(kept);
    console.write(Buffer.from(' two\n'));
    expect(console.lines.at(-1)).equal('rest two');
  });

  it('console: a line that never ends does not fill the memory', () => {
    const console = new ConsoleLines();
    for (let index = 0; index < 100; index++) console.write(Buffer.alloc(1000, 0x41));
    console.write(Buffer.from('\n'));
    expect(console.lines[0]).length(4096);
  });

  it('accesses and their answers', () => {
    expect(accessText({ op: 'write32', addr: 0x5200_2004, value: -1 })).equal('w32 1375739908 4294967295');
    expect(accessText({ op: 'write', addr: 16, bytes: new Uint8Array([1, 171]) })).equal('w 16 01ab');
    expect(accessText({ op: 'read', addr: 16, length: 3 })).equal('r 16 3');
    const read = { op: 'read32', addr: 16 } as const;
    expect(busResult(read, 'ok 78563412', 'bus')).include({ ok: true, value: 0x1234_5678 });
    expect(busResult({ op: 'write32', addr: 16, value: 1 }, 'ok', 'bus')).include({ ok: true });
    expect(busResult(read, 'mpu', 'bus')).deep.equal({ ok: false, fault: 'mpu', at: 16 });
    for (const word of ['bus', 'fault', 'power-loss'])
      expect(busResult(read, word, 'debug')).deep.equal({ ok: false, fault: 'bus', at: 16 });
    expect(busResult(read, 'lost', 'debug')).deep.equal({ ok: false, fault: 'debug', at: 16 });
    expect(() => busResult(read, 'maybe', 'bus')).throw(/expected the answer to an access/);
  });

  it('modem: what the peer says waits for the machine; a cut supply loses it', async () => {
    const link = new ModemLink();
    const asked: string[] = [];
    link.attach(
      {
        exchange: async (nowNs, tx) => {
          asked.push(`${nowNs} ${Buffer.from(tx)}`);
          return {
            rx: [
              { atNs: nowNs + 5, bytes: Buffer.from('OK') },
              { atNs: nowNs, bytes: new Uint8Array(0) },
            ],
            nextNs: 0,
          };
        },
        deviceReset: (nowNs, lost) => asked.push(`${nowNs} ${lost ? 'lost' : 'reset'}`),
      },
      100,
    );
    expect(link.dueNs).equal(100);
    await link.exchange(200, Buffer.from('AT'), true);
    expect(link.dueNs, 'a peer that always wants to be asked does not stop time').equal(1200);
    expect(link.take().map(({ atNs }) => atNs)).deep.equal([205]);
    await link.exchange(300, new Uint8Array(0), false);
    expect(link.take(), 'a device without supply hears nothing').length(0);
    await link.exchange(400, new Uint8Array(0), true);
    const kept = link.save();
    link.deviceReset(500, false);
    expect(link.take()).length(1);
    link.load(kept);
    link.deviceReset(600, true);
    expect(link.take()).length(0);
    expect(link.dueNs).equal(600);
    expect(asked).deep.equal(['200 AT', '300 ', '400 ', '500 reset', '600 lost']);
  });
});
