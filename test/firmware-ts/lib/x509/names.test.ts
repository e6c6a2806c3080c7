/** RFC 9525: which dNSName names which host. One certificate per row, from the same root. */
import { expect } from 'chai';
import { Device } from '../tls/device.ts';
import { make, type Pki, pki, x509 } from '../tls/pki.ts';
import { verify } from './verifier.ts';

/** [dNSName entries, host, verdict] */
const ROWS: [string[], string, string][] = [
  [['mqtt.example.org'], 'mqtt.example.org', 'trusted'],
  [['MQTT.Example.ORG'], 'mqtt.example.org', 'trusted'],
  [['mqtt.example.org'], 'MQTT.EXAMPLE.org', 'trusted'],
  [['mqtt.example.org'], 'mqtt.example.org.', 'trusted'],
  [['a.example.org', 'mqtt.example.org'], 'mqtt.example.org', 'trusted'],
  [['xn--bcher-kva.example'], 'xn--bcher-kva.example', 'trusted'],
  [['*.example.org'], 'mqtt.example.org', 'trusted'],
  [['*.EXAMPLE.org'], 'mqtt.example.ORG', 'trusted'],
  [['*.example.org'], 'xn--bcher-kva.example.org', 'trusted'],
  [['host_1.example.org'], 'host_1.example.org', 'trusted'],
  [['localhost'], 'localhost', 'trusted'],

  [['mqtt.example.org'], 'mqtt.example.com', 'name-mismatch'],
  [['mqtt.example.org'], 'example.org', 'name-mismatch'],
  [['example.org'], 'mqtt.example.org', 'name-mismatch'],
  [['mqtt.example.org'], 'mqtt.example.org.evil.net', 'name-mismatch'],
  [['mqtt.example.org.'], 'mqtt.example.org', 'name-mismatch'],
  [['mqtt.example.or'], 'mqtt.example.org', 'name-mismatch'],
  [['*.example.org'], 'a.b.example.org', 'name-mismatch'],
  [['*.example.org'], 'example.org', 'name-mismatch'],
  [['*.org'], 'example.org', 'name-mismatch'],
  [['*'], 'localhost', 'name-mismatch'],
  [['*.'], 'localhost', 'name-mismatch'],
  [['m*.example.org'], 'mqtt.example.org', 'name-mismatch'],
  [['*t.example.org'], 'mqtt.example.org', 'name-mismatch'],
  [['mqtt.*.org'], 'mqtt.example.org', 'name-mismatch'],
  [['*.*.org'], 'mqtt.example.org', 'name-mismatch'],
  [['xn--*.example.org'], 'xn--bcher-kva.example.org', 'name-mismatch'],
  [['.example.org'], 'mqtt.example.org', 'name-mismatch'],
  [['10.0.0.1'], 'mqtt.example.org', 'name-mismatch'],

  [['mqtt.example.org\0.evil.net'], 'mqtt.example.org', 'name-malformed'],
  [['mqtt.example.org', 'x\0'], 'mqtt.example.org', 'name-malformed'],
  [['mqtt example.org'], 'mqtt.example.org', 'name-malformed'],
  [[''], 'mqtt.example.org', 'name-malformed'],

  [['10.0.0.1'], '10.0.0.1', 'host-ip-literal'],
  [['mqtt.example.org'], '1.2.3', 'host-ip-literal'],
  [['mqtt.example.org'], '167772161', 'host-ip-literal'],
  [['mqtt.example.org'], '::1', 'host-ip-literal'],
  [['mqtt.example.org'], '[::1]', 'host-ip-literal'],
  [['mqtt.example.org'], 'a.10', 'host-ip-literal'],
  [['mqtt.example.org'], '', 'host-invalid'],
  [['mqtt.example.org'], '.', 'host-invalid'],
  [['mqtt.example.org'], 'mqtt..example.org', 'host-invalid'],
  [['mqtt.example.org'], '.mqtt.example.org', 'host-invalid'],
  [['mqtt.example.org'], 'mqtt.example.org..', 'host-invalid'],
  [['mqtt.example.org'], 'mqtt.example.org\0', 'host-invalid'],
  [['*.example.org'], '*.example.org', 'host-invalid'],
  [['mqtt.example.org'], 'b\xfccher.example', 'host-invalid'],
  [['mqtt.example.org'], `${'a'.repeat(64)}.org`, 'host-invalid'],
  [['mqtt.example.org'], `${'a.'.repeat(126)}org`, 'host-invalid'],
];

describe('lib/x509: names', () => {
  let p: Pki;
  let device: Device;

  before(async () => {
    p = await pki('Ed25519');
    device = await Device.create();
  });

  for (const [dns, host, reason] of ROWS)
    it(`${JSON.stringify(dns)} for ${JSON.stringify(host)}: ${reason}`, async () => {
      const server = await make({ name: 'server', algorithm: 'Ed25519', issuer: p.root, dns });
      expect(verify(device, { roots: [p.root.der], chain: [server.der], host }).reason).to.equal(reason);
    });

  it('a name of 253 bytes, of labels of 63', async () => {
    const host = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;
    const server = await make({ name: 'server', algorithm: 'Ed25519', issuer: p.root, dns: [host] });
    expect(verify(device, { roots: [p.root.der], chain: [server.der], host }).reason).to.equal('trusted');
  });

  const others: [string, x509.JsonGeneralName[]][] = [
    ['an address', [{ type: 'ip', value: '10.0.0.1' }]],
    ['a URI', [{ type: 'url', value: 'https://mqtt.example.org' }]],
    ['a mail address', [{ type: 'email', value: 'mqtt.example.org' }]],
  ];
  for (const [what, names] of others)
    it(`${what} in subjectAltName names no host`, async () => {
      const extensions = [new x509.SubjectAlternativeNameExtension(names)];
      const server = await make({ name: 'server', algorithm: 'Ed25519', issuer: p.root, dns: [], extensions });
      expect(verify(device, { roots: [p.root.der], chain: [server.der] }).reason).to.equal('no-dns-name');
    });
});
