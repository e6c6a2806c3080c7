/** The scripted TLS 1.3 server against an independent client: OpenSSL accepts it when it is honest and refuses every violation. */
import { expect } from 'chai';
import { VIOLATIONS } from '../../../../harness/world/attackers/tls13/violations.ts';
import { World } from '../../../../harness/world/world.ts';
import { type ClientIdentity, clientIdentity, TestDevice } from '../device.ts';

const OPTIONS = {
  seed: '1',
  host: 'broker.example',
  port: 8883,
  timeHost: 'time.example',
  timePort: 123,
  startMs: Date.UTC(2026, 0, 1),
};
/** What the server speaks: one suite, one group. */
const TLS = { ciphers: 'TLS_CHACHA20_POLY1305_SHA256', ecdhCurve: 'X25519' } as const;

/** Where OpenSSL 3 differs from the table: `lax` takes it, a number is another alert. */
const OPENSSL: Readonly<Record<string, number | 'lax'>> = {
  // It does not look at the field once supported_versions has spoken.
  'legacy-version': 'lax',
  'change-cipher-spec-value': 47,
  // Without TLS 1.2 on its own side it reports the version before it looks for the sentinel.
  'downgrade-sentinel': 70,
  'downgrade-sentinel-11': 70,
};

describe('scripted TLS 1.3 server', () => {
  let identity: ClientIdentity;
  let world: World;
  let device: TestDevice | undefined;

  before(async () => {
    identity = await clientIdentity('dev-1');
  });
  beforeEach(async () => {
    world = await World.create(OPTIONS);
  });
  afterEach(async () => {
    await device?.close();
    await world.close();
  });

  const plug = () => {
    const ca = world.pki.root.certificate.pem;
    device = new TestDevice({ modem: world, host: OPTIONS.host, port: OPTIONS.port, ca, identity, tls: TLS });
    return device;
  };

  it('is accepted when it is honest, and says so', async () => {
    const outcomes = world.scriptedServer({});
    const client = plug();
    expect(await client.connect(), String(client.tlsError)).to.equal(true);
    expect(await client.greet('dev-1')).to.equal(true);
    expect(outcomes).to.have.length(1);
    expect(outcomes[0]).to.include({ alert: undefined, finished: true, earlyApplicationBytes: 0, unreadable: 0 });
    expect(outcomes[0]!.applicationBytes).to.be.above(0);
    expect(world.reproducible).to.equal(true);
  });

  it('names every violation once, with a section', () => {
    expect(new Set(VIOLATIONS.map(({ id }) => id)).size).to.equal(VIOLATIONS.length);
    for (const { section } of VIOLATIONS) expect(section).to.match(/^\d(\.\d+)*$/);
  });

  for (const { id, what, section, script, alert } of VIOLATIONS) {
    it(`${id}: ${what} (RFC 8446 ${section})`, async () => {
      const outcomes = world.scriptedServer(script);
      const client = plug();
      const differs = OPENSSL[id];
      expect(await client.connect()).to.equal(differs === 'lax');
      if (differs === 'lax') return;
      expect(outcomes[0]).to.include({ finished: false, applicationBytes: 0, earlyApplicationBytes: 0 });
      expect(outcomes[0]!.alert, client.tlsError?.code).to.equal(differs ?? alert);
    });
  }
});
