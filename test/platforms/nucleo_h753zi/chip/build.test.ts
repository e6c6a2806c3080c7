import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { buildChip } from '../../../../firmware-ts/build/chip.ts';
import { buildFirmware } from '../../../../firmware-ts/build/firmware.ts';
import { unpackBundle } from '../../../../harness/image/bundle.ts';
import { parseImage } from '../../../../harness/image/parse.ts';
import { footprintOf, footprintTable } from '../../../../platforms/nucleo_h753zi/build/footprint.ts';
import { BOOT_BYTES, joinFirmware } from '../../../../platforms/nucleo_h753zi/build/join.ts';
import { hasChipCompiler } from '../../../../platforms/runtime/build/chip.ts';

import { symbolAddress } from './elf.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const ROOT = join(import.meta.dirname, '../../../..');

describe('firmware for the chip', () => {
  let firmware: Awaited<ReturnType<typeof buildFirmware>>;

  before(async function () {
    if (!hasChipCompiler()) this.skip();
    firmware = await buildFirmware();
  });

  it('carries the bundles of native_sim byte for byte, behind the runtimes', () => {
    const chip = buildChip(firmware);
    const boot = chip.boot.subarray(chip.runtimes.boot.bytes.length);
    expect(sha256(boot)).to.equal(sha256(firmware.boot));
    const body = chip.appBody.subarray(chip.runtimes.app.bytes.length);
    expect(sha256(body)).to.equal(sha256(firmware.app));
    expect(unpackBundle(body).map(({ name, wasm }) => [name, sha256(wasm)])).to.deep.equal([
      ['app', sha256(firmware.modules.app.wasm)],
      ['vault', sha256(firmware.modules.vault.wasm)],
    ]);
    expect(Buffer.from(parseImage(chip.image).hashed).includes(Buffer.from(chip.appBody.subarray(0, 4096)))).to.equal(
      true,
    );
  });

  it('fits: boot with its parameters in one sector, runtimes below 48 KiB, the vectors where the core looks', () => {
    const { boot, runtimes } = buildChip(firmware);
    expect(boot.length).to.be.at.most(BOOT_BYTES);
    for (const { bytes, footprint } of [runtimes.boot, runtimes.app]) {
      expect(bytes.length).to.be.below(48 * 1024);
      expect(footprint.sections.some(({ name }) => name === '.data')).to.equal(false);
    }
    expect(runtimes.boot.address).to.equal(0x0800_0000);
    expect(runtimes.app.address).to.equal(0x0804_0400);
  });

  it('a second build from nothing gives the same bytes', () => {
    const first = joinFirmware(firmware);
    const built = join(ROOT, '.cache/proofboard');
    const again = (name: 'boot' | 'app') => sha256(first.runtimes[name].elf);
    const before = [again('boot'), again('app')];
    for (const { folder } of [first.runtimes.boot, first.runtimes.app]) {
      expect(folder.startsWith(built)).to.equal(true);
      rmSync(folder, { recursive: true });
    }
    const second = joinFirmware(firmware);
    expect([sha256(second.runtimes.boot.elf), sha256(second.runtimes.app.elf)]).to.deep.equal(before);
    expect(sha256(second.boot)).to.equal(sha256(first.boot));
  });

  it('without the tap no code of it is linked', () => {
    const { app } = joinFirmware(firmware, { halTap: false }).runtimes;
    expect(() => symbolAddress(app.elf, 'tap_begin')).to.throw('no symbol');
    expect(symbolAddress(joinFirmware(firmware).runtimes.app.elf, 'tap_begin')).to.be.above(0x0804_0400);
  });

  it('shows what lies where', () => {
    const { runtimes } = joinFirmware(firmware);
    const text = footprintTable('boot', runtimes.boot.footprint, [{ name: 'bundle', address: 0x0800_9840, bytes: 12 }]);
    expect(text).to.match(/^boot {2}\.vectors {10}0x08000000 {7}680\n/);
    expect(text).to.contain('boot  bundle            0x08009840        12\n');
  });

  it('refuses what is no bundle, and what is no ELF file', () => {
    expect(() => joinFirmware({ boot: new Uint8Array(64), app: firmware.app })).to.throw(
      'boot: expected a module bundle',
    );
    expect(() => joinFirmware({ boot: padded(firmware.boot), app: firmware.app })).to.throw('more than the 130816');
    expect(() => footprintOf(new Uint8Array(100))).to.throw('expected an ELF file');
  });

  it('a missing compiler is an error of the environment that names the fix', () => {
    const code =
      "import('./platforms/nucleo_h753zi/build/runtime.ts').then((m) => { try { m.buildRuntimes(); } catch (e) { console.log(e.exitCode, e.name, e.message); } })";
    const result = spawnSync(process.execPath, ['--import', 'tsx', '-e', code], {
      cwd: ROOT,
      env: { ...process.env, PATH: '/nonexistent' },
      encoding: 'utf8',
    });
    expect(result.stdout).to.match(
      /^3 EnvironmentError expected arm-none-eabi-gcc on PATH .*apt-get install gcc-arm-none-eabi/,
    );
  });
});

/** Larger than its sector. */
function padded(bundle: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([bundle, Buffer.alloc(BOOT_BYTES)]));
}
