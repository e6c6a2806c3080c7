import { createHash, X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { clientHello, tlsRecords } from '../../../harness/observe/tls-records.ts';
import { ADDRESS, HOSTILE_SERVERS, type HostileServer, World } from '../../../harness/world/world.ts';
import { type ClientIdentity, clientIdentity, TestDevice } from './device.ts';

const START_MS = Date.UTC(2026, 0, 1);
const OPTIONS = {
  seed: '1',
  host: 'broker.example',
  port: 8883,
  timeHost: 'time.example',
  timePort: 123,
  startMs: START_MS,
};

describe('the world around a device', () => {
  let identity: ClientIdentity;
  let world: World;
  let devices: TestDevice[];

  before(async () => {
    identity = await clientIdentity('dev-1');
  });
  beforeEach(async () => {
    world = await World.create(OPTIONS);
    world.cloud.devices.register('dev-1', identity.point);
    devices = [];
  });
  afterEach(async () => {
    for (const device of devices) await device.close();
    await world.close();
  });

  /** A device that takes the modem over, after the one before. */
  const plug = (): TestDevice => {
    const ca = world.pki.root.certificate.pem;
    const nowNs = devices.at(-1)?.at.nowNs ?? 0;
    world.modem.dropLinks(nowNs);
    const device = new TestDevice({ modem: world, host: OPTIONS.host, port: OPTIONS.port, ca, identity, nowNs });
    devices.push(device);
    return device;
  };
  /** The accepted twin: a session from DNS to an acknowledged message. */
  const accepted = async (): Promise<TestDevice> => {
    const device = plug();
    expect(await device.connect(), 'handshake').to.equal(true);
    expect(await device.greet('dev-1'), 'MQTT').to.equal(true);
    expect(await device.publish('t', 'hello'), 'acknowledgement').to.equal(true);
    return device;
  };

  it('takes a message over modem, DNS, TLS 1.3 and MQTT; everything to the service is TLS', async () => {
    await accepted();
    expect(
      world.cloud.received.map(({ topic, payload, clientId }) => [topic, String(Buffer.from(payload)), clientId]),
    ).to.deep.equal([['t', 'hello', 'dev-1']]);
    const to = `${ADDRESS.service}:${OPTIONS.port}`;
    const sent = Buffer.concat(world.modem.traffic.filter((one) => one.to === to).map(({ bytes }) => bytes));
    expect(sent.equals(Buffer.concat(world.internet.connections.at(-1)!.sent))).to.equal(true);
    expect(tlsRecords(sent)).to.include({ problem: undefined }).and.have.property('rest').with.length(0);
    expect(clientHello(sent)?.serverName).to.equal(OPTIONS.host);
    expect(new Set(world.modem.traffic.map(({ kind }) => kind))).to.deep.equal(new Set(['dns', 'tcp']));
  });

  it('ends a silent connection by keep-alive and connect time-out, in virtual time', async () => {
    const device = plug();
    await device.connect();
    await device.at.run(29_000);
    expect(device.at.heard).not.to.contain('CLOSED');
    // aedes waits 30 s for CONNECT.
    await device.at.run(2_000);
    expect(device.at.heard).to.contain('0,CLOSED');
  });

  it('refuses a registered device once its identity is revoked', async () => {
    await accepted();
    world.cloud.devices.revoke('dev-1');
    const device = plug();
    await device.connect();
    expect(await device.greet('dev-1')).to.equal(false);
    expect(world.cloud.refusals.map(({ reason }) => reason)).to.deep.equal(['unknown-key']);
  });

  for (const [what, shiftMs] of [
    ['expired', -400 * 86_400_000],
    ['not yet valid', 40 * 86_400_000],
  ] as const) {
    it(`refuses a registered device's certificate that is ${what} by the service's clock`, async () => {
      await accepted();
      const late = await clientIdentity('dev-1', START_MS + shiftMs);
      const ca = world.pki.root.certificate.pem;
      const { nowNs } = devices[0]!.at;
      world.modem.dropLinks(nowNs);
      const base = { modem: world, host: OPTIONS.host, port: OPTIONS.port, ca };
      const device = new TestDevice({ ...base, identity: late, nowNs });
      devices.push(device);
      await device.connect();
      expect(await device.greet('dev-1')).to.equal(false);
      expect(world.cloud.refusals.map(({ reason }) => reason)).to.deep.equal(['certificate-outside-validity']);
    });
  }

  it('is reproducible as long as OpenSSL has not spoken', async () => {
    expect(world.reproducible).to.equal(true);
    const trace = async () => {
      const one = await World.create(OPTIONS);
      const client = new TestDevice({ modem: one, host: OPTIONS.host, port: OPTIONS.port, ca: '', identity }).at;
      await client.setUp();
      await client.command(`AT+CIPDOMAIN="${OPTIONS.timeHost}"`);
      await client.command(`AT+CIPSTART=1,"UDP","${ADDRESS.time}",123,2390,0`);
      await client.send(1, Buffer.concat([Buffer.of(0x23), Buffer.alloc(47)]));
      await client.run(1000);
      await one.close();
      return createHash('sha256')
        .update(JSON.stringify(client.arrivals.map(({ atNs }) => atNs)))
        .update(client.heard)
        .digest('hex');
    };
    expect(await trace()).to.equal(await trace());
    await accepted();
    expect(world.reproducible).to.equal(false);
  });

  describe('hostile servers, each one change from the accepted one', () => {
    const leaf = (device: TestDevice) => new X509Certificate(device.tls.getPeerCertificate().raw);
    const JUDGE: Record<HostileServer, (device: TestDevice, secure: boolean) => void> = {
      'other-ca': (device) => expect(leaf(device).checkIssued(rootOf(world))).to.equal(false),
      'self-signed': (device) => expect(leaf(device).verify(leaf(device).publicKey)).to.equal(true),
      'other-name': (device) => expect(leaf(device).checkHost(OPTIONS.host)).to.equal(undefined),
      expired: (device) => expect(Date.parse(leaf(device).validTo)).to.be.below(START_MS - 86_400_000),
      'not-yet-valid': (device) => expect(Date.parse(leaf(device).validFrom)).to.be.above(START_MS + 86_400_000),
      'stolen-chain': (device, secure) => {
        expect(secure).to.equal(false);
        expect(device.tlsError?.code).to.equal('ERR_SSL_BAD_SIGNATURE');
      },
      tls12: (device, secure) => {
        expect(secure).to.equal(false);
        expect(device.tlsError?.code).to.match(/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/);
      },
      plaintext: (_device, secure) => {
        expect(secure).to.equal(false);
        expect(tlsRecords(Buffer.concat(world.heardInPlain)).problem).to.equal(undefined);
      },
      'replayed-handshake': (_device, secure) => expect(secure).to.equal(false),
    };

    for (const kind of HOSTILE_SERVERS) {
      it(kind, async () => {
        await accepted();
        await world.hostileServer(kind);
        const device = plug();
        const secure = await device.connect();
        JUDGE[kind](device, secure);
        expect(world.cloud.received).to.have.length(1);
        await device.close();
        world.honest();
        await accepted();
        expect(world.cloud.received).to.have.length(2);
      });
    }

    it('spoofed DNS leads to a valid server of another name', async () => {
      await world.spoofDns();
      const device = plug();
      expect(await device.connect()).to.equal(true);
      expect(leaf(device).checkHost(OPTIONS.host)).to.equal(undefined);
      expect(leaf(device).checkHost('other.example')).to.equal('other.example');
      expect(leaf(device).checkIssued(rootOf(world))).to.equal(true);
    });

    for (const attack of ['flip', 'replay', 'reorder', 'inject', 'truncate', 'drop'] as const) {
      it(`man in the middle: ${attack} a record`, async () => {
        await accepted();
        // The first record after the handshake: OpenSSL's flight is five encrypted ones.
        world.attackRecords(attack, 6);
        const device = plug();
        await device.connect();
        expect(await device.greet('dev-1')).to.equal(false);
        expect(world.recordAttackDone).to.equal(true);
        if (attack !== 'truncate') expect(device.tlsError?.code).to.match(/DECRYPTION_FAILED_OR_BAD_RECORD_MAC/);
        await device.close();
        world.honest();
        await accepted();
      });
    }

    for (const answer of ['mqtt', 'http', 'starttls', 'silence'] as const) {
      it(`plaintext server: ${answer}`, async () => {
        world.plaintextServer(answer);
        const device = plug();
        expect(await device.connect()).to.equal(false);
        expect(clientHello(Buffer.concat(world.heardInPlain))).not.to.equal(undefined);
      });
    }
  });
});

function rootOf(world: World): X509Certificate {
  return new X509Certificate(world.pki.root.certificate.pem);
}
