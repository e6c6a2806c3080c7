/** The table of path.test.ts: chains, one change away from an honest one, and what the verifier must say (reason, section, alert). */
import { CLIENT_AUTH, HOST, keyPair, make, type Party, type Pki, SERVER_AUTH, type Wish, x509 } from '../tls/pki.ts';

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

export interface Row {
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

export const REFUSED: Row[] = [
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

export const ACCEPTED: Row[] = [
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
