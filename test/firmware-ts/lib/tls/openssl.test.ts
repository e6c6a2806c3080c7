/** The device against OpenSSL (node:tls): honest connections of every supported shape, and OpenSSL as the judge of alerts. */
import { expect } from 'chai';
import { AUTH, Device, STATE } from './device.ts';
import { Openssl, type OpensslOptions } from './openssl.ts';
import { type Algorithm, HOST, NOW, type Pki, pki } from './pki.ts';

describe('lib/tls with OpenSSL', () => {
  const all = new Map<Algorithm, Pki>();
  const servers: Openssl[] = [];

  before(async () => {
    for (const algorithm of ['P-256', 'Ed25519', 'RSA'] as const) all.set(algorithm, await pki(algorithm));
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function open(p: Pki, options: Partial<OpensslOptions> = {}, auth: number = AUTH.CERTIFICATE) {
    const device = await Device.create({ key: p.device.key });
    device.setRoots([p.root.der]);
    device.setCertificate(p.device.der);
    expect(device.open(HOST, NOW, auth)).to.equal(0);
    const server = new Openssl({ chain: [p.server, p.intermediate], ...options });
    servers.push(server);
    return { device, server };
  }

  for (const algorithm of ['P-256', 'Ed25519', 'RSA'] as const) {
    describe(`certificates of ${algorithm}`, () => {
      it('connects, and OpenSSL verifies the device by its certificate', async () => {
        const p = all.get(algorithm)!;
        const { device, server } = await open(p, { requestCert: true, rejectUnauthorized: true, ca: [p.device.pem] });
        await server.exchange(device);
        expect(device.reason).to.equal('none');
        expect(device.state).to.equal(STATE.OPEN);
        expect(server.complaint).to.equal('');
        expect(server.socket!.authorized).to.equal(true);
        expect(server.socket!.getPeerCertificate().subject.CN).to.equal('device-1');
        expect(server.socket!.getProtocol()).to.equal('TLSv1.3');
        expect(server.socket!.getCipher().name).to.equal('TLS_CHACHA20_POLY1305_SHA256');
        expect((server.socket as unknown as { servername: string }).servername).to.equal(HOST);
      });

      it('carries 100 kB down and 50 kB up', async () => {
        const { device, server } = await open(all.get(algorithm)!);
        await server.exchange(device);
        const down = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7) & 255));
        server.socket!.write(down);
        await server.exchange(device);
        expect(device.data.equals(down)).to.equal(true);
        const up = down.subarray(0, 50_000);
        for (let at = 0; at < up.length; ) {
          at += device.send(up.subarray(at));
          await server.exchange(device);
        }
        expect(server.data.equals(up)).to.equal(true);
      });

      it('connects when every byte comes alone', async () => {
        const { device, server } = await open(all.get(algorithm)!, { requestCert: true, rejectUnauthorized: false });
        await server.exchange(device, (chunk) => Array.from(chunk, (byte) => Uint8Array.of(byte)));
        expect(device.state).to.equal(STATE.OPEN);
        server.socket!.write('still here');
        await server.exchange(device, (chunk) => Array.from(chunk, (byte) => Uint8Array.of(byte)));
        expect(device.data.toString()).to.equal('still here');
      });
    });
  }

  it('is refused by OpenSSL with the certificate of another device', async () => {
    const p = all.get('P-256')!;
    const { device, server } = await open(p, { requestCert: true, rejectUnauthorized: true, ca: [p.root.pem] });
    await server.exchange(device);
    expect(server.socket).to.equal(undefined);
    const judged = await open(p, { requestCert: true, rejectUnauthorized: false, ca: [p.root.pem] });
    await judged.server.exchange(judged.device);
    expect(String(judged.server.socket!.authorizationError)).to.equal('DEPTH_ZERO_SELF_SIGNED_CERT');
    // the twin: the same device at a service that knows it
    const twin = await open(p, { requestCert: true, rejectUnauthorized: true, ca: [p.device.pem] });
    await twin.server.exchange(twin.device);
    expect(twin.server.socket!.authorized).to.equal(true);
  });

  it('connects in token mode without a certificate', async () => {
    const { device, server } = await open(
      all.get('P-256')!,
      { requestCert: true, rejectUnauthorized: false },
      AUTH.TOKEN,
    );
    await server.exchange(device);
    expect(device.state).to.equal(STATE.OPEN);
    expect(server.socket!.getPeerCertificate()).to.deep.equal({});
  });

  const UNABLE: [string, Partial<OpensslOptions>, string][] = [
    ['TLS 1.2 only', { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }, 'peer-alert-70'],
    ['AES only', { ciphers: 'TLS_AES_128_GCM_SHA256' }, 'peer-alert-40'],
    ['secp384r1 only', { ecdhCurve: 'P-384' }, 'peer-alert-40'],
    ['RSA-PSS signatures only', { sigalgs: 'rsa_pss_rsae_sha256' }, 'peer-alert-40'],
  ];
  for (const [what, options, reason] of UNABLE)
    it(`comes to no connection with a server of ${what}, and its twin connects`, async () => {
      const p = all.get('P-256')!;
      const twin = await open(p);
      await twin.server.exchange(twin.device);
      expect(twin.device.state).to.equal(STATE.OPEN);
      const { device, server } = await open(p, options);
      await server.exchange(device);
      expect(device.state).to.equal(STATE.FAILED);
      expect(device.reason).to.equal(reason);
      expect(server.socket).to.equal(undefined);
      expect(device.send(Buffer.from('x'))).to.be.below(0);
    });

  it('connects in secp256r1 when OpenSSL wants it, by a HelloRetryRequest', async () => {
    const { device, server } = await open(all.get('P-256')!, {
      ecdhCurve: 'P-256',
      requestCert: true,
      rejectUnauthorized: false,
    });
    const hellos: number[] = [];
    await server.exchange(device, (chunk) => {
      if (chunk[0] === 22 && chunk[5] === 2) hellos.push(Buffer.from(chunk).readUInt16BE(3));
      return [chunk];
    });
    expect(device.reason).to.equal('none');
    expect(device.state).to.equal(STATE.OPEN);
    expect(hellos, 'HelloRetryRequest and ServerHello').to.have.length(2);
    expect(device.draws, 'random, session id, two private keys').to.have.length(4);
    server.socket!.write('down');
    await server.exchange(device);
    expect(device.data.toString()).to.equal('down');
    device.send(Buffer.from('up'));
    await server.exchange(device);
    expect(server.data.toString()).to.equal('up');
  });

  it('connects in X25519 without a HelloRetryRequest when OpenSSL takes both', async () => {
    const { device, server } = await open(all.get('P-256')!, { ecdhCurve: 'P-256:X25519' });
    await server.exchange(device);
    expect(device.state).to.equal(STATE.OPEN);
    expect(device.draws, 'no second private key').to.have.length(3);
  });

  it('changes its keys, and OpenSSL follows and changes its own when asked', async () => {
    const { device, server } = await open(all.get('P-256')!);
    await server.exchange(device);
    for (const [round, ask] of [0, 1, 1, 0, 1].entries()) {
      expect(device.exports.tlsKeyUpdate!(ask)).to.equal(0);
      device.send(Buffer.from(`up ${round} `));
      await server.exchange(device);
      server.socket!.write(`down ${round} `);
      await server.exchange(device);
    }
    expect(server.complaint).to.equal('');
    expect(server.data.toString()).to.equal('up 0 up 1 up 2 up 3 up 4 ');
    expect(device.data.toString()).to.equal('down 0 down 1 down 2 down 3 down 4 ');
  });

  it('closes both ways', async () => {
    const { device, server } = await open(all.get('P-256')!);
    await server.exchange(device);
    server.socket!.end('last');
    await server.exchange(device);
    expect(device.data.toString()).to.equal('last');
    expect(device.state).to.equal(STATE.CLOSED);
    const second = await open(all.get('P-256')!);
    await second.server.exchange(second.device);
    second.device.exports.tlsClose!();
    await second.server.exchange(second.device);
    expect(second.server.ended).to.equal(true);
    expect(second.server.complaint).to.equal('');
  });

  it('reads the same from the same entropy and else from other', async () => {
    const hello = async (seed: number) => {
      const device = await Device.create({ seed });
      device.setRoots([all.get('P-256')!.root.der]);
      device.open(HOST, NOW);
      device.run();
      return Buffer.from(device.output()).toString('hex');
    };
    expect(await hello(1)).to.equal(await hello(1));
    expect(await hello(1)).to.not.equal(await hello(2));
  });
});
