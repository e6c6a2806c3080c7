import { expect } from 'chai';
import { fuzz } from '../../../platforms/runtime/fuzz/fuzz.ts';
import { fuzzCase } from '../../../platforms/runtime/fuzz/mutate.ts';
import { buildHost } from '../../../platforms/runtime/host/build.ts';

describe('fuzzer', () => {
  it('makes the same case from the same number', () => {
    for (const number of [0, 1, 4711]) expect(fuzzCase(1, number)).to.deep.equal(fuzzCase(1, number));
    expect(fuzzCase(1, 0).wasm).to.not.deep.equal(fuzzCase(2, 0).wasm);
  });

  it('finds no report in a few hundred cases, and the same digest twice', async function () {
    const executable = buildHost('sanitize');
    if (executable === undefined) this.skip();
    const first = await fuzz(executable, 7, 0, 300);
    expect(first.report).to.equal(undefined);
    expect(first.ran).to.equal(300);
    expect((await fuzz(executable, 7, 0, 300)).digest).to.equal(first.digest);
  });
});
