import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { buildModule } from '../../../../firmware-ts/build/module.ts';
import { FakeHal, Unwound } from '../../fake-hal.ts';
import { WasmBench } from '../../wasm-bench.ts';
import { bytes } from '../hacl/pseudo-random.ts';

const REGION = 0x081c_0000;
const SECTOR = 128 * 1024;
const NOT_FOUND = -81;
const NO_ROOM = -97;
const INVALID = -2;
/** A type of which each record counts. */
const LOG = 24;

describe('journal', () => {
  let module: WebAssembly.Module;
  let layout: WasmBench['layout'];
  before(async () => {
    const entry = fileURLToPath(new URL('../../../fixtures/store/firmware/entry.ts', import.meta.url));
    const built = await buildModule({ name: 'store-test', entry, pages: 2 });
    module = new WebAssembly.Module(Uint8Array.from(built.wasm));
    layout = built.layout;
  });

  function open(hal: FakeHal): WasmBench {
    const bench = WasmBench.of(module, hal.hal, layout);
    bench.call('journalOpen', REGION);
    return bench;
  }

  function append(bench: WasmBench, type: number, payload: Uint8Array): number {
    bench.free();
    return bench.call('journalAppend', type, bench.put(payload), payload.length);
  }

  function read(bench: WasmBench, type: number): Buffer | number {
    bench.free();
    const out = bench.alloc(4096);
    const length = bench.call('journalRead', type, out, 4096);
    return length < 0 ? length : bench.get(out, length);
  }

  it('a blank region has no record', () => {
    const bench = open(new FakeHal());
    expect(read(bench, 1)).equal(NOT_FOUND);
    for (const type of [0, 32, -1, 1000]) expect(read(bench, type)).equal(NOT_FOUND);
  });

  it('keeps the newest record of each type, across resets', () => {
    const hal = new FakeHal();
    for (const [round, length] of [0, 1, 31, 32, 33, 500, 4096].entries()) {
      const bench = open(hal);
      expect(append(bench, 1, bytes(`a${round}`, length))).equal(0);
      expect(append(bench, 2, bytes(`b${round}`, 40))).equal(0);
      for (const reader of [bench, open(hal)]) {
        expect(read(reader, 1)).deep.equal(bytes(`a${round}`, length));
        expect(read(reader, 2)).deep.equal(bytes(`b${round}`, 40));
        expect(read(reader, 3)).equal(NOT_FOUND);
      }
    }
  });

  it('refuses what does not fit: types, lengths, a small buffer', () => {
    const bench = open(new FakeHal());
    for (const type of [0, 32, -1]) expect(append(bench, type, bytes('x', 4))).equal(INVALID);
    expect(bench.call('journalAppend', 1, layout.end, 4097)).equal(INVALID);
    expect(bench.call('journalAppend', 1, layout.end, -1)).equal(INVALID);
    append(bench, 1, bytes('x', 4000));
    expect(bench.call('journalRead', 1, layout.end, 100)).equal(NO_ROOM);
  });

  it('goes on for ever: what counts moves to the other sector, the newest of each type, and a type without payload goes', () => {
    const hal = new FakeHal();
    const bench = open(hal);
    append(bench, 3, bytes('kept', 700));
    append(bench, 4, bytes('gone', 50));
    append(bench, 4, new Uint8Array());
    const rounds = 100;
    for (let n = 0; n < rounds; n++) {
      expect(append(bench, 1, bytes(`${n}`, 4000)), `round ${n}`).equal(0);
      // Either sector is the active one in its turn: 32 rounds fill one.
      if (n % 20 !== 19) continue;
      for (const reader of [bench, open(hal)]) {
        expect(read(reader, 1), `round ${n}`).deep.equal(bytes(`${n}`, 4000));
        expect(read(reader, 3)).deep.equal(bytes('kept', 700));
        if (n >= 32) expect(read(reader, 4)).equal(NOT_FOUND);
      }
    }
    expect(hal.erases, 'one erase to format, one for each turn').equal(1 + Math.floor((rounds * 4032) / SECTOR));
  });

  /** All payloads of the type of which each counts. */
  function log(bench: WasmBench): number[] {
    const found: number[] = [];
    bench.free();
    const out = bench.alloc(32);
    for (let at = bench.call('journalNext', LOG, 0); at !== 0; at = bench.call('journalNext', LOG, at)) {
      expect(bench.call('journalReadAt', at, out, 32)).equal(8);
      found.push(bench.get(out, 8).readUInt32LE(0));
    }
    return found;
  }

  function entry(number: number): Buffer {
    const payload = Buffer.alloc(8);
    payload.writeUInt32LE(number, 0);
    return payload;
  }

  it('of the log every entry counts, in order; when there is no room the oldest go, 256 stay at least', () => {
    const hal = new FakeHal();
    const bench = open(hal);
    let fewest = 5000;
    for (let n = 1; n <= 5000; n++) {
      append(bench, LOG, entry(n));
      if (n % 7 === 0) append(bench, 1, bytes(`${n}`, 100));
      if (n % 100 !== 0) continue;
      const numbers = log(n % 200 === 0 ? bench : open(hal));
      expect(numbers[numbers.length - 1]).equal(n);
      expect(numbers).deep.equal(numbers.map((_, index) => numbers[0]! + index));
      if (n >= 256) fewest = Math.min(fewest, numbers.length);
    }
    expect(fewest).at.least(256);
    expect(hal.erases).greaterThan(2);
  });

  it('power lost at every operation of a turn: nothing that counts is lost, and the next turn works', () => {
    const make = () => {
      const hal = new FakeHal();
      const bench = open(hal);
      append(bench, 2, bytes('roots', 300));
      for (let n = 1; n <= 5; n++) append(bench, LOG, entry(n));
      while (hal.erases === 1 && roomLeft(bench) > 4032) append(bench, 1, bytes('filling', 4000));
      append(bench, 1, bytes('old', 600));
      return hal;
    };
    const clean = make();
    const [programs, erases] = [clean.programs, clean.erases];
    expect(append(open(clean), 1, bytes('new', 4000))).equal(0);
    expect(clean.erases, 'a turn').equal(erases + 1);
    const operations = clean.programs - programs;
    const outcomes = { old: 0, new: 0 };
    for (let cut = 0; cut <= operations; cut++) {
      const hal = make();
      if (cut === 0) hal.cutEraseAt = hal.erases + 1;
      else hal.cutAt = hal.programs + cut;
      expect(() => append(open(hal), 1, bytes('new', 4000)), `cut ${cut}`).throw(Unwound);
      const bench = open(hal);
      const isOld = Buffer.from(read(bench, 1) as Buffer).equals(Buffer.from(bytes('old', 600)));
      outcomes[isOld ? 'old' : 'new'] += 1;
      if (!isOld) expect(read(bench, 1)).deep.equal(bytes('new', 4000));
      expect(read(bench, 2), `cut ${cut}`).deep.equal(bytes('roots', 300));
      expect(log(bench), `cut ${cut}`).deep.equal([1, 2, 3, 4, 5]);
      expect(append(bench, 1, bytes('later', 4000)), `cut ${cut}`).equal(0);
      expect(read(open(hal), 1)).deep.equal(bytes('later', 4000));
      expect(log(open(hal))).deep.equal([1, 2, 3, 4, 5]);
    }
    expect(outcomes.old).equal(operations + 1);
  });

  /** Bytes behind the last record of the first sector that the journal used. */
  function roomLeft(bench: WasmBench): number {
    return SECTOR - bench.call('journalUsed');
  }

  it('a purge leaves nothing that does not count, in either sector; cut anywhere it is finished later', () => {
    const secret = bytes('secret', 64);
    const make = () => {
      const hal = new FakeHal();
      const bench = open(hal);
      append(bench, 16, secret);
      append(bench, 17, bytes('stays', 64));
      append(bench, 16, bytes('fresh', 64));
      return hal;
    };
    const remnants = (hal: FakeHal) => Buffer.from(hal.peek(REGION, 2 * SECTOR)).includes(secret.subarray(0, 8));
    const clean = make();
    expect(remnants(clean)).equal(true);
    const [programs, erases] = [clean.programs, clean.erases];
    expect(open(clean).call('journalPurge')).equal(0);
    expect(remnants(clean)).equal(false);
    expect(read(open(clean), 16)).deep.equal(bytes('fresh', 64));
    for (const kind of ['cutAt', 'cutEraseAt'] as const) {
      const operations = kind === 'cutAt' ? clean.programs - programs : clean.erases - erases;
      expect(operations).greaterThan(1);
      for (let cut = 1; cut <= operations; cut++) {
        const hal = make();
        hal[kind] = (kind === 'cutAt' ? hal.programs : hal.erases) + cut;
        expect(() => open(hal).call('journalPurge')).throw(Unwound);
        hal[kind] = 0;
        expect(read(open(hal), 16), `${kind} ${cut}`).deep.equal(bytes('fresh', 64));
        expect(open(hal).call('journalPurge')).equal(0);
        expect(remnants(hal), `${kind} ${cut}`).equal(false);
        expect(read(open(hal), 17)).deep.equal(bytes('stays', 64));
      }
    }
  });

  it('a region whose first head is torn is made anew', () => {
    const hal = new FakeHal();
    hal.cutAt = 1;
    expect(() => append(open(hal), 1, bytes('x', 8))).throw(Unwound);
    expect(append(open(hal), 1, bytes('y', 8))).equal(0);
    expect(read(open(hal), 1)).deep.equal(bytes('y', 8));
  });

  it('power lost at every program operation: the old record or the new, and the journal goes on', () => {
    const [old, fresh, later] = [bytes('old', 100), bytes('fresh', 300), bytes('later', 64)];
    // A payload with blank words inside: a torn record of it looks blank in places.
    fresh.fill(0xff, 64, 200);
    const clean = new FakeHal();
    append(open(clean), 1, old);
    const before = clean.programs;
    append(open(clean), 1, fresh);
    const operations = clean.programs - before;
    expect(operations).equal(1 + Math.ceil(300 / 32));
    for (let cut = 1; cut <= operations; cut++) {
      const hal = new FakeHal();
      append(open(hal), 1, old);
      hal.cutAt = hal.programs + cut;
      expect(() => append(open(hal), 1, fresh)).throw(Unwound);
      expect(read(open(hal), 1), `cut at ${cut}`).deep.equal(old);
      const bench = open(hal);
      expect(append(bench, 1, later), `cut at ${cut}`).equal(0);
      expect(read(open(hal), 1)).deep.equal(later);
    }
  });

  it('a damaged record is passed over, what stands after it counts', () => {
    const hal = new FakeHal();
    const bench = open(hal);
    append(bench, 1, bytes('one', 200));
    append(bench, 1, bytes('two', 200));
    append(bench, 2, bytes('three', 50));
    const second = REGION + 32 + 256;
    for (const defect of [
      () => hal.poke(second + 40, Uint8Array.of(hal.peek(second + 40, 1)[0]! ^ 1)),
      () => hal.unreadable.add(second + 64),
      () => hal.unreadable.add(second),
    ]) {
      defect();
      const reader = open(hal);
      expect(read(reader, 1)).deep.equal(bytes('one', 200));
      expect(read(reader, 2)).deep.equal(bytes('three', 50));
      expect(append(reader, 1, bytes('four', 8))).equal(0);
      hal.poke(REGION + 32 + 256 * 2 + 96, new Uint8Array(512).fill(0xff));
    }
  });

  for (const turns of [1, 2]) {
    it(`of two sectors with a head the later generation is active, behind turn ${turns}`, () => {
      const hal = new FakeHal();
      const bench = open(hal);
      for (let turn = 1; turn < turns; turn++) {
        append(bench, 1, bytes('before', 64));
        bench.call('journalPurge');
      }
      append(bench, 1, bytes('first', 64));
      const from = REGION + (turns % 2 === 1 ? 0 : SECTOR);
      const old = hal.peek(from, 256).slice();
      bench.call('journalPurge');
      append(bench, 1, bytes('second', 64));
      hal.poke(from, old);
      expect(read(open(hal), 1)).deep.equal(bytes('second', 64));
    });
  }

  it('never traps, whatever the flash holds', () => {
    const chunk = fc.oneof(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.constant(new Uint8Array(32).fill(0xff)),
      fc.record({ sequence: fc.nat(), type: fc.nat(40), length: fc.nat(0xffff) }).map(({ sequence, type, length }) => {
        const head = Buffer.alloc(32);
        head.writeUInt32LE(0x524a_4250, 0);
        head.writeUInt32LE(sequence, 4);
        head.writeUInt16LE(type, 8);
        head.writeUInt16LE(length, 10);
        return new Uint8Array(head);
      }),
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 300 }), fc.array(fc.nat(300), { maxLength: 5 }), (chunks, torn) => {
        const hal = new FakeHal();
        append(open(hal), 1, bytes('made', 8));
        const from = REGION + (chunks.length % 2 === 0 ? 32 : 0);
        chunks.forEach((content, n) => {
          hal.poke(from + n * 32, content);
        });
        for (const word of torn) hal.unreadable.add(from + word * 32);
        const bench = open(hal);
        const status = append(bench, 5, bytes('p', 70));
        if (status === 0) expect(read(open(hal), 5)).deep.equal(bytes('p', 70));
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it('configuration values: found by tag, never beyond the payload', () => {
    const bench = open(new FakeHal());
    const payload = Buffer.from([1, 3, 0, 0x61, 0x62, 0x63, 7, 1, 0, 2, 9, 4, 0, 0x78]);
    const at = bench.put(payload);
    const length = bench.alloc(4);
    expect(bench.call('configurationFind', at, payload.length, 1, length)).equal(at + 3);
    expect(bench.get(length, 4).readUInt32LE(0)).equal(3);
    expect(bench.call('configurationFind', at, payload.length, 7, length)).equal(at + 9);
    expect(bench.call('configurationFind', at, payload.length, 9, length), 'longer than the payload').equal(0);
    expect(bench.call('configurationFind', at, payload.length, 5, length)).equal(0);
    expect(bench.call('configurationFind', at, 2, 1, length)).equal(0);
  });
});
