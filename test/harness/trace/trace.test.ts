import { expect } from 'chai';
import { Trace } from '../../../harness/trace/trace.ts';

const filled = (count: number, keep?: number) => {
  const trace = new Trace(keep === undefined ? {} : { keep });
  for (let index = 0; index < count; index++) trace.add(index, index % 2 ? 'hal' : 'spi', 'x', { index });
  return trace;
};

describe('trace', () => {
  it('has a hash of everything and one of the HAL lane alone', () => {
    const trace = filled(4);
    const other = filled(4);
    expect(trace.hash).to.equal(other.hash);
    other.add(9, 'spi', 'x');
    expect(trace.hash).not.to.equal(other.hash);
    expect(trace.halHash).to.equal(other.halHash);
  });

  it('keeps its own copy of the bytes', () => {
    const trace = new Trace();
    const bytes = new Uint8Array([1, 2]);
    trace.add(0, 'hal', 'x', {}, bytes);
    bytes[0] = 9;
    expect(trace.entries[0]!.data![0]).to.equal(1);
  });

  it('drops old entries when bounded; the hash and the count go on', () => {
    const bounded = filled(100, 10);
    expect(bounded.entries.length).to.be.at.most(20);
    expect(bounded.count).to.equal(100);
    expect(bounded.hash).to.equal(filled(100).hash);
  });

  it('goes back to a mark, any number of times, and on from it elsewhere', () => {
    const trace = filled(5);
    const mark = trace.mark();
    const before = trace.hash;
    for (let turn = 0; turn < 2; turn++) {
      trace.add(7, 'hal', 'more');
      trace.rewind(mark);
      expect([trace.hash, trace.count, trace.entries.length]).to.deep.equal([before, 5, 5]);
    }
    const other = new Trace();
    other.rewind(mark);
    other.add(7, 'hal', 'more');
    trace.add(7, 'hal', 'more');
    expect(other.hash).to.equal(trace.hash);
    expect(other.halHash).to.equal(trace.halHash);
  });
});
