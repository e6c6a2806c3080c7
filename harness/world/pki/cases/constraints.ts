/** Name constraints, after RFC 5280 4.2.1.10: those on dNSName are enforced; where another form is constrained, a chain that bears such a name is refused. */
import { altNames, der, EXT, generalName, hex, setExtension, srvName } from '../der-edit.ts';
import type { Pki } from '../pki.ts';
import { accepted, authority, type ChainCase, middleEdit, type PlainChange, present, refused } from './case.ts';

const CONSTRAINED = 'RFC 5280 4.2.1.10';

const parent = (host: string) => host.split('.').slice(1).join('.');
const permitted = (make: (host: string) => string): PlainChange => ({
  middle: { request: (pki) => ({ permittedNames: [make(pki.host)] }) },
});
const excluded = (make: (host: string) => string): PlainChange => ({
  middle: { request: (pki) => ({ excludedNames: [make(pki.host)] }) },
});
/** nameConstraints of one subtree. @param kind a0 permitted, a1 excluded */
const subtree = (kind: 0xa0 | 0xa1, base: Uint8Array): PlainChange =>
  middleEdit(() => setExtension(EXT.nameConstraints, der(0x30, der(kind, der(0x30, base))), true));
const commonName = (name: string) =>
  der(0xa4, der(0x30, der(0x31, der(0x30, hex('0603550403'), der(0x0c, Buffer.from(name))))));

const ADDRESSES = generalName(7, hex('cb007100ffffff00'));
const ADDRESS = generalName(7, Uint8Array.of(203, 0, 113, 10));

/** A subtree of a form of name beside dNSName and directoryName (RFC 5280 4.2.1.6), and a name of that form. */
type Form = readonly [id: string, what: string, base: Uint8Array, name: (host: string) => Uint8Array];
/** The name is outside of what an authority may vouch for. */
const FORMS: readonly Form[] = [
  ['uri', 'URIs', generalName(6, '.elsewhere.example'), (host) => generalName(6, `https://${host}/`)],
  ['registered-id', 'registered identifiers', generalName(8, hex('2a03')), () => generalName(8, hex('2a04'))],
  ['other-name', 'names of another kind', srvName('_x.elsewhere.example'), (host) => srvName(`_mqtts.${host}`)],
];
/** The name is within what an authority may not vouch for. */
const EXCLUDED_FORMS: readonly Form[] = [
  ['uri', 'URIs', generalName(6, '.elsewhere.example'), () => generalName(6, 'https://www.elsewhere.example/')],
  ['registered-id', 'registered identifiers', generalName(8, hex('2a03')), () => generalName(8, hex('2a03'))],
  ['addresses', 'addresses', ADDRESSES, () => ADDRESS],
];
const FORM_ROWS: readonly ChainCase[] = FORMS.flatMap(([id, what, base, outside]) => [
  refused(
    `permits-${id}`,
    'name-constraint-unsupported',
    CONSTRAINED,
    `${what} are constrained, and the server has one`,
    {
      ...subtree(0xa0, base),
      leaf: { edit: (pki) => altNames(generalName(2, pki.host), outside(pki.host)) },
    },
    `permits-${id}-unused`,
  ),
  accepted(`permits-${id}-unused`, CONSTRAINED, `${what} are constrained, and nobody has one`, subtree(0xa0, base)),
]);
const EXCLUDED_FORM_ROWS: readonly ChainCase[] = EXCLUDED_FORMS.flatMap(([id, what, base, within]) => [
  refused(
    `excludes-${id}`,
    'name-constraint-unsupported',
    CONSTRAINED,
    `${what} are excluded, and the server has one`,
    { ...subtree(0xa1, base), leaf: { edit: (pki) => altNames(generalName(2, pki.host), within(pki.host)) } },
    `excludes-${id}-unused`,
  ),
  accepted(`excludes-${id}-unused`, CONSTRAINED, `${what} are excluded, and nobody has one`, subtree(0xa1, base)),
]);

/** An authority below a constrained one has a dNSName of its own. */
const namedBelow = (name: (host: string) => string) => async (pki: Pki) => {
  const upper = await authority(pki, 'proofboard constrained authority', pki.root, {
    request: { permittedNames: [parent(pki.host)] },
  });
  const lower = await authority(pki, 'proofboard named authority', upper, { request: { dnsNames: [name(pki.host)] } });
  return present(pki, await pki.server({}, { issuer: lower, via: [lower.certificate, upper.certificate] }));
};
/** The server has its issuer's name, and a key identifier that says it is not self-signed. */
const selfIssued = (make: (host: string) => string): PlainChange => ({
  ...permitted(make),
  leaf: {
    request: { subject: 'CN=proofboard test intermediate' },
    edit: () => setExtension(EXT.subjectKeyIdentifier, der(0x04, new Uint8Array(20).fill(1))),
  },
});
/** The constraint without the mark that RFC 5280 wants on it. */
const notCritical = (make: (host: string) => string): PlainChange =>
  middleEdit((pki) =>
    setExtension(EXT.nameConstraints, der(0x30, der(0xa0, der(0x30, generalName(2, make(pki.host)))))),
  );

export const CONSTRAINTS: readonly ChainCase[] = [
  ...FORM_ROWS,
  ...EXCLUDED_FORM_ROWS,
  refused(
    'permits-mail',
    'name-constraint-unsupported',
    CONSTRAINED,
    "mail addresses are constrained, which may stand in a subject's name too",
    subtree(0xa0, generalName(1, 'elsewhere.example')),
    'permits-addresses-unused',
  ),
  refused(
    'middle-named-outside',
    'name-not-permitted',
    'RFC 5280 6.1.3 (b)',
    'a name of an intermediate lies outside what its own issuer may name',
    namedBelow(() => 'elsewhere.example'),
    'middle-named-inside',
  ),
  accepted(
    'middle-named-inside',
    'RFC 5280 6.1.3 (b)',
    'a name of an intermediate lies inside what its own issuer may name',
    namedBelow((host) => `ca.${parent(host)}`),
  ),
  refused(
    'self-issued-server-outside',
    'name-not-permitted',
    'RFC 5280 6.1.3 (b)',
    "a server of its issuer's name, which is exempt only above the server, lies outside",
    selfIssued(() => 'elsewhere.example'),
    'self-issued-server-inside',
  ),
  accepted(
    'self-issued-server-inside',
    'RFC 5280 6.1.3 (b)',
    "a server of its issuer's name lies inside",
    selfIssued(parent),
  ),
  refused(
    'constraint-not-critical',
    'name-not-permitted',
    CONSTRAINED,
    'the constraint is not marked critical, and holds all the same',
    notCritical(() => 'elsewhere.example'),
    'constraint-not-critical-kept',
  ),
  accepted(
    'constraint-not-critical-kept',
    CONSTRAINED,
    'a constraint that is not marked critical is kept',
    notCritical(parent),
  ),
  refused(
    'permits-elsewhere',
    'name-not-permitted',
    CONSTRAINED,
    'the intermediate vouches for another domain',
    permitted(() => 'elsewhere.example'),
    'permits-parent',
  ),
  refused(
    'permits-half-label',
    'name-not-permitted',
    CONSTRAINED,
    'the permitted name ends within a label',
    permitted((host) => host.slice(1)),
    'permits-host',
  ),
  refused(
    'permits-child',
    'name-not-permitted',
    CONSTRAINED,
    'the intermediate vouches for what is below the host',
    permitted((host) => `sub.${host}`),
    'permits-host',
  ),
  refused(
    'excludes-host',
    'name-excluded',
    CONSTRAINED,
    'the host is excluded',
    excluded((host) => host),
    'excludes-other',
  ),
  refused(
    'excludes-parent',
    'name-excluded',
    CONSTRAINED,
    "the host's domain is excluded",
    excluded(parent),
    'excludes-other',
  ),
  refused(
    'excludes-capitals',
    'name-excluded',
    CONSTRAINED,
    'the host is excluded in capitals',
    excluded((host) => host.toUpperCase()),
    'excludes-other',
  ),
  refused(
    'excludes-all',
    'name-excluded',
    CONSTRAINED,
    'the empty name, which is every name, is excluded',
    excluded(() => ''),
    'excludes-other',
  ),
  refused(
    'permits-and-excludes',
    'name-excluded',
    CONSTRAINED,
    'the domain is permitted, the host excluded',
    { middle: { request: (pki) => ({ permittedNames: [parent(pki.host)], excludedNames: [pki.host] }) } },
    'permits-parent',
  ),
  refused(
    'root-permits-elsewhere',
    'name-not-permitted',
    CONSTRAINED,
    'the root vouches for another domain',
    { root: { request: { permittedNames: ['elsewhere.example'] } } },
    'root-permits-parent',
  ),
  refused(
    'second-name-outside',
    'name-not-permitted',
    CONSTRAINED,
    'a second name of the server lies outside',
    {
      ...permitted((host) => host),
      leaf: { request: (pki) => ({ dnsNames: [pki.host, 'other.example'] }) },
    },
    'permits-host',
  ),
  refused(
    'wildcard-over-excluded',
    'name-excluded',
    CONSTRAINED,
    'a star that stands for the excluded name',
    {
      ...excluded((host) => host),
      leaf: { request: (pki) => ({ dnsNames: [`*.${parent(pki.host)}`] }) },
    },
    'excludes-other',
  ),
  refused(
    'permits-directory',
    'name-constraint-unsupported',
    CONSTRAINED,
    'directory names are constrained, which is not evaluated',
    subtree(0xa0, commonName('elsewhere')),
    'permits-parent',
  ),
  refused(
    'permits-addresses',
    'name-constraint-unsupported',
    CONSTRAINED,
    'addresses are constrained, and the server has one',
    {
      ...subtree(0xa0, ADDRESSES),
      leaf: { edit: (pki) => altNames(generalName(2, pki.host), ADDRESS) },
    },
    'permits-addresses-unused',
  ),
  refused(
    'constraints-empty',
    'extension-malformed',
    CONSTRAINED,
    'nameConstraints without a subtree',
    middleEdit(() => setExtension(EXT.nameConstraints, hex('3000'), true)),
    'permits-parent',
  ),
  refused(
    'constraints-with-minimum',
    'extension-malformed',
    CONSTRAINED,
    'a subtree with a minimum, which must be 0',
    middleEdit((pki) =>
      setExtension(
        EXT.nameConstraints,
        der(0x30, der(0xa0, der(0x30, generalName(2, parent(pki.host)), hex('800101')))),
        true,
      ),
    ),
    'permits-parent',
  ),
  accepted('permits-parent', CONSTRAINED, "the intermediate vouches for the host's domain", permitted(parent)),
  accepted(
    'permits-host',
    CONSTRAINED,
    'the intermediate vouches for the host',
    permitted((host) => host),
  ),
  accepted(
    'permits-capitals',
    CONSTRAINED,
    'the permitted domain in capitals',
    permitted((host) => parent(host).toUpperCase()),
  ),
  accepted(
    'permits-all',
    CONSTRAINED,
    'the empty name, which is every name, is permitted',
    permitted(() => ''),
  ),
  accepted(
    'excludes-other',
    CONSTRAINED,
    'another domain is excluded',
    excluded(() => 'elsewhere.example'),
  ),
  accepted(
    'excludes-half-label',
    CONSTRAINED,
    'the excluded name ends within a label',
    excluded((host) => host.slice(1)),
  ),
  accepted('root-permits-parent', CONSTRAINED, "the root vouches for the host's domain", {
    root: { request: (pki) => ({ permittedNames: [parent(pki.host)] }) },
  }),
  accepted(
    'permits-addresses-unused',
    CONSTRAINED,
    'addresses are constrained, and nobody has one',
    subtree(0xa0, ADDRESSES),
  ),
];
