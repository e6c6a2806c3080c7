import { expect } from 'chai';
import { parseReport } from '../../../../harness/board/nucleo/report.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));

describe('the report of the conductor', () => {
  it('is read line by line', () => {
    const report = parseReport(
      [
        'now 5000 RESTS',
        'fetch 10 134217728 134218401 power-on',
        'console 20 410d0a',
        'tx 30 41540d0a',
        'rx 40 2 4f4b',
        'spi 50 ffff 0b91',
        'flash 60 program 134217760 done 00ff -',
        'flash 70 refused 134217792 refused - write protected sector',
        'tap 80 whole 04000000',
        'cells 134217760 00ff',
        'blank 134348800 3',
        'option 28 4278190080',
        '',
      ].join('\n'),
    );
    expect(report.nowNs).equal(5000);
    expect(report.state).equal('RESTS');
    expect(report.lines).deep.equal([
      { kind: 'fetch', atNs: 10, vectors: 0x0800_0000, pc: 0x0800_02a1, cause: 'power-on' },
      { kind: 'console', atNs: 20, bytes: bytes('410d0a') },
      { kind: 'tx', atNs: 30, bytes: bytes('41540d0a') },
      { kind: 'rx', atNs: 40, overruns: 2, bytes: bytes('4f4b') },
      { kind: 'spi', atNs: 50, sent: bytes('ffff'), received: bytes('0b91') },
      {
        kind: 'flash',
        atNs: 60,
        op: 'program',
        addr: 0x0800_0020,
        outcome: 'done',
        bytes: bytes('00ff'),
        note: undefined,
      },
      {
        kind: 'flash',
        atNs: 70,
        op: 'refused',
        addr: 0x0800_0040,
        outcome: 'refused',
        bytes: undefined,
        note: 'write protected sector',
      },
      { kind: 'tap', atNs: 80, whole: true, record: bytes('04000000') },
    ]);
    expect(report.cells).deep.equal([
      { addr: 0x0800_0020, bytes: bytes('00ff') },
      { addr: 0x0802_0000, bytes: bytes('ffffff') },
    ]);
    expect(report.options).deep.equal([[28, 0xff00_0000]]);
  });

  it('is put in the order of time; at one time in the order of the kinds', () => {
    const { lines } = parseReport('now 9 BUSY\nconsole 5 41\ntx 3 42\nspi 5 00 00\nrx 5 0 43\n');
    expect(lines.map(({ kind, atNs }) => `${kind} ${atNs}`)).deep.equal(['tx 3', 'console 5', 'spi 5', 'rx 5']);
  });

  for (const text of [
    '',
    'console 5 41\n',
    'now x RESTS\n',
    'now 5 RESTS\nnews 5\n',
    'now 5 RESTS\nconsole 41\n',
    'now 5 RESTS\nfetch 1 2 3\n',
    'now 5 RESTS\nfetch 1 2 -3 pin\n',
    'now 5 RESTS\noption 28\n',
    'There was an error executing command',
  ])
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseReport(text)).throw(/conductor: expected/);
    });
});
