import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { expect } from 'chai';
import { bytes } from '../lib/hacl/pseudo-random.ts';
import { ReferenceDrbg } from './reference-drbg.ts';
import { FN, provisioned, SECRET_STORE, Vault, words } from './vault-bench.ts';

const INVALID = -2;
const HEALTH = -50;

function keyOf(point: Buffer): KeyObject {
  const [x, y] = [point.subarray(0, 32), point.subarray(32)].map((part) => part.toString('base64url')) as [
    string,
    string,
  ];
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
}

function seedOf(entropy: readonly number[], id = 'sensor-1'): Buffer[] {
  const seed = Buffer.alloc(1024);
  entropy.slice(0, 256).forEach((word, n) => {
    seed.writeUInt32LE(word, n * 4);
  });
  return [seed, Buffer.from(id)];
}

/** SPEC 28, hex. */
function printOf(entropy: readonly number[]): string {
  const first = seedOf(entropy)[0]!.subarray(0, 64);
  return createHash('sha256')
    .update(Buffer.concat([Buffer.from('PBSP'), first]))
    .digest('hex')
    .slice(0, 16);
}

const certificateVerify = (hash: Buffer) =>
  Buffer.concat([Buffer.alloc(64, 0x20), Buffer.from('TLS 1.3, client CertificateVerify\0', 'latin1'), hash]);

describe('vault', () => {
  it('th-entropy.2 its output is what an independent DRBG predicts from the entropy words, the nonce and the device id', async () => {
    const hal = provisioned();
    const vault = await Vault.create(hal);
    const reference = new ReferenceDrbg(...seedOf(hal.entropy));
    for (const count of [32, 1, 256]) {
      expect((vault.random(count) as Buffer).toString('hex')).equal(reference.generate(count).toString('hex'));
    }
    expect(hal.entropyDrawn).equal(256);
  });

  it('th-entropy.2 is reseeded after 256 requests, with 12 words', async () => {
    const hal = provisioned();
    const vault = await Vault.create(hal);
    const reference = new ReferenceDrbg(...seedOf(hal.entropy));
    for (let n = 0; n < 256; n++) expect((vault.random(4) as Buffer).equals(reference.generate(4))).equal(true);
    const fresh = Buffer.alloc(48);
    hal.entropy.slice(256, 268).forEach((word, n) => {
      fresh.writeUInt32LE(word, n * 4);
    });
    reference.reseed(fresh);
    expect((vault.random(32) as Buffer).equals(reference.generate(32))).equal(true);
    expect(hal.entropyDrawn).equal(268);
  });

  it('th-entropy.2 outputs differ when one entropy word or the device id differs, and are equal when both are equal', async () => {
    const outputs = await Promise.all(
      [0, 0, 1, 2].map(async (variant) => {
        const hal = provisioned('same', variant === 2 ? 'sensor-2' : 'sensor-1');
        if (variant === 1) hal.entropy[200]! ^= 1;
        return ((await Vault.create(hal)).random(32) as Buffer).toString('hex');
      }),
    );
    expect(outputs[0]).equal(outputs[1]);
    expect(new Set(outputs).size).equal(3);
  });

  it('th-entropy.3 gives no output while the source fails, says why, and works again after', async () => {
    const good = words('good', 600);
    const table: [string, number[] | number, number][] = [
      ['seed error', -48, -48],
      ['clock error', -49, -49],
      ['stuck at one word', new Array<number>(600).fill(0x1234_5678), HEALTH],
      ['three equal words', [...good.slice(0, 100), 7, 7, 7, ...good.slice(0, 100), 7, 7, 7], HEALTH],
      ['biased: every fourth byte the same', good.map((word) => (word & 0xffff_ff00) | 0x55), HEALTH],
      ['fails after 255 words', good.slice(0, 255), -48],
    ];
    for (const [name, source, status] of table) {
      const hal = provisioned();
      const vault = await Vault.create(hal);
      if (typeof source === 'number') hal.entropyStatus = source;
      else hal.entropy = source;
      expect(vault.random(32), name).equal(status);
      expect(vault.call(FN.PUBLIC_KEY), name).equal(status);
      expect(
        hal.peek(SECRET_STORE, 4096).every((byte) => byte === 0xff),
        `${name}: no key is stored`,
      ).equal(true);
      hal.entropyStatus = 0;
      hal.entropy = words('again', 4096);
      hal.entropyDrawn = 0;
      expect((vault.random(32) as Buffer).length, name).equal(32);
    }
  });

  it('a failing reseed stops the output', async () => {
    const hal = provisioned();
    hal.entropy = [...words('x', 256), ...new Array<number>(12).fill(9)];
    const vault = await Vault.create(hal);
    for (let n = 0; n < 256; n++) vault.random(1);
    expect(vault.random(1)).equal(HEALTH);
    expect(vault.random(1), 'the source is started over, and fails again').equal(HEALTH);
  });

  it('th-initial-secret.1 makes its key once, from the DRBG; it outlives a reset; another entropy, another key', async () => {
    const hal = provisioned();
    const vault = await Vault.create(hal);
    const print = printOf(hal.entropy);
    expect((vault.call(FN.STATUS) as Buffer).toString('hex')).equal(`0000000000000000${print}`);
    const point = vault.call(FN.PUBLIC_KEY) as Buffer;
    expect(keyOf(point).asymmetricKeyType).equal('ec');
    expect((vault.call(FN.STATUS) as Buffer).toString('hex')).equal(`0000000001000000${print}`);
    const secret = new ReferenceDrbg(...seedOf(hal.entropy)).generate(32);
    expect(Buffer.from(hal.peek(SECRET_STORE + 64, 32)).equals(secret)).equal(true);
    vault.reset();
    expect((vault.call(FN.PUBLIC_KEY) as Buffer).equals(point)).equal(true);
    // The source gives other words at this start: what counts is where the key came from.
    expect((vault.call(FN.STATUS) as Buffer).toString('hex')).equal(`0000000001000000${print}`);
    const other = await Vault.create(provisioned('other'));
    expect((other.call(FN.PUBLIC_KEY) as Buffer).equals(point)).equal(false);
  });

  it('power lost at every flash operation of making the key: either no key or a whole one, with the print of the source that it came from', async () => {
    const clean = provisioned();
    await (await Vault.create(clean)).call(FN.PUBLIC_KEY);
    expect(clean.programs).greaterThan(1);
    for (let cut = 1; cut <= clean.programs; cut++) {
      const hal = provisioned();
      hal.cutAt = cut;
      const vault = await Vault.create(hal);
      expect(vault.callUntilCut(FN.PUBLIC_KEY)).equal(undefined);
      const sources = [hal.entropy, words('after', 4096)] as const;
      hal.entropy = sources[1];
      hal.entropyDrawn = 0;
      vault.reset();
      const hadKey = (vault.call(FN.STATUS) as Buffer).readUInt32LE(4) === 1;
      const point = vault.call(FN.PUBLIC_KEY) as Buffer;
      expect(point.length, `cut at ${cut}`).equal(64);
      vault.reset();
      expect((vault.call(FN.PUBLIC_KEY) as Buffer).equals(point)).equal(true);
      const print = (vault.call(FN.STATUS) as Buffer).toString('hex', 8);
      expect(print, `cut at ${cut}`).equal(printOf(sources[hadKey ? 0 : 1]));
    }
  });

  it('signs a TLS 1.3 client CertificateVerify: it puts the context itself', async () => {
    const vault = await Vault.create(provisioned());
    const key = keyOf(vault.call(FN.PUBLIC_KEY) as Buffer);
    const hash = bytes('transcript', 32);
    const signature = vault.call(FN.SIGN, Buffer.concat([Buffer.of(1), hash])) as Buffer;
    const dsaEncoding = 'ieee-p1363' as const;
    expect(verify('sha256', certificateVerify(hash), { key, dsaEncoding }, signature)).equal(true);
    expect(verify('sha256', hash, { key, dsaEncoding }, signature), 'not the bare hash').equal(false);
    const again = vault.call(FN.SIGN, Buffer.concat([Buffer.of(1), hash])) as Buffer;
    expect(again.equals(signature), 'the nonce is hedged').equal(false);
  });

  it('the nonce is what RFC 6979 3.6 predicts from key, hash and the fresh bytes', async () => {
    const hal = provisioned();
    const vault = await Vault.create(hal);
    const device = new ReferenceDrbg(...seedOf(hal.entropy));
    const secret = device.generate(32);
    vault.call(FN.PUBLIC_KEY);
    const transcript = bytes('transcript', 32);
    const signature = vault.call(FN.SIGN, Buffer.concat([Buffer.of(1), transcript])) as Buffer;
    const hash = createHash('sha256').update(certificateVerify(transcript)).digest();
    const nonce = new ReferenceDrbg(secret, hash, device.generate(32)).generate(32);
    // s = k^-1 (h + r d) mod n, so k = s^-1 (h + r d) mod n.
    const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const [r, s, d, h] = [signature.subarray(0, 32), signature.subarray(32), secret, hash].map((part) =>
      BigInt(`0x${part.toString('hex')}`),
    );
    const k = (power(s!, n - 2n, n) * ((h! + r! * d!) % n)) % n;
    expect(k).equal(BigInt(`0x${nonce.toString('hex')}`) % n);
  });

  it('signs one whole DER SEQUENCE of at most 512 bytes, and nothing else', async () => {
    const vault = await Vault.create(provisioned());
    const key = keyOf(vault.call(FN.PUBLIC_KEY) as Buffer);
    const sequence = (length: number) => {
      const head =
        length < 128 ? [0x30, length] : length < 256 ? [0x30, 0x81, length] : [0x30, 0x82, length >> 8, length & 255];
      return Buffer.concat([Buffer.from(head), bytes('tbs', length)]);
    };
    for (const length of [0, 1, 127, 128, 255, 256, 508]) {
      const tbs = sequence(length);
      const signature = vault.call(FN.SIGN, Buffer.concat([Buffer.of(2), tbs])) as Buffer;
      expect(verify('sha256', tbs, { key, dsaEncoding: 'ieee-p1363' }, signature), `${length} bytes`).equal(true);
    }
    const bad: [string, Buffer][] = [
      ['513 bytes', Buffer.concat([Buffer.of(2), sequence(509)])],
      ['a byte more', Buffer.concat([Buffer.of(2), sequence(10), Buffer.of(0)])],
      ['a byte less', Buffer.concat([Buffer.of(2), sequence(10)]).subarray(0, 12)],
      ['no sequence', Buffer.from([2, 0x31, 0])],
      ['a length that is not the shortest', Buffer.from([2, 0x30, 0x81, 1, 0])],
      ['a CertificateVerify in disguise', Buffer.concat([Buffer.of(2), certificateVerify(bytes('t', 32))])],
      ['empty', Buffer.of(2)],
      ['kind 0', Buffer.concat([Buffer.of(0), sequence(10)])],
      ['kind 4', Buffer.concat([Buffer.of(4), sequence(10)])],
      ['a transcript hash of 31 bytes', Buffer.concat([Buffer.of(1), bytes('h', 31)])],
      ['a transcript hash of 33 bytes', Buffer.concat([Buffer.of(1), bytes('h', 33)])],
    ];
    for (const [name, request] of bad) expect(vault.call(FN.SIGN, request), name).equal(INVALID);
  });

  it("signs an ES256 token's header and claims, and nothing else", async () => {
    const vault = await Vault.create(provisioned());
    const key = keyOf(vault.call(FN.PUBLIC_KEY) as Buffer);
    const header = `${Buffer.from('{"alg":"ES256","typ":"JWT"}').toString('base64url')}.`;
    const input = (claims: string) => Buffer.from(`\x03${header}${claims}`, 'latin1');
    for (const claims of ['e', 'AZaz09-_', 'x'.repeat(576 - header.length)]) {
      const request = input(claims);
      const signature = vault.call(FN.SIGN, request) as Buffer;
      const holds = verify('sha256', request.subarray(1), { key, dsaEncoding: 'ieee-p1363' }, signature);
      expect(holds, `${claims.length} characters`).equal(true);
    }
    const bad: [string, Buffer][] = [
      ['no claims', input('')],
      ['577 bytes', input('x'.repeat(577 - header.length))],
      ['a second point', input('e.e')],
      ['padding', input('e=')],
      ['a byte below the alphabet', input('e,')],
      ['a byte above it', input('e\x7f')],
      ['a byte of 8 bits', input('\xe1')],
      ['@, [, `, {', input('@')],
      ['[', input('[')],
      ['`', input('`')],
      ['{', input('{')],
      [
        'another header',
        Buffer.from(`\x03${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.e`, 'latin1'),
      ],
      ['a TBS', Buffer.concat([Buffer.of(3), Buffer.from([0x30, 0])])],
      ['a token as a TBS', Buffer.concat([Buffer.of(2), input('e').subarray(1)])],
    ];
    for (const [name, request] of bad) expect(vault.call(FN.SIGN, request), name).equal(INVALID);
  });

  it('refuses requests that its interface does not name', async () => {
    const vault = await Vault.create(provisioned());
    for (const fn of [0, 5, 6, -1, 255, 0x7fff_ffff]) expect(vault.call(fn), `fn ${fn}`).equal(INVALID);
    expect(vault.random(0)).equal(INVALID);
    expect(vault.random(257)).equal(INVALID);
    expect(vault.call(FN.RANDOM, Buffer.of(1))).equal(INVALID);
    expect(vault.call(FN.STATUS, Buffer.of(1))).equal(INVALID);
    expect(vault.call(FN.PUBLIC_KEY, Buffer.of(2))).equal(INVALID);
    expect(vault.call(FN.PUBLIC_KEY, Buffer.of(0, 0))).equal(INVALID);
    expect(vault.call(FN.STATUS, Buffer.of(), 2049)).equal(INVALID);
    expect(vault.call(FN.STATUS, Buffer.of(), -1)).equal(INVALID);
  });

  it('keeps no copy of the key or of a nonce in its memory after a request', async () => {
    const hal = provisioned();
    const vault = await Vault.create(hal);
    vault.call(FN.PUBLIC_KEY);
    vault.call(FN.SIGN, Buffer.concat([Buffer.of(1), bytes('t', 32)]));
    const device = new ReferenceDrbg(...seedOf(hal.entropy));
    const secret = device.generate(32);
    const hash = createHash('sha256')
      .update(certificateVerify(bytes('t', 32)))
      .digest();
    const nonce = new ReferenceDrbg(secret, hash, device.generate(32)).generate(32);
    const memory = Buffer.from(vault.memory);
    for (const value of [secret, nonce]) {
      for (let at = 0; at + 8 <= value.length; at++) {
        const window = value.subarray(at, at + 8);
        expect(memory.includes(window)).equal(false);
        expect(memory.includes(Buffer.from(window).reverse())).equal(false);
      }
    }
  });
});

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n, base % modulus];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
