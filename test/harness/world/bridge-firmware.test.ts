/**
 * The reference firmware, whole, at servers that others wrote (`run --cloud`): Mosquitto has its readings, GnuTLS lets it in by its certificate and decrypts its first
 * bytes. Each is skipped where its tool is not installed.
 */
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { Profile } from '../../../harness/profile/profile.ts';
import type { Device } from '../../../harness/requirements/device.ts';
import { LabFactory } from '../../../harness/requirements/lab-factory.ts';
import { Bridge } from '../../../harness/world/bridge.ts';
import { cloudTarget } from '../../../harness/world/cloud-target.ts';
import { Pki } from '../../../harness/world/pki/pki.ts';
import { Gnutls, type GnutlsOptions, gnutlsVersion } from '../../firmware-ts/lib/tls/gnutls.ts';
import { clientIdentity } from './device.ts';
import { hasMosquitto, mosquitto } from './mosquitto.ts';

const HOST = 'localhost';
const WITHIN_MS = 120_000;
const profile = Profile.load(fileURLToPath(new URL('../../../firmware-ts/device.yaml', import.meta.url)));

describe('the firmware at servers outside', () => {
  const wallMs = Date.now();
  const closers: (() => unknown)[] = [];
  let pki: Pki;

  before(async () => {
    pki = await Pki.create({ seed: 'outside', nowMs: wallMs, host: HOST, keyType: 'p256' });
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  const server = async () => {
    const { key, chain } = await pki.serverUnderIntermediate();
    return {
      key: key.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
      chain: chain.map(({ pem }) => pem).join(''),
    };
  };
  /** A device that trusts the world's root, at the server of this port. The observer, an ordinary client, trusts `others` too. */
  const deviceAt = async (port: number, others = '') => {
    const trusted = cloudTarget(`mqtts://${HOST}:${port}`, 'ca.pem', Buffer.from(pki.root.certificate.pem));
    const target = { ...trusted, ca: `${trusted.ca}\n${others}` };
    const bridge = await Bridge.open(target, { topic: profile.data.service.topic, graceMs: 300 });
    closers.push(() => bridge.close());
    const factory = await LabFactory.create({
      profile,
      board: 'native_sim',
      seed: 1,
      recordTo: undefined,
      cloud: { bridge, startMs: wallMs },
    });
    const lab = await factory.open('outside');
    closers.push(() => lab.close());
    const device = await lab.device();
    return { bridge, device };
  };
  const gnutls = async (options: Partial<GnutlsOptions> = {}) => {
    const started = await Gnutls.start({ ...(await server()), ...options });
    closers.push(() => started.close());
    return started;
  };
  const idOf = (device: Device) => device.lines('identity')[0]!.groups.device!;

  it('Mosquitto receives its readings', async function () {
    if (!hasMosquitto) this.skip();
    const { device } = await deviceAt(await mosquitto(await server(), closers));
    await device.connect();
    const { received } = device.world.cloud;
    await device.waitFor('three readings', WITHIN_MS, () => received.length >= 3);
    const bodies = received.slice(0, 3).map(({ payload }) => JSON.parse(Buffer.from(payload).toString()));
    expect(bodies.map(({ seq }) => seq)).to.deep.equal([bodies[0].seq, bodies[0].seq + 1, bodies[0].seq + 2]);
  });

  it('GnuTLS knows it by its certificate and decrypts its first bytes', async function () {
    if (gnutlsVersion === undefined) this.skip();
    const served = await gnutls();
    const { bridge, device } = await deviceAt(served.port);
    expect(bridge.problem, 'a client without certificate is sent away').to.be.a('string');
    await device.board.power(true);
    await device.waitFor('bytes that GnuTLS decrypted', WITHIN_MS, () => served.applicationBytes > 0);
    await served.said(() => served.log.includes(`CN=${idOf(device)}`));
    expect(served.log).to.include('Selected version TLS1.3').and.to.include('GNUTLS_CHACHA20_POLY1305_SHA256');
    expect(device.lines('refusedServer')).to.be.empty;
  });

  it('GnuTLS sends it away where another authority makes the certificates', async function () {
    if (gnutlsVersion === undefined) this.skip();
    const stranger = await clientIdentity('stranger', wallMs);
    const served = await gnutls({ clients: stranger.certificate.pem });
    const { device } = await deviceAt(served.port);
    await device.board.power(true);
    await device.waitFor('a lost connection', WITHIN_MS, () => device.lines('connectionLost').length > 0);
    expect(device.lines('connectionLost')[0]!.groups.reason).to.match(/^peer-alert-/);
    expect(served.applicationBytes).to.equal(0);
  });

  it('it sends GnuTLS away that is under another root', async function () {
    if (gnutlsVersion === undefined) this.skip();
    const other = await pki.authority('proofboard another root');
    const { key, chain } = await pki.server({}, { issuer: other });
    const served = await gnutls({
      key: key.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
      chain: chain.map(({ pem }) => pem).join(''),
    });
    const { device } = await deviceAt(served.port, other.certificate.pem);
    await device.board.power(true);
    await device.waitForConsole('refusedServer', WITHIN_MS, 0);
    expect(device.lines('refusedServer')[0]!.groups.reason).to.equal('unknown-issuer');
    expect(served.applicationBytes).to.equal(0);
  });
});
