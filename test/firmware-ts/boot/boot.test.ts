import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { request, stage } from '../../../firmware-ts/update.ts';
import { parseVersion } from '../../../harness/image/format.ts';
import type { FakeHal } from '../fake-hal.ts';
import { boot, bootWasm, device, OPTION, SLOT, signed } from './device.ts';

const STATE = 0x080c_0000;
const UPDATE_SLOT = 0x0812_0000;
const PARAMETERS = 0x0801_ff00;

describe('boot', () => {
  let wasm: WebAssembly.Module;
  before(async () => {
    wasm = await bootWasm();
  });

  it('hands over a good image, with the block of SPEC 7, bank 1 and options locked before', () => {
    const hal = device(signed({ securityCounter: 7 }));
    hal.cause = 3;
    expect(boot(hal, wasm)).equal('boot: handover 1.2.3+4 counter=1');
    expect(hal.console.split('\r\n')[0]).equal('boot: 1.0.0 reset=watchdog');
    expect(hal.handedOver?.slot).equal(SLOT);
    const words = Array.from({ length: 16 }, (_, n) => hal.handedOver!.block.readUInt32LE(n * 4));
    expect(words).deep.equal([0x4842_4250, 64, 0x0003_0201, 4, 7, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(hal.locks).equal(1 | 4);
  });

  const PROTECTION: [name: string, reason: string, defect: (hal: FakeHal) => void][] = [
    [
      'no protection at all',
      'protection-missing',
      (hal) => {
        hal.options
          .set(OPTION.OPTSR_CUR, 0xaa << 8)
          .set(OPTION.WPSN1, 0xff)
          .set(OPTION.WPSN2, 0xff);
      },
    ],
    ['RDP level 0', 'protection-partial', (hal) => hal.options.set(OPTION.OPTSR_CUR, 0xaa << 8)],
    ['RDP level 1', 'protection-partial', (hal) => hal.options.set(OPTION.OPTSR_CUR, 0x55 << 8)],
    ['sector 1.0 open', 'protection-partial', (hal) => hal.options.set(OPTION.WPSN1, 0xfd)],
    ['sector 1.1 open', 'protection-partial', (hal) => hal.options.set(OPTION.WPSN1, 0xfe)],
    ['sector 2.0 open', 'protection-partial', (hal) => hal.options.set(OPTION.WPSN2, 0xff)],
    ['swap option set', 'bank-swapped', (hal) => hal.options.set(OPTION.OPTSR_CUR, 0x8000_cc00)],
    ['swap in force', 'bank-swapped', (hal) => hal.options.set(OPTION.OPTCR, 0x8000_0000)],
    ['first boot address elsewhere', 'boot-address', (hal) => hal.options.set(OPTION.BOOT, 0x0800_0812)],
    ['second boot address elsewhere', 'boot-address', (hal) => hal.options.set(OPTION.BOOT, 0x0812_0800)],
    ['an option that cannot be read', 'flash-unreadable', (hal) => hal.options.delete(OPTION.WPSN2)],
    [
      'a lock that does not take',
      'option-lock',
      (hal) => {
        hal.locksWork = false;
      },
    ],
    ['parameters blank', 'parameters', (hal) => hal.poke(PARAMETERS, new Uint8Array(256).fill(0xff))],
    [
      'a byte of the key changed',
      'parameters',
      (hal) => hal.poke(PARAMETERS + 30, Uint8Array.of(hal.peek(PARAMETERS + 30, 1)[0]! ^ 1)),
    ],
    ['no anti-rollback counter', 'parameters', (hal) => hal.poke(STATE, new Uint8Array(32).fill(0xff))],
    ['counter word damaged', 'parameters', (hal) => hal.poke(STATE + 4, Uint8Array.of(2))],
    ['slot blank', 'image-magic', (hal) => hal.poke(SLOT, new Uint8Array(4096).fill(0xff))],
    ['slot unreadable', 'flash-unreadable', (hal) => hal.unreadable.add(SLOT)],
    ['a word of the body unreadable', 'flash-unreadable', (hal) => hal.unreadable.add(SLOT + 0x400)],
  ];
  for (const [name, reason, defect] of PROTECTION) {
    it(`halts with ${reason}: ${name}`, () => {
      const hal = device();
      defect(hal);
      expect(boot(hal, wasm)).equal(`boot: halt ${reason}`);
      expect(hal.handedOver).equal(undefined);
    });
  }

  it('th-authrepl.6 refuses an older, validly signed image; the largest valid counter word counts, torn ones do not', () => {
    const hal = device(signed({ securityCounter: 4 }));
    const word = (counter: number) => counterWord(counter);
    hal.unreadable.add(STATE + 32);
    hal.poke(STATE + 64, word(5));
    hal.poke(STATE + 96, word(3));
    expect(boot(hal, wasm)).equal('boot: halt image-rollback');
    hal.poke(SLOT, signed({ securityCounter: 5 }));
    expect(boot(hal, wasm)).equal('boot: handover 1.2.3+4 counter=5');
  });

  it('th-authrepl.3 refuses an image of another product or by another key', () => {
    const other = generateKeyPairSync('ed25519').privateKey;
    expect(boot(device(signed({ productId: Buffer.alloc(16, 1) })), wasm)).equal('boot: halt image-product');
    expect(boot(device(signed({}, other)), wasm)).equal('boot: halt image-key');
  });

  const NEWER = { version: parseVersion('1.2.4+0'), securityCounter: 2 };
  const offered = (hal: FakeHal, image: Uint8Array) => {
    for (const { addr, bytes } of [...stage(image), ...request()]) hal.poke(addr, bytes);
  };
  /** Words of the state sector, whole or torn. */
  const used = (hal: FakeHal) =>
    Array.from({ length: 4096 }, (_, n) => STATE + 32 * n).filter(
      (at) => hal.unreadable.has(at) || hal.peek(at, 32).some((byte) => byte !== 0xff),
    ).length;

  it('th-atomic-update.3 an install that the supply fails again and again uses no more of the state sector than one', () => {
    const hal = device();
    offered(hal, signed(NEWER));
    for (let loss = 0; loss < 40; loss++) {
      hal.cutEraseAt = hal.erases + 1;
      boot(hal, wasm);
      expect(hal.handedOver).equal(undefined);
    }
    expect(used(hal)).equal(2);
    hal.cutEraseAt = 0;
    expect(boot(hal, wasm)).equal('boot: handover 1.2.4+0 counter=1');
  });

  it('th-atomic-update.3 a state sector without room for another install refuses the update, and what runs goes on', () => {
    const hal = device();
    for (let at = STATE + 32; at < STATE + 128 * 1024; at += 32) hal.poke(at, counterWord(1));
    offered(hal, signed(NEWER));
    for (let boots = 0; boots < 2; boots++) expect(boot(hal, wasm)).equal('boot: handover 1.2.3+4 counter=1');
    expect(hal.console).not.contain('boot: install');
  });

  it('th-authrepl.6 takes an unconfirmed image back for the one before it alone', () => {
    for (const [other, runs] of [
      [{ version: parseVersion('1.2.5+0'), securityCounter: 3 }, '1.2.4+0'],
      [{ version: parseVersion('1.2.4+0'), securityCounter: 2 }, '1.2.4+0'],
      [{}, '1.2.3+4'],
    ] as const) {
      const hal = device();
      offered(hal, signed(NEWER));
      expect(boot(hal, wasm)).equal('boot: handover 1.2.4+0 counter=1');
      hal.poke(UPDATE_SLOT, new Uint8Array(0x6_0000).fill(0xff));
      for (const { addr, bytes } of stage(signed(other))) hal.poke(addr, bytes);
      for (let boots = 0; boots < 5; boots++) boot(hal, wasm);
      expect(boot(hal, wasm)).equal(`boot: handover ${runs} counter=1`);
    }
  });

  it('th-atomic-update.3 takes back what has more sectors than the image on trial', () => {
    const hal = device(signed());
    offered(hal, signed(NEWER));
    boot(hal, wasm);
    const large = signed({ body: Buffer.alloc(200_000, 0x5a) });
    hal.poke(UPDATE_SLOT, new Uint8Array(0x6_0000).fill(0xff));
    for (const { addr, bytes } of stage(large)) hal.poke(addr, bytes);
    for (let boots = 0; boots < 5; boots++) boot(hal, wasm);
    expect(boot(hal, wasm)).equal('boot: handover 1.2.3+4 counter=1');
    expect(Buffer.from(hal.peek(SLOT, large.length)).equals(large)).equal(true);
  });

  it('th-authrepl.3 any bit of the image, from header to the end of its last flash word, stops it', () => {
    const image = signed();
    const length = Math.ceil(image.length / 32) * 32;
    const hal = device(image);
    const reasons = new Map<string, number>();
    for (let at = 0; at < length; at++) {
      const byte = hal.peek(SLOT + at, 1)[0]!;
      hal.poke(SLOT + at, Uint8Array.of(byte ^ (1 << (at % 8))));
      const verdict = boot(hal, wasm);
      expect(verdict, `byte ${at}`).match(/^boot: halt image-(magic|length|tlv|hash|key|signature)$/);
      expect(hal.handedOver).equal(undefined);
      reasons.set(verdict, (reasons.get(verdict) ?? 0) + 1);
      hal.poke(SLOT + at, Uint8Array.of(byte));
    }
    expect([...reasons.keys()].length).equal(6);
    expect(boot(hal, wasm)).equal('boot: handover 1.2.3+4 counter=1');
  });
});

function counterWord(counter: number): Uint8Array {
  // The provisioner's own word, with another counter: made anew because its checksum covers it.
  const word = Buffer.alloc(32);
  word.writeUInt32LE(0x4342_4250, 0);
  word.writeUInt32LE(counter, 4);
  word.writeUInt32LE(~counter >>> 0, 8);
  word.writeUInt32LE(crc32(word.subarray(0, 28)), 28);
  return word;
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return ~crc >>> 0;
}
