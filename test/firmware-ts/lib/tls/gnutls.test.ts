/** The device against GnuTLS, a TLS of other authors than OpenSSL, on a real socket: client certificate, application data both ways, and refusals both ways. Without gnutls-serv skipped. */
import { expect } from 'chai';
import { AUTH, Device, STATE } from './device.ts';
import { Gnutls, type GnutlsOptions, GnutlsWire, gnutlsVersion } from './gnutls.ts';
import { type Algorithm, HOST, make, NOW, type Pki, pki } from './pki.ts';

const ONLY_13 = 'NORMAL:-VERS-ALL:+VERS-TLS1.3';
const UNKNOWN_CA = 48;
/** It sends back lines. */
const LINE = 1000;
const lineOf = (index: number) => `${String.fromCharCode(65 + (index % 26)).repeat(LINE - 1)}\n`;

describe('lib/tls with GnuTLS', () => {
  const all = new Map<Algorithm, Pki>();
  const closers: (() => unknown)[] = [];

  before(async function () {
    if (gnutlsVersion === undefined) this.skip();
    for (const algorithm of ['P-256', 'Ed25519', 'RSA'] as const) all.set(algorithm, await pki(algorithm));
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function open(
    algorithm: Algorithm,
    options: Partial<GnutlsOptions> = {},
    { auth = AUTH.CERTIFICATE as number, root = all.get(algorithm)!.root } = {},
  ) {
    const p = all.get(algorithm)!;
    const device = await Device.create({ key: p.device.key });
    device.setRoots([root.der]);
    device.setCertificate(p.device.der);
    expect(device.open(HOST, NOW, auth)).to.equal(0);
    const server = await Gnutls.start({
      key: p.server.key.export({ type: 'pkcs8', format: 'pem' }) as string,
      chain: `${p.server.pem}\n${p.intermediate.pem}`,
      clients: p.device.pem,
      ...options,
    });
    closers.push(() => server.close());
    const wire = new GnutlsWire(device, server.port);
    closers.push(() => wire.close());
    return { device, server, wire };
  }

  const over = (device: Device) => device.state === STATE.OPEN || device.state === STATE.FAILED;

  for (const algorithm of ['P-256', 'Ed25519', 'RSA'] as const)
    it(`with certificates of ${algorithm}: it is let in by its own, and 50 kB come back as they went`, async () => {
      const { device, server, wire } = await open(algorithm);
      await wire.until(() => over(device));
      expect(device.reason).to.equal('none');
      expect(device.authenticated).to.equal(true);
      const data = Buffer.from(Array.from({ length: 50 }, (_, index) => lineOf(index)).join(''));
      for (let at = 0; at < data.length; at += LINE) {
        expect(device.send(data.subarray(at, at + LINE))).to.equal(LINE);
        await wire.until(() => device.data.length >= at + LINE);
        expect(device.reason).to.equal('none');
      }
      expect(device.data.equals(data)).to.equal(true);
      // What it prints may come behind what it sends.
      await server.said(() => server.applicationBytes >= data.length);
      for (const text of ['Selected version TLS1.3', 'CN=device-1', 'GNUTLS_CHACHA20_POLY1305_SHA256'])
        await server.said(() => server.log.includes(text));
    });

  it('by a HelloRetryRequest where GnuTLS wants secp256r1', async () => {
    const { device, server, wire } = await open('P-256', { priority: `${ONLY_13}:-GROUP-ALL:+GROUP-SECP256R1` });
    await wire.until(() => over(device));
    expect(device.reason).to.equal('none');
    await server.said(() => server.log.includes('HELLO RETRY REQUEST'));
  });

  it('with new keys in both directions after a KeyUpdate', async () => {
    const { device, server, wire } = await open('P-256');
    await wire.until(() => over(device));
    for (const text of ['before\n', 'after\n', 'and again\n']) {
      const wanted = device.data.length + text.length;
      expect(device.send(Buffer.from(text))).to.equal(text.length);
      await wire.until(() => device.data.length >= wanted);
      expect(device.exports.tlsKeyUpdate!(1)).to.equal(0);
    }
    expect(device.data.toString()).to.equal('before\nafter\nand again\n');
    const updates = () => server.log.match(/received TLS 1\.3 key update \(1\)/g) ?? [];
    await server.said(() => updates().length >= 2);
    expect(updates()).to.have.length(2);
  });

  it('refuses GnuTLS with a certificate of another authority, with the alert, and says nothing', async () => {
    const { device, server, wire } = await open('P-256', {}, { root: await make({ name: 'another' }) });
    await wire.until(() => over(device));
    expect(device.state).to.equal(STATE.FAILED);
    expect(device.alertSent).to.equal(UNKNOWN_CA);
    expect(device.send(Buffer.from('secret'))).to.be.below(0);
    await server.said(() => server.log.includes('Alert[2|48]'));
    expect(server.applicationBytes).to.equal(0);
  });

  it('is refused by GnuTLS when its certificate is of another authority', async () => {
    const { device, server, wire } = await open('P-256', { clients: all.get('Ed25519')!.root.pem });
    await wire.until(() => device.state === STATE.FAILED);
    expect(device.state).to.equal(STATE.FAILED);
    expect(device.reason).to.match(/^peer-alert-/);
    expect(server.applicationBytes).to.equal(0);
  });

  it('is refused by GnuTLS when it comes without a certificate', async () => {
    const { device, server, wire } = await open('P-256', {}, { auth: AUTH.TOKEN });
    await wire.until(() => device.state === STATE.FAILED);
    expect(device.reason).to.match(/^peer-alert-/);
    expect(server.applicationBytes).to.equal(0);
  });

  for (const [what, priority] of [
    ['TLS 1.2', 'NORMAL:-VERS-ALL:+VERS-TLS1.2'],
    ['AES', `${ONLY_13}:-CIPHER-ALL:+AES-128-GCM`],
    ['secp384r1', `${ONLY_13}:-GROUP-ALL:+GROUP-SECP384R1`],
  ] as const)
    it(`comes to no connection where GnuTLS knows ${what} alone`, async () => {
      const { device, server, wire } = await open('P-256', { priority });
      await wire.until(() => over(device));
      expect(device.state).to.equal(STATE.FAILED);
      expect(server.applicationBytes).to.equal(0);
    });
});
