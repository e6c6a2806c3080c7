import { expect } from 'chai';
import { type WrittenOut, withoutLoopsAndFrames } from '../../../../firmware-ts/build/karamel/loops.ts';
import { parsed, printed } from '../../../../firmware-ts/build/wat.ts';

const treated = (text: string, loops: WrittenOut) => printed(withoutLoopsAndFrames(parsed(text), loops));
const rotated = (text: string) => treated(text, 'none');
const writtenOut = (text: string) => treated(text, 'short');

describe('what is taken out of Karamel’s Wasm', () => {
  it('rotations spelled as two shifts, in either order, of 32 and of 64 bits', () => {
    const shifts = (type: string, up: number, down: number) => [
      `(${type}.shl (local.get $x) (${type}.const ${up}))`,
      `(${type}.shr_u (local.get $x) (${type}.const ${down}))`,
    ];
    for (const [type, bits] of [
      ['i32', 32],
      ['i64', 64],
    ] as const)
      for (const up of [1, 7, bits - 1]) {
        const [one, other] = shifts(type, up, bits - up);
        const wanted = `(${type}.rotl (local.get $x) (${type}.const ${up}))`;
        expect(rotated(`(${type}.or ${one} ${other})`)).equal(wanted);
        expect(rotated(`(${type}.or ${other} ${one})`)).equal(wanted);
      }
  });

  for (const [what, text] of [
    ['bits are lost', '(i32.or (i32.shl (local.get $x) (i32.const 7)) (i32.shr_u (local.get $x) (i32.const 24)))'],
    [
      'two values are joined',
      '(i32.or (i32.shl (local.get $x) (i32.const 7)) (i32.shr_u (local.get $y) (i32.const 25)))',
    ],
    ['the sign is spread', '(i32.or (i32.shl (local.get $x) (i32.const 7)) (i32.shr_s (local.get $x) (i32.const 25)))'],
    ['both go up', '(i32.or (i32.shl (local.get $x) (i32.const 7)) (i32.shl (local.get $x) (i32.const 25)))'],
  ] as const)
    it(`not shifts where ${what}`, () => {
      expect(rotated(text)).equal(text);
    });

  const frame = (body: string, zero = '$4', put = '$4') =>
    `(then (local.set $5 (block (result i32) (local.set $s (i32.load align=1 (i32.const 0))) ${body} (local.set ${zero} (i32.const 0)) (local.get $s))) (i32.store align=1 (local.get ${put}) (local.get $5)) (nop))`;

  it('the stack pointer put back behind a body that does not move it', () => {
    const body = '(i32.store align=1 (local.get $p) (call $f (i32.const 0))) (local.set $x (i32.const 3))';
    expect(rotated(frame(body))).equal(`(then ${body} (nop))`);
    expect(rotated(frame(frame(body)))).equal(`(then (then ${body} (nop)) (nop))`);
  });

  for (const [what, text] of [
    ['takes a part of the stack', frame('(i32.store align=1 (i32.const 0) (local.get $x))')],
    [
      'takes as much of the stack as is known at run time alone',
      frame(
        '(local.set $z (i32.const 0)) (local.set $t (call $align (local.get $n))) (i32.store align=1 (local.get $z) (local.get $t)) (local.set $z (local.get $p))',
      ),
    ],
    ['uses what was saved', frame('(call $f (local.get $s))')],
    ['uses the place where it is put back', frame('(call $f (local.get $4))')],
    ['is followed by another store', frame('(nop)', '$4', '$6')],
  ] as const)
    it(`not where the body ${what}`, () => {
      expect(rotated(text)).equal(text);
    });

  const loop = (body: string, count = 3, again = '(br $l)') =>
    `(func (local.set $i (i32.const 0)) (loop $l (if (i32.lt_u (local.get $i) (i32.const ${count})) (then ${body} (local.set $i (i32.add (local.get $i) (i32.const 1))) ${again}) (else (nop)))))`;

  it('loops of a few turns, also within each other', () => {
    expect(writtenOut(loop('(call $f (local.get $i) (local.get $j))'))).equal(
      '(func (local.set $i (i32.const 0)) (call $f (i32.const 0) (local.get $j)) (call $f (i32.const 1) (local.get $j)) (call $f (i32.const 2) (local.get $j)) (local.set $i (i32.const 3)))',
    );
    const inner = loop('(call $f (local.get $i))', 2).replaceAll('$i', '$j').replaceAll('$l', '$m').slice(6, -1);
    expect(writtenOut(loop(inner, 2)).match(/\(call \$f \(i32\.const [01]\)\)/g)).have.length(4);
  });

  for (const [what, text] of [
    ['its index is set in it', loop('(local.set $i (i32.const 1))')],
    ['its index is set by the way', loop('(drop (local.tee $i (i32.const 1)))')],
    ['it is left or begun again from within', loop('(br_if $l (local.get $x))')],
    ['it works on 64 bits', loop('(drop (i64.const 0))')],
    ['it would become long', loop('(nop)', 6001)],
    ['it goes on elsewhere', loop('(nop)', 3, '(br $other)')],
    ['it begins elsewhere', loop('(nop)').replace('(i32.const 0)', '(i32.const 1)')],
  ] as const)
    it(`not a loop where ${what}`, () => {
      expect(writtenOut(text)).equal(text);
    });

  it('no loop unless that is asked for', () => {
    expect(rotated(loop('(nop)'))).equal(loop('(nop)'));
  });

  it('a loop of one turn over 64-bit words, and none of two, where that alone is asked for', () => {
    const body = '(call $f (local.get $i) (i64.const 5))';
    expect(treated(loop(body, 1), 'single')).equal(
      '(func (local.set $i (i32.const 0)) (call $f (i32.const 0) (i64.const 5)) (local.set $i (i32.const 1)))',
    );
    expect(treated(loop(body, 2), 'single')).equal(loop(body, 2));
  });

  it('a count that is spelled as a quotient', () => {
    const text = loop('(call $f)').replace('(i32.const 3)', '(i32.div_u (i32.const 8) (i32.const 4))');
    expect(writtenOut(text)).equal(writtenOut(loop('(call $f)', 2)));
  });
});
