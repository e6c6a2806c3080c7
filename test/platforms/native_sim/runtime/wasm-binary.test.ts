import { expect } from 'chai';
import fc from 'fast-check';
import { parseWasm } from '../../../../platforms/native_sim/runtime/wasm-binary.ts';
import { ModuleError } from '../../../../platforms/native_sim/runtime/wasm-reader.ts';
import { wat } from '../support.ts';

const SMALL = wat(`(module
  (import "hal" "uptime" (func $uptime (param i32) (result i32)))
  (memory (export "memory") 1)
  (global $g (mut i32) (i32.const 7))
  (table funcref (elem $f))
  (func $f (export "f") (result i32) (loop $l (br_if $l (call $uptime (i32.const 0)))) (global.get $g))
  (data (i32.const 8) "abc"))`);

const fault = (bytes: Uint8Array): string => {
  try {
    parseWasm(bytes);
    return 'accepted';
  } catch (error) {
    if (error instanceof ModuleError) return error.fault;
    throw error;
  }
};

describe('wasm-binary', () => {
  it('reads imports, memory, globals, exports and the table', () => {
    const model = parseWasm(SMALL);
    expect(model.imports.map(({ module, name }) => `${module}.${name}`)).to.deep.equal(['hal.uptime']);
    expect(model.memory?.minimum).to.equal(1);
    expect(model.globals).to.deep.equal([true]);
    expect(model.exports.map(({ name }) => name)).to.have.members(['memory', 'f']);
    expect(model.tableFunctions).to.deep.equal([1]);
  });

  it('refuses what is no module', () => {
    expect(fault(new Uint8Array(0))).to.equal('not-wasm');
    expect(fault(new TextEncoder().encode('PBB1 not a module'))).to.equal('not-wasm');
    expect(fault(new Uint8Array((1 << 20) + 1))).to.equal('too-large');
  });

  it('refuses every truncation with a typed error', () => {
    for (let length = 0; length < SMALL.length; length++) {
      const verdict = fault(SMALL.slice(0, length));
      // A cut right behind a section that nothing refers to can leave a whole, smaller module.
      if (verdict !== 'accepted') expect(verdict, `cut at ${length}`).to.match(/^(not-wasm|truncated|malformed)$/);
    }
    expect(fault(SMALL.slice(0, SMALL.length - 1))).to.equal('truncated');
  });

  it('refuses sections that are repeated or out of order', () => {
    const start = SMALL.slice(0, 8);
    const empty = (id: number) => new Uint8Array([id, 1, 0]);
    const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
    expect(fault(join(start, empty(1), empty(1)))).to.equal('malformed');
    expect(fault(join(start, empty(3), empty(1)))).to.equal('malformed');
    expect(fault(join(start, empty(13)))).to.equal('unsupported');
  });

  it('answers random bytes and random changes with a verdict, never another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        fault(new Uint8Array(Buffer.concat([SMALL.slice(0, 8), tail])));
      }),
      { seed: 1, numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.nat(SMALL.length - 1), fc.nat(255), (at, value) => {
        const changed = SMALL.slice();
        changed[at] = value;
        fault(changed);
      }),
      { seed: 2, numRuns: 1000 },
    );
  });
});
