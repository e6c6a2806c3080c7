import binaryen from 'binaryen';
import { expect } from 'chai';
import { withoutIdleFrames } from '../../../../firmware-ts/build/karamel/frames.ts';
import { withPiecesInLocals, withPiecesTakenByAddition } from '../../../../firmware-ts/build/karamel/pieces.ts';
import { type Known, withStateInLocals } from '../../../../firmware-ts/build/karamel/state.ts';
import { type List, parsed, printed } from '../../../../firmware-ts/build/wat.ts';

const POINTER = '(i32.load align=1 (i32.const 0))';
const take = (piece: string, bytes: number) =>
  `(local.set ${piece} ${POINTER}) (i32.store align=1 (i32.const 0) (i32.add (local.get ${piece}) (i32.const ${bytes})))`;
const save = `(local.set $saved ${POINTER})`;
const putBack =
  '(local.set $zero (i32.const 0)) (local.set $to (local.get $saved)) (i32.store align=1 (local.get $zero) (local.get $to))';
const func = (...body: string[]) =>
  `(func $f (param $a i32) (param $b i32) (local $p i32) (local $q i32) (local $saved i32) (local $zero i32) (local $to i32) ${body.join(' ')})`;
const inLocals = (text: string) => printed(withPiecesInLocals(parsed(text) as List));
const bare = (text: string) => printed(withoutIdleFrames(parsed(text) as List));

describe('pieces of Karamel’s stack', () => {
  const module = (size: string) =>
    `(module (import "WasmSupport" "WasmSupport_align_64" (func $up (param i32) (result i32))) (func $f (local.set $p (block (result i32) (local.set $s ${POINTER}) (local.set $t (block (result i32) (local.set $u (call $up (i32.add ${size} ${POINTER}))) (local.set $z (i32.const 0)) (local.get $u))) (i32.store align=1 (local.get $z) (local.get $t)) (local.get $s)))))`;
  const taken = (text: string) => printed(withPiecesTakenByAddition(parsed(text)));

  it('are taken by an addition of their size, rounded up to 8 bytes', () => {
    expect(taken(module('(i32.mul (i32.const 5) (i32.const 4))'))).contains(`(func $f ${take('$p', 24)})`);
  });

  it('not where their size is known at run time alone, or another function says where they end', () => {
    for (const text of [module('(local.get $n)'), module('(i32.const 8)').replace('"WasmSupport_align_64"', '"other"')])
      expect(taken(text)).equal(text);
  });

  it('become locals, whatever names their address has', () => {
    expect(
      inLocals(
        func(
          take('$p', 16),
          '(local.set $q (local.get $p)) (i64.store align=1 (local.get $p) (i64.const 1)) (i64.store offset=8 align=1 (local.get $q) (i64.load align=1 (i32.add (local.get $q) (i32.mul (i32.const 0) (i32.const 8)))))',
        ),
      ),
    ).contains('(local $p.0 i64) (local $p.8 i64) (local.set $p.0 (i64.const 1)) (local.set $p.8 (local.get $p.0)))');
  });

  it('filled, copied to and from', () => {
    expect(
      inLocals(
        func(
          take('$p', 16),
          '(i64.store align=1 (local.get $p) (i64.const 1)) (i64.store offset=8 align=1 (local.get $p) (i64.const 1)) (memory.fill (i32.add (local.get $p) (i32.const 8)) (i32.const 0) (i32.const 8)) (memory.copy (local.get $p) (local.get $a) (i32.const 16)) (memory.copy (local.get $b) (local.get $p) (i32.const 16))',
        ),
      ),
    ).contains(
      '(local.set $p.8 (i64.const 0)) (local.set $p.0 (i64.load offset=0 align=1 (local.get $a))) (local.set $p.8 (i64.load offset=8 align=1 (local.get $a))) (i64.store offset=0 align=1 (local.get $b) (local.get $p.0)) (i64.store offset=8 align=1 (local.get $b) (local.get $p.8)))',
    );
  });

  const computed = (piece: string) => `(i32.add (local.get ${piece}) (i32.mul (local.get $a) (i32.const 8)))`;
  for (const copy of [
    `(memory.copy (local.get $p) ${computed('$q')} (i32.const 8))`,
    `(memory.copy ${computed('$q')} (local.get $p) (i32.const 8))`,
  ])
    it(`become locals, but not those at a computed place on the other side of ${copy}`, () => {
      const store = (piece: string) => `(i64.store align=1 (local.get ${piece}) (i64.const 1))`;
      const text = inLocals(func(take('$p', 8), take('$q', 16), store('$p'), store('$q'), copy));
      expect(text).contains('(local.set $p.0 (i64.const 1))');
      expect(text).contains(`${take('$q', 16)}`);
      expect(text).contains(store('$q'));
    });

  it('become locals also behind a piece whose size is known at run time alone', () => {
    const sized = `(local.set $q ${POINTER}) (local.set $to (call $align (i32.add (local.get $a) ${POINTER}))) (local.set $zero (i32.const 0)) (local.set $b (local.get $to)) (i32.store align=1 (local.get $zero) (local.get $b)) (call $g (local.get $q))`;
    expect(inLocals(func(sized, take('$p', 8), '(i64.store align=1 (local.get $p) (i64.const 1))'))).contains(
      `${sized} (local.set $p.0 (i64.const 1))`,
    );
  });

  const behind = (piece: string, bytes: number) => `(i32.add (local.get ${piece}) (i32.const ${bytes}))`;
  const second = '(i64.store offset=8 align=1 (local.get $p) (i64.const 2))';
  const word = '(i64.store align=1 (local.get $p) (i64.const 1))';
  for (const [what, body] of [
    ['another function sees them', `${word} (call $g (local.get $p))`],
    ['their address is stored', `${word} (i32.store align=1 (local.get $a) (local.get $p))`],
    ['their address is chosen', `${word} (local.set $q (select (local.get $p) (local.get $a) (local.get $b)))`],
    [
      'a copy of their address becomes another',
      `${word} (local.set $q (local.get $p)) (local.set $q (local.get $a)) (drop (i64.load (local.get $q)))`,
    ],
    [
      'they are read at a place that is computed',
      `${word} (drop (i64.load align=1 (i32.add (local.get $p) (local.get $a))))`,
    ],
    ['they are read by bytes', `${word} (drop (i32.load8_u (local.get $p)))`],
    ['words lie across each other', `${word} (drop (i64.load offset=4 align=1 (local.get $p)))`],
    ['a word is read in another size', `${word} (drop (i32.load align=1 (local.get $p)))`],
    ['half a word is filled', `${word} (memory.fill (local.get $p) (i32.const 0) (i32.const 4))`],
    ['they are filled with what is not zero', `${word} (memory.fill (local.get $p) (i32.const 1) (i32.const 8))`],
    ['as much is filled as an argument says', `${word} (memory.fill (local.get $p) (i32.const 0) (local.get $a))`],
    ['a word lies behind their end', `${word} (drop (i64.load offset=16 align=1 (local.get $p)))`],
    ['a word lies across their end', `${word} (drop (i64.load offset=12 align=1 (local.get $p)))`],
    ['more is filled than they hold', `${word} (memory.fill (local.get $p) (i32.const 0) (i32.const 24))`],
    ['half a word is filled from within', `${word} (memory.fill ${behind('$p', 4)} (i32.const 0) (i32.const 12))`],
    ['a word is copied to another', `${word} ${second} (memory.copy ${behind('$p', 8)} (local.get $p) (i32.const 8))`],
    ['it is copied from where a call says', `${word} (memory.copy (local.get $p) (call $g) (i32.const 8))`],
    ['it is copied to where a call says', `${word} (memory.copy (call $g) (local.get $p) (i32.const 8))`],
    ['a part is copied to another part', `${word} (memory.copy (local.get $p) ${computed('$p')} (i32.const 8))`],
    ['a part is copied from another part', `${word} (memory.copy ${computed('$p')} (local.get $p) (i32.const 8))`],
    ['the frame’s pointer is an address', `${save} ${word} (drop (i64.load (local.get $saved)))`],
    [
      'a copy of the frame’s pointer is an address',
      `${save} (local.set $q (local.get $saved)) ${word} (drop (i64.load (local.get $q)))`,
    ],
    ['the frame’s pointer is stored', `${save} ${word} (i32.store align=1 (local.get $a) (local.get $saved))`],
    ['more is copied than is known of them', `${word} (memory.copy (local.get $a) (local.get $p) (i32.const 16))`],
  ] as const)
    it(`not where ${what}`, () => {
      const text = func(take('$p', 16), body);
      expect(inLocals(text)).equal(text);
    });

  it('not where two are taken under one name', () => {
    const text = func(take('$p', 16), word, take('$p', 16), word);
    expect(inLocals(text)).equal(text);
  });
});

describe('frames on Karamel’s stack', () => {
  it('go where no piece is taken, also around each other', () => {
    expect(bare(func(save, '(call $g)', putBack))).equal(func('(call $g)'));
    const inner = `(local.set $p ${POINTER}) (call $g) (local.set $zero (i32.const 0)) (local.set $q (local.get $p)) (i32.store align=1 (local.get $zero) (local.get $q))`;
    expect(bare(func(save, `(loop $l ${inner})`, putBack))).equal(func('(loop $l (call $g))'));
  });

  for (const [what, body] of [
    ['a piece is taken', take('$p', 16)],
    ['a piece is taken within', `(loop $l ${take('$p', 16)} (call $g (local.get $p)))`],
    [
      'the stack pointer is set some other way',
      '(local.set $zero (i32.const 0)) (i32.store align=1 (local.get $zero) (local.get $a))',
    ],
  ] as const)
    it(`stay where ${what}`, () => {
      const text = func(save, body, '(call $g)', putBack);
      expect(bare(text)).equal(text);
    });

  it('stay where a local that is 0 at one place and an address at another moves the stack pointer', () => {
    const store = (value: string) =>
      `(local.set $zero (i32.const 0)) (local.set $to ${value}) (i32.store align=1 (local.get $zero) (local.get $to))`;
    const address = '(local.set $zero (local.get $a)) (drop (i64.load (local.get $zero)))';
    const text = func(save, store('(call $align (i32.const 8))'), address, store('(local.get $saved)'));
    expect(bare(text)).equal(text);
  });

  for (const [what, body] of [
    ['a copy of 0', '(local.set $q (i32.const 0)) (local.set $p (local.get $q))'],
    ['what a block ends with', '(local.set $p (block (result i32) (call $g) (i32.const 0)))'],
    [
      'one of two branches',
      '(local.set $p (if (result i32) (local.get $a) (then (i32.const 0)) (else (local.get $b))))',
    ],
  ] as const)
    it(`stay where ${what} is the address of a store`, () => {
      const text = func(save, body, '(i32.store align=1 (local.get $p) (local.get $a))', putBack);
      expect(bare(text)).equal(text);
    });

  for (const [what, ...body] of [
    ['what was saved is set again', save, '(call $g) (local.set $saved (local.get $a))'],
    ['a copy was taken before', '(local.set $q (local.get $saved))', save, '(call $g)'],
    ['a copy is taken on one way', save, '(if (call $g) (then (local.set $q (local.get $saved))))'],
    [
      'copies are copied from each other',
      save,
      '(call $g (local.get $saved)) (local.set $q (local.get $p)) (local.set $p (local.get $q))',
    ],
    ['a copy is set again', save, '(local.set $q (local.get $saved)) (local.set $q (call $g))'],
  ] as const)
    it(`stay where ${what}`, () => {
      const from = body.join().includes('$q') ? '$q' : '$saved';
      const text = func(...body, putBack.replace('$saved', from));
      expect(bare(text)).equal(text);
    });

  it('go where a copy is put back', () => {
    const text = func(save, '(local.set $q (local.get $saved)) (call $g)', putBack.replace('$saved', '$q'));
    expect(bare(text)).equal(func('(call $g)'));
  });

  it('stay where something else is put back', () => {
    const text = func(save, '(call $g (local.get $saved))', putBack.replace('(local.get $saved)', '(local.get $a)'));
    expect(bare(text)).equal(text);
  });
});

describe('a state that a function works on', () => {
  const turn = (to: number, from: number) =>
    `(i32.store offset=${to} align=1 (local.get $a) (i32.add (i32.rotl (i32.load offset=${from} align=1 (local.get $a)) (i32.const 7)) (i32.load offset=${4 * from} align=1 (local.get $b))))`;
  const rounds = Array.from({ length: 4 }, () => `${turn(0, 4)} ${turn(4, 0)}`).join(' ');
  const step = (...body: string[]) => `(func $f (param $a i32) (param $b i32) ${body.join(' ')})`;
  const KNOWN: Known = { name: 'rounds', words: 2, stores: 8, otherLoads: 8 };
  const inState = (text: string, pure: readonly string[] = [], known = [KNOWN]) =>
    printed(withStateInLocals(parsed(text) as List, (name) => pure.includes(String(name)), known));

  /** What the function leaves in memory. */
  function memoryAfter(text: string): Uint8Array {
    const module = binaryen.parseText(`(module (memory (export "memory") 1) (export "f" (func $f)) ${text})`);
    const instance = new WebAssembly.Instance(
      new WebAssembly.Module(module.emitBinary() as Uint8Array<ArrayBuffer>),
      {},
    );
    module.dispose();
    const memory = new Uint8Array((instance.exports.memory as WebAssembly.Memory).buffer);
    memory.set(Uint8Array.from({ length: 256 }, (_, i) => (i * 37 + 11) & 0xff));
    (instance.exports.f as (a: number, b: number) => void)(16, 64);
    return memory.slice();
  }

  it('is loaded first and stored last, to the same effect', () => {
    const text = step(rounds);
    const other = inState(text);
    expect(other.match(/i32\.store/g)).length(2);
    expect(other.match(/\(local\.get \$a\)/g)).length(4);
    expect(memoryAfter(other)).deep.equal(memoryAfter(text));
  });

  for (const [what, known] of [
    ['has another number of words', { ...KNOWN, words: 3 }],
    ['stores to it more often', { ...KNOWN, stores: 9 }],
    ['reads more', { ...KNOWN, otherLoads: 9 }],
  ] as const)
    it(`of a function that is not known is refused: the known one ${what}`, () => {
      expect(() => inState(step(rounds), [], [known])).throw('expected rounds to work on a state, got {"name":"$f"');
    });

  it('is stored before the result, where that is a constant or a local', () => {
    for (const result of ['(i32.const 0)', '(local.get $b)']) {
      const text = step('(result i32)', rounds, result);
      expect(inState(text).endsWith(`(i32.store offset=4 align=1 (local.get $a) (local.get $a.4)) ${result})`)).equal(
        true,
      );
      expect(memoryAfter(inState(text))).deep.equal(memoryAfter(text));
    }
  });

  it('also in a loop that is left', () => {
    const text = step(`(block $out (loop $again ${rounds} (br_if $out (local.get $b)) (br $again)))`);
    expect(inState(text)).contains('(local.set $a.0');
    expect(memoryAfter(inState(text))).deep.equal(memoryAfter(text));
  });

  it('also where a pure function is called', () => {
    expect(inState(step('(drop (call $pure (local.get $b)))', rounds), ['$pure']).match(/i32\.store/g)).length(2);
  });

  for (const [what, body] of [
    ['the function returns on the way', `${rounds} (if (local.get $b) (then (return)))`],
    ['the function is left by a branch', `${rounds} (br_if $f (local.get $b))`],
    ['a branch goes by a table', `(block $out ${rounds} (br_table $out $f (local.get $b)))`],
    ['another function is called by its reference', `${rounds} (call_ref $type (local.get $b))`],
    ['another function is called by its index', `${rounds} (call_indirect (type $type) (local.get $b))`],
    ['another function goes on', `${rounds} (return_call $g)`],
    ['memory is copied', `${rounds} (memory.copy (local.get $b) (local.get $b) (i32.const 8))`],
    ['memory grows', `${rounds} (drop (memory.grow (local.get $b)))`],
    ['something global is set', `${rounds} (global.set $g (local.get $b))`],
    ['its result is yet to be computed', `(result i32) ${rounds} (block (result i32) ${turn(0, 4)} (local.get $b))`],
    ['another function may write', `(drop (call $g)) ${rounds}`],
    ['another function sees it', `(drop (call $pure (local.get $a))) ${rounds}`],
    ['memory is filled', `(memory.fill (local.get $b) (i32.const 0) (i32.const 8)) ${rounds}`],
    ['something else is written', `(i32.store align=1 (local.get $b) (i32.const 0)) ${rounds}`],
    ['it is written once', `${turn(0, 4)} ${turn(4, 0)}`],
    ['its address changes', `(local.set $a (local.get $b)) ${rounds}`],
    [
      'it is read at a place that is computed',
      `(drop (i32.load align=1 (i32.add (local.get $a) (local.get $b)))) ${rounds}`,
    ],
  ] as const)
    it(`stays in memory where ${what}`, () => {
      expect(inState(step(body), ['$pure'])).equal(step(body));
    });
});
