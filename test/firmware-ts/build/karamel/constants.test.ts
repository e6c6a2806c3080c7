import { expect } from 'chai';
import { constant, withConstants } from '../../../../firmware-ts/build/karamel/constants.ts';
import { parsed, printed } from '../../../../firmware-ts/build/wat.ts';

const treated = (text: string) => printed(withConstants(parsed(text)));
const inFunction = (body: string, globals = '') =>
  printed(parsed(`(module ${globals} (func $f (param $p i32) (local $n i32) ${body}))`));

describe('constants of Karamel’s Wasm', () => {
  it('sums, products, quotients and remainders', () => {
    const value = (text: string) => constant(parsed(text));
    expect(value('(i32.mul (i32.add (i32.const 2) (i32.const 3)) (i32.const 8))')).equal(40);
    expect(value('(i32.rem_u (i32.sub (i32.const 20) (i32.const 3)) (i32.const 16))')).equal(1);
    expect(value('(i32.div_u (i32.const 7) (i32.const 2))')).equal(3);
  });

  for (const text of [
    '(local.get $x)',
    '(i32.sub (i32.const 1) (i32.const 2))',
    '(i32.div_u (i32.const 1) (i32.const 0))',
    '(i32.rem_u (i32.const 1) (i32.const 0))',
    '(i32.mul (i32.const 65536) (i32.const 65536))',
    '(i64.const 1)',
  ])
    it(`not ${text}`, () => {
      expect(constant(parsed(text))).equal(undefined);
    });

  it('globals that never change, not those that may', () => {
    const globals = '(global $c i32 (i32.const 7)) (global $v (mut i32) (i32.const 7))';
    expect(treated(inFunction('(call $g (global.get $c) (global.get $v))', globals))).equal(
      inFunction('(call $g (i32.const 7) (global.get $v))', globals),
    );
  });

  it('what is set before all else, and never again', () => {
    expect(treated(inFunction('(local.set $n (i32.const 4)) (call $g (local.get $n))'))).contains(
      '(call $g (i32.const 4))',
    );
  });

  for (const [what, body] of [
    ['set again', '(local.set $n (i32.const 4)) (call $g (local.get $n)) (local.set $n (i32.const 5))'],
    ['set later', '(call $g (local.get $n)) (local.set $n (i32.const 4))'],
    ['an argument', '(call $g (local.get $p))'],
  ] as const)
    it(`not what is ${what}`, () => {
      expect(treated(inFunction(body))).equal(inFunction(body));
    });

  it('the branch that is taken, as statements', () => {
    const choice = (a: number) =>
      `(local.set $n (if (result i32) (i32.lt_u (i32.const ${a}) (i32.const 2)) (then (call $one) (i32.const 8)) (else (call $other) (i32.const 9))))`;
    expect(treated(inFunction(choice(1)))).equal(inFunction('(call $one) (local.set $n (i32.const 8))'));
    expect(treated(inFunction(choice(2)))).equal(inFunction('(call $other) (local.set $n (i32.const 9))'));
    expect(treated(inFunction('(if (i32.eq (i32.const 1) (i32.const 2)) (then (call $one)))'))).equal(inFunction(''));
  });

  it('no branch where the condition is not constant', () => {
    const body = '(if (i32.eq (local.get $p) (i32.const 2)) (then (call $one)) (else (call $other)))';
    expect(treated(inFunction(body))).equal(inFunction(body));
  });
});
