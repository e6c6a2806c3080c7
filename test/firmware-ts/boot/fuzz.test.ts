import { createHash, createPublicKey, sign } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { encodeTlvs } from '../../../harness/image/create.ts';
import { PROTECTED_TLV_INFO_MAGIC, TLV_INFO_MAGIC } from '../../../harness/image/format.ts';
import { parseImage } from '../../../harness/image/parse.ts';
import { keyHash } from '../../../harness/image/sign.ts';
import { verifyImage } from '../../../harness/image/verify.ts';
import { boot, bootWasm, device, KEY, PRODUCT, SLOT, signed } from './device.ts';

const publicKey = createPublicKey(KEY);
const TLVS: [type: number, length: number][] = [
  [0x50, 4],
  [0xa0, 16],
  [0x10, 32],
  [0x01, 32],
  [0x24, 64],
];

/** An image whose TLVs are any list, yet hashed and signed over what it is. */
function withTlvs(protectedList: [number, Uint8Array][], extra: [number, Uint8Array][]): Uint8Array {
  const image = parseImage(signed());
  const inner = encodeTlvs(
    PROTECTED_TLV_INFO_MAGIC,
    protectedList.map(([type, value]) => ({ type, value })),
  );
  const head = Buffer.from(image.hashed.subarray(0, image.headerBytes + image.body.length));
  head.writeUInt16LE(inner.length, 10);
  const hashed = Buffer.concat([head, inner]);
  const hash = createHash('sha256').update(hashed).digest();
  const tlvs = encodeTlvs(TLV_INFO_MAGIC, [
    { type: 0x10, value: hash },
    { type: 0x01, value: keyHash(publicKey) },
    { type: 0x24, value: sign(null, hash, KEY) },
    ...extra.map(([type, value]) => ({ type, value })),
  ]);
  return new Uint8Array(Buffer.concat([hashed, tlvs]));
}

describe("boot's image parser", () => {
  let wasm: WebAssembly.Module;
  before(async () => {
    wasm = await bootWasm();
  });

  /** Boot's verdict and the image tool's are the same, and nothing traps. */
  function agree(slot: Uint8Array, sizeOfSlot: number): string {
    const hal = device();
    hal.poke(SLOT, new Uint8Array(384 * 1024).fill(0xff));
    hal.poke(SLOT, slot);
    const verdict = boot(hal, wasm);
    const end = Math.ceil(sizeOfSlot / 32) * 32;
    const reference = verifyImage(hal.peek(SLOT, end), publicKey, { productId: PRODUCT, minimumCounter: 1 });
    expect(verdict.startsWith('boot: handover'), verdict).equal(reference.ok);
    return verdict;
  }

  it('refuses every truncation', () => {
    const image = signed();
    for (let length = 0; length < image.length; length += length < 64 || length > 1024 ? 1 : 31) {
      expect(agree(image.subarray(0, length), image.length), `${length} bytes`).match(/^boot: halt image-/);
    }
  });

  it('accepts exactly one list of TLVs: none missing, none more, none in another order, all of one length', () => {
    const counter = Uint8Array.of(1, 0, 0, 0);
    expect(
      agree(
        withTlvs(
          [
            [0x50, counter],
            [0xa0, PRODUCT],
          ],
          [],
        ),
        2000,
      ),
    ).equal('boot: handover 1.2.3+4 counter=1');
    const lists: [[number, Uint8Array][], [number, Uint8Array][]][] = [
      [[[0x50, counter]], []],
      [[[0xa0, PRODUCT]], []],
      [[], []],
      [
        [
          [0xa0, PRODUCT],
          [0x50, counter],
        ],
        [],
      ],
      [
        [
          [0x50, counter],
          [0xa0, PRODUCT],
          [0xa1, counter],
        ],
        [],
      ],
      [
        [
          [0x50, counter],
          [0x50, counter],
          [0xa0, PRODUCT],
        ],
        [],
      ],
      [
        [
          [0x50, Uint8Array.of(1)],
          [0xa0, PRODUCT],
        ],
        [],
      ],
      [
        [
          [0x50, counter],
          [0xa0, PRODUCT.subarray(0, 15)],
        ],
        [],
      ],
      [
        [
          [0x50, counter],
          [0xa0, PRODUCT],
        ],
        [[0x30, counter]],
      ],
      [
        [
          [0x50, counter],
          [0xa0, PRODUCT],
        ],
        [[0x24, new Uint8Array(64)]],
      ],
    ];
    for (const [inner, extra] of lists)
      expect(agree(withTlvs(inner, extra), 2000)).match(/^boot: halt image-(length|tlv)$/);
  });

  it('never traps and never hands over what the image tool refuses, whatever the header and TLVs hold', () => {
    const image = signed();
    const word = fc.oneof(fc.constantFrom(0, 1, 0x400, 0xffff, 0x7fff_ffff, 0xffff_ffff), fc.nat(0xffff_ffff));
    const change = fc.record({ at: fc.nat(image.length - 4), value: word, bytes: fc.constantFrom(1, 2, 4) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const slot = Buffer.from(image);
        for (const { at, value, bytes } of changes) slot.writeUIntLE(value % 2 ** (8 * bytes), at, bytes);
        agree(slot, image.length);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('never traps on random TLV areas or on noise', () => {
    const tlv = fc.tuple(fc.constantFrom(...TLVS.map(([type]) => type), 0xffff), fc.uint8Array({ maxLength: 80 }));
    fc.assert(
      fc.property(fc.array(tlv, { maxLength: 6 }), fc.array(tlv, { maxLength: 3 }), (inner, extra) => {
        expect(agree(withTlvs(inner, extra), 4096)).match(/^boot: (halt|handover)/);
      }),
      { seed: 2, numRuns: 150 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (noise) => {
        const hal = device(new Uint8Array(0));
        hal.poke(SLOT, noise);
        expect(boot(hal, wasm)).match(/^boot: halt/);
      }),
      { seed: 3, numRuns: 100 },
    );
  });
});
