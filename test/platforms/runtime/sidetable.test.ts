import { expect } from 'chai';
import { assemble, leb } from '../../../platforms/runtime/fuzz/assemble.ts';
import { buildHost } from '../../../platforms/runtime/host/build.ts';
import { Driver } from '../../../platforms/runtime/host/client.ts';
import { buildSideTable } from '../../../platforms/runtime/sidetable/builder.ts';
import { OPCODES } from '../../../platforms/runtime/sidetable/opcodes.ts';

/** Every kind of entry: if with and without else, loop, br over operands, br_table, a call through the table. */
const WASM = assemble({
  imports: [{ module: 'spectest', name: 'print', type: ':' }],
  table: [1, 2],
  functions: [
    {
      type: 'i:i',
      locals: 'i',
      export: 'f',
      code: [
        0x20,
        0,
        0x04,
        0x40,
        0x41,
        9,
        0x21,
        1,
        0x05,
        0x41,
        7,
        0x21,
        1,
        0x0b, // if else
        0x20,
        0,
        0x04,
        0x40,
        0x10,
        0,
        0x0b, // if
        0x02,
        0x7f,
        0x42,
        1,
        0x41,
        3,
        0x20,
        0,
        0x0d,
        0,
        0x1a,
        0x1a,
        0x41,
        4,
        0x0b,
        0x21,
        1, // br_if drops one, keeps one
        0x02,
        0x40,
        0x02,
        0x40,
        0x20,
        0,
        0x0e,
        1,
        0,
        1,
        0x0b,
        0x0b, // br_table
        0x03,
        0x40,
        0x20,
        1,
        0x41,
        1,
        0x6b,
        0x22,
        1,
        0x0d,
        0,
        0x0b, // loop
        0x20,
        1,
        0x41,
        1,
        0x11,
        ...leb(1),
        0, // call_indirect
      ],
    },
    { type: 'i:i', code: [0x20, 0, 0x41, 42, 0x6a, 0x0f] },
  ],
});

describe('side table', () => {
  let driver: Driver;
  before(function () {
    const executable = buildHost('sanitize');
    if (executable === undefined) this.skip();
    driver = new Driver(executable);
  });
  after(() => driver?.close());

  it('of the builder is accepted, and branches go where they should', async () => {
    expect(await driver.load(WASM, buildSideTable(WASM))).to.have.property('ok', true);
    await driver.ask('instance 0');
    for (const n of ['0', '1', '2']) {
      expect(await driver.call('0', 'f', [`i32:${n}`])).to.deep.equal({ ok: true, words: ['i32:2a'] });
    }
  });

  it('is refused when any one bit of it differs', async () => {
    const table = buildSideTable(WASM);
    for (let bit = 0; bit < table.length * 8; bit++) {
      const wrong = table.slice();
      wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const answer = await driver.load(WASM, wrong);
      expect(answer, `bit ${bit & 7} of byte ${bit >> 3}`).to.include({ ok: false, class: 'table' });
    }
  });

  it('is refused when it is cut, extended or of another module', async () => {
    const table = buildSideTable(WASM);
    for (let size = 0; size < table.length; size++) {
      expect(await driver.load(WASM, table.slice(0, size))).to.include({ ok: false, status: 'WR_TABLE_HEADER' });
    }
    expect(await driver.load(WASM, Uint8Array.from([...table, 0, 0, 0, 0, 0, 0, 0, 0]))).to.include({
      ok: false,
      class: 'table',
    });
    const other = assemble({ functions: [{ type: ':', code: [0x02, 0x40, 0x0c, 0, 0x0b] }] });
    expect(await driver.load(other, table)).to.include({ ok: false, class: 'table' });
  });

  it("reads the opcodes from the engine's own table", () => {
    expect(OPCODES.size).to.equal(192);
    expect(OPCODES.get(0x7c)).to.include({ text: 'i64.add', pops: 2, pushes: 1 });
    expect(OPCODES.get(0xfc0a)).to.include({ text: 'memory.copy', immediate: 'MEMMEM' });
  });
});
