import binaryen from 'binaryen';
import { expect } from 'chai';
import { linkOver } from '../../../firmware-ts/build/link.ts';
import { WasmFile } from '../../../firmware-ts/build/wasm-file.ts';

const LOWER = `(module
  (type $unary (func (param i32) (result i32)))
  (memory (export "memory") 1 1)
  (global $calls (mut i32) (i32.const 7))
  (data (i32.const 16) "lower")
  (func $twice (export "twice") (type $unary) (i32.mul (local.get 0) (i32.const 2)))
  (func (export "counted") (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (call $twice (global.get $calls)))
)`;

const UPPER = `(module
  (type $none (func (result i64)))
  (import "lib" "counted" (func $counted (result i32)))
  (import "hal" "tell" (func $tell (param i32)))
  (import "lib" "twice" (func $twice (param i32) (result i32)))
  (import "lib" "shared" (memory 1 1))
  (table 2 2 funcref)
  (elem (i32.const 0) $big $small)
  (data (i32.const 32) "upper")
  (global $own (mut i32) (i32.const 3))
  (func $big (type $none) (i64.const -1311768467463790320))
  (func $small (type $none) (i64.const 5))
  (func (export "run") (param i32) (result i32) (local f64)
    (local.set 1 (f64.const 1.5))
    (call $tell (call $twice (global.get $own)))
    (global.set $own (i32.const 4))
    (block $out
      (loop $again
        (br_table $out $again $out (i32.ge_u (local.get 0) (i32.const 3)))))
    (memory.fill (i32.const 64) (i32.const 9) (i32.const 4))
    (if (result i32) (local.get 0)
      (then (i32.add (call $counted) (i32.load offset=64 align=1 (i32.const 0))))
      (else (i32.trunc_f64_s (local.get 1)))))
  (func (export "indirect") (param i32) (result i64) (call_indirect (type $none) (local.get 0)))
)`;

function wasm(text: string): WasmFile {
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.BulkMemory | binaryen.Features.MutableGlobals);
  const file = new WasmFile(module.emitBinary());
  module.dispose();
  return file;
}

function upper(text = UPPER): WasmFile {
  const file = wasm(text);
  file.imports = file.imports.filter(({ kind }) => kind !== 'memory');
  return file;
}

interface Linked {
  run(value: number): number;
  indirect(index: number): bigint;
  memory: { buffer: ArrayBuffer };
}

interface Engine {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: Linked };
}

describe('one module linked on top of another', () => {
  it('calls across, and each has its own globals, types, table and data', () => {
    const { Module, Instance } = WebAssembly as unknown as Engine;
    const told: number[] = [];
    const bytes = linkOver(wasm(LOWER), upper(), 'lib').encode();
    const { exports } = new Instance(new Module(bytes), { hal: { tell: (value: number) => told.push(value) } });
    expect([exports.run(0), exports.run(1), exports.run(1)]).deep.equal([1, 0x09090919, 0x0909091b]);
    expect(told).deep.equal([6, 8, 8]);
    expect([exports.indirect(0), exports.indirect(1)]).deep.equal([-1311768467463790320n, 5n]);
    expect(Buffer.from(exports.memory.buffer, 16, 5).toString()).equal('lower');
    expect(Buffer.from(exports.memory.buffer, 32, 5).toString()).equal('upper');
  });

  it('exports what the upper one does, and the memory', () => {
    const { exports, imports } = linkOver(wasm(LOWER), upper(), 'lib');
    expect(exports.map(({ name }) => name)).deep.equal(['run', 'indirect', 'memory']);
    expect(imports.map(({ module, name }) => `${module}.${name}`)).deep.equal(['hal.tell']);
  });

  it('leaves an import that the lower one does not satisfy', () => {
    const { imports } = linkOver(wasm(LOWER), upper(UPPER.replaceAll('"twice"', '"thrice"')), 'lib');
    expect(imports.map(({ module, name }) => `${module}.${name}`)).deep.equal(['hal.tell', 'lib.thrice']);
  });

  for (const [what, lower, over, complaint] of [
    ['a lower one that imports', LOWER.replace('(memory', '(import "hal" "tell" (func)) (memory'), UPPER, /imports/],
    ['a start function', LOWER.replace(/\)$/, '(start $begin) (func $begin))'), UPPER, /start function/],
    ['two tables', LOWER.replace(/\)$/, '(table 1 1 funcref))'), UPPER, /two tables/],
    ['two memories', LOWER, UPPER.replace('(import "lib" "shared" (memory 1 1))', '(memory 1 1)'), /memory of its own/],
  ] as const) {
    it(`${what} is refused`, () => {
      expect(() => linkOver(wasm(lower), upper(over), 'lib')).throw(complaint);
    });
  }
});
