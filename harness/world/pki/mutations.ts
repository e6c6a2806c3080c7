/**
 * One change each from a chain that is accepted: root, intermediate, leaf. After RFC 5280 6.1, RFC 9525 6 and RFC 8446 4.4.2.
 *
 * A row names the rule it breaks and the section that decides; the twin of every row is `honestTwin`, made by the same maker without the change.
 * Left out: revocation (CRL, OCSP), policies.
 */
import { type CertificateRequest, CLIENT_AUTH, fromDer, type Issuer, SERVER_AUTH } from './mint.ts';
import type { Identity, LeafChange, Pki } from './pki.ts';

const DAY_MS = 86_400_000;
/** An arc for examples: nobody implements it (RFC 5612 style of "never assigned"). */
const UNKNOWN_EXTENSION = '1.3.6.1.4.1.32473.1.1';

export interface Mutation {
  readonly id: string;
  readonly section: string;
  readonly what: string;
  make(pki: Pki): Promise<Identity>;
}

/** The chain that every row is one change away from. */
export function honestTwin(pki: Pki): Promise<Identity> {
  return pki.serverUnderIntermediate();
}

type ByTime = (nowMs: number) => LeafChange;
type ByHost = (host: string) => LeafChange;

export const MUTATIONS: readonly Mutation[] = [
  leaf('leaf-expired', '6.1.3 (a)(2)', 'the leaf expired two days ago', (now) => ({
    notBefore: now - 90 * DAY_MS,
    notAfter: now - 2 * DAY_MS,
  })),
  leaf('leaf-not-yet-valid', '6.1.3 (a)(2)', 'the leaf is valid in two days', (now) => ({
    notBefore: now + 2 * DAY_MS,
    notAfter: now + 90 * DAY_MS,
  })),
  leaf('leaf-key-usage', '4.2.1.3', 'keyUsage without digitalSignature', () => ({ keyUsage: ['keyEncipherment'] })),
  leaf('leaf-client-only', '4.2.1.12', 'extendedKeyUsage names clientAuth only', () => ({
    extendedKeyUsage: [CLIENT_AUTH],
  })),
  leaf('leaf-unknown-critical', '4.2', 'a critical extension that nobody knows', () => ({
    unknownCritical: UNKNOWN_EXTENSION,
  })),
  named('name-other', 'RFC 9525 6.3', 'another host', () => ({ dnsNames: ['other.example'] })),
  named('name-suffix', 'RFC 9525 6.3', 'the host as a suffix of another', (host) => ({ dnsNames: [`not-${host}`] })),
  named('name-prefix', 'RFC 9525 6.3', 'the host as a prefix of another', (host) => ({
    dnsNames: [`${host}.evil.example`],
  })),
  named('name-common-only', 'RFC 9525 6.3', 'the host in the common name alone', () => ({ dnsNames: undefined })),
  named('name-nul', 'RFC 9525 6.3', 'the host, a NUL, and an attacker behind it', (host) => ({
    dnsNames: [`${host}\0.evil.example`],
  })),
  named('name-wildcard-deep', 'RFC 9525 6.3', 'a wildcard two labels above', (host) => ({
    dnsNames: [`*.${host.split('.').slice(2).join('.') || 'example'}`],
  })),
  named('name-wildcard-inner', 'RFC 9525 6.3', 'a wildcard that is not the leftmost label', (host) => ({
    dnsNames: [`${host.split('.')[0]}.*.${host.split('.').slice(2).join('.') || 'example'}`],
  })),
  named('name-wildcard-partial', 'RFC 9525 6.3', 'a wildcard within a label', (host) => ({
    dnsNames: [`${host[0]}*.${host.split('.').slice(1).join('.')}`],
  })),
  issuer('issuer-expired', '6.1.3 (a)(2)', 'the intermediate expired', (now) => ({
    notBefore: now - 90 * DAY_MS,
    notAfter: now - 2 * DAY_MS,
  })),
  issuer('issuer-not-a-ca', '6.1.4 (k)', 'the intermediate is no CA', () => ({ ca: false, pathLength: undefined })),
  issuer('issuer-no-constraints', '6.1.4 (k)', 'the intermediate has no basicConstraints', () => ({
    ca: undefined,
    pathLength: undefined,
  })),
  issuer('issuer-key-usage', '6.1.4 (n)', 'the intermediate may not sign certificates', () => ({
    keyUsage: ['cRLSign', 'digitalSignature'],
  })),
  issuer('issuer-unknown-critical', '4.2', 'an unknown critical extension in the intermediate', () => ({
    unknownCritical: UNKNOWN_EXTENSION,
  })),
  issuer('issuer-other-names', '6.1.3 (b)', 'the intermediate may vouch for another name only', () => ({
    permittedNames: ['elsewhere.example'],
  })),
  issuer('issuer-client-only', '4.2.1.12', 'the intermediate is for clients only', () => ({
    extendedKeyUsage: [CLIENT_AUTH],
  })),
  {
    id: 'path-length',
    section: 'RFC 5280 6.1.4 (l)',
    what: 'an intermediate below one whose pathLenConstraint is 0',
    async make(pki) {
      const upper = await pki.authority('upper', { issuer: pki.root, pathLength: 0 });
      const lower = await pki.authority('lower', { issuer: upper });
      return pki.server({}, { issuer: lower, via: [lower.certificate, upper.certificate] });
    },
  },
  {
    id: 'other-root',
    section: 'RFC 5280 6.1.3 (a)(4)',
    what: "another root with the honest root's name",
    async make(pki) {
      const impostor = await pki.authority('impostor', { subject: pki.root.certificate.subject });
      return pki.server({}, { issuer: impostor });
    },
  },
  {
    id: 'signature',
    section: 'RFC 5280 6.1.3 (a)(1)',
    what: "one bit of the leaf's signature",
    make: (pki) => changedLeaf(pki, (der) => flip(der, der.length - 3)),
  },
  {
    id: 'signed-content',
    section: 'RFC 5280 6.1.3 (a)(1)',
    what: "one bit of the leaf's serial number",
    // SEQUENCE, SEQUENCE (each 30 82 nn nn), [0] version (5 bytes), INTEGER tag and length: then the serial.
    make: (pki) => changedLeaf(pki, (der) => flip(der, 8 + 5 + 2)),
  },
  {
    id: 'intermediate-missing',
    section: 'RFC 5280 6.1.3 (a)(4)',
    what: 'the leaf without its intermediate',
    async make(pki) {
      const { key, chain } = await honestTwin(pki);
      return { key, chain: chain.slice(0, 1) };
    },
  },
];

function leaf(id: string, section: string, what: string, change: ByTime): Mutation {
  return {
    id,
    section: `RFC 5280 ${section}`,
    what,
    make: (pki) => pki.serverUnderIntermediate({}, change(pki.nowMs)),
  };
}

function named(id: string, section: string, what: string, change: ByHost): Mutation {
  return { id, section, what, make: (pki) => pki.serverUnderIntermediate({}, change(pki.host)) };
}

function issuer(
  id: string,
  section: string,
  what: string,
  change: (nowMs: number) => Partial<CertificateRequest>,
): Mutation {
  return {
    id,
    section: `RFC 5280 ${section}`,
    what,
    make: (pki) => pki.serverUnderIntermediate(change(pki.nowMs)),
  };
}

async function changedLeaf(pki: Pki, change: (der: Uint8Array) => Uint8Array): Promise<Identity> {
  const { key, chain } = await honestTwin(pki);
  const [first, ...rest] = chain;
  return { key, chain: [fromDer(first!.subject, change(first!.der.slice())), ...rest] };
}

function flip(der: Uint8Array, at: number): Uint8Array {
  der[at]! ^= 1;
  return der;
}

/** Shapes of chains that a client of the Web PKI must accept (th-root-check.6). */
export const ACCEPTED_SHAPES: readonly Mutation[] = [
  shape('root-leaf', 'a leaf right below the root', (pki) => pki.server()),
  shape('intermediate', 'one intermediate', honestTwin),
  shape('two-intermediates', 'two intermediates', (pki) => deep(pki, 2)),
  shape('root-sent', 'the root sent along', async (pki) => {
    const { key, chain } = await honestTwin(pki);
    return { key, chain: [...chain, pki.root.certificate] };
  }),
  shape('wildcard', 'a wildcard in the leftmost label', (pki) =>
    pki.serverUnderIntermediate({}, { dnsNames: [`*.${pki.host.split('.').slice(1).join('.')}`] }),
  ),
  shape('upper-case', 'the name in capitals', (pki) =>
    pki.serverUnderIntermediate({}, { dnsNames: [pki.host.toUpperCase()] }),
  ),
  shape('several-names', 'the host among others', (pki) =>
    pki.serverUnderIntermediate({}, { dnsNames: ['a.example', pki.host, 'b.example'] }),
  ),
  shape('both-usages', 'extendedKeyUsage with serverAuth and clientAuth', (pki) =>
    pki.serverUnderIntermediate({}, { extendedKeyUsage: [CLIENT_AUTH, SERVER_AUTH] }),
  ),
  shape('permitted-names', "an intermediate that may vouch for the host's domain", (pki) =>
    pki.serverUnderIntermediate({ permittedNames: [pki.host.split('.').slice(1).join('.')] }),
  ),
];

function shape(id: string, what: string, make: Mutation['make']): Mutation {
  return { id, section: 'RFC 5280 6.1', what, make };
}

async function deep(pki: Pki, count: number): Promise<Identity> {
  const via: Issuer[] = [];
  for (let level = 0; level < count; level++) {
    via.unshift(await pki.authority(`intermediate ${level + 1}`, { issuer: via[0] ?? pki.root }));
  }
  return pki.server({}, { issuer: via[0]!, via: via.map((one) => one.certificate) });
}
