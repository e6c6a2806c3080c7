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
/** What the device offers: one suite, two groups, two schemes. */
const TLS = {
  ciphers: 'TLS_CHACHA20_POLY1305_SHA256',
  ecdhCurve: 'X25519:P-256',
  sigalgs: 'ecdsa_secp256r1_sha256:ed25519',
} as const;

/** Where OpenSSL 3 differs from the table: `lax` takes it, a number is another alert. */
const OPENSSL: Readonly<Record<string, number | 'lax'>> = {
  // It does not look at the field once supported_versions has spoken.
  'legacy-version': 'lax',
  // Without TLS 1.2 on its own side it reports the version before it looks for the sentinel.
  'downgrade-sentinel': 70,
  'downgrade-sentinel-11': 70,
  // A length out of range: for us it cannot be decoded (RFC 8446 6.2), for OpenSSL it is an illegal parameter, and the other way round.
  'session-id-long': 47,
  'retry-empty-cookie': 47,
  'message-too-long': 47,
  'certificate-context': 50,
  'certificate-empty-entry': 42,
  'change-cipher-spec-value': 47,
  'change-cipher-spec-long': 47,
  'alert-long': 10,
  'session-alert-short': 10,
  'session-alerts-two': 10,
  'key-update-long': 47,
  // It takes what it does not know (RFC 8446 4.2 says unsupported_extension), or says illegal_parameter.
  'extension-unknown': 'lax',
  'encrypted-extension-unknown': 'lax',
  'retry-extension-not-offered': 47,
  // It keeps a cookie of any length.
  'retry-cookie-long': 'lax',
  'retry-cookie-of-a-record': 'lax',
  // It takes a HelloRetryRequest for one by its random alone.
  'retry-no-version': 'lax',
  // What it has no use for, it does not read.
  'empty-plain-fragment': 'lax',
  'groups-odd': 'lax',
  'groups-empty': 'lax',
  'ticket-extension-repeated': 'lax',
  'request-context': 'lax',
  // It drops the HelloRequest as in TLS 1.2, and then the signature does not fit.
  'hello-request': 51,
  // Its limit counts the content, not the padding.
  'inner-overflow': 10,
  'session-inner-overflow': 'lax',
  // It compares the version before it opens the record.
  'record-header': 50,
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

  for (const [script, { id, open }] of new Map(VIOLATIONS.map((one) => [one.twin, one])))
    it(`is accepted as the twin of ${id}`, async () => {
      const outcomes = world.scriptedServer(script);
      const client = plug();
      expect(await client.connect(), String(client.tlsError)).to.equal(true);
      if (open) expect(await client.greet('dev-1')).to.equal(true);
      expect(outcomes[0]).to.include({ alert: undefined, finished: true, unreadable: 0 });
    });

  for (const { id, what, section, script, alert, open } of VIOLATIONS)
    it(`${id}: ${what} (RFC 8446 ${section})`, async () => {
      const outcomes = world.scriptedServer(script);
      const client = plug();
      const differs = OPENSSL[id];
      const connected = await client.connect();
      const greeted = open && connected && (await client.greet('dev-1'));
      await client.link.pump(200);
      expect(open ? greeted : connected).to.equal(differs === 'lax');
      if (differs === 'lax') return;
      expect(outcomes[0]).to.include({ finished: open, bytesAfterAnswer: 0, earlyApplicationBytes: 0 });
      if (!open) expect(outcomes[0]!.applicationBytes).to.equal(0);
      expect(outcomes[0]!.alert, client.tlsError?.code).to.equal(differs ?? alert);
    });
});
