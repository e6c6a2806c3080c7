/** th-tls-ciphers: what the device offers, and what it takes. */
import { clientHello, clientHellos } from '../../observe/tls-records.ts';
import { RETRIES } from '../../world/attackers/tls13/retry-violations.ts';
import { CHAPTERS, violation } from '../../world/attackers/tls13/violations.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import { ALERT, connected, expectChapterRefused, expectIdentityRefused, expectTwin } from '../refusal.ts';

/** IANA's TLS registries: recommended, with forward secrecy. */
const SECURE = {
  versions: [0x0304],
  suites: [0x1301, 0x1302, 0x1303],
  groups: [0x001d, 0x0017, 0x0018, 0x001e],
  /** PKCS #1 v1.5 signs certificates, not handshakes (RFC 8446 4.2.3). */
  certificateSchemes: [0x0401, 0x0501, 0x0601],
  schemes: [0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b],
} as const;

const RECONNECTIONS = 2;
const RETRIED_WITHIN_MS = 200_000;

const BY_CHECK: Readonly<Record<string, readonly string[]>> = {
  'cipher-not-offered-refused': ['cipher-not-offered', 'cipher-of-tls12', 'cipher-null'],
  'group-not-offered-refused': ['group-not-offered', 'group-without-share', 'no-key-share'],
  'low-order-share-refused': ['share-zero', 'share-low-order', 'share-order-eight', 'share-minus-one'],
  'off-curve-share-refused': ['point-off-curve', 'point-not-reduced', 'point-zero', 'point-infinity'],
  'sha1-signature-refused': ['verify-scheme', 'verify-rsa-sha1'],
  'downgrade-sentinel-refused': [
    'downgrade-sentinel',
    'downgrade-sentinel-11',
    'tls12-hello',
    'tls12-by-extension',
    'legacy-version',
  ],
};

const TITLES: Readonly<Record<string, string>> = {
  'cipher-not-offered-refused': 'a cipher suite that was not offered is refused',
  'group-not-offered-refused': 'a key share in a group that was not offered, or not asked for, is refused',
  'low-order-share-refused': 'a share of low order is refused',
  'off-curve-share-refused': 'a share that is no point of the curve is refused',
  'sha1-signature-refused': 'a signature with SHA-1 is refused',
  'downgrade-sentinel-refused': 'a server that bears the marks of a downgrade is refused',
};

export const checks = defineChecks('th-tls-ciphers', (check) => {
  check(
    'th-tls-ciphers.1/offer-is-on-the-list',
    'the ClientHello offers nothing that is not on the list',
    async (lab) => {
      const device = await connected(lab);
      const hello = offerOf(device, 0);
      const { service } = lab.profile.data;
      const stray = (offered: readonly number[], allowed: readonly number[]) =>
        offered.filter((one) => !allowed.includes(one));
      const lists: [what: string, offered: readonly number[], allowed: readonly number[]][] = [
        ['versions', hello.supportedVersions, SECURE.versions],
        ['cipher suites', hello.cipherSuites, SECURE.suites],
        ['groups', hello.supportedGroups, SECURE.groups],
        ['signature schemes', hello.signatureAlgorithms, SECURE.schemes],
      ];
      const forCertificates = hello.certificateSignatureAlgorithms;
      const signing = [...SECURE.schemes, ...SECURE.certificateSchemes];
      if (forCertificates.length > 0) lists.push(['signature schemes of certificates', forCertificates, signing]);
      for (const [what, offered, allowed] of lists) {
        const wrong = stray(offered, allowed);
        device.expect(offered.length > 0 && wrong.length === 0, `${what} on the list only`, () =>
          hexList(wrong.length ? wrong : offered),
        );
        lab.note(`${what}: ${hexList(offered)}`, device);
      }
      device.expect(String(hello.compressionMethods) === '0', 'no compression', () => String(hello.compressionMethods));
      device.expect(hello.serverName === service.host, `server name ${service.host}`, () => String(hello.serverName));
      const shares = hello.keyShares.map((share) => share.group);
      device.expect(
        shares.length > 0 && stray(shares, hello.supportedGroups).length === 0,
        'key shares of offered groups',
        () => hexList(shares),
      );
    },
  );

  check(
    'th-tls-ciphers.1/offer-is-stable-over-every-reconnect',
    'the offer is the same in every connection, whatever became of the one before',
    async (lab) => {
      const device = await connected(lab);
      const from = device.serviceConnections().length;
      for (const id of ['cipher-not-offered', 'downgrade-sentinel', 'finished-wrong'])
        await expectChapterRefused(lab, device, [violation(id)]);
      await device.powerCycle();
      await expectTwin(device, 'the connection after a reset');
      const offers = device.serviceConnections().map((_, connection) => offerText(offerOf(device, connection)));
      device.expect(offers.length > from + 3, 'connections after refusals and a reset', () => String(offers.length));
      const other = offers.find((offer) => offer !== offers[0]);
      device.expect(other === undefined, `always ${offers[0]}`, () => String(other));
      lab.note(`${offers.length} connections offered ${offers[0]}`, device);
    },
  );

  check(
    'th-tls-ciphers.1/fresh-in-every-connection',
    'random, session id and key share are new in each connection, and after a HelloRetryRequest only what it asked for is',
    async (lab) => {
      const device = await connected(lab);
      for (let n = 0; n < RECONNECTIONS; n++) {
        device.dropConnection();
        await expectTwin(device, 'another connection');
      }
      for (const script of [RETRIES.group, RETRIES.longCookie, RETRIES.group, RETRIES.cookie]) {
        const outcomes = device.world.scriptedServer(script);
        device.dropConnection();
        const done = () => outcomes.find((one) => one.applicationBytes > 0);
        await device.waitFor('a connection over a HelloRetryRequest', RETRIED_WITHIN_MS, () => done() !== undefined);
        const { wrongInRetry } = done()!;
        device.expect(
          wrongInRetry === undefined,
          'the same ClientHello but for the share and cookie asked for',
          () => `${wrongInRetry}`,
        );
      }
      device.world.honest();
      device.dropConnection();
      await expectTwin(device, 'the honest service');
      const sent = device.serviceConnections().map((connection) => clientHellos(Buffer.concat(connection.sent)));
      const connections = sent.filter((list) => list.length > 0);
      const hellos = connections.flat();
      for (const [what, values] of [
        ['a random', connections.map(([first]) => hexOf(first?.random))],
        ['a session id', connections.map(([first]) => hexOf(first?.sessionId))],
        // Without another group asked for, the same share comes twice in a connection (RFC 8446 4.1.2).
        ['a key share', connections.flatMap((list) => [...new Set(list.flatMap(sharesOf))])],
      ] as const) {
        const again = values.find((value, at) => values.indexOf(value) !== at);
        device.expect(again === undefined, `${what} of its own in each connection`, () => `${again} twice`);
      }
      device.expect(hellos.length > connections.length, 'a second ClientHello', () => 'none');
      lab.note(`${hellos.length} ClientHellos of ${connections.length} connections: nothing comes twice`, device);
    },
  );

  for (const [name, ids] of Object.entries(BY_CHECK)) {
    check(`th-tls-ciphers.2/${name}`, TITLES[name]!, async (lab) => {
      const device = await connected(lab);
      await expectChapterRefused(lab, device, ids.map(violation));
    });
  }

  check(
    'th-tls-ciphers.2/weak-certificate-keys-refused',
    'a server with an RSA key below 2048 bits, or certified by one, is refused',
    async (lab) => {
      const device = await connected(lab);
      const { pki } = device.world;
      const weak = { reason: 'unsupported-key', alerts: [ALERT.unsupportedCertificate] };
      const leaf = await pki.server({}, { keyType: 'rsa1024' });
      await expectIdentityRefused(lab, device, leaf, { what: 'a server key of RSA 1024', ...weak });
      const under = await pki.serverUnderIntermediate({ key: pki.key('weak authority', 'rsa1024') });
      await expectIdentityRefused(lab, device, under, { what: 'an authority with a key of RSA 1024', ...weak });
      await device.world.present({ identity: await pki.serverUnderIntermediate() });
      device.dropConnection();
      await expectTwin(device, 'the same chain with strong keys');
    },
  );

  check(
    'th-tls-ciphers.2/every-parameter',
    'whatever a server chooses that was not offered, in ServerHello, HelloRetryRequest or CertificateVerify, is refused',
    async (lab) => {
      const device = await connected(lab);
      for (const chapter of [CHAPTERS.choice, CHAPTERS.retry, CHAPTERS.point])
        await expectChapterRefused(lab, device, chapter);
      await expectChapterRefused(
        lab,
        device,
        CHAPTERS.certificate.filter(({ reason }) => reason === 'signature-scheme'),
      );
    },
  );
});

function offerOf(device: Device, connection: number) {
  const sent = device.serviceConnections()[connection]?.sent ?? [];
  return clientHello(Buffer.concat(sent)) ?? device.fail('a ClientHello', 'none that can be read');
}

const hexOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');
const sharesOf = (hello: ReturnType<typeof offerOf>) => hello.keyShares.map(({ key }) => hexOf(key));

/** All that a server may choose from. */
function offerText(hello: ReturnType<typeof offerOf>): string {
  const shares = hello.keyShares.map(({ group }) => group);
  const { supportedVersions, cipherSuites, supportedGroups, compressionMethods } = hello;
  const schemes = [...hello.signatureAlgorithms, ...hello.certificateSignatureAlgorithms];
  const types = hello.extensions.map(({ type }) => type);
  return [supportedVersions, cipherSuites, supportedGroups, shares, schemes, compressionMethods, types]
    .map(hexList)
    .join(' | ');
}

function hexList(values: readonly number[]): string {
  return values.map((value) => `0x${value.toString(16).padStart(4, '0')}`).join(' ');
}
