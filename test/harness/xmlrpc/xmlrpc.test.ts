import { expect } from 'chai';
import fc from 'fast-check';
import { decodeCall, decodeResponse } from '../../../harness/xmlrpc/decode.ts';
import { encodeCall, encodeFault, encodeResponse } from '../../../harness/xmlrpc/encode.ts';
import { LIMITS, XmlRpcFault, XmlRpcSyntaxError, type XmlRpcValue } from '../../../harness/xmlrpc/value.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');
const call = (value: string) =>
  decodeCall(bytes(`<methodCall><methodName>m</methodName><params><param>${value}</param></params></methodCall>`))
    .params[0];

describe('XML-RPC', () => {
  const values: [xml: string, value: XmlRpcValue][] = [
    ['<value>bare text</value>', 'bare text'],
    ['<value/>', ''],
    ['<value><string> a &lt;b&gt; &amp;&#65;&#x42; </string></value>', ' a <b> &AB '],
    ['<value><string><![CDATA[<raw> & ]]></string></value>', '<raw> & '],
    ['<value><!-- a comment --><int>-17</int></value>', -17],
    ['<value><i8>4294967296</i8></value>', 4_294_967_296],
    ['<value><double>-1.5</double></value>', -1.5],
    ['<value><boolean>1</boolean></value>', true],
    ['<value><nil/></value>', null],
    ['<value><base64>AAEC\n/w==</base64></value>', Uint8Array.of(0, 1, 2, 255)],
    ['<value><array><data/></array></value>', []],
    ['<value><array><data><value>1</value><value><int>2</int></value></data></array></value>', ['1', 2]],
    ['<value><struct><member><name>a</name><value>b</value></member></struct></value>', { a: 'b' }],
  ];
  for (const [xml, value] of values) {
    it(`reads ${xml.replace(/\n/g, ' ')}`, () => {
      expect(call(xml)).deep.equal(value);
    });
  }

  it('reads a call as Python writes it', () => {
    const text = `<?xml version='1.0' encoding='UTF-8'?>\n<methodCall>\n<methodName>run_keyword</methodName>\n<params>\n<param>\n<value><string>Set Temperature</string></value>\n</param>\n</params>\n</methodCall>\n`;
    expect(decodeCall(bytes(text))).deep.equal({ method: 'run_keyword', params: ['Set Temperature'] });
  });

  it('gives back what it was given, calls and results', () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.maxSafeInteger(),
      fc
        .double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
        .map((one) => Number(one.toFixed(6)) || 0),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array(),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('value')), fc.dictionary(fc.string(), tie('value'))),
    }));
    fc.assert(
      fc.property(value, (one) => {
        const given = printable(one as XmlRpcValue);
        expect(decodeResponse(bytes(encodeResponse(given)))).deep.equal(given);
        expect(decodeCall(bytes(encodeCall({ method: 'm', params: [given] }))).params).deep.equal([given]);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('a fault is thrown with its code', () => {
    expect(() => decodeResponse(bytes(encodeFault(7, 'no & such <thing>'))))
      .throw(XmlRpcFault, 'no & such <thing>')
      .property('code', 7);
  });

  const hostile: [what: string, xml: string, message: RegExp][] = [
    ['nothing', '', /one root element, got 0/],
    ['text alone', 'hello', /no text beside the root/],
    ['two roots', '<a></a><b></b>', /one root element, got 2/],
    ['a document type with entities', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', /document types .* are refused/],
    ['an instruction', '<a><?php ?></a>', /instructions are refused/],
    ['an unknown entity', '<a>&xxe;</a>', /predefined entity .* got &xxe;/],
    ['a reference to no character', '<a>&#0;</a>', /character reference, got &#0;/],
    ['half of a surrogate pair', '<a>&#xD800;</a>', /character reference/],
    ['a bare ampersand', '<a>a & b</a>', /predefined entity/],
    ['an attribute', '<a b="c"></a>', /without attributes/],
    ['wrong nesting', '<a><b></a></b>', /expected <\/b>, got <\/a>/],
    ['an end without a start', '</a>', /expected <\/>/],
    ['an end that is missing', '<a><b>', /expected <\/b>, got the end/],
    ['a tag that does not end', '<a><b', /expected ">", got the end/],
    ['a comment that does not end', '<a><!-- ', /expected "-->"/],
    ['another root', '<methodReply></methodReply>', /expected <methodCall>, got <methodReply>/],
    ['no method', '<methodCall></methodCall>', /methodName and params/],
    ['a method name with a line end', '<methodCall><methodName>a\nb</methodName></methodCall>', /a method name/],
    ['too deep an XML', '<a>'.repeat(100_000), /at most 64 elements within each other/],
    ['too many elements', `<a>${'<b/>'.repeat(LIMITS.elements)}</a>`, /at most 200000 elements/],
    ['too many bytes', `<a>${' '.repeat(LIMITS.bytes)}</a>`, /at most 4194304 bytes/],
  ];
  for (const [what, xml, message] of hostile) {
    it(`refuses ${what}`, () => {
      expect(() => decodeCall(bytes(xml))).throw(XmlRpcSyntaxError, message);
    });
  }

  const wrongValues: [what: string, xml: string][] = [
    ['an unknown type', '<value><date>now</date></value>'],
    ['two types', '<value><int>1</int><int>2</int></value>'],
    ['an empty int', '<value><int></int></value>'],
    ['an int with a fraction', '<value><int>1.5</int></value>'],
    ['an int beyond what a number holds', '<value><i8>9223372036854775807</i8></value>'],
    ['a double that is a word', '<value><double>NaN</double></value>'],
    ['a boolean that is a word', '<value><boolean>true</boolean></value>'],
    ['base64 with a hole', '<value><base64>AA=A</base64></value>'],
    ['an element in a scalar', '<value><int><int>1</int></int></value>'],
    ['a member twice', `<value><struct>${'<member><name>a</name><value/></member>'.repeat(2)}</struct></value>`],
    ['a member without a value', '<value><struct><member><name>a</name></member></struct></value>'],
    ['an array without data', '<value><array><value/></array></value>'],
  ];
  for (const [what, xml] of wrongValues) {
    it(`refuses ${what}`, () => {
      expect(() => call(xml)).throw(XmlRpcSyntaxError);
    });
  }

  it('refuses bytes that are no UTF-8', () => {
    expect(() => decodeCall(Uint8Array.of(0x3c, 0x61, 0x3e, 0xff))).throw(XmlRpcSyntaxError, /UTF-8/);
  });

  it('a member named __proto__ is a member, not a prototype', () => {
    const value = call('<value><struct><member><name>__proto__</name><value>x</value></member></struct></value>');
    expect(Object.hasOwn(value as object, '__proto__')).equal(true);
    expect(Object.getPrototypeOf(value)).equal(Object.prototype);
  });

  it('truncated, repeated and mutated messages end in a value or in a syntax error, nothing else', () => {
    const message = encodeCall({ method: 'run_keyword', params: ['a', [1, true, { b: 'c' }], Uint8Array.of(1, 2)] });
    const whole = bytes(message);
    for (let length = 0; length < whole.length; length++) expectTame(whole.subarray(0, length));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (index, byte, repeatFrom) => {
        const changed = Buffer.concat([whole, whole.subarray(repeatFrom)]);
        changed[index] = byte;
        expectTame(changed);
      }),
      { seed: 2, numRuns: 2000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), expectTame), { seed: 3, numRuns: 1000 });
  });
});

function expectTame(message: Uint8Array): void {
  try {
    decodeCall(message);
  } catch (error) {
    expect(error).instanceOf(XmlRpcSyntaxError);
  }
}

/** What XML can carry: control characters and lone surrogates become U+FFFD. */
function printable(value: XmlRpcValue): XmlRpcValue {
  if (typeof value === 'string') return clean(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(printable);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [clean(key), printable(one)]));
}

function clean(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}
