/**
 * The service beside the host: SRV-ID of RFC 9525 by an SRVName (RFC 4985), asked for by a verifier that is configured for `secure-mqtt`. OpenSSL knows no such question: what
 * it says is of the host alone.
 */
import { altNames, der, generalName, hex, srvName } from '../der-edit.ts';
import type { Pki } from '../pki.ts';
import { accepted, type ChainCase, plain, refused } from './case.ts';

export const SERVICE_NAME = 'secure-mqtt';
/** id-on-dnsSRV. */
const DNS_SRV = '2b06010505070807';

function named(names: (host: string) => Uint8Array[], options: { withoutHost?: true } = {}) {
  return async (pki: Pki) => {
    const host = options.withoutHost ? [] : [generalName(2, pki.host)];
    const made = await plain(pki, { leaf: { edit: () => altNames(...host, ...names(pki.host)) } });
    return { ...made, service: SERVICE_NAME };
  };
}

const otherName = (oid: string, value: Uint8Array) => der(0xa0, der(0x06, hex(oid)), der(0xa0, value));
const TWIN = 'service-named';
const NAMES = 'RFC 9525 6.3';
const bad = (id: string, reason: string, what: string, names: (host: string) => Uint8Array[], section = NAMES) =>
  refused(id, reason, section, what, named(names), TWIN);
const mismatch = (id: string, what: string, names: (host: string) => Uint8Array[]) =>
  bad(id, 'service-mismatch', what, names);

export const SERVICES: readonly ChainCase[] = [
  accepted(
    'service-named',
    'RFC 9525 6.1',
    'the host and its service',
    named((host) => [srvName(`_secure-mqtt.${host}`)]),
  ),
  accepted(
    'service-capitals',
    NAMES,
    'the same in capitals',
    named((host) => [srvName(`_Secure-MQTT.${host.toUpperCase()}`)]),
  ),
  accepted(
    'service-among-others',
    NAMES,
    'among other services and hosts',
    named((host) => [
      srvName(`_imaps.${host}`),
      srvName(`_secure-mqtt.${host}`),
      srvName('_secure-mqtt.other.example'),
    ]),
  ),
  bad('service-absent', 'no-service-name', 'the host without any service', () => [], 'RFC 9525 6.1'),
  bad('service-other-form', 'no-service-name', 'the same text in a name of another form', (host) => [
    otherName('2b0601040181fd590101', der(0x16, Buffer.from(`_secure-mqtt.${host}`))),
  ]),
  bad('service-uri', 'no-service-name', 'the service in a URI', (host) => [generalName(6, `secure-mqtt://${host}`)]),
  mismatch('service-other', 'another service of the host', (host) => [srvName(`_imaps.${host}`)]),
  mismatch('service-of-another-host', 'the service of another host', () => [srvName('_secure-mqtt.other.example')]),
  mismatch('service-of-a-host-as-long', 'the service of another host with a name as long', (host) => [
    srvName(`_secure-mqtt.${host.replaceAll(/[a-m]/g, 'x')}`),
  ]),
  mismatch('service-begun', 'the beginning of the service', (host) => [srvName(`_secure.${host}`)]),
  mismatch('service-longer', 'a service that begins so', (host) => [srvName(`_secure-mqtts.${host}`)]),
  mismatch('service-no-underscore', 'the service without its underscore', (host) => [srvName(`secure-mqtt.${host}`)]),
  mismatch('service-protocol', 'the transport as in DNS', (host) => [srvName(`_secure-mqtt._tcp.${host}`)]),
  mismatch('service-alone', 'the service without host', () => [srvName('_secure-mqtt')]),
  mismatch('service-below', 'a host below ours', (host) => [srvName(`_secure-mqtt.a.${host}`)]),
  mismatch('service-above', 'the domain above ours', (host) => [srvName(`_secure-mqtt.${parent(host)}`)]),
  mismatch('service-wildcard-host', 'a wildcard for the host', (host) => [srvName(`_secure-mqtt.*.${parent(host)}`)]),
  mismatch('service-wildcard', 'a wildcard for the service', (host) => [srvName(`_*.${host}`)]),
  mismatch('service-root-dot', 'a dot at the end', (host) => [srvName(`_secure-mqtt.${host}.`)]),
  bad(
    'service-nul',
    'name-malformed',
    'a NUL behind the right name',
    (host) => [srvName(`_secure-mqtt.${host}\0.other.example`)],
    'RFC 4985 2',
  ),
  bad(
    'service-utf8',
    'name-malformed',
    'an SRVName that is no IA5String',
    (host) => [otherName(DNS_SRV, der(0x0c, Buffer.from(`_secure-mqtt.${host}`)))],
    'RFC 4985 2',
  ),
  bad('service-empty', 'name-malformed', 'an empty SRVName', () => [srvName('')], 'RFC 4985 2'),
  refused(
    'service-without-host',
    'no-dns-name',
    'RFC 9525 6.2',
    'the service of the host, but no dNSName',
    named((host) => [srvName(`_secure-mqtt.${host}`)], { withoutHost: true }),
    TWIN,
  ),
];

const parent = (host: string) => host.slice(host.indexOf('.') + 1);
