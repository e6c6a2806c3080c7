import { expect } from 'chai';
import { withHalvesConverted, withKaramelsStackInLocals } from '../../../../firmware-ts/build/karamel/simplify.ts';

describe('the passes over Karamel’s modules', () => {
  it('the low half of a word is extended without its sign', () => {
    expect(withHalvesConverted('(i64.and (local.get $x) (i64.const 4294967295))')).equal(
      '(i64.extend_i32_u (i32.wrap_i64 (local.get $x)))',
    );
    expect(withHalvesConverted('(i64.and (local.get $x) (i64.const 255))')).equal(
      '(i64.and (local.get $x) (i64.const 255))',
    );
  });

  /** As often as ChaCha20's double_round. */
  const rounds = Array.from({ length: 64 }, (_, at) => {
    const place = `offset=${(at % 16) * 4} align=1 (local.get $a)`;
    return `(i32.store ${place} (i32.add (i32.load ${place}) (i32.const 1)))`;
  }).join(' ');
  const isInLocals = (callee: string) =>
    withKaramelsStackInLocals(
      `(module (func $state (param $a i32) (drop (call $first (i32.const 1))) ${rounds}) (func $first (param $x i32) (result i32) (call $second (local.get $x))) (func $second (param $x i32) (result i32) (call $third (local.get $x))) (func $third (param $x i32) (result i32) ${callee} (local.get $x)))`,
    ).includes('$a.0');

  it('a state is in locals where all that is called computes on its arguments', () => {
    expect(isInLocals('(drop (i32.add (local.get $x) (i32.const 1)))')).equal(true);
  });

  for (const [what, callee] of [
    ['writes', '(i32.store (local.get $x) (i32.const 0))'],
    ['reads', '(drop (i32.load (local.get $x)))'],
    ['fills memory', '(memory.fill (local.get $x) (i32.const 0) (i32.const 8))'],
    ['sets what is global', '(global.set $g (local.get $x))'],
    ['calls by an index', '(drop (call_indirect (type $t) (local.get $x)))'],
    ['calls by an index at its end', '(return_call_indirect (type $t) (local.get $x))'],
    ['calls what another module has', '(drop (call $imported (local.get $x)))'],
  ] as const)
    it(`a state stays in memory where what is called, at the third remove, ${what}`, () => {
      expect(isInLocals(callee)).equal(false);
    });
});
