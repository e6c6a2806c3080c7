import { expect } from 'chai';
import { proportionCutoff, repetitionCutoff, WINDOW } from '../../../harness/observe/health-cutoffs.ts';
import { edgesOf } from '../../../harness/requirements/entropy-words.ts';

describe('cutoffs of health tests', () => {
  it('repetition count: 1 + ceil(20 / H) (SP 800-90B 4.4.1)', () => {
    expect([0.5, 1, 2, 8, 16, 20, 21].map(repetitionCutoff)).deep.equal([41, 21, 11, 4, 3, 2, 2]);
  });

  // SP 800-90B 4.4.2, table 2; the last row is computed by hand.
  for (const [entropy, window, cutoff] of [
    [0.2, WINDOW.bits, 941],
    [0.4, WINDOW.bits, 840],
    [0.6, WINDOW.bits, 748],
    [0.8, WINDOW.bits, 664],
    [1, WINDOW.bits, 589],
    [0.5, WINDOW.others, 410],
    [1, WINDOW.others, 311],
    [2, WINDOW.others, 177],
    [4, WINDOW.others, 62],
    [8, WINDOW.others, 13],
    [0.5, WINDOW.bits, 793],
  ] as const)
    it(`adaptive proportion: ${entropy} bits, window ${window} => ${cutoff}`, () => {
      expect(proportionCutoff(entropy, window)).equal(cutoff);
    });

  it('words at the edge of one test have exactly as many equal samples, and stay away from the other tests', () => {
    const assessed = { word: 16, byte: 4, bit: 0.5 };
    const [row, bytes, bits] = edgesOf(assessed);
    const most = (words: readonly number[]) => {
      const all = words.flatMap((word) => [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff));
      return all.filter((byte) => byte === all[0]).length;
    };
    const ones = (words: readonly number[]) => {
      const all = words.flatMap((word) => Array.from({ length: 32 }, (_, bit) => (word >>> bit) & 1));
      return all.filter((bit) => bit === all[0]).length;
    };
    for (const less of [0, 1]) {
      expect(row!.words(3 - less).filter((word) => word === 0x1234_abcd)).length(3 - less);
      expect(most(bytes!.words(62 - less))).equal(62 - less);
      expect(ones(bytes!.words(62 - less).slice(0, 32))).below(700);
      expect(ones(bits!.words(793 - less))).equal(793 - less);
      expect(most(bits!.words(793 - less))).below(40);
    }
  });
});
