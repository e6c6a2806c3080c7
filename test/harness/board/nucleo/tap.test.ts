import { expect } from 'chai';
import { TapReader } from '../../../../harness/board/nucleo/tap.ts';
import type { TraceEntry } from '../../../../harness/trace/trace.ts';
import { HAL_CALLS } from '../../../../platforms/native_sim/runtime/hal-table.ts';

type Noted = [atNs: number, what: string, fields: TraceEntry['fields'], data: string | undefined];

function numberOf(name: string): number {
  const call = HAL_CALLS.find((known) => known.name === name);
  if (!call) throw new Error(`no HAL call ${name}`);
  return call.number;
}

/** Words, and bytes behind their length, padded (SPEC 17). */
function record(...parts: (number | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => {
      const word = Buffer.alloc(4);
      if (typeof part === 'number') {
        word.writeInt32LE(part | 0);
        return word;
      }
      word.writeUInt32LE(part.length);
      return Buffer.concat([word, part, Buffer.alloc(-part.length & 3)]);
    }),
  );
}

const NONE = new Uint8Array(0);
const START = record(4);
const begin = (module: number, name: string, args: number[], input: Uint8Array = NONE) =>
  record(1 | (module << 8) | (numberOf(name) << 16) | (args.length << 24), ...args, input);
const end = (result: number, output: Uint8Array = NONE) => record(2, result, output);

describe('the HAL tap', () => {
  let noted: Noted[];
  let trapped: string[];
  let handedOver: number;
  let reader: TapReader;
  beforeEach(() => {
    noted = [];
    trapped = [];
    handedOver = 0;
    reader = new TapReader({
      entry: (atNs, what, fields, data) => noted.push([atNs, what, fields, data && Buffer.from(data).toString('hex')]),
      started: () => ({ sha256: 'aa', modules: ['app', 'vault'] }),
      handedOver: () => handedOver++,
      trapped: (_, module, message) => trapped.push(`${module}: ${message}`),
    });
  });

  it('a call is entered when it ends, with what went in and what came out', () => {
    reader.read(1, START);
    reader.read(2, begin(0, 'spi_transfer', [1000, 2000, 2], Buffer.from('ffff', 'hex')));
    expect(noted).length(1);
    reader.read(3, end(2, Buffer.from('0b91', 'hex')));
    expect(noted[0]).deep.equal([1, 'start', { module: 'app', bundle: 'aa' }, undefined]);
    const [atNs, what, fields, data] = noted[1]!;
    expect([atNs, what, data]).deep.equal([3, 'call', 'ffff0b91']);
    expect(fields).include({ module: 'app', call: 'spi_transfer', in: 2, result: 2 });
    expect(Object.values(fields), 'addresses are no part of it').not.include(1000);
  });

  it('calls nest: the inner one ends first, each belongs to its module', () => {
    reader.read(1, START);
    reader.read(2, begin(0, 'call', [1, 2, 0, 0, 0, 0]));
    reader.read(3, begin(1, 'entropy_word', [64]));
    reader.read(4, end(0, Buffer.alloc(4, 7)));
    reader.read(5, end(5));
    expect(noted.slice(1).map(([at, , fields]) => [at, fields.module, fields.call])).deep.equal([
      [4, 'vault', 'entropy_word'],
      [5, 1, 'call'], // its own parameter `module`: whom it calls
    ]);
  });

  it('a negative result is a status', () => {
    reader.read(1, START);
    reader.read(2, begin(0, 'watchdog_feed', []));
    reader.read(3, end(-3));
    expect(noted[1]![2].result).equal(-3);
  });

  it('a call that hands over does not return', () => {
    reader.read(1, START);
    reader.read(2, begin(0, 'handover', [0]));
    reader.read(3, record(3, 1));
    expect(noted[1]![2].unwound).equal('handover');
    expect(handedOver).equal(1);
  });

  it('a reset cuts what was open, the innermost first', () => {
    reader.read(1, START);
    reader.read(2, begin(0, 'call', [1, 2, 0, 0, 0, 0]));
    reader.read(3, begin(1, 'flash_erase', [0x0818_0000]));
    reader.cut(4, 'power-cut');
    expect(noted.slice(1).map(([, , fields]) => [fields.call, fields.unwound])).deep.equal([
      ['flash_erase', 'power-cut'],
      ['call', 'power-cut'],
    ]);
    expect(() => reader.read(5, end(0))).throw(/a call ends that did not begin/);
  });

  it('goes on in another life from where it stood', () => {
    reader.read(1, START);
    reader.read(2, begin(0, 'watchdog_feed', []));
    const state = reader.save();
    reader.read(3, end(0));
    reader.load(state);
    reader.read(4, end(0));
    expect(noted.slice(1).map(([at]) => at)).deep.equal([3, 4]);
  });

  it('a trap names module, status and offset', () => {
    reader.read(1, START);
    reader.read(2, record(6 | (1 << 8), 3, 0x1234));
    expect(trapped).deep.equal(['vault: status 3 at offset 4660']);
  });

  for (const [what, bytes] of [
    ['an empty record', NONE],
    ['a kind that does not exist', record(9)],
    ['arguments that are missing', record(1 | (3 << 24), 1)],
    ['bytes that are missing', record(2, 0, 8)],
    ['a call that does not exist', record(1 | (0xee << 16), NONE)],
  ] as const)
    it(`refuses ${what}`, () => {
      reader.read(1, START);
      reader.read(1, begin(0, 'watchdog_feed', []));
      expect(() => {
        reader.read(2, bytes);
        reader.read(3, end(0));
      }).throw(/HAL tap: /);
    });
});
