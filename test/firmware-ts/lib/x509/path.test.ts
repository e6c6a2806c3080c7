/** RFC 5280 path validation: each rule broken by one change to a chain that is accepted, judged alone and over TLS with its alert. */
import { createPrivateKey } from 'node:crypto';
import { expect } from 'chai';
import { Device, STATE } from '../tls/device.ts';
import { Openssl } from '../tls/openssl.ts';
import {
  CLIENT_AUTH,
  HOST,
  keyPair,
  make,
  NOW,
  type Party,
  type Pki,
  pki,
  SERVER_AUTH,
  type Wish,
  x509,
} from '../tls/pki.ts';
import { verify } from './verifier.ts';

const { KeyUsageFlags: KU } = x509;
/** An extension by OID with ready DER. */
const extension = (oid: string, hex: string, critical = false) =>
  new x509.Extension(oid, critical, Buffer.from(hex, 'hex'));
/** nameConstraints with one subtree: tag a0 permitted, a1 excluded. */
const constraint = (kind: 'a0' | 'a1', base: Buffer) => {
  const wrap = (tag: string, data: Buffer) => Buffer.concat([Buffer.from(tag, 'hex'), Buffer.of(data.length), data]);
  return extension('2.5.29.30', wrap('30', wrap(kind, wrap('30', base))).toString('hex'), true);
};
const dnsBase = (name: string) => Buffer.concat([Buffer.of(0x82, name.length), Buffer.from(name)]);

interface Row {
  what: string;
  server?: Partial<Wish>;
  intermediate?: Partial<Wish>;
  root?: Partial<Wish>;
  /** Presented instead of server, intermediate. */
  chain?: (p: Pki) => Promise<Party[]> | Party[];
  roots?: (p: Pki) => Promise<Party[]> | Party[];
  reason: string;
  section?: string;
  alert?: number;
}

const REFUSED: Row[] = [
  { what: 'an expired server', server: { to: -1 }, reason: 'expired', section: 'RFC 5280 6.1.3 (a)(2)', alert: 45 },
  { what: 'a server not yet valid', server: { from: 1 }, reason: 'not-yet-valid', alert: 45 },
  { what: 'an expired intermediate', intermediate: { to: -1 }, reason: 'expired', alert: 45 },
  { what: 'an intermediate not yet valid', intermediate: { from: 1 }, reason: 'not-yet-valid', alert: 45 },
  { what: 'an expired root', root: { to: -1 }, reason: 'root-outside-validity', alert: 45 },
  { what: 'a root not yet valid', root: { from: 1 }, reason: 'root-outside-validity', alert: 45 },
  {
    what: 'another name',
    server: { dns: ['other.example.org'] },
    reason: 'name-mismatch',
    section: 'RFC 9525 6.3',
    alert: 42,
  },
  {
    what: 'a common name alone',
    server: { name: HOST, dns: [] },
    reason: 'no-dns-name',
    section: 'RFC 9525 6.2',
    alert: 42,
  },
  {
    what: 'a server without digitalSignature',
    server: { usage: KU.keyEncipherment },
    reason: 'leaf-key-usage',
    alert: 43,
  },
  {
    what: 'a server that is a client',
    server: { purposes: [CLIENT_AUTH] },
    reason: 'leaf-extended-key-usage',
    alert: 43,
  },
  {
    what: 'a server with anyExtendedKeyUsage',
    server: { purposes: ['2.5.29.37.0'] },
    reason: 'leaf-extended-key-usage',
    alert: 43,
  },
  {
    what: 'an intermediate that is no CA',
    intermediate: { ca: false, usage: KU.keyCertSign },
    reason: 'issuer-not-a-ca',
    section: 'RFC 5280 6.1.4 (k)',
    alert: 48,
  },
  {
    what: 'an intermediate without basicConstraints',
    intermediate: { ca: 'absent', usage: KU.keyCertSign },
    reason: 'issuer-not-a-ca',
    alert: 48,
  },
  {
    what: 'an intermediate without keyCertSign',
    intermediate: { usage: KU.cRLSign },
    reason: 'issuer-key-usage',
    section: 'RFC 5280 6.1.4 (n)',
    alert: 48,
  },
  {
    what: 'an intermediate for clients',
    intermediate: { purposes: [CLIENT_AUTH] },
    reason: 'issuer-extended-key-usage',
    alert: 48,
  },
  { what: 'a root that is no CA', root: { ca: false, usage: KU.keyCertSign }, reason: 'issuer-not-a-ca', alert: 48 },
  {
    what: 'a root with pathLen 0 above an intermediate',
    root: { pathLen: 0 },
    reason: 'path-length',
    section: 'RFC 5280 6.1.4 (l)',
    alert: 48,
  },
  {
    what: "a server signed with a stranger's key",
    server: { signer: 'stranger' as never },
    reason: 'signature-invalid',
    section: 'RFC 5280 6.1.3 (a)(1)',
    alert: 42,
  },
  {
    what: "an intermediate signed with a stranger's key",
    intermediate: { signer: 'stranger' as never },
    reason: 'signature-invalid',
    alert: 42,
  },
  {
    what: 'an unknown critical extension of the server',
    server: { extensions: [extension('1.2.3.4', '0500', true)] },
    reason: 'unknown-critical-extension',
    section: 'RFC 5280 4.2',
    alert: 43,
  },
  {
    what: 'an unknown critical extension of the intermediate',
    intermediate: { extensions: [extension('1.2.3.4', '0500', true)] },
    reason: 'unknown-critical-extension',
    alert: 43,
  },
  {
    what: 'critical certificate policies',
    server: { extensions: [extension('2.5.29.32', '300630040602 2a03'.replace(' ', ''), true)] },
    reason: 'unknown-critical-extension',
    alert: 43,
  },
  {
    what: 'a repeated extension',
    server: { extensions: [extension('2.5.29.15', '03020780')] },
    reason: 'duplicate-extension',
    alert: 42,
  },
  {
    what: 'a name outside the permitted subtree',
    intermediate: { extensions: [constraint('a0', dnsBase('example.com'))] },
    reason: 'name-not-permitted',
    section: 'RFC 5280 6.1.3 (b)',
    alert: 42,
  },
  {
    what: 'a name that only ends like the permitted one',
    intermediate: { extensions: [constraint('a0', dnsBase('tt.example.org'))] },
    reason: 'name-not-permitted',
    alert: 42,
  },
  {
    what: 'a name in the excluded subtree',
    intermediate: { extensions: [constraint('a1', dnsBase('Example.ORG'))] },
    reason: 'name-excluded',
    section: 'RFC 5280 6.1.3 (c)',
    alert: 42,
  },
  {
    what: 'a wildcard over an excluded name',
    server: { dns: ['*.example.org'] },
    intermediate: { extensions: [constraint('a1', dnsBase('secret.example.org'))] },
    reason: 'name-excluded',
    alert: 42,
  },
  {
    what: 'one name of two outside the permitted subtree',
    server: { dns: [HOST, 'mqtt.example.com'] },
    intermediate: { extensions: [constraint('a0', dnsBase('example.org'))] },
    reason: 'name-not-permitted',
    alert: 42,
  },
  {
    what: "the root's excluded subtree",
    root: { extensions: [constraint('a1', dnsBase('org'))] },
    reason: 'name-excluded',
    alert: 42,
  },
  {
    what: 'a constraint on directory names',
    intermediate: { extensions: [constraint('a0', Buffer.from('a4023000', 'hex'))] },
    reason: 'name-constraint-unsupported',
    section: 'RFC 5280 4.2.1.10',
    alert: 43,
  },
  {
    what: 'another root of another name',
    chain: otherChain('Elsewhere'),
    reason: 'unknown-issuer',
    section: 'RFC 5280 6.1.3 (a)(4)',
    alert: 48,
  },
  { what: 'another root of the same name', chain: otherChain('Root'), reason: 'signature-invalid', alert: 42 },
  {
    what: 'a self-signed server',
    chain: async () => [
      await make({ name: 'server', ca: 'absent', usage: KU.digitalSignature, purposes: [SERVER_AUTH], dns: [HOST] }),
    ],
    reason: 'self-signed',
    alert: 48,
  },
  { what: 'a missing intermediate', chain: (p) => [p.server], reason: 'unknown-issuer', alert: 48 },
  {
    what: 'a server that signs as a CA',
    chain: async (p) => [await make({ name: 'victim', issuer: p.server }), p.server, p.intermediate],
    reason: 'issuer-not-a-ca',
    alert: 48,
  },
  {
    what: 'an expired certificate that no path needs',
    chain: async (p) => [p.server, p.intermediate, await make({ name: 'Cross', issuer: p.root, ca: true, to: -1 })],
    reason: 'expired',
    alert: 45,
  },
  { what: 'an intermediate below one of pathLen 0', chain: deep(1), reason: 'path-length', alert: 48 },
  {
    what: 'nine certificates',
    chain: (p) => [p.server, ...Array.from({ length: 8 }, () => p.intermediate)],
    reason: 'too-many-certificates',
    alert: 46,
  },
  { what: 'seven certificates in a path', chain: line(6), reason: 'path-too-deep', alert: 46 },
  { what: 'a loop of two that cross-sign each other', chain: loop, reason: 'unknown-issuer', alert: 48 },
];

const ACCEPTED: Row[] = [
  { what: 'server, intermediate', reason: 'trusted' },
  { what: 'the root presented too', chain: (p) => [p.server, p.intermediate, p.root], reason: 'trusted' },
  { what: 'the root in between', chain: (p) => [p.server, p.root, p.intermediate], reason: 'trusted' },
  {
    what: 'a superfluous chain',
    chain: async (p) => [p.server, ...(await otherChain('Elsewhere')(p)).slice(1), p.intermediate],
    reason: 'trusted',
  },
  {
    what: 'the server alone, from the root',
    chain: async (p) => [await make({ name: 'direct', issuer: p.root })],
    reason: 'trusted',
  },
  { what: 'the same certificate twice', chain: (p) => [p.server, p.intermediate, p.intermediate], reason: 'trusted' },
  { what: 'six certificates in a path', chain: line(5), reason: 'trusted' },
  { what: 'Ed25519 below P-256', chain: mixed('Ed25519', 'P-256'), reason: 'trusted' },
  { what: 'P-256 below Ed25519', chain: mixed('P-256', 'Ed25519'), reason: 'trusted' },
  { what: 'no keyUsage, no extKeyUsage', server: { usage: 'absent', purposes: [] }, reason: 'trusted' },
  { what: 'several purposes', server: { purposes: [CLIENT_AUTH, SERVER_AUTH] }, reason: 'trusted' },
  {
    what: 'an unknown extension that is not critical',
    server: { extensions: [extension('1.2.3.4', '0500')] },
    reason: 'trusted',
  },
  {
    what: 'a name in the permitted subtree',
    intermediate: { extensions: [constraint('a0', dnsBase('EXAMPLE.org'))] },
    reason: 'trusted',
  },
  {
    what: 'a name that is the permitted subtree',
    intermediate: { extensions: [constraint('a0', dnsBase(HOST))] },
    reason: 'trusted',
  },
  {
    what: 'a permitted subtree with a leading dot',
    intermediate: { extensions: [constraint('a0', dnsBase('.example.org'))] },
    reason: 'trusted',
  },
  {
    what: 'a name outside the excluded subtree',
    intermediate: { extensions: [constraint('a1', dnsBase('tt.example.org'))] },
    reason: 'trusted',
  },
  {
    what: 'a constraint on addresses, of which there is none',
    intermediate: { extensions: [constraint('a1', Buffer.from('87080000000000000000', 'hex'))] },
    reason: 'trusted',
  },
  { what: 'pathLen 1 above one intermediate', root: { pathLen: 1 }, reason: 'trusted' },
  { what: 'a pathLen used up by a self-issued intermediate only', chain: selfIssuedLine, reason: 'trusted' },
  {
    what: 'an old and a new root of one name',
    roots: async (p) => [await make({ name: 'Root' }), p.root],
    reason: 'trusted',
  },
  { what: 'two cross-certificates of the intermediate, the first useless', chain: crossSigned, reason: 'trusted' },
  { what: 'the last second of its validity', server: { to: 0 }, reason: 'trusted' },
  { what: 'the first second of its validity', server: { from: 0 }, reason: 'trusted' },
];

/** root' -> intermediate' -> server', all of the names of the honest ones but for the root. */
function otherChain(name: string) {
  return async (_: Pki): Promise<Party[]> => {
    const root = await make({ name });
    const intermediate = await make({ name: 'Other intermediate', issuer: root, ca: true });
    return [await make({ name: 'server', issuer: intermediate }), intermediate, root];
  };
}

/** n further intermediates below the honest one, which has pathLen 0. */
function deep(count: number) {
  return async (p: Pki): Promise<Party[]> => {
    const chain = [p.intermediate];
    for (let i = 0; i < count; i++) chain.unshift(await make({ name: `Deep ${i}`, issuer: chain[0]!, ca: true }));
    return [await make({ name: 'server', issuer: chain[0]! }), ...chain];
  };
}

/** n intermediates without a limit below the root. */
function line(count: number) {
  return async (p: Pki): Promise<Party[]> => {
    const chain = [await make({ name: 'Line 0', issuer: p.root, ca: true })];
    for (let i = 1; i < count; i++) chain.unshift(await make({ name: `Line ${i}`, issuer: chain[0]!, ca: true }));
    return [await make({ name: 'server', issuer: chain[0]! }), ...chain];
  };
}

async function selfIssuedLine(p: Pki): Promise<Party[]> {
  // a CA that rolls its key over: the certificate of the new key by the old one does not count for pathLen
  const old = await make({ name: 'Rolling', issuer: p.root, ca: true, pathLen: 0 });
  const rolled = await make({ name: 'Rolling', issuer: old, ca: true });
  return [await make({ name: 'server', issuer: rolled }), rolled, old];
}

function mixed(server: 'P-256' | 'Ed25519', intermediate: 'P-256' | 'Ed25519') {
  return async (p: Pki): Promise<Party[]> => {
    const ca = await make({ name: 'Mixed', algorithm: intermediate, issuer: p.root, ca: true });
    return [await make({ name: 'server', algorithm: server, issuer: ca }), ca];
  };
}

async function loop(_: Pki): Promise<Party[]> {
  const keysA = await keyPair();
  const keysB = await keyPair();
  const a = await make({ name: 'A', ca: true, keys: keysA });
  const b = await make({ name: 'B', issuer: a, ca: true, keys: keysB });
  const back = await make({ name: 'A', issuer: b, ca: true, keys: keysA });
  return [await make({ name: 'server', issuer: b }), b, back];
}

async function crossSigned(p: Pki): Promise<Party[]> {
  const elsewhere = await make({ name: 'Elsewhere' });
  const useless = await make({ name: 'Crossed', issuer: elsewhere, ca: true });
  const useful = await make({ name: 'Crossed', issuer: p.root, ca: true, keys: useless.keys });
  return [await make({ name: 'server', issuer: useful }), useless, elsewhere, useful];
}

describe('lib/x509: path validation', () => {
  let p: Pki;
  let device: Device;

  before(async function () {
    this.timeout(120_000);
    p = await pki();
    device = await Device.create({ key: p.device.key });
  });

  async function build(row: Row): Promise<{ chain: Party[]; roots: Party[] }> {
    const stranger = await keyPair();
    const honest = (wish: Partial<Wish>) => (wish.signer ? { ...wish, signer: stranger } : wish);
    const root = row.root ? await make({ name: 'Root', ca: true, ...row.root }) : p.root;
    const above = row.root || row.intermediate;
    const intermediate = above
      ? await make({ name: 'Intermediate', issuer: root, ca: true, ...honest(row.intermediate ?? {}) })
      : p.intermediate;
    const server =
      above || row.server
        ? await make({ name: 'server', issuer: intermediate, ...honest(row.server ?? {}) })
        : p.server;
    const made = { ...p, root, intermediate, server };
    return {
      chain: (await row.chain?.(made)) ?? [server, intermediate],
      roots: (await row.roots?.(made)) ?? [root],
    };
  }

  const ders = (parties: readonly Party[]) => parties.map(({ der }) => der);

  for (const row of ACCEPTED)
    it(`accepts ${row.what}`, async () => {
      const { chain, roots } = await build(row);
      expect(verify(device, { roots: ders(roots), chain: ders(chain) }).reason).to.equal('trusted');
    });

  for (const row of REFUSED)
    it(`refuses ${row.what} (${row.reason}, alert ${row.alert})`, async () => {
      const { chain, roots } = await build(row);
      // the twin, one change away, in the same instance
      expect(verify(device, { roots: [p.root.der], chain: ders([p.server, p.intermediate]) }).reason).to.equal(
        'trusted',
      );
      const verdict = verify(device, { roots: ders(roots), chain: ders(chain) });
      expect(verdict.reason).to.equal(row.reason);
      if (row.section) expect(verdict.section).to.equal(row.section);

      // and over TLS: OpenSSL presents the chain and reads the alert
      device.setRoots(ders(roots));
      device.setCertificate(p.device.der);
      expect(device.open(HOST, NOW)).to.equal(0);
      const server = new Openssl({ chain, requestCert: true, rejectUnauthorized: false });
      await server.exchange(device);
      expect(device.state).to.equal(STATE.FAILED);
      expect(device.reason).to.equal(row.reason);
      expect(device.alertSent).to.equal(row.alert);
      expect(server.socket, 'OpenSSL has no connection').to.equal(undefined);
      expect(server.complaint).to.match(ALERT_WORDS[row.alert!]!);
      expect(device.send(Buffer.from('x'))).to.be.below(0);
      server.close();
    });

  it('takes time from its caller alone, to the second', async () => {
    const question = { roots: [p.root.der], chain: ders([p.server, p.intermediate]) };
    const day = 86_400_000;
    const [first, last] = [NOW - 30 * day, NOW + 365 * day];
    const reasons = [first - 1, first, last + 999, last + 1000].map(
      (nowMs) => verify(device, { ...question, nowMs }).reason,
    );
    expect(reasons).to.deep.equal(['not-yet-valid', 'trusted', 'trusted', 'expired']);
    expect(verify(device, { ...question, nowMs: 0 }).reason).to.equal('no-time');
  });

  it('pays for at most 16 signatures, whatever is presented', async () => {
    // eight certificates of one name, each with another key: every one is a candidate issuer of every other
    const keys = await Promise.all(Array.from({ length: 7 }, () => keyPair()));
    const self = await make({ name: 'Maze', ca: true });
    const maze = await Promise.all(
      keys.map((pair) => make({ name: 'Maze', issuer: self, ca: true, keys: pair, signer: keys[0]! })),
    );
    const leaf = await make({ name: 'server', issuer: self, signer: keys[0]! });
    const verdict = verify(device, { roots: [p.root.der], chain: ders([leaf, ...maze]) });
    expect(verdict.signatures).to.be.at.most(16);
    expect(verdict.reason).to.not.equal('trusted');
  });

  describe('root list', () => {
    const status = (payload: Buffer) => device.nameOf(-device.setRootList(payload));
    it('is refused when malformed, and then no root is in force', () => {
      const der = Buffer.from(p.root.der);
      const u16 = (value: number) => Buffer.of(value & 255, value >> 8);
      const whole = Buffer.concat([u16(1), u16(der.length), der]);
      expect(status(whole)).to.equal('none');
      const bad = [
        Buffer.alloc(0),
        whole.subarray(0, -1),
        Buffer.concat([whole, Buffer.alloc(1)]),
        Buffer.concat([u16(2), whole.subarray(2)]),
        Buffer.concat([u16(9), whole.subarray(2)]),
        Buffer.concat([u16(1), u16(der.length - 1), der]),
        Buffer.concat([u16(1), u16(1025), Buffer.alloc(1025)]),
        Buffer.concat([u16(1), u16(3), Buffer.from('abc')]),
      ];
      for (const payload of bad) {
        expect(status(payload)).to.equal('roots-malformed');
        expect(-device.open(HOST, NOW)).to.be.above(0);
        expect(device.reason).to.equal('no-roots');
      }
      expect(status(u16(0))).to.equal('no-roots');
      expect(status(whole)).to.equal('none');
    });
    it('takes eight roots and finds the right one', async () => {
      const others = await Promise.all(Array.from({ length: 7 }, (_, i) => make({ name: `Root ${i}` })));
      const question = { chain: ders([p.server, p.intermediate]) };
      expect(verify(device, { ...question, roots: ders([...others, p.root]) }).reason).to.equal('trusted');
      expect(verify(device, { ...question, roots: ders(others) }).reason).to.equal('unknown-issuer');
    });
  });

  it('leaves RSA for later and says so', async () => {
    const pair = (await crypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
      true,
      ['sign', 'verify'],
    )) as never;
    const rsa = await make({ name: 'RSA', issuer: p.root, ca: true, keys: pair });
    const below = await x509.X509CertificateGenerator.create({
      serialNumber: '1001',
      subject: 'CN=server',
      issuer: 'CN=RSA',
      notBefore: new Date(NOW - 1e9),
      notAfter: new Date(NOW + 1e9),
      publicKey: p.server.keys.publicKey,
      signingKey: (rsa.keys as unknown as { privateKey: never }).privateKey,
      signingAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as never,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: HOST }])],
    });
    const chain = [new Uint8Array(below.rawData), rsa.der];
    expect(verify(device, { roots: [p.root.der], chain }).reason).to.equal('unsupported-algorithm');
    const key = await make({ name: 'server', issuer: p.root, keys: pair });
    expect(verify(device, { roots: [p.root.der], chain: [key.der] }).reason).to.equal('unsupported-key');
    expect(createPrivateKey(rsa.key.export({ type: 'pkcs8', format: 'pem' })).asymmetricKeyType).to.equal('rsa');
  });
});

/** OpenSSL's words for an alert that it received. */
const ALERT_WORDS: Record<number, RegExp> = {
  42: /alert bad certificate/,
  43: /alert unsupported certificate/,
  45: /alert certificate expired/,
  46: /alert certificate unknown/,
  48: /alert unknown ca/,
};
