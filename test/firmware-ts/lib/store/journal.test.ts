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
    bench.call('journalOpen', REGION, 2);
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

  it('refuses what does not fit: types, lengths, a full sector, a small buffer', () => {
    const hal = new FakeHal();
    const bench = open(hal);
    for (const type of [0, 32, -1]) expect(append(bench, type, bytes('x', 4))).equal(INVALID);
    expect(bench.call('journalAppend', 1, layout.end, 4097)).equal(INVALID);
    expect(bench.call('journalAppend', 1, layout.end, -1)).equal(INVALID);
    let stored = 0;
    while (append(bench, 1, bytes(`${stored}`, 4000)) === 0) stored += 1;
    expect(stored).equal(Math.floor(SECTOR / 4032));
    expect(append(bench, 1, bytes('y', 4000))).equal(NO_ROOM);
    expect(read(open(hal), 1)).deep.equal(bytes(`${stored - 1}`, 4000));
    expect(bench.call('journalRead', 1, layout.end, 100)).equal(NO_ROOM);
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
    const second = REGION + 256;
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
      hal.poke(REGION + 256 * 2 + 96, new Uint8Array(512).fill(0xff));
    }
  });

  it('of two sectors the one with the higher sequence number is active', () => {
    const hal = new FakeHal();
    append(open(hal), 1, bytes('first', 64));
    const copy = hal.peek(REGION, 96).slice();
    const bench = open(hal);
    append(bench, 1, bytes('second', 64));
    hal.poke(REGION + SECTOR, hal.peek(REGION + 96, 96).slice());
    hal.poke(REGION, copy);
    hal.poke(REGION + 96, new Uint8Array(96).fill(0xff));
    expect(read(open(hal), 1)).deep.equal(bytes('second', 64));
  });

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
        chunks.forEach((content, n) => {
          hal.poke(REGION + n * 32, content);
        });
        for (const word of torn) hal.unreadable.add(REGION + word * 32);
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
