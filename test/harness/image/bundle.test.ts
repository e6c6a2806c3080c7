import { expect } from 'chai';
import fc from 'fast-check';
import { UsageError } from '../../../harness/errors.ts';
import { type ModuleContent, packBundle, unpackBundle } from '../../../harness/image/bundle.ts';

const wasm = (length: number) => new Uint8Array(length).fill(0x5a);
const MODULES: ModuleContent[] = [
  {
    name: 'app',
    wasm: wasm(101),
    capabilities: {
      pages: 6,
      calls: ['flash_read', 'call', 'watchdog_feed'],
      flash: [{ start: 0x0812_0000, end: 0x0818_0000, rights: ['read', 'program', 'erase'] }],
      modules: ['vault'],
    },
  },
  { name: 'vault', wasm: wasm(32), sideTable: wasm(7), capabilities: { pages: 2, calls: [], flash: [], modules: [] } },
];

describe('module bundle', () => {
  it('has the layout of SPEC 3', () => {
    const bytes = Buffer.from(packBundle(MODULES));
    const u32 = (at: number) => bytes.readUInt32LE(at);
    expect([u32(0), u32(4), u32(8), u32(12)]).deep.equal([0x3142_4250, bytes.length, 2, 0]);
    expect(bytes.length % 32).equal(0);
    expect(bytes.subarray(16, 24).toString('latin1')).equal('app\0\0\0\0\0');
    expect([u32(24) % 32, u32(28), u32(32), u32(36), u32(40)]).deep.equal([0, 101, 0, 0, 6]);
    expect([u32(44), u32(48), u32(56)]).deep.equal([(1 << 0) | (1 << 18) | (1 << 19), 1, 0b10]);
    const grant = u32(52);
    expect([u32(grant), u32(grant + 4), u32(grant + 8)]).deep.equal([0x0812_0000, 0x0818_0000, 7]);
    expect(bytes.subarray(60, 80).every((byte) => byte === 0)).equal(true);
  });

  it('reads back what it packed, also out of a longer slot', () => {
    const bytes = packBundle(MODULES);
    expect(unpackBundle(bytes)).deep.equal(MODULES);
    expect(unpackBundle(Buffer.concat([bytes, Buffer.alloc(512, 0xff)]))).deep.equal(MODULES);
  });

  it('refuses what it cannot carry', () => {
    const [app, vault] = MODULES as [ModuleContent, ModuleContent];
    expect(() => packBundle([])).throw('1..4 modules');
    expect(() => packBundle([vault, vault, vault, vault, vault])).throw('1..4 modules');
    expect(() => packBundle([app])).throw('may call "vault", which is not in the bundle');
    for (const name of ['', 'ninechars', 'a b', 'ü'])
      expect(() => packBundle([{ ...vault, name }]), name).throw('module name');
    const grant = { start: 0, end: 1, rights: ['read' as const] };
    const flash = new Array(8).fill(grant);
    expect(() => packBundle([{ ...vault, capabilities: { ...vault.capabilities, flash } }])).throw('flash grants');
  });

  it('answers any bytes with modules or a UsageError', () => {
    const good = Buffer.from(packBundle(MODULES));
    const damaged = fc
      .array(fc.record({ at: fc.nat(159), value: fc.nat(0xffff_ffff) }), { minLength: 1, maxLength: 3 })
      .map((changes) => {
        const copy = Buffer.from(good);
        for (const { at, value } of changes) copy.writeUInt32LE(value, at & ~3);
        return copy;
      });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          damaged,
          fc.nat(good.length).map((n) => good.subarray(0, n)),
        ),
        (bytes) => {
          try {
            unpackBundle(bytes);
          } catch (error) {
            if (!(error instanceof UsageError)) throw error;
          }
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });
});
