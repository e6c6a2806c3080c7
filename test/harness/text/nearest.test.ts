import { expect } from 'chai';
import { nearest } from '../../../harness/text/nearest.ts';

describe('the nearest word', () => {
  const words = ['th-imboot.1', 'th-imboot.2', 'th-time.1', 'certify'];
  const cases: [word: string, expected: string | undefined][] = [
    ['th-imboot.1', 'th-imboot.1'],
    ['th-imbot.1', 'th-imboot.1'],
    ['TH-TIME.1', 'th-time.1'],
    ['cretify', 'certify'],
    ['something else entirely', undefined],
    ['', undefined],
  ];
  for (const [word, expected] of cases) {
    it(`"${word}" => ${expected}`, () => {
      expect(nearest(word, words)).to.equal(expected);
    });
  }
});
