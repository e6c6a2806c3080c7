import { expect } from 'chai';
import { parseBundle } from '../../../../platforms/native_sim/runtime/bundle.ts';
import { compile } from '../../../../platforms/native_sim/runtime/compile-cache.ts';
import { ModuleInstance } from '../../../../platforms/native_sim/runtime/module.ts';
import { Hang, Trap, Unwind } from '../../../../platforms/native_sim/runtime/signals.ts';
import { makeBundle, wat } from '../support.ts';

const MODULE = wat(`(module
  (import "hal" "uptime" (func $uptime (param i32) (result i32)))
  (memory (export "memory") 1)
  (global $count (mut i32) (i32.const 5))
  (global $wide (mut i64) (i64.const 1))
  (func $s (global.set $count (i32.add (global.get $count) (i32.const 10))))
  (start $s)
  (data (i32.const 0) "fresh")
  (func (export "start"))
  (func (export "event") (param i32 i32 i32))
  (func (export "bump") (result i32)
    (global.set $wide (i64.add (global.get $wide) (i64.const 1)))
    (i32.store (i32.const 100) (i32.wrap_i64 (global.get $wide)))
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.get $count))
  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
  (func (export "spin") (loop $l (br $l)))
  (func (export "hal") (result i32) (call $uptime (i32.const 0)))
  (func (export "bad") (result i32) (i32.load (i32.const 0x7ffffff0))))`);

const [entry] = parseBundle(makeBundle([{ name: 'app', wasm: MODULE, pages: 3 }])).modules;
const create = () => {
  const module = new ModuleInstance(entry!, () => () => 42);
  module.refuel();
  return module;
};

describe('module', () => {
  it('runs its start function once, when it is told to', () => {
    const module = create();
    expect(module.invoke('bump')).to.equal(6);
    module.initialise();
    expect(module.invoke('bump')).to.equal(17);
  });

  it('gives back all state: memory, globals of both widths, a memory that has grown', () => {
    const module = create();
    module.invoke('bump');
    const small = module.save();
    module.invoke('grow');
    module.invoke('bump');
    const large = module.save();
    expect([small.memory.length, large.memory.length]).to.deep.equal([65536, 131072]);
    expect(small.globals).to.deep.equal([6, 2n]);
    module.load(small);
    expect(module.memory).to.have.length(65536);
    expect(module.save()).to.deep.equal(small);
    module.load(large);
    expect(module.save()).to.deep.equal(large);
    expect(module.invoke('bump')).to.equal(8);
    expect(module.invoke('hal'), 'still connected').to.equal(42);
  });

  it('takes a used instance as if it were new', () => {
    const first = create();
    first.invoke('bump');
    first.memory.fill(0xee);
    first.release();
    const second = create();
    expect(Buffer.from(second.memory.subarray(0, 8)).toString()).to.equal('fresh\0\0\0');
    expect(second.invoke('bump')).to.equal(6);
  });

  it('two live instances share nothing', () => {
    const [one, two] = [create(), create()];
    one.invoke('bump');
    expect(two.invoke('bump')).to.equal(6);
    one.memory[0] = 1;
    expect(two.memory[0]).to.equal('f'.charCodeAt(0));
  });

  it('says how it ended', () => {
    expect(() => create().invoke('bad')).to.throw(Trap, 'out of bounds');
    const module = create();
    module.fuel = 1000;
    expect(() => module.invoke('spin')).to.throw(Hang);
    const unwinding = new ModuleInstance(entry!, () => () => {
      throw new Hang('from the HAL');
    });
    unwinding.refuel();
    expect(() => unwinding.invoke('hal')).to.throw(Unwind, 'from the HAL');
  });

  it('is compiled once for all', () => {
    expect(compile(entry!.wasm, 3)).to.equal(compile(entry!.wasm.slice(), 3));
    expect(compile(entry!.wasm, 3)).not.to.equal(compile(entry!.wasm, 4));
  });
});
