import { expect } from 'chai';
import fc from 'fast-check';
import {
  DEPTH_EXPORT,
  FUEL_EXPORT,
  FUEL_PER_EVENT,
  MAX_CALL_DEPTH,
  rewrite,
} from '../../../../platforms/native_sim/runtime/fuel.ts';
import { parseWasm } from '../../../../platforms/native_sim/runtime/wasm-binary.ts';
import { ModuleError } from '../../../../platforms/native_sim/runtime/wasm-reader.ts';
import { wat } from '../support.ts';

type Run = (...args: number[]) => number;

function instance(text: string, pages = 4) {
  const rewritten = rewrite(parseWasm(wat(text)), pages);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(rewritten.bytes), {});
  const fuel = exports[FUEL_EXPORT] as WebAssembly.Global;
  return {
    rewritten,
    exports,
    fuel,
    f: exports.f as unknown as Run,
    depth: exports[DEPTH_EXPORT] as WebAssembly.Global,
  };
}

const FACTORIAL = `(module (func $f (export "f") (param i32) (result i32)
  (if (result i32) (i32.lt_s (local.get 0) (i32.const 2)) (then (i32.const 1))
    (else (i32.mul (local.get 0) (call $f (i32.sub (local.get 0) (i32.const 1))))))))`;

describe('fuel', () => {
  it('leaves the results as they were', () => {
    const sum = instance(`(module (func (export "f") (param i32) (result i32) (local i32)
      (loop $l (local.set 1 (i32.add (local.get 1) (local.get 0)))
        (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get 1)))`);
    expect(sum.f(100)).to.equal(5050);
    expect(instance(FACTORIAL).f(5)).to.equal(120);
  });

  it('takes fuel in proportion to the turns of a loop, the same each time', () => {
    const text = `(module (func (export "f") (param i32) (result i32)
      (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (i32.const 0)))`;
    const used = (turns: number) => {
      const { f, fuel } = instance(text);
      f(turns);
      return FUEL_PER_EVENT - (fuel.value as number);
    };
    expect(used(1000) - used(500)).to.equal(used(1500) - used(1000));
    expect(used(1000) - used(500)).to.be.at.least(500 * 8);
    expect(used(1000)).to.equal(used(1000));
  });

  it('ends a loop that never ends', () => {
    const { f, fuel } = instance('(module (func (export "f") (result i32) (loop $l (br $l)) (unreachable)))');
    expect(() => f()).to.throw(WebAssembly.RuntimeError, 'unreachable');
    expect(fuel.value).to.be.below(0);
  });

  it('ends a recursion at the same depth each time and counts back when it returns', () => {
    const { f, depth, fuel } = instance(FACTORIAL);
    expect(f(MAX_CALL_DEPTH)).to.be.a('number');
    expect(depth.value).to.equal(MAX_CALL_DEPTH);
    expect(() => f(MAX_CALL_DEPTH + 2)).to.throw(WebAssembly.RuntimeError, 'unreachable');
    expect(depth.value).to.equal(-1);
    expect(fuel.value).to.be.above(0);
  });

  it('counts recursion through the table', () => {
    const { f, depth } = instance(`(module (type $t (func (result i32))) (table funcref (elem $f))
      (func $f (export "f") (result i32) (call_indirect (type $t) (i32.const 0))))`);
    expect(() => f()).to.throw(WebAssembly.RuntimeError, 'unreachable');
    expect(depth.value).to.equal(-1);
  });

  it('exports every mutable global, whatever the module exports', () => {
    const { rewritten, exports } = instance(`(module (global $a i32 (i32.const 1)) (global $b (mut i64) (i64.const 2))
      (global $c (mut i32) (i32.const 3)) (func (export "f") (result i32) (global.set $b (i64.const 5)) (global.get $a)))`);
    expect(rewritten.globals).to.have.length(2);
    expect(rewritten.globals.map((name) => (exports[name] as WebAssembly.Global).value)).to.deep.equal([2n, 3]);
  });

  it('does not run the start function by itself', () => {
    const { exports } = instance(`(module (global $a (mut i32) (i32.const 0)) (func $s (global.set $a (i32.const 9)))
      (start $s) (func (export "f") (result i32) (global.get $a)))`);
    const f = exports.f as unknown as Run;
    expect(f()).to.equal(0);
    (exports['pb:start'] as unknown as () => void)();
    expect(f()).to.equal(9);
  });

  it('holds the memory to the limit', () => {
    const grow = `(module (memory (export "memory") 1)
      (func (export "f") (param i32) (result i32) (memory.grow (local.get 0))))`;
    expect(instance(grow, 3).f(2)).to.equal(1);
    expect(instance(grow, 3).f(3)).to.equal(-1);
    expect(() => instance('(module (memory (export "memory") 5))', 4)).to.throw(ModuleError, 'memory-limit');
  });

  it('refuses opcodes and state that the device does not know, with the place', () => {
    const refuse = (text: string) => {
      try {
        rewrite(parseWasm(wat(text)), 4);
        return 'accepted';
      } catch (error) {
        return (error as ModuleError).fault;
      }
    };
    expect(refuse('(module (memory 1) (func (drop (v128.load (i32.const 0)))))')).to.equal('unknown-opcode');
    expect(refuse('(module (memory 1) (data $d "x") (func (data.drop $d)))')).to.equal('unsupported');
    expect(refuse('(module (memory 1 1 shared))')).to.equal('unsupported');
    expect(refuse('(module (func (export "pb:fuel")))')).to.equal('malformed');
    expect(
      refuse('(module (memory 1) (data $d "x") (func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))))'),
    ).to.equal('accepted');
  });

  it('never makes another error of changed code than a typed one', () => {
    const bytes = wat(FACTORIAL);
    fc.assert(
      fc.property(fc.integer({ min: 8, max: bytes.length - 1 }), fc.nat(255), (at, value) => {
        const changed = bytes.slice();
        changed[at] = value;
        try {
          rewrite(parseWasm(changed), 4);
        } catch (error) {
          expect(error).to.be.instanceOf(ModuleError);
        }
      }),
      { seed: 3, numRuns: 1000 },
    );
  });
});
