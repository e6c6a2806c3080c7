import { expect } from 'chai';
import { match, parsed, pattern, printed } from '../../../firmware-ts/build/wat.ts';

describe('the text of a module as lists', () => {
  it('keeps names and data as they are, and no comment', () => {
    const text = '(module (data $d (i32.const 0) ";; no \\"comment\\" (\\00)") (export "a b" (func $f)))';
    expect(printed(parsed(`${text.slice(0, 8)};; a comment ( with one\n ${text.slice(8)}`))).equal(text);
  });

  for (const text of ['', '(a', '(a))', '(a) (b)', 'a b', ')'])
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parsed(text)).throws('expected one list');
    });

  for (const text of ['(a ; b)', '(a "b)', '(a (; b ;) c)'])
    it(`refuses what it does not know: ${text}`, () => {
      expect(() => parsed(text)).throws('expected a word, a string');
    });

  it('finds words, any nodes, and the nodes between', () => {
    const found = match(pattern('(f ?name !node *rest (end ?name))'), parsed('(f a (b c) d (e) (end a))'));
    expect(found).deep.equal({ name: 'a', node: ['b', 'c'], rest: ['d', ['e']] });
    expect(match(pattern('(f ?name (end ?name))'), parsed('(f a (end b))'))).equal(undefined);
    expect(match(pattern('(f ?name)'), parsed('(f (a))'))).equal(undefined);
  });
});
