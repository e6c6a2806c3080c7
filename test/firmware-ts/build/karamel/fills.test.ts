import { expect } from 'chai';
import { withoutFillLoops } from '../../../../firmware-ts/build/karamel/fills.ts';
import { type List, parsed, printed } from '../../../../firmware-ts/build/wat.ts';

const treated = (text: string) => printed(withoutFillLoops(parsed(text) as List));
const loop = (body: string) =>
  `(loop $l (if (i32.gt_u (local.get $i) (i32.const 0)) (then ${body} (local.set $i (i32.sub (local.get $i) (i32.const 1))) (br $l)) (else (nop))))`;
const element = (base: string, width: number, index = '(i32.sub (local.get $i) (i32.const 1))') =>
  `(i32.add (local.get ${base}) (i32.mul ${index} (i32.const ${width})))`;
const func = (...body: string[]) => `(func $f (param $a i32) ${body.join(' ')})`;
const FIVE = '(local.set $i (i32.const 5))';
const ONE_LESS = '(local.set $i (i32.sub (local.get $i) (i32.const 1)))';
const NONE_LEFT = '(local.set $i (i32.const 0))';
const ZERO = '(i64.const 0)';

describe('Karamel’s loops that fill and copy', () => {
  it('zeros from the last word to the first: memory.fill', () => {
    for (const [type, width] of [
      ['i32', 4],
      ['i64', 8],
    ] as const)
      expect(treated(func(FIVE, loop(`(${type}.store align=1 ${element('$a', width)} (${type}.const 0))`)))).equal(
        func(FIVE, `(memory.fill (local.get $a) (i32.const 0) (i32.const ${5 * width}))`, NONE_LEFT),
      );
  });

  it('bytes, filled and copied', () => {
    const at = element('$a', 1);
    expect(treated(func(FIVE, loop(`(i32.store8 ${at} (i32.const 0))`)))).contains(
      '(memory.fill (local.get $a) (i32.const 0) (i32.const 5))',
    );
    expect(treated(func(FIVE, loop(`(i32.store8 ${at} (i32.load8_u ${element('$b', 1)}))`)))).contains(
      '(memory.copy (local.get $a) (local.get $b) (i32.const 5))',
    );
  });

  it('as many as an argument says', () => {
    const body = loop(`(i64.store align=1 ${element('$a', 8)} ${ZERO})`);
    expect(treated(func('(local.set $i (local.get $n))', body))).contains(
      '(memory.fill (local.get $a) (i32.const 0) (i32.mul (local.get $i) (i32.const 8)))',
    );
  });

  it('a local that is always zero; not one that is something else once, nor an argument', () => {
    const body = loop(`(i64.store align=1 ${element('$a', 8)} (local.get $z))`);
    expect(treated(func('(local.set $z (i64.const 0))', FIVE, body))).contains('memory.fill');
    for (const before of ['(local.set $z (i64.const 0)) (local.set $z (i64.const 1))', '(param $z i64)'])
      expect(treated(func(before, FIVE, body))).not.contains('memory.fill');
  });

  it('the first element spread to the others, where it is zero', () => {
    const body = loop(`(i64.store align=1 ${element('$a', 8, '(local.get $i)')} (i64.load align=1 (local.get $a)))`);
    const first = (value: string) => [FIVE, `(i64.store align=1 (local.get $a) (i64.const ${value}))`, ONE_LESS, body];
    expect(treated(func(...first('0')))).contains(
      '(memory.fill (i32.add (local.get $a) (i32.const 8)) (i32.const 0) (i32.const 32))',
    );
    expect(treated(func(...first('1')))).equal(func(...first('1')));
    expect(treated(func(FIVE, ONE_LESS, body))).equal(func(FIVE, ONE_LESS, body));
  });

  const spread = loop(`(i64.store align=1 ${element('$a', 8, '(local.get $i)')} (i64.load align=1 (local.get $a)))`);
  for (const [what, ...before] of [
    ['in half of it', '(i32.store align=1 (local.get $a) (i32.const 0))', ONE_LESS],
    ['twice in the same half', ...['', ''].map(() => '(i32.store align=1 (local.get $a) (i32.const 0))'), ONE_LESS],
    ['at another place', `(i64.store offset=8 align=1 (local.get $a) ${ZERO})`, ONE_LESS],
    ['in another array', `(i64.store align=1 (local.get $b) ${ZERO})`, ONE_LESS],
    [
      'before another count is less, of which its address may be made',
      `(i64.store align=1 (local.get $a) ${ZERO})`,
      ONE_LESS.replaceAll('$i', '$a'),
    ],
    ['not at all'],
  ])
    it(`not the first element spread where zero is put ${what}`, () => {
      expect(treated(func(FIVE, ...before, spread))).equal(func(FIVE, ...before, spread));
    });

  it('the first element spread where zero is put in its halves', () => {
    const halves = [0, 4].map((at) => `(i32.store offset=${at} align=1 (local.get $a) (i32.const 0))`);
    expect(treated(func(FIVE, ...halves, ONE_LESS, spread))).contains('memory.fill');
  });

  const inner = (base = '(local.get $a)', byte = '$j') =>
    `(local.set ${byte} (i32.const 0)) (loop $m (if (i32.lt_u (local.get ${byte}) (i32.const 16)) (then (i32.store8 (i32.add (i32.add (i32.add ${base} (i32.mul (local.get $i) (i32.const 16))) (i32.const 0)) (local.get ${byte})) (i32.load8_u (i32.add (i32.add ${base} (i32.mul (i32.mul (i32.const 0) (i32.const 16)) (i32.const 1))) (local.get ${byte})))) (local.set ${byte} (i32.add (local.get ${byte}) (i32.const 1))) (br $m)) (else (nop))))`;
  for (const [what, base, byte] of [
    ['has effects', '(call $g)', '$j'],
    ['moves with the index', '(local.get $i)', '$j'],
    ['moves with the byte', '(local.get $j)', '$j'],
    ['goes by one index', '(local.get $a)', '$i'],
  ] as const)
    it(`not elements of two words whose address ${what}`, () => {
      const stores = [0, 8].map((at) => `(i64.store offset=${at} align=1 ${base} ${ZERO})`);
      const text = func(FIVE, ...stores, ONE_LESS, loop(inner(base, byte)));
      expect(treated(text)).equal(text);
    });

  it('elements of two words, byte by byte', () => {
    const stores = (second: string) =>
      `(i64.store align=1 (local.get $a) ${ZERO}) (i64.store offset=8 align=1 (local.get $a) ${second})`;
    expect(treated(func(FIVE, stores(ZERO), ONE_LESS, loop(inner())))).contains(
      '(memory.fill (i32.add (local.get $a) (i32.const 16)) (i32.const 0) (i32.const 64))',
    );
    expect(treated(func(FIVE, stores('(i64.const 3)'), ONE_LESS, loop(inner())))).not.contains('memory.fill');
  });

  it('not elements of two words spread from another array', () => {
    const stores = [0, 8].map((at) => `(i64.store offset=${at} align=1 (local.get $a) ${ZERO})`);
    const other = inner().replace(
      '(i32.add (local.get $a) (i32.mul (i32.mul',
      '(i32.add (local.get $b) (i32.mul (i32.mul',
    );
    const text = func(FIVE, ...stores, ONE_LESS, loop(other));
    expect(treated(text)).equal(text);
  });

  it('as many as are left, where the count is set again on one way', () => {
    const text = treated(
      func(
        FIVE,
        '(if (local.get $n) (then (local.set $i (local.get $n))))',
        loop(`(i64.store align=1 ${element('$a', 8)} ${ZERO})`),
      ),
    );
    expect(text).contains('(memory.fill (local.get $a) (i32.const 0) (i32.mul (local.get $i) (i32.const 8)))');
  });

  it('an array copied: memory.copy', () => {
    const body = loop(`(i32.store align=1 ${element('$a', 4)} (i32.load align=1 ${element('$b', 4)}))`);
    expect(treated(func(FIVE, body))).equal(
      func(FIVE, '(memory.copy (local.get $a) (local.get $b) (i32.const 20))', NONE_LEFT),
    );
  });

  for (const [what, body] of [
    ['another value', `(i64.store align=1 ${element('$a', 8)} (i64.const 1))`],
    ['an address that moves', `(i64.store align=1 ${element('$i', 8)} ${ZERO})`],
    ['words that are apart', `(i64.store align=1 ${element('$a', 16)} ${ZERO})`],
    ['an offset', `(i64.store offset=8 align=1 ${element('$a', 8)} ${ZERO})`],
    [
      'an offset of what is copied',
      `(i32.store align=1 ${element('$a', 4)} (i32.load offset=4 align=1 ${element('$b', 4)}))`,
    ],
    [
      'an address with effects',
      `(i64.store align=1 ${element('$a', 8).replace('(local.get $a)', '(call $g)')} ${ZERO})`,
    ],
    ['words of two sizes', `(i32.store align=1 ${element('$a', 4)} (i32.load8_u ${element('$b', 4)}))`],
    [
      'one element copied to another place',
      `(i32.store align=1 ${element('$a', 4)} (i32.load align=1 ${element('$b', 4, '(local.get $i)')}))`,
    ],
    ['more than a store', `(call $g) (i64.store align=1 ${element('$a', 8)} ${ZERO})`],
  ] as const)
    it(`not with ${what}`, () => {
      expect(treated(func(FIVE, loop(body)))).equal(func(FIVE, loop(body)));
    });
});
