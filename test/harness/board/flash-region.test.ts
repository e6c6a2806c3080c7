import { expect } from 'chai';
import { hex, sectorsOf } from '../../../harness/board/flash-region.ts';

const SECTOR = 0x2_0000;
const at = (start: number, end: number) => sectorsOf({ start, end }).map(hex);

describe('regions of flash', () => {
  it('touch a sector with their first byte and with their last', () => {
    expect(at(0x0804_0000, 0x0806_0000)).to.deep.equal(['0x08040000']);
    expect(at(0x0804_0000, 0x0806_0001)).to.deep.equal(['0x08040000', '0x08060000']);
    expect(at(0x0803_ffff, 0x0804_0001)).to.deep.equal(['0x08020000', '0x08040000']);
    expect(at(0x0805_ffe0, 0x0806_0000)).to.deep.equal(['0x08040000']);
  });

  it('touch none where they are empty at the start of a sector', () => {
    expect(at(0x0804_0000, 0x0804_0000)).to.deep.equal([]);
    expect(at(0x0804_0000, 0x0804_0000 - SECTOR)).to.deep.equal([]);
  });

  it('print words as they are on the bus, also those that JavaScript holds as negative', () => {
    expect(hex(0x20)).to.equal('0x00000020');
    expect(hex(0x5200_2000 | 0x8000_0000)).to.equal('0xd2002000');
  });
});
