/**
 * Names in the server's certificate against the configured host, after RFC 9525 6 (RFC 6125's successor), RFC 5280 4.2.1.6 and RFC 4985.
 *
 * The configured host of most rows is the scenario's, of at least three labels.
 */
import { altNames, dropExtension, EXT, generalName, srvName } from '../der-edit.ts';
import type { Pki } from '../pki.ts';
import { accepted, type ChainCase, leafEdit, type PlainChange, plain, refused } from './case.ts';

const RULE = 'RFC 9525 6.3';
const SYNTAX = 'RFC 5280 4.2.1.6';
const NONE = 'RFC 9525 6.2';
const IDN_HOST = 'xn--bcher-kva.service.example';

const parent = (host: string) => host.split('.').slice(1).join('.');
const first = (host: string) => host.split('.')[0]!;
const dns = (make: (host: string) => string | Uint8Array): PlainChange =>
  leafEdit((pki) => altNames(generalName(2, make(pki.host))));
const names = (make: (pki: Pki) => Uint8Array[]): PlainChange => leafEdit((pki) => altNames(...make(pki)));

/** Another name, or no name that counts. */
export const OTHER_NAMES: readonly ChainCase[] = [
  refused(
    'name-other',
    'name-mismatch',
    RULE,
    'another host',
    dns(() => 'other.example'),
  ),
  refused(
    'name-label-prefixed',
    'name-mismatch',
    RULE,
    'the host with a byte before it',
    dns((host) => `x${host}`),
  ),
  refused(
    'name-label-hyphen',
    'name-mismatch',
    RULE,
    'the host as the tail of a label',
    dns((host) => `not-${host}`),
  ),
  refused(
    'name-child',
    'name-mismatch',
    RULE,
    'a child of the host',
    dns((host) => `sub.${host}`),
  ),
  refused('name-parent', 'name-mismatch', RULE, "the host's parent", dns(parent)),
  refused(
    'name-sibling',
    'name-mismatch',
    RULE,
    'a sibling of the host',
    dns((host) => `y${first(host)}.${parent(host)}`),
  ),
  refused(
    'name-shortened',
    'name-mismatch',
    RULE,
    'the host without its last byte',
    dns((host) => host.slice(0, -1)),
  ),
  refused(
    'name-continued',
    'name-mismatch',
    RULE,
    'the host within a longer name',
    dns((host) => `${host}.evil.example`),
  ),
  refused(
    'name-swapped-dot',
    'name-mismatch',
    RULE,
    'a letter for a dot',
    dns((host) => host.replace('.', 'x')),
  ),
  refused('name-first-label', 'name-mismatch', RULE, 'the first label alone', dns(first)),
  refused(
    'name-several-others',
    'name-mismatch',
    RULE,
    'twenty names, the host not among them',
    names((pki) => Array.from({ length: 20 }, (_, n) => generalName(2, `n${n}.${pki.host}`))),
  ),
];

/** RFC 9525 6.2, 6.4: names of other forms are no reference for a DNS-ID. */
export const NO_FALLBACK: readonly ChainCase[] = [
  refused(
    'no-common-name',
    'no-dns-name',
    NONE,
    'the host in the common name, no subjectAltName',
    leafEdit(() => dropExtension(EXT.subjectAltName)),
  ),
  refused(
    'no-common-name-beside',
    'name-mismatch',
    NONE,
    'the host in the common name, another in the subjectAltName',
    dns(() => 'other.example'),
  ),
  refused(
    'no-mail-name',
    'no-dns-name',
    NONE,
    'the host as a mail address',
    names((pki) => [generalName(1, pki.host)]),
  ),
  refused(
    'no-uri-name',
    'no-dns-name',
    NONE,
    'the host in a URI',
    names((pki) => [generalName(6, `mqtts://${pki.host}`)]),
  ),
  refused(
    'no-address',
    'no-dns-name',
    NONE,
    "the server's address in place of its name",
    names(() => [generalName(7, Uint8Array.of(203, 0, 113, 10))]),
  ),
  refused(
    'no-address-as-name',
    'name-mismatch',
    NONE,
    "the server's address as a dNSName",
    dns(() => '203.0.113.10'),
  ),
  refused(
    'no-srv-alone',
    'no-dns-name',
    NONE,
    'the service alone, no dNSName',
    names((pki) => [srvName(`_mqtts.${pki.host}`)]),
  ),
];

export const WILDCARDS: readonly ChainCase[] = [
  refused(
    'wildcard-alone',
    'name-mismatch',
    RULE,
    'a star alone',
    dns(() => '*'),
  ),
  refused(
    'wildcard-top',
    'name-mismatch',
    RULE,
    'a star right below the top',
    dns((host) => `*.${host.split('.').at(-1)}`),
  ),
  refused(
    'wildcard-two-labels',
    'name-mismatch',
    RULE,
    'a star for two labels',
    dns((host) => `*.${host.split('.').slice(2).join('.')}`),
  ),
  refused(
    'wildcard-no-label',
    'name-mismatch',
    RULE,
    'a star for no label',
    dns((host) => `*.${host}`),
  ),
  refused(
    'wildcard-inner',
    'name-mismatch',
    RULE,
    'a star in the second label',
    dns((host) => `${first(host)}.*.${host.split('.').slice(2).join('.')}`),
  ),
  refused(
    'wildcard-tail',
    'name-mismatch',
    RULE,
    'a star behind letters',
    dns((host) => `${host[0]}*.${parent(host)}`),
  ),
  refused(
    'wildcard-head',
    'name-mismatch',
    RULE,
    'a star before letters',
    dns((host) => `*${first(host).at(-1)}.${parent(host)}`),
  ),
  refused(
    'wildcard-middle',
    'name-mismatch',
    RULE,
    'a star between letters',
    dns((host) => `${host[0]}*${first(host).at(-1)}.${parent(host)}`),
  ),
  refused(
    'wildcard-twice',
    'name-mismatch',
    RULE,
    'two stars',
    dns((host) => `*.*.${host.split('.').slice(2).join('.')}`),
  ),
  refused(
    'wildcard-double',
    'name-mismatch',
    RULE,
    'a label of two stars',
    dns((host) => `**.${parent(host)}`),
  ),
  refused(
    'wildcard-other-parent',
    'name-mismatch',
    RULE,
    'a star below another parent',
    dns((host) => `*.x${parent(host)}`),
  ),
  refused(
    'wildcard-root-dot',
    'name-mismatch',
    RULE,
    'a star and a trailing dot',
    dns((host) => `*.${parent(host)}.`),
  ),
  refused('wildcard-in-a-label', 'name-mismatch', RULE, 'a star within an A-label', {
    ...dns(() => `xn--*.${parent(IDN_HOST)}`),
    host: IDN_HOST,
  }),
];

export const ENCODINGS: readonly ChainCase[] = [
  refused(
    'nul-then-attacker',
    'name-malformed',
    SYNTAX,
    'the host, a NUL and an attacker behind it',
    dns((host) => `${host}\0.evil.example`),
  ),
  refused(
    'nul-at-the-end',
    'name-malformed',
    SYNTAX,
    'the host and a NUL',
    dns((host) => `${host}\0`),
  ),
  refused(
    'nul-in-another',
    'name-malformed',
    SYNTAX,
    'the host, and a second name with a NUL',
    names((pki) => [generalName(2, pki.host), generalName(2, 'a\0.example')]),
  ),
  refused(
    'name-empty',
    'name-malformed',
    SYNTAX,
    'an empty dNSName beside the host',
    names((pki) => [generalName(2, ''), generalName(2, pki.host)]),
  ),
  refused(
    'name-blank',
    'name-malformed',
    SYNTAX,
    'a blank behind the host',
    dns((host) => `${host} `),
  ),
  refused(
    'name-tab',
    'name-malformed',
    SYNTAX,
    'a tab before the host',
    dns((host) => `\t${host}`),
  ),
  refused(
    'name-line-feed',
    'name-malformed',
    SYNTAX,
    'a line feed behind the host',
    dns((host) => `${host}\n`),
  ),
  refused(
    'name-trailing-dot',
    'name-mismatch',
    SYNTAX,
    'a trailing dot, which preferred name syntax has not',
    dns((host) => `${host}.`),
  ),
  refused(
    'name-leading-dot',
    'name-mismatch',
    SYNTAX,
    'a leading dot',
    dns((host) => `.${host}`),
  ),
  refused(
    'name-double-dot',
    'name-mismatch',
    SYNTAX,
    'an empty label',
    dns((host) => host.replace('.', '..')),
  ),
  refused(
    'name-wide-letters',
    'name-malformed',
    SYNTAX,
    'a full-width letter for the first',
    dns((host) => `\uff4d${host.slice(1)}`),
  ),
  refused('name-u-label', 'name-malformed', SYNTAX, 'a U-label where the A-label belongs', {
    ...dns(() => 'b\u00fccher.service.example'),
    host: IDN_HOST,
  }),
  refused(
    'name-latin-1',
    'name-malformed',
    SYNTAX,
    'a byte above 127',
    dns((host) => Buffer.from(`\u00ed${host.slice(1)}`, 'latin1')),
  ),
];

/** The host that the verifier is asked for. */
export const HOSTS: readonly ChainCase[] = [
  refused('host-ipv4', 'host-ip-literal', 'RFC 9525 6.1', 'an IPv4 literal as the host', {
    ...names(() => [generalName(7, Uint8Array.of(203, 0, 113, 10))]),
    host: '203.0.113.10',
  }),
  refused('host-ipv6', 'host-ip-literal', 'RFC 9525 6.1', 'an IPv6 literal as the host', { host: '2001:db8::1' }),
  refused('host-empty-label', 'host-invalid', 'RFC 9525 6.1', 'a host with an empty label', { host: 'mqtt..example' }),
  refused('host-long-label', 'host-invalid', 'RFC 9525 6.1', 'a host with a label of 64 bytes', {
    host: `${'a'.repeat(64)}.example`,
  }),
];

export const ACCEPTED_NAMES: readonly ChainCase[] = [
  accepted(
    'name-capitals',
    RULE,
    'the name in capitals',
    dns((host) => host.toUpperCase()),
  ),
  accepted(
    'name-mixed-case',
    RULE,
    'the name in both cases',
    dns((host) => host.replace(/^./, (letter) => letter.toUpperCase())),
  ),
  accepted(
    'wildcard',
    RULE,
    'a star in the leftmost label',
    dns((host) => `*.${parent(host)}`),
  ),
  accepted(
    'wildcard-capitals',
    RULE,
    'a star before capitals',
    dns((host) => `*.${parent(host).toUpperCase()}`),
  ),
  accepted(
    'name-first-of-several',
    RULE,
    'the host first of three',
    names((pki) => [pki.host, 'a.example', 'b.example'].map((name) => generalName(2, name))),
  ),
  accepted(
    'name-last-of-many',
    RULE,
    'the host last of twenty',
    names((pki) => [
      ...Array.from({ length: 19 }, (_, n) => generalName(2, `n${n}.example`)),
      generalName(2, pki.host),
    ]),
  ),
  accepted(
    'name-beside-other-forms',
    RULE,
    'the host beside an address, a URI and a mail name',
    names((pki) => [
      generalName(7, Uint8Array.of(203, 0, 113, 10)),
      generalName(6, 'https://a.example/'),
      generalName(1, 'a@b.example'),
      generalName(2, pki.host),
    ]),
  ),
  accepted(
    'name-beside-service',
    RULE,
    'the host beside the name of a service',
    names((pki) => [srvName(`_mqtts.${pki.host}`), generalName(2, pki.host)]),
  ),
  accepted('name-a-label', RULE, 'an A-label', { ...dns(() => IDN_HOST), host: IDN_HOST }),
  accepted('name-a-label-wildcard', RULE, 'a star for an A-label', {
    ...dns(() => `*.${parent(IDN_HOST)}`),
    host: IDN_HOST,
  }),
  accepted('host-root-dot', RULE, 'a host with the root dot', async (pki) => ({
    ...(await plain(pki)),
    host: `${pki.host}.`,
  })),
];
