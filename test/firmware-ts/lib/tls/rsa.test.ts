/** Servers with RSA keys (RFC 8446 4.2.3, 4.4.3): each of the two kinds of key has one scheme, PKCS #1 v1.5 none. */
import { constants, generateKeyPairSync, type KeyObject, type RSAPSSKeyPairKeyObjectOptions, sign } from 'node:crypto';
import { expect } from 'chai';
import { der, resign, split, TBS } from '../../../../harness/world/pki/der-edit.ts';
import { keyFromSeed } from '../../../../harness/world/pki/keys.ts';
import { fromDer } from '../../../../harness/world/pki/mint.ts';
import { Device, STATE } from './device.ts';
import { Openssl, type OpensslOptions } from './openssl.ts';
import { HOST, make, NOW, type Party } from './pki.ts';
import { begin, connect, expectRefused, fixture, type Refusal, refuses } from './session.ts';

const PSS = constants.RSA_PKCS1_PSS_PADDING;

/** The types of node 20 have the salt's length as a string. */
const pssPair = (options: object) => generateKeyPairSync('rsa-pss', options as RSAPSSKeyPairKeyObjectOptions);

describe('lib/tls: servers with RSA keys', () => {
  const made = fixture('RSA');
  const pkcs1 = (hash: string) => (content: Buffer) => sign(hash, content, made.p.server.key);
  const pss = (hash: string, saltLength: number) => (content: Buffer) =>
    sign(hash, content, { key: made.p.server.key, padding: PSS, saltLength });
  const flipped = (signature: Buffer) => Buffer.from(signature.map((byte, at) => (at === 40 ? byte ^ 1 : byte)));

  const SCHEME = ['signature-scheme', 47] as const;
  const VERIFY = ['certificate-verify', 51] as const;
  const rows: Refusal[] = [
    [
      'PKCS #1 v1.5, which certificates alone may have',
      { verify: { scheme: 0x0401, signing: pkcs1('sha256') } },
      ...SCHEME,
    ],
    ['PKCS #1 v1.5 with SHA-384', { verify: { scheme: 0x0501, signing: pkcs1('sha384') } }, ...SCHEME],
    ['PKCS #1 v1.5 under the name of PSS', { verify: { signing: pkcs1('sha256') } }, ...VERIFY],
    ['the scheme of keys of id-RSASSA-PSS', { verify: { scheme: 0x0809 } }, ...SCHEME],
    ['PSS with SHA-384, not offered', { verify: { scheme: 0x0805, signing: pss('sha384', 48) } }, ...SCHEME],
    ['PSS with SHA-384 under the name of SHA-256', { verify: { signing: pss('sha384', 48) } }, ...VERIFY],
    ['PSS with a salt of 20 bytes', { verify: { signing: pss('sha256', 20) } }, ...VERIFY],
    ['PSS with the longest salt', { verify: { signing: pss('sha256', 222) } }, ...VERIFY],
    ['PSS without salt', { verify: { signing: pss('sha256', 0) } }, ...VERIFY],
    ['a flipped bit', { verify: { edit: flipped } }, ...VERIFY],
    ['a byte missing', { verify: { edit: (signature) => signature.subarray(1) } }, ...VERIFY],
    ['a zero before', { verify: { edit: (signature) => Buffer.concat([Buffer.alloc(1), signature]) } }, ...VERIFY],
    ['an empty signature', { verify: { edit: () => Buffer.alloc(0) } }, ...VERIFY],
    ['zeros', { verify: { edit: (signature) => Buffer.alloc(signature.length) } }, ...VERIFY],
    ['ones', { verify: { edit: (signature) => Buffer.alloc(signature.length, 0xff) } }, ...VERIFY],
    ['the scheme of ECDSA', { verify: { scheme: 0x0403 } }, ...SCHEME],
  ];
  refuses(made, rows);

  it("refuses another key's signatures, fifty times, and connects afterwards", () => {
    const { device, p, chain } = made;
    const random = keyFromSeed('rsa2048', '1', 'random').privateKey;
    for (let n = 0; n < 50; n++) {
      const server = begin(device, p.server, chain);
      device.feed(server.flight({ verify: { signing: () => sign('sha256', Buffer.of(n), random) } }));
      expectRefused(device, server, 'certificate-verify', 51);
    }
    connect(device, p.server, chain);
  });

  /** The device against OpenSSL with another key in the server's certificate. */
  async function against(key: KeyObject, spki: Uint8Array, options: Partial<OpensslOptions> = {}): Promise<Device> {
    const { p } = made;
    const issuer = await make({ name: 'ECDSA root' });
    const plain = await make({ name: 'server', issuer });
    const signer = { type: 'p256', privateKey: issuer.key, publicKey: issuer.key } as const;
    const certificate = resign(fromDer('server', plain.der), signer, (tbs) => {
      tbs[TBS.key] = split(spki)[0]!;
    });
    const party: Party = { ...plain, key, der: certificate.der, pem: certificate.pem };
    const device = await Device.create({ key: p.device.key });
    device.setRoots([issuer.der]);
    expect(device.open(HOST, NOW)).equal(0);
    const server = new Openssl({ chain: [party], ...options });
    await server.exchange(device);
    server.close();
    return device;
  }
  const spkiOf = (key: KeyObject) => key.export({ format: 'der', type: 'spki' });

  for (const bits of [2048, 3072, 4096]) {
    it(`connects to OpenSSL with a key of ${bits} bits`, async () => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
      const device = await against(privateKey, spkiOf(publicKey));
      expect([device.reason, device.state]).deep.equal(['none', STATE.OPEN]);
    });
  }

  const PSS_KEY = { modulusLength: 2048, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256', saltLength: 32 };
  it('connects to OpenSSL with a key of id-RSASSA-PSS, by the scheme of that kind', async () => {
    const { privateKey, publicKey } = pssPair(PSS_KEY);
    const device = await against(privateKey, spkiOf(publicKey), { sigalgs: 'rsa_pss_pss_sha256' });
    expect([device.reason, device.state]).deep.equal(['none', STATE.OPEN]);
  });

  it('refuses a key of id-RSASSA-PSS that is bound to SHA-384', async () => {
    const sha384 = { hashAlgorithm: 'sha384', mgf1HashAlgorithm: 'sha384', saltLength: 48 };
    const { privateKey, publicKey } = pssPair({ ...PSS_KEY, ...sha384 });
    const device = await against(privateKey, spkiOf(publicKey));
    expect(device.state).equal(STATE.FAILED);
  });

  it('finds no common scheme with a server that has PSS with SHA-384 alone', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const device = await against(privateKey, spkiOf(publicKey), { sigalgs: 'rsa_pss_rsae_sha384' });
    expect(device.reason).equal('peer-alert-40');
  });

  it('refuses keys of 1024 bits and of more than 4096', async () => {
    for (const bits of [1024, 4104]) {
      const numbers = der(0x30, der(2, Buffer.alloc(bits / 8, 0x71)), der(2, Buffer.of(1, 0, 1)));
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
      const [id] = split(split(spkiOf(publicKey))[0]!.body);
      const spki = der(0x30, der(id!.tag, id!.body), der(3, Buffer.concat([Buffer.alloc(1), numbers])));
      expect(split(spki)).length(1);
      const issuer = await make({ name: 'root' });
      const plain = await make({ name: 'server', issuer });
      const signer = { type: 'p256', privateKey: issuer.key, publicKey: issuer.key } as const;
      const leaf = resign(fromDer('server', plain.der), signer, (tbs) => {
        tbs[TBS.key] = split(spki)[0]!;
      });
      const device = await Device.create();
      device.setRoots([issuer.der]);
      const server = begin(device, { ...plain, key: privateKey }, [leaf.der]);
      device.feed(server.flight());
      expectRefused(device, server, 'unsupported-key', 43);
    }
  });
});
