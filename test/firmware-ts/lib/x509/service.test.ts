/**
 * RFC 9525's SRV-ID (an SRVName of RFC 4985) beside the host: what is taken, what is refused, and what the reader does with names that are cut, too long, too many, nested,
 * repeated or of random bytes.
 */
import { expect } from 'chai';
import { altNames, der, generalName, hex, resign, srvName } from '../../../../harness/world/pki/der-edit.ts';
import type { Certificate } from '../../../../harness/world/pki/mint.ts';
import { Pki } from '../../../../harness/world/pki/pki.ts';
import { Device } from '../tls/device.ts';
import { HOST, NOW } from '../tls/pki.ts';
import { verify } from './verifier.ts';

const SERVICE = 'secure-mqtt';
const RIGHT = `_${SERVICE}.${HOST}`;
/** id-on-dnsSRV. */
const OID = der(0x06, hex('2b06010505070807'));
const host = generalName(2, HOST);
const value = (tag: number, text: string | Uint8Array) =>
  der(0xa0, der(tag, typeof text === 'string' ? Buffer.from(text, 'latin1') : text));

describe('lib/x509: service', () => {
  let pki: Pki;
  let device: Device;
  let server: Certificate;

  before(async () => {
    pki = await Pki.create({ seed: 'service', nowMs: NOW, host: HOST });
    device = await Device.create();
    server = (await pki.server()).chain[0]!;
  });
  beforeEach(() => {
    expect(device.setService(SERVICE)).to.equal(0);
  });

  const withNames = (...names: Uint8Array[]) => resign(server, pki.root.key, altNames(...names)).der;
  const reasonOf = (leaf: Uint8Array) => verify(device, { roots: [pki.root.certificate.der], chain: [leaf] }).reason;
  const reason = (...names: Uint8Array[]) => reasonOf(withNames(...names));

  it('takes the service of the host, in any case, before and behind other names', () => {
    expect(reason(host, srvName(RIGHT))).to.equal('trusted');
    expect(reason(srvName(RIGHT.toUpperCase()), host)).to.equal('trusted');
    expect(reason(srvName('_imaps.other.example'), host, srvName(RIGHT), generalName(6, 'a:b'))).to.equal('trusted');
  });

  it('asks for nothing without a service', () => {
    expect(device.setService('')).to.equal(0);
    for (const names of [[host], [host, srvName('_imaps.other.example')], [host, srvName('')]]) {
      expect(reason(...names)).to.equal('trusted');
    }
  });

  it('takes names of 1 to 15 letters, digits and hyphens, and forgets the one before when it refuses', () => {
    for (const name of ['x', 'SECURE-mqtt', '0', 'a'.repeat(15)]) expect(device.setService(name), name).to.equal(0);
    for (const name of ['a'.repeat(16), 'a'.repeat(400), '_mqtt', 'a.b', 'a b', '*', 'a\0', 'b\xfc', '/']) {
      expect(device.setService(SERVICE)).to.equal(0);
      expect(device.setService(name), name).to.be.below(0);
      expect(reason(host), name).to.equal('trusted');
    }
  });

  it('refuses each name that is cut', () => {
    for (let length = 0; length < RIGHT.length; length++) {
      const expected = length === 0 ? 'name-malformed' : 'service-mismatch';
      expect(reason(host, srvName(RIGHT.slice(0, length))), String(length)).to.equal(expected);
      if (length > 0) expect(reason(host, srvName(RIGHT.slice(length)))).to.equal('service-mismatch');
    }
  });

  it('refuses an otherName that ends at any byte, the lengths around it true', () => {
    const whole = srvName(RIGHT);
    const body = whole.subarray(2);
    for (let length = 0; length < body.length; length++) {
      const said = reason(host, der(0xa0, body.subarray(0, length)));
      expect(said, String(length)).to.equal('name-malformed');
    }
    expect(reason(host, whole)).to.equal('trusted');
  });

  const MALFORMED: [string, () => Uint8Array][] = [
    ['nothing', () => der(0xa0)],
    ['no type', () => der(0xa0, value(0x16, RIGHT))],
    ['no value', () => der(0xa0, OID)],
    ['the value without its tag', () => der(0xa0, OID, der(0x16, Buffer.from(RIGHT)))],
    ['two values', () => der(0xa0, OID, value(0x16, RIGHT), value(0x16, RIGHT))],
    ['two strings in the value', () => der(0xa0, OID, der(0xa0, der(0x16, Buffer.from(RIGHT)), der(0x16)))],
    ['a UTF8String', () => der(0xa0, OID, value(0x0c, RIGHT))],
    ['an OCTET STRING', () => der(0xa0, OID, value(0x04, RIGHT))],
    ['an IA5String in an IA5String', () => der(0xa0, OID, value(0x16, der(0x16, Buffer.from(RIGHT))))],
    ['a NUL', () => srvName(`${RIGHT}\0`)],
    ['a space', () => srvName(`${RIGHT} `)],
    ['a byte beyond ASCII', () => srvName(`${RIGHT}\xe9`)],
  ];
  for (const [what, name] of MALFORMED)
    it(`refuses ${what}, also behind the right name`, () => {
      expect(reason(host, name())).to.equal('name-malformed');
      expect(reason(host, srvName(RIGHT), name())).to.equal('name-malformed');
    });

  it('refuses names that are too long', () => {
    for (const length of [64, 127, 128, 255, 256, 1000]) {
      expect(reason(host, srvName(`_${SERVICE}.${'a'.repeat(length)}`)), String(length)).to.equal('service-mismatch');
      expect(reason(host, srvName(`${RIGHT}${'.'.repeat(length)}`)), String(length)).to.equal('service-mismatch');
    }
  });

  it('reads as many names as a certificate holds', () => {
    const others = Array.from({ length: 40 }, (_, index) => srvName(`_s${index}.${HOST}`));
    expect(reason(host, ...others)).to.equal('service-mismatch');
    expect(reason(host, ...others, srvName(RIGHT))).to.equal('trusted');
    expect(reason(host, srvName(RIGHT), srvName(RIGHT))).to.equal('trusted');
    expect(reason(host, srvName(RIGHT), ...others)).to.equal('trusted');
  });

  it('refuses nested otherNames', () => {
    let name = srvName(RIGHT);
    for (let depth = 0; depth < 20; depth++) name = der(0xa0, name);
    expect(reason(host, name)).to.equal('name-malformed');
    const inside = der(0xa0, OID, der(0xa0, srvName(RIGHT)));
    expect(reason(host, inside)).to.equal('name-malformed');
  });

  it('lets no random bytes pass, alone or over an honest name', () => {
    let state = 7;
    const chance = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1').toLowerCase();
    const seen = new Set<string>();
    for (let turn = 0; turn < 1500; turn++) {
      const random = Uint8Array.from({ length: chance(60) }, () => chance(256));
      const honest = Uint8Array.from(srvName(RIGHT));
      for (let count = 1 + chance(3); count > 0; count--) honest[chance(honest.length)] = chance(256);
      for (const leaf of [withNames(host, der(0xa0, random)), withNames(host, honest)]) {
        const said = reasonOf(leaf);
        seen.add(said);
        if (said === 'trusted') expect(text(leaf)).to.include(RIGHT.toLowerCase());
      }
    }
    expect([...seen]).to.include.members(['name-malformed', 'service-mismatch', 'no-service-name']);
  });
});
