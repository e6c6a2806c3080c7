import {
  constants,
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  privateEncrypt,
  sign,
  verify,
} from 'node:crypto';
import { expect } from 'chai';
import type { WasmBench } from '../../wasm-bench.ts';
import { haclBench } from './hacl-bench.ts';
import { bytes } from './pseudo-random.ts';

const base64url = (data: Uint8Array) => Buffer.from(data).toString('base64url');
const raw = (point: Buffer) => point.subarray(point.length - 64);

describe('firmware curves (HACL in Wasm against node:crypto)', () => {
  let bench: WasmBench;
  before(async () => {
    bench = await haclBench();
  });
  beforeEach(() => bench.free());

  it('x25519: both ends agree, and RFC 7748 5.2 holds', () => {
    const scalar = Buffer.from('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4', 'hex');
    const point = Buffer.from('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c', 'hex');
    const out = bench.alloc(32);
    expect(bench.call('x25519', bench.put(scalar), bench.put(point), out)).equal(1);
    expect(bench.get(out, 32).toString('hex')).equal(
      'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
    );
    const peer = generateKeyPairSync('x25519');
    const peerRaw = Buffer.from(peer.publicKey.export({ format: 'jwk' }).x as string, 'base64url');
    const own = bytes('scalar', 32);
    const publicAt = bench.alloc(32);
    bench.call('x25519Public', bench.put(own), publicAt);
    expect(bench.call('x25519', bench.put(own), bench.put(peerRaw), out)).equal(1);
    const ownKey = createPublicKey({
      key: { kty: 'OKP', crv: 'X25519', x: base64url(bench.get(publicAt, 32)) },
      format: 'jwk',
    });
    const shared = diffieHellman({ privateKey: peer.privateKey, publicKey: ownKey });
    expect(bench.get(out, 32).equals(shared)).equal(true);
  });

  it('x25519 refuses points of low order', () => {
    for (const hex of [
      '00'.repeat(32),
      `01${'00'.repeat(31)}`,
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
      `ec${'ff'.repeat(30)}7f`,
    ]) {
      const result = bench.call(
        'x25519',
        bench.put(bytes('s', 32)),
        bench.put(Buffer.from(hex, 'hex')),
        bench.alloc(32),
      );
      expect(result, hex).equal(0);
    }
  });

  it('ed25519: verifies what node signs, node verifies what it signs, one bit turned is refused', () => {
    for (const length of [0, 1, 32, 333]) {
      const { privateKey, publicKey } = generateKeyPairSync('ed25519');
      const message = bytes(`ed-${length}`, length);
      const signature = sign(null, message, privateKey);
      const jwk = privateKey.export({ format: 'jwk' });
      const [key, secret] = [Buffer.from(jwk.x as string, 'base64url'), Buffer.from(jwk.d as string, 'base64url')];
      const [k, m, s] = [bench.put(key), bench.put(message), bench.put(signature)];
      expect(bench.call('ed25519Verify', k, m, length, s)).equal(1);
      const out = bench.alloc(64);
      bench.call('ed25519Sign', bench.put(secret), m, length, out);
      expect(bench.get(out, 64).equals(signature)).equal(true);
      expect(verify(null, message, publicKey, bench.get(out, 64))).equal(true);
      const publicAt = bench.alloc(32);
      bench.call('ed25519Public', bench.put(secret), publicAt);
      expect(bench.get(publicAt, 32).equals(key)).equal(true);
      for (const at of [0, 31, 32, 63]) {
        const bad = Buffer.from(signature);
        bad[at]! ^= 1;
        expect(bench.call('ed25519Verify', k, m, length, bench.put(bad)), `byte ${at}`).equal(0);
      }
    }
  });

  it('p256: public keys, signatures and ECDH agree with node', () => {
    for (let round = 0; round < 4; round++) {
      const ecdh = createECDH('prime256v1');
      ecdh.setPrivateKey(bytes(`p256-${round}`, 32));
      const point = raw(ecdh.getPublicKey());
      const secret = bench.put(bytes(`p256-${round}`, 32));
      const publicAt = bench.alloc(64);
      expect(bench.call('p256ValidPrivate', secret)).equal(1);
      expect(bench.call('p256Public', secret, publicAt)).equal(1);
      expect(bench.get(publicAt, 64).equals(point)).equal(true);
      expect(bench.call('p256ValidPublic', publicAt)).equal(1);

      const message = bytes(`message-${round}`, 100);
      const hash = bench.put(createHash('sha256').update(message).digest());
      const out = bench.alloc(64);
      expect(bench.call('p256Sign', secret, hash, bench.put(bytes(`nonce-${round}`, 32)), out)).equal(1);
      const jwk = { kty: 'EC', crv: 'P-256', x: base64url(point.subarray(0, 32)), y: base64url(point.subarray(32)) };
      const nodePublic = createPublicKey({ key: jwk, format: 'jwk' });
      const nodePrivate = createPrivateKey({
        key: { ...jwk, d: base64url(bytes(`p256-${round}`, 32)) },
        format: 'jwk',
      });
      const dsaEncoding = 'ieee-p1363' as const;
      expect(verify('sha256', message, { key: nodePublic, dsaEncoding }, bench.get(out, 64))).equal(true);
      const theirs = sign('sha256', message, { key: nodePrivate, dsaEncoding });
      expect(bench.call('p256Verify', publicAt, hash, bench.put(theirs))).equal(1);
      theirs[40]! ^= 4;
      expect(bench.call('p256Verify', publicAt, hash, bench.put(theirs))).equal(0);

      const peer = createECDH('prime256v1');
      peer.generateKeys();
      const shared = bench.alloc(64);
      expect(bench.call('p256Ecdh', secret, bench.put(raw(peer.getPublicKey())), shared)).equal(1);
      expect(bench.get(shared, 32).equals(peer.computeSecret(ecdh.getPublicKey()))).equal(true);
    }
  });

  it('p256 refuses what is out of range or off the curve', () => {
    const n = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
    for (const key of [Buffer.alloc(32), n, Buffer.alloc(32, 0xff)]) {
      expect(bench.call('p256ValidPrivate', bench.put(key))).equal(0);
      expect(bench.call('p256Public', bench.put(key), bench.alloc(64))).equal(0);
      const hash = bench.put(bytes('h', 32));
      expect(bench.call('p256Sign', bench.put(bytes('k', 32)), hash, bench.put(key), bench.alloc(64))).equal(0);
    }
    for (const point of [Buffer.alloc(64), bytes('off curve', 64), Buffer.alloc(64, 0xff)]) {
      expect(bench.call('p256ValidPublic', bench.put(point))).equal(0);
      expect(bench.call('p256Ecdh', bench.put(bytes('k', 32)), bench.put(point), bench.alloc(64))).equal(0);
    }
    const good = createECDH('prime256v1');
    good.generateKeys();
    const [key, hash] = [bench.put(raw(good.getPublicKey())), bench.put(bytes('h', 32))];
    for (const [r, s] of [
      [Buffer.alloc(32), bytes('s', 32)],
      [bytes('r', 32), Buffer.alloc(32)],
      [n, bytes('s', 32)],
      [bytes('r', 32), n],
    ]) {
      expect(bench.call('p256Verify', key, hash, bench.put(Buffer.concat([r!, s!])))).equal(0);
    }
  });

  it('rsa: the public operation undoes the private one, at each size; out of range is refused', () => {
    for (const bits of [2048, 2056, 3072, 4096]) {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
      const jwk = publicKey.export({ format: 'jwk' });
      const modulus = Buffer.from(jwk.n as string, 'base64url');
      const plain = Buffer.concat([Buffer.from([0]), bytes(`rsa-${bits}`, bits / 8 - 1)]);
      const signature = privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, plain);
      const out = bench.alloc(bits / 8);
      const n = bench.put(modulus);
      expect(bench.call('rsaPublic', n, bits / 8, 65537, bench.put(signature), out)).equal(1);
      expect(bench.get(out, bits / 8).equals(plain)).equal(true);
      expect(bench.call('rsaPublic', n, bits / 8, 65537, n, out), 'signature = modulus').equal(0);
      expect(bench.call('rsaPublic', n, bits / 8, 2, bench.put(signature), out), 'even exponent').equal(0);
      const even = Buffer.from(modulus);
      even[even.length - 1]! &= 0xfe;
      expect(
        bench.call('rsaPublic', bench.put(even), bits / 8, 65537, bench.put(signature), out),
        'even modulus',
      ).equal(0);
      bench.free();
    }
    expect(bench.call('rsaPublic', 4096, 128, 65537, 4096, 8192), '1024 bits').equal(0);
    expect(bench.call('rsaPublic', 4096, 513, 65537, 4096, 8192), '4104 bits').equal(0);
  });
});
