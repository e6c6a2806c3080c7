import { expect } from 'chai';
import type { Profile } from '../../../harness/profile/profile.ts';
import { type DeviceMaker, Lab } from '../../../harness/requirements/lab.ts';

const labOn = (board: string) => new Lab({ board } as Profile, 1, {} as DeviceMaker);
const CASES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

describe('cases of a sweep', () => {
  it('are all there on native_sim', () => {
    expect(labOn('native_sim').sample(CASES, 1)).deep.equal(CASES);
  });

  const sampled: [most: number, expected: string][] = [
    [1, 'a'],
    [2, 'ag'],
    [3, 'adg'],
    [7, 'abcdefg'],
    [9, 'abcdefg'],
  ];
  for (const [most, expected] of sampled) {
    it(`at most ${most} on nucleo_h753zi => ${expected}`, () => {
      expect(labOn('nucleo_h753zi').sample(CASES, most).join('')).equal(expected);
    });
  }
});
