import { expect } from 'chai';
import { differentialCase } from '../../../platforms/runtime/fuzz/differential.ts';
import { opcodeCases } from '../../../platforms/runtime/fuzz/opcode-cases.ts';
import { buildHost } from '../../../platforms/runtime/host/build.ts';
import { Driver } from '../../../platforms/runtime/host/client.ts';
import { hostRuns, v8Runs } from './differential.ts';

const SEED = 1;
const CASES = 400;

describe('engine and V8 on generated modules', () => {
  let driver: Driver;
  before(function () {
    const executable = buildHost('nofloat');
    if (executable === undefined) this.skip();
    driver = new Driver(executable);
  });
  after(() => driver?.close());

  it('end alike and leave the same memory and globals', async () => {
    const ends = new Map<string, number>();
    for (let number = 0; number < CASES; number++) {
      const item = differentialCase(SEED, number);
      const { runs, outcomes } = await hostRuns(driver, item);
      const ours = outcomes.map(({ ended, state }) => ({ ended: ended === 'ok' ? 'ok' : 'trap', state }));
      expect(ours, `case ${number} of seed ${SEED}`).to.deep.equal(v8Runs(item, runs));
      for (const { ended } of outcomes) ends.set(ended, (ends.get(ended) ?? 0) + 1);
    }
    expect(ends.get('ok')).to.be.greaterThan(CASES / 2);
    expect([...ends.keys()]).to.include.members([
      'WR_TRAP_MEMORY',
      'WR_TRAP_DIVIDE',
      'WR_TRAP_SIGNATURE',
      'WR_TRAP_TABLE',
    ]);
  });

  for (const { name, item } of opcodeCases()) {
    it(`${name}, its operands computed, in locals and constant`, async () => {
      const { runs, outcomes } = await hostRuns(driver, item);
      expect(outcomes).to.deep.equal(v8Runs(item, runs));
      expect(outcomes[0]!.ended).to.equal('ok');
    });
  }
});
