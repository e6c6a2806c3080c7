import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { createImage, type ImageContent } from '../../../harness/image/create.ts';
import { ImageError, parseVersion } from '../../../harness/image/format.ts';
import { inspectImage } from '../../../harness/image/inspect.ts';
import { parseImage } from '../../../harness/image/parse.ts';
import { generateImageKey, keyHash, loadPrivateKey, loadPublicKey, signImage } from '../../../harness/image/sign.ts';
import { verifyImage } from '../../../harness/image/verify.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const PRODUCT = Buffer.from('00112233445566778899aabbccddeeff', 'hex');

function image(content: Partial<ImageContent> = {}): Uint8Array {
  const full = {
    body: Buffer.from('the body'),
    version: parseVersion('1.2.3+4'),
    productId: PRODUCT,
    securityCounter: 9,
  };
  return signImage(createImage({ ...full, ...content }), privateKey);
}

describe('image tool', () => {
  it("writes MCUboot's format, field by field (SPEC 6)", () => {
    const bytes = Buffer.from(image());
    const u16 = (at: number) => bytes.readUInt16LE(at);
    const u32 = (at: number) => bytes.readUInt32LE(at);
    expect([u32(0), u32(4), u16(8), u16(10), u32(12), u32(16)]).deep.equal([0x96f3_b83d, 0, 0x400, 32, 8, 0]);
    expect([bytes[20], bytes[21], u16(22), u32(24), u32(28)]).deep.equal([1, 2, 3, 4, 0]);
    expect(bytes.subarray(32, 0x400).every((byte) => byte === 0)).equal(true);
    const inner = 0x400 + 8;
    expect([u16(inner), u16(inner + 2), u16(inner + 4), u16(inner + 6), u32(inner + 8)]).deep.equal([
      0x6908, 32, 0x50, 4, 9,
    ]);
    expect([u16(inner + 12), u16(inner + 14), bytes.subarray(inner + 16, inner + 32).equals(PRODUCT)]).deep.equal([
      0xa0,
      16,
      true,
    ]);
    const outer = inner + 32;
    const hash = createHash('sha256').update(bytes.subarray(0, outer)).digest();
    expect([u16(outer), u16(outer + 2), u16(outer + 4), u16(outer + 6)]).deep.equal([0x6907, 144, 0x10, 32]);
    expect(bytes.subarray(outer + 8, outer + 40).equals(hash)).equal(true);
    expect([u16(outer + 40), u16(outer + 42)]).deep.equal([0x01, 32]);
    expect(bytes.subarray(outer + 44, outer + 76).equals(Buffer.from(keyHash(publicKey)))).equal(true);
    expect([u16(outer + 76), u16(outer + 78)]).deep.equal([0x24, 64]);
    expect(verify(null, hash, publicKey, bytes.subarray(outer + 80))).equal(true);
    expect(bytes.length).equal(outer + 144);
  });

  it('inspects what it made', () => {
    const info = inspectImage(image());
    expect(info).include({
      version: '1.2.3+4',
      headerBytes: 0x400,
      bodyBytes: 8,
      securityCounter: 9,
      signed: true,
      trailingBytes: 0,
    });
    expect(info.productId).equal(PRODUCT.toString('hex'));
    expect(info.tlvs.map(({ name }) => name)).deep.equal([
      'securityCounter',
      'productId',
      'sha256',
      'keyHash',
      'ed25519',
    ]);
  });

  it('signing anew replaces the TLVs; an unsigned image is told from a truncated one', () => {
    const unsigned = createImage({
      body: Buffer.from('b'),
      version: parseVersion('0.0.1'),
      productId: PRODUCT,
      securityCounter: 0,
    });
    expect(inspectImage(unsigned).signed).equal(false);
    expect(() => parseImage(unsigned)).throw(ImageError, /TLV area/);
    const other = generateKeyPairSync('ed25519');
    const twice = signImage(signImage(unsigned, other.privateKey), privateKey);
    expect(Buffer.from(twice).equals(Buffer.from(signImage(unsigned, privateKey)))).equal(true);
  });

  const REFUSALS: [name: string, reason: string, change: (bytes: Buffer) => Uint8Array, expectation?: object][] = [
    ['another magic', 'image-magic', (b) => edit(b, 0, 1)],
    ['a load address', 'image-length', (b) => edit(b, 4, 1)],
    ['flags', 'image-length', (b) => edit(b, 16, 1)],
    ['a byte in the header padding', 'image-length', (b) => edit(b, 100, 1)],
    ['a body length beyond the file', 'image-length', (b) => edit(b, 14, 1)],
    ['another TLV type', 'image-tlv', (b) => edit(b, 0x408 + 4, 1)],
    ['a byte after the end', 'image-tlv', (b) => Buffer.concat([b, Buffer.of(0)])],
    ['a changed body', 'image-hash', (b) => edit(b, 0x400, 1)],
    ['a changed key hash', 'image-key', (b) => edit(b, b.length - 70, 1)],
    ['a changed signature', 'image-signature', (b) => edit(b, b.length - 1, 1)],
    ['another product', 'image-product', (b) => b, { productId: Buffer.alloc(16) }],
    ['an older counter', 'image-rollback', (b) => b, { minimumCounter: 10 }],
  ];
  for (const [name, reason, change, expectation] of REFUSALS) {
    it(`refuses ${name}: ${reason}`, () => {
      expect(verifyImage(image(), publicKey, { productId: PRODUCT, minimumCounter: 9 }).ok).equal(true);
      const verdict = verifyImage(change(Buffer.from(image())), publicKey, expectation);
      expect(verdict.ok ? 'accepted' : verdict.reason).equal(reason);
    });
  }

  it('0xFF after the end is the rest of erased flash', () => {
    expect(verifyImage(Buffer.concat([image(), Buffer.alloc(100, 0xff)]), publicKey).ok).equal(true);
  });

  it('every parser answers any bytes with a value or an ImageError', () => {
    const good = Buffer.from(image());
    const noise = fc.uint8Array({ maxLength: 2000 });
    const damaged = fc
      .array(fc.record({ at: fc.nat(good.length - 1), value: fc.nat(255) }), { minLength: 1, maxLength: 6 })
      .map((changes) => changes.reduce<Buffer>((bytes, { at, value }) => edit(bytes, at, bytes[at]! ^ value), good));
    const cut = fc.nat(good.length).map((length) => good.subarray(0, length));
    fc.assert(
      fc.property(fc.oneof(noise, damaged, cut), (bytes) => {
        try {
          parseImage(bytes);
          inspectImage(bytes);
        } catch (error) {
          if (!(error instanceof ImageError)) throw error;
        }
        verifyImage(bytes, publicKey);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('refuses content that the format cannot carry', () => {
    for (const content of [
      { productId: Buffer.alloc(15) },
      { securityCounter: -1 },
      { securityCounter: 2 ** 32 },
      { body: Buffer.alloc(0) },
      { headerBytes: 31 },
      { headerBytes: 65536 },
    ]) {
      expect(() => image(content), JSON.stringify(Object.keys(content))).throw(/expected|empty/);
    }
    for (const text of ['1', '1.2', '1.2.3.4', '256.0.0', '1.0.65536', '1.0.0+4294967296', 'v1.0.0', '1.0.0-rc1']) {
      expect(() => parseVersion(text), text).throw('image version');
    }
  });

  it('keys: its own are accepted, others named', () => {
    const pair = generateImageKey();
    expect(loadPrivateKey(pair.privatePem, 'a.pem').asymmetricKeyType).equal('ed25519');
    expect(loadPublicKey(pair.privatePem, 'a.pem').equals(createPublicKey(pair.publicPem))).equal(true);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'pem', type: 'pkcs8' });
    expect(() => loadPrivateKey(rsa as string, 'rsa.pem')).throw(
      /rsa\.pem: expected an Ed25519 private key in PEM, got a key of type rsa/,
    );
    expect(() => loadPublicKey('nonsense', 'x.pem')).throw(/x\.pem: expected an Ed25519 public key in PEM, got no key/);
  });
});

function edit(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = copy[at] === value ? value ^ 0xff : value;
  return copy;
}
