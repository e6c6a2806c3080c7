import { expect } from 'chai';
import { cutsAt, type Operation, stratified } from '../../../../harness/campaign/powercut/board-sample.ts';
import { generator } from '../../../../harness/campaign/powercut/random.ts';

const KINDS = ['program a', 'erase b', 'program b', 'program c'];
/** Nearly all of one stratum, as a copy is. */
const operations = Array.from(
  { length: 500 },
  (_, index): Operation => ({ number: index + 1, stratum: KINDS[index % 100 === 0 ? (index / 100) % 4 : 3]! }),
);

describe('a sample of a campaign', () => {
  it('has an operation of every kind and sector, in their order, none twice', () => {
    for (const seed of ['1', '2', '3']) {
      const chosen = stratified(operations, 6, generator(seed));
      expect(chosen).length(6);
      expect(new Set(chosen.map(({ stratum }) => stratum)).size).equal(4);
      const numbers = chosen.map(({ number }) => number);
      expect(numbers).deep.equal([...new Set(numbers)].sort((a, b) => a - b));
    }
  });

  it('is all there is where that is less, and the same for the same seed', () => {
    expect(stratified(operations.slice(0, 3), 9, generator('1')).map(({ number }) => number)).deep.equal([1, 2, 3]);
    expect(stratified(operations, 5, generator('7'))).deep.equal(stratified(operations, 5, generator('7')));
    expect(stratified([], 5, generator('7'))).deep.equal([]);
  });

  it('takes the modes in turn, from one that the seed names on', () => {
    expect(cutsAt(operations.slice(0, 4), 1).map(({ mode }) => mode)).deep.equal(['torn', 'after', 'before', 'torn']);
  });
});
