import { expect } from 'chai';
import { BYTE_NS, RECEIVE_RING_BYTES, Uart } from '../../../../platforms/native_sim/parts/uart.ts';

const bytes = (length: number, from = 0) => Uint8Array.from({ length }, (_, index) => (from + index) & 0xff);

describe('uart', () => {
  it('lets no byte arrive faster than the line', () => {
    const uart = new Uart();
    const [first, second] = uart.schedule(
      [
        { atNs: 100, bytes: bytes(10) },
        { atNs: 100, bytes: bytes(5) },
      ],
      100,
    );
    expect(first!.atNs).to.equal(100 + 10 * BYTE_NS);
    expect(second!.atNs).to.equal(100 + 15 * BYTE_NS);
    const [late] = uart.schedule([{ atNs: 1e9, bytes: bytes(2) }], 200);
    expect(late!.atNs).to.equal(1e9);
  });

  it('splits long bursts, so that the device can read while they arrive', () => {
    const pieces = new Uart().schedule([{ atNs: 0, bytes: bytes(2500) }], 0);
    expect(pieces.map((piece) => piece.bytes.length)).to.deep.equal([1024, 1024, 452]);
    expect(pieces[2]!.atNs).to.equal(2500 * BYTE_NS);
  });

  it('gives bytes in order, across pieces', () => {
    const uart = new Uart();
    uart.arrive(bytes(10));
    uart.arrive(bytes(10, 10));
    expect([...uart.read(15)!]).to.deep.equal([...bytes(15)]);
    expect([...uart.read(100)!]).to.deep.equal([...bytes(5, 15)]);
    expect(uart.read(100)).to.have.length(0);
  });

  it('loses what does not fit, counts it, and says so once', () => {
    const uart = new Uart();
    uart.arrive(bytes(RECEIVE_RING_BYTES - 1));
    uart.arrive(bytes(3));
    expect(uart.overruns).to.equal(2);
    expect(uart.read(10)).to.equal(undefined);
    expect(uart.read(RECEIVE_RING_BYTES)).to.have.length(RECEIVE_RING_BYTES);
    expect(uart.pending).to.equal(0);
  });
});
