import { expect } from 'chai';
import fc from 'fast-check';
import {
  BundleError,
  isGranted,
  parseBundle,
  RIGHT,
  readBundle,
} from '../../../../platforms/native_sim/runtime/bundle.ts';
import { makeBundle, wat } from '../support.ts';

const WASM = wat('(module (memory (export "memory") 1))');
const BUNDLE = makeBundle([
  { name: 'app', wasm: WASM, hal: ['uptime'], callable: 2, flash: [{ start: 0x08120000, end: 0x08140000, rights: 7 }] },
  { name: 'vault', wasm: WASM, pages: 3 },
]);

const changed = (at: number, value: number) => {
  const bytes = BUNDLE.slice();
  new DataView(bytes.buffer).setUint32(at, value, true);
  return bytes;
};

describe('bundle', () => {
  it('reads names, code, limits and grants', () => {
    const { modules } = parseBundle(BUNDLE);
    expect(modules.map(({ name, memoryPages, callable }) => [name, memoryPages, callable])).to.deep.equal([
      ['app', 2, 2],
      ['vault', 3, 0],
    ]);
    expect(modules[0]!.halCalls).to.equal(1 << 12);
    expect(modules[0]!.flash).to.deep.equal([{ start: 0x08120000, end: 0x08140000, rights: 7 }]);
    expect([...modules[1]!.wasm]).to.deep.equal([...WASM]);
  });

  // name, byte, value
  const cases: [string, number, number][] = [
    ['another magic', 0, 0x31424251],
    ['a size that is not its own', 4, BUNDLE.length + 32],
    ['no module', 8, 0],
    ['five modules', 8, 5],
    ['a reserved word', 12, 1],
    ['an empty name', 16, 0],
    ['a control character in a name', 16, 0x0a707061],
    ['code that is not aligned', 24, 0x101],
    ['code before the entries end', 24, 32],
    ['code beyond the end', 28, BUNDLE.length],
    ['code of no length', 28, 0],
    ['a size near 2^32', 28, 0xffffffff],
    ['a side table outside', 32, BUNDLE.length + 32],
    ['no memory', 40, 0],
    ['too much memory', 40, 17],
    ['an unknown HAL call', 44, 1 << 20],
    ['too many grants', 48, 8],
    ['grants outside', 52, BUNDLE.length - 4],
    ['an unknown module to call', 56, 4],
    ['a reserved word in an entry', 60, 1],
  ];
  for (const [name, at, value] of cases) {
    it(`refuses ${name}`, () => {
      expect(() => parseBundle(changed(at, value))).to.throw(BundleError);
    });
  }

  it('refuses grants that are empty or have no right, and repeated names', () => {
    const grant = (start: number, end: number, rights: number) => () =>
      parseBundle(makeBundle([{ name: 'a', wasm: WASM, flash: [{ start, end, rights }] }]));
    expect(grant(0x1000, 0x2000, 1)).not.to.throw();
    expect(grant(0x2000, 0x2000, 1)).to.throw(BundleError);
    expect(grant(0x1000, 0x2000, 0)).to.throw(BundleError);
    expect(grant(0x1000, 0x2000, 8)).to.throw(BundleError);
    const twice = [
      { name: 'a', wasm: WASM },
      { name: 'a', wasm: WASM },
    ];
    expect(() => parseBundle(makeBundle(twice))).to.throw(BundleError, 'distinct names');
  });

  it('refuses every truncation, and any bytes, with a typed error', () => {
    for (let length = 0; length < BUNDLE.length; length++) {
      expect(() => parseBundle(BUNDLE.slice(0, length)), `${length} bytes`).to.throw(BundleError);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, withHead) => {
        const input = withHead ? new Uint8Array([...BUNDLE.slice(0, 16), ...bytes]) : bytes;
        if (withHead) new DataView(input.buffer).setUint32(4, input.length, true);
        try {
          parseBundle(input);
        } catch (error) {
          expect(error).to.be.instanceOf(BundleError);
        }
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('reads no more of memory than the region has', () => {
    const read = (addr: number, length: number) => BUNDLE.slice(addr, addr + length);
    expect(readBundle(0, BUNDLE.length, read).modules).to.have.length(2);
    expect(() => readBundle(0, BUNDLE.length - 32, read)).to.throw(BundleError, 'up to');
  });

  it('grants a range only if every byte of it is granted with the right', () => {
    const grants = [
      { start: 0x100, end: 0x200, rights: RIGHT.read | RIGHT.program },
      { start: 0x200, end: 0x300, rights: RIGHT.read },
    ];
    expect(isGranted(grants, 0x100, 0x200, RIGHT.read)).to.equal(true);
    expect(isGranted(grants, 0x100, 0x101, RIGHT.program)).to.equal(false);
    expect(isGranted(grants, 0xff, 2, RIGHT.read)).to.equal(false);
    expect(isGranted(grants, 0x2ff, 2, RIGHT.read)).to.equal(false);
    expect(isGranted(grants, 0x100, 0x20, RIGHT.erase)).to.equal(false);
  });
});
