import { expect } from 'chai';
import type { SensorFault } from '../../../../harness/board/board.ts';
import { HarnessError } from '../../../../harness/errors.ts';
import { LM74_ID, Lm74 } from '../../../../platforms/native_sim/parts/lm74.ts';

const read = (part: Lm74) => {
  const rx = part.transfer(new Uint8Array(2));
  return (rx[0]! << 8) | rx[1]!;
};
const configure = (part: Lm74, low: number) => part.transfer(new Uint8Array([0, 0, 0, low]));
const faulty = (fault: SensorFault) => {
  const part = new Lm74();
  part.set(16);
  part.fault(fault);
  return part;
};

describe('lm74', () => {
  // The data sheet's table of codes (1.3 Temperature data format), D1 and D0 pulled up.
  const codes: [degrees: number, word: number][] = [
    [150, 0x4b07],
    [125, 0x3e87],
    [25, 0x0c87],
    [0.0625, 0x000f],
    [0, 0x0007],
    [-0.0625, 0xffff],
    [-25, 0xf387],
    [-55, 0xe487],
  ];
  for (const [degrees, word] of codes) {
    it(`${degrees} degC => 0x${word.toString(16)}`, () => {
      const part = new Lm74();
      part.set(degrees * 16);
      expect(read(part)).to.equal(word);
    });
  }

  it('answers its id in shutdown mode, the temperature again in continuous mode', () => {
    const part = new Lm74();
    part.set(16);
    configure(part, 0xff);
    expect(read(part)).to.equal(LM74_ID);
    configure(part, 0x00);
    expect(read(part)).to.equal(0x0087);
  });

  it('stops responding in test mode until power is cycled', () => {
    const part = new Lm74();
    configure(part, 0x55);
    configure(part, 0x00);
    expect(read(part)).to.equal(0xffff);
    part.powerOff();
    expect(read(part)).not.to.equal(0xffff);
  });

  it('has the faults of the bus', () => {
    expect(read(faulty({ kind: 'stuck-high' }))).to.equal(0xffff);
    expect(read(faulty({ kind: 'stuck-low' }))).to.equal(0x0000);
    expect(read(faulty({ kind: 'absent' }))).to.equal(0xffff);
    const wrong = faulty({ kind: 'wrong-id', id: 0x8103 });
    configure(wrong, 0xff);
    expect(read(wrong)).to.equal(0x8103);
    const flipped = faulty({ kind: 'flip', bit: 0, every: 3 });
    expect([read(flipped), read(flipped), read(flipped)]).to.deep.equal([0x0087, 0x0087, 0x8087]);
  });

  it('refuses a temperature that its word cannot hold', () => {
    expect(() => new Lm74().set(4096)).to.throw(HarnessError);
    expect(() => new Lm74().set(0.5)).to.throw(HarnessError);
  });
});
