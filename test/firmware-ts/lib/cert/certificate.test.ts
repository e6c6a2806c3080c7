import { createPublicKey, generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { FN, Libraries } from '../../app/libraries.ts';

const CERTIFICATE_MAX = 512;
const SIGN_CERTIFICATE_REQUEST = 2;
const TBS_MAX = 512;

describe("the device's certificate", () => {
  let device: Libraries;
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let signed: Buffer[] = [];
  before(async () => {
    device = await Libraries.create();
  });
  beforeEach(() => {
    device.reset();
    signed = [];
    device.vault = vault((data) => sign('sha256', data, { key: keys.privateKey, dsaEncoding: 'ieee-p1363' }));
  });

  function vault(signer: (data: Buffer) => Uint8Array | number) {
    return (fn: number, request: Uint8Array): Uint8Array | number => {
      if (fn === FN.PUBLIC_KEY) return point(keys.publicKey);
      if (fn !== FN.SIGN || request[0] !== SIGN_CERTIFICATE_REQUEST) return -2;
      const data = Buffer.from(request.subarray(1));
      if (data.length > TBS_MAX) return -2;
      signed.push(data);
      return signer(data);
    };
  }

  function point(key: KeyObject): Buffer {
    const { x, y } = key.export({ format: 'jwk' });
    return Buffer.concat([Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')]);
  }

  function make(id: string): Buffer | number {
    device.bench.free();
    const out = device.bench.alloc(CERTIFICATE_MAX);
    const length = device.call('makeCertificate', out, device.bench.put(Buffer.from(id)), id.length);
    return length < 0 ? length : device.bench.get(out, length);
  }

  it('holds the key, the name, the dates and the purpose, and its own key signed it', () => {
    const certificate = new X509Certificate(make('sensor-0001') as Buffer);
    expect(certificate.subject).equal('CN=sensor-0001');
    expect(certificate.issuer).equal('CN=sensor-0001');
    expect(certificate.verify(keys.publicKey)).equal(true);
    expect(point(createPublicKey(certificate.publicKey.export({ format: 'pem', type: 'spki' })))).deep.equal(
      point(keys.publicKey),
    );
    expect(new Date(certificate.validFrom).toISOString()).equal('2025-01-01T00:00:00.000Z');
    expect(new Date(certificate.validTo).toISOString()).equal('9999-12-31T23:59:59.000Z');
    expect(certificate.keyUsage).deep.equal(['1.3.6.1.5.5.7.3.2']);
    expect(certificate.ca).equal(false);
    expect(certificate.serialNumber).equal('01');
  });

  it('what is signed is its TBS, one whole DER SEQUENCE', () => {
    const certificate = make('sensor-0001') as Buffer;
    expect(signed.length).equal(1);
    expect(certificate.includes(signed[0]!)).equal(true);
    expect(signed[0]![0]).equal(0x30);
  });

  it('for names of every length that a configuration can hold', () => {
    for (let length = 1; length <= 64; length++) {
      const id = 'x'.repeat(length);
      const der = make(id) as Buffer;
      const certificate = new X509Certificate(der);
      expect(certificate.subject).equal(`CN=${id}`);
      expect(certificate.verify(keys.publicKey)).equal(true);
      expect(certificate.raw.length).equal(der.length);
    }
  });

  for (const [what, r, s] of [
    ['small numbers', '01', '02'],
    ['a top bit', `80${'00'.repeat(31)}`, `ff${'11'.repeat(31)}`],
    ['leading zeros', '7f', `80${'22'.repeat(15)}`],
    ['zero', '00', '00'],
  ] as const) {
    it(`writes the signature's integers in DER's shortest form: ${what}`, () => {
      const raw = Buffer.concat([r, s].map((hex) => Buffer.from(hex.padStart(64, '0'), 'hex')));
      device.vault = vault(() => raw);
      const der = make('d') as Buffer;
      const integer = (hex: string) => {
        const body = Buffer.from(hex, 'hex')[0]! >= 128 ? `00${hex}` : hex;
        return `02${(body.length / 2).toString(16).padStart(2, '0')}${body}`;
      };
      const body = integer(r) + integer(s);
      const sequence = `30${(body.length / 2).toString(16).padStart(2, '0')}${body}`;
      const bits = `03${(sequence.length / 2 + 1).toString(16).padStart(2, '0')}00${sequence}`;
      expect(der.toString('hex').endsWith(bits)).equal(true);
      expect(new X509Certificate(der).raw.length).equal(der.length);
    });
  }

  it("hands on the vault's status, and makes nothing", () => {
    device.vault = () => -50;
    expect(make('d')).equal(-50);
    device.vault = vault(() => -48);
    expect(make('d')).equal(-48);
    device.vault = vault(() => new Uint8Array(63));
    expect(make('d')).below(0);
  });
});
