import {
  constants,
  createCipheriv,
  createHmac,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { expect } from 'chai';
import { runCavp } from '../../../scripts/vectors/cavp.ts';
import { isEmpty, type Outcome, summary } from '../../../scripts/vectors/outcome.ts';
import { Primitives } from '../../../scripts/vectors/primitives.ts';
import { runWycheproof } from '../../../scripts/vectors/wycheproof.ts';
import { ReferenceDrbg } from '../../firmware-ts/vault/reference-drbg.ts';

const hex = (bytes: Uint8Array | ArrayBuffer) => Buffer.from(bytes as ArrayBuffer).toString('hex');
const rawPublic = (key: KeyObject, length: number) => key.export({ format: 'der', type: 'spki' }).subarray(-length);
const scalar = (key: KeyObject) => Buffer.from(key.export({ format: 'jwk' }).d as string, 'base64url');
const flipped = (bytes: Buffer) =>
  Buffer.from(bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte)));

/** A file with the right vector, the same once more said to be invalid, and a changed one said to be valid: one passes, two fail. */
const fileOf = (algorithm: string, group: object, test: object, changed: object) =>
  JSON.stringify({
    algorithm,
    testGroups: [
      {
        ...group,
        tests: [
          { tcId: 1, comment: 'right', result: 'valid', ...test },
          { tcId: 2, comment: 'right, said to be wrong', result: 'invalid', ...test },
          { tcId: 3, comment: 'wrong, said to be right', result: 'valid', ...test, ...changed },
          { tcId: 4, comment: 'wrong', result: 'invalid', ...test, ...changed },
        ],
      },
    ],
  });

describe("published vectors through the firmware's primitives", () => {
  let primitives: Primitives;
  before(async () => {
    primitives = await Primitives.create();
  });

  const expectTold = (outcome: Outcome) => {
    expect(summary(outcome)).equal('2 passed, 2 failed, 0 skipped');
    expect(outcome.failures.map((line) => / (\d) \(/.exec(line)?.[1])).deep.equal(['2', '3']);
  };

  const message = Buffer.from('what is signed');
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const edwards = generateKeyPairSync('ed25519');
  for (const dsaEncoding of ['der', 'ieee-p1363'] as const) {
    it(`ECDSA P-256, ${dsaEncoding}`, () => {
      const sig = sign('sha256', message, { key: ec.privateKey, dsaEncoding });
      const group = {
        type: dsaEncoding === 'der' ? 'EcdsaVerify' : 'EcdsaP1363Verify',
        sha: 'SHA-256',
        publicKey: { curve: 'secp256r1', uncompressed: hex(rawPublic(ec.publicKey, 65)) },
      };
      expectTold(
        runWycheproof(
          primitives,
          fileOf('ECDSA', group, { msg: hex(message), sig: hex(sig) }, { sig: hex(flipped(sig)) }),
        ),
      );
    });
  }

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n } = rsa.publicKey.export({ format: 'jwk' });
  const publicKey = { modulus: `00${Buffer.from(n as string, 'base64url').toString('hex')}`, publicExponent: '010001' };
  for (const sha of ['SHA-256', 'SHA-384', 'SHA-512']) {
    it(`RSASSA-PKCS1-v1_5 with ${sha}`, () => {
      const sig = sign(sha.replace('-', ''), message, rsa.privateKey);
      const group = { type: 'RsassaPkcs1Verify', sha, publicKey };
      const test = { msg: hex(message), sig: hex(sig) };
      expectTold(runWycheproof(primitives, fileOf('RSASSA-PKCS1-v1_5', group, test, { sig: hex(flipped(sig)) })));
    });
  }

  it('RSASSA-PSS with the one set of parameters; others and small keys are skipped with their reason', () => {
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const sig = sign('sha256', message, { key: rsa.privateKey, padding, saltLength: 32 });
    const group = { type: 'RsassaPssVerify', sha: 'SHA-256', mgf: 'MGF1', mgfSha: 'SHA-256', sLen: 32, publicKey };
    const test = { msg: hex(message), sig: hex(sig) };
    const run = (changed: object) =>
      runWycheproof(primitives, fileOf('RSASSA-PSS', { ...group, ...changed }, test, { sig: hex(flipped(sig)) }));
    expectTold(run({}));
    for (const changed of [{ sLen: 20 }, { sha: 'SHA-1' }, { publicKey: { ...publicKey, modulus: 'ff'.repeat(128) } }])
      expect(summary(run(changed))).equal('0 passed, 0 failed, 4 skipped');
  });

  it('Ed25519', () => {
    const sig = sign(null, message, edwards.privateKey);
    const group = { type: 'EddsaVerify', key: { curve: 'edwards25519', pk: hex(rawPublic(edwards.publicKey, 32)) } };
    expectTold(
      runWycheproof(
        primitives,
        fileOf('EDDSA', group, { msg: hex(message), sig: hex(sig) }, { sig: hex(flipped(sig)) }),
      ),
    );
  });

  it('X25519, where a zero secret counts as refused', () => {
    const [own, peer] = [generateKeyPairSync('x25519'), generateKeyPairSync('x25519')];
    const shared = diffieHellman({ privateKey: own.privateKey, publicKey: peer.publicKey });
    const test = {
      private: hex(scalar(own.privateKey)),
      public: hex(rawPublic(peer.publicKey, 32)),
      shared: hex(shared),
    };
    const group = { type: 'XdhComp', curve: 'curve25519' };
    expectTold(runWycheproof(primitives, fileOf('XDH', group, test, { shared: hex(flipped(shared)) })));
    const zero = { ...test, public: '00'.repeat(32), shared: '00'.repeat(32), tcId: 9, result: 'acceptable' };
    const file = { algorithm: 'XDH', testGroups: [{ ...group, tests: [zero] }] };
    expect(summary(runWycheproof(primitives, JSON.stringify(file)))).equal('1 passed, 0 failed, 0 skipped');
  });

  it('ECDH P-256, a point alone and in a SubjectPublicKeyInfo', () => {
    const peer = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const shared = diffieHellman({ privateKey: ec.privateKey, publicKey: peer.publicKey });
    const test = { private: hex(scalar(ec.privateKey)), shared: hex(shared) };
    for (const [type, spki] of [
      ['EcdhEcpointTest', rawPublic(peer.publicKey, 65)],
      ['EcdhTest', peer.publicKey.export({ format: 'der', type: 'spki' })],
    ] as const) {
      const group = { type, curve: 'secp256r1' };
      expectTold(
        runWycheproof(
          primitives,
          fileOf('ECDH', group, { ...test, public: hex(spki) }, { shared: hex(flipped(shared)) }),
        ),
      );
    }
  });

  it('ChaCha20-Poly1305', () => {
    const [key, iv, aad] = [Buffer.alloc(32, 1), Buffer.alloc(12, 2), Buffer.from('aad')];
    const cipher = createCipheriv('chacha20-poly1305', key, iv, { authTagLength: 16 });
    cipher.setAAD(aad, { plaintextLength: message.length });
    const ct = Buffer.concat([cipher.update(message), cipher.final()]);
    const tag = cipher.getAuthTag();
    const test = { key: hex(key), iv: hex(iv), aad: hex(aad), msg: hex(message), ct: hex(ct), tag: hex(tag) };
    const group = { type: 'AeadTest', ivSize: 96, keySize: 256, tagSize: 128 };
    expectTold(runWycheproof(primitives, fileOf('CHACHA20-POLY1305', group, test, { tag: hex(flipped(tag)) })));
  });

  it('HMAC-SHA256, shortened too, and HKDF-SHA256', () => {
    const key = Buffer.from('key');
    const tag = createHmac('sha256', key).update(message).digest().subarray(0, 16);
    const mac = { key: hex(key), msg: hex(message), tag: hex(tag) };
    expectTold(runWycheproof(primitives, fileOf('HMACSHA256', { type: 'MacTest' }, mac, { tag: hex(flipped(tag)) })));
    const okm = Buffer.from(hkdfSync('sha256', key, Buffer.from('salt'), Buffer.from('info'), 42));
    const kdf = {
      ikm: hex(key),
      salt: hex(Buffer.from('salt')),
      info: hex(Buffer.from('info')),
      size: 42,
      okm: hex(okm),
    };
    expectTold(
      runWycheproof(primitives, fileOf('HKDF-SHA-256', { type: 'HkdfTest' }, kdf, { okm: hex(flipped(okm)) })),
    );
  });

  it('says why it leaves something out', () => {
    const group = { type: 'AeadTest', ivSize: 64, keySize: 256, tagSize: 128, tests: [{ tcId: 1, result: 'valid' }] };
    const outcome = runWycheproof(primitives, JSON.stringify({ algorithm: 'CHACHA20-POLY1305', testGroups: [group] }));
    expect([...outcome.skipped]).deep.equal([['another size of key, nonce or tag', 1]]);
    const aes = runWycheproof(primitives, JSON.stringify({ algorithm: 'AES-GCM', testGroups: [group] }));
    expect([...aes.skipped]).deep.equal([['the device has no AES-GCM', 1]]);
  });

  it('refuses what is no file of vectors', () => {
    for (const text of ['', '{}', '[]', '{"testGroups":[{"type":"MacTest"}]}']) {
      expect(() => runWycheproof(primitives, text), text).throw();
    }
    for (const text of ['COUNT = 0', '[SHA-256]\nEntropyInput = 00', '[SHA-256]\nCOUNT = 0\nNonce = zz']) {
      expect(() => runCavp(primitives, text), text).throw();
    }
  });

  it('says in one line what is no file of vectors', () => {
    for (const [text, message] of [
      ['{}', /^not of Wycheproof's format: testGroups: .+$/],
      ['[]', /^not of Wycheproof's format: the file: .+$/],
      ['{"testGroups":[{"type":"MacTest"}]}', /^not of Wycheproof's format: testGroups\.0\.tests: .+$/],
    ] as const)
      expect(() => runWycheproof(primitives, text), text).throw(message);
  });

  it('knows a file without vectors', () => {
    expect(isEmpty(runCavp(primitives, ''))).equal(true);
    expect(isEmpty(runWycheproof(primitives, '{"testGroups":[]}'))).equal(true);
  });

  const bytes = (name: string, length: number) => Buffer.alloc(length, name);
  it('HMAC_DRBG: without reseeding, with it, and with prediction resistance', () => {
    const [entropy, nonce, person] = [bytes('entropy', 32), bytes('nonce', 16), bytes('person', 32)];
    const head = `COUNT = 0\nEntropyInput = ${hex(entropy)}\nNonce = ${hex(nonce)}\nPersonalizationString = ${hex(person)}\n`;
    const start = () => new ReferenceDrbg(entropy, nonce, person);
    const none = Buffer.alloc(0);
    const plain = start();
    plain.generate(128);
    const reseeded = start();
    reseeded.reseed(bytes('again', 32));
    reseeded.generate(128);
    const resistant = start();
    resistant.reseed(bytes('one', 32));
    resistant.generate(128);
    resistant.reseed(bytes('two', 32));
    const text = [
      '[SHA-256]\n[PredictionResistance = False]\n[ReturnedBitsLen = 1024]\n',
      `${head}AdditionalInput = \nAdditionalInput = \nReturnedBits = ${hex(plain.generate(128))}\n`,
      `${head}EntropyInputReseed = ${hex(bytes('again', 32))}\nAdditionalInputReseed = ${hex(none)}\n`,
      `AdditionalInput = \nAdditionalInput = \nReturnedBits = ${hex(reseeded.generate(128))}\n`,
      '[SHA-256]\n[PredictionResistance = True]\n[ReturnedBitsLen = 1024]\n',
      `${head}AdditionalInput = \nEntropyInputPR = ${hex(bytes('one', 32))}\n`,
      `AdditionalInput = \nEntropyInputPR = ${hex(bytes('two', 32))}\nReturnedBits = ${hex(resistant.generate(128))}\n`,
      `${head}AdditionalInput = \nAdditionalInput = \nReturnedBits = ${'00'.repeat(128)}\n`,
      `[SHA-512]\n[ReturnedBitsLen = 1024]\n${head}ReturnedBits = 00\n`,
    ];
    const outcome = runCavp(primitives, text.join(''));
    expect(summary(outcome)).equal('3 passed, 1 failed, 1 skipped');
    expect([...outcome.skipped.keys()]).deep.equal(["the generator's hash is SHA-256, not SHA-512"]);
  });
});
