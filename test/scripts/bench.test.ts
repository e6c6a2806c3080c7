import { expect } from 'chai';
import { bench, problemsOf } from '../../scripts/bench.ts';

describe('bench', () => {
  it('counts rounds and samples the running device', async () => {
    const { count, perSecond, warm, last } = await bench(2, () => {});
    expect([count, warm.round, last.round]).deep.equal([2, 2, 2]);
    expect(perSecond).greaterThan(0);
    expect(last.wasmPages).greaterThan(1);
  });

  it('complains of more pages and of a heap beyond a tenth', () => {
    const warm = { round: 100, wasmPages: 10, heapBytes: 1000 };
    expect(problemsOf(warm, { round: 1000, wasmPages: 10, heapBytes: 1099 })).deep.equal([]);
    expect(problemsOf(warm, { round: 1000, wasmPages: 11, heapBytes: 1000 })).deep.equal([
      'Wasm pages: 10 in round 100, 11 in round 1000',
    ]);
    expect(problemsOf(warm, { round: 1000, wasmPages: 10, heapBytes: 1101 })).deep.equal([
      'heap: 10.1 % from round 100 to 1000, at most 10 % expected',
    ]);
  });
});
