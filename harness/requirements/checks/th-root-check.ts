/** th-root-check: verification of the server. The clauses on naming, paths and validity are begun here; the whole tables come with the network's own campaign. */
import { CLIENT_AUTH } from '../../world/pki/mint.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import type { Lab } from '../lab.ts';
import { ALERT, connected, expectIdentityRefused, expectScriptRefused, expectTwin, type Refusal } from '../refusal.ts';

const DAY_MS = 86_400_000;
/** RFC 8446 6.2 leaves the choice among these to the client. */
const PATH_ALERTS = [ALERT.badCertificate, ALERT.unsupportedCertificate, ALERT.certificateUnknown, ALERT.unknownCa];
const REFUSED_WITHIN_MS = 200_000;

export const checks = defineChecks('th-root-check', (check) => {
  check('th-root-check.1/other-name-refused', 'a certificate of another host is refused', async (lab) => {
    const device = await connected(lab);
    const { host } = lab.profile.data.service;
    const [, ...parents] = host.split('.');
    for (const name of [`x${host}`, `sub.${host}`, parents.join('.'), host.slice(0, -1), `${host}.example`]) {
      const identity = await device.world.pki.server({ dnsNames: [name] });
      await expectIdentityRefused(lab, device, identity, named(`certificate of ${name}`));
    }
  });

  check('th-root-check.1/no-common-name-fallback', 'the common name is no name of the server', async (lab) => {
    const device = await connected(lab);
    const identity = await device.world.pki.server({
      dnsNames: ['other.example'],
      subject: `CN=${lab.profile.data.service.host}`,
    });
    await expectIdentityRefused(lab, device, identity, named('the host in the common name only'));
  });

  check('th-root-check.2/not-a-ca-refused', 'a chain through a certificate that is no CA is refused', async (lab) => {
    const device = await connected(lab);
    const identity = await device.world.pki.serverUnderIntermediate({ ca: false, pathLength: undefined });
    await expectIdentityRefused(lab, device, identity, {
      what: 'intermediate without the CA bit',
      reason: 'issuer-not-a-ca',
      alerts: [ALERT.badCertificate, ALERT.certificateUnknown, ALERT.unsupportedCertificate, ALERT.unknownCa],
    });
  });

  check('th-root-check.2/wrong-purpose-refused', 'a certificate that is for clients alone is refused', async (lab) => {
    const device = await connected(lab);
    const identity = await device.world.pki.server({ extendedKeyUsage: [CLIENT_AUTH] });
    await expectIdentityRefused(lab, device, identity, {
      what: 'extKeyUsage clientAuth alone',
      reason: 'leaf-extended-key-usage',
      alerts: PATH_ALERTS,
    });
  });

  check('th-root-check.2/name-constraints', 'a name outside what its CA may name is refused', async (lab) => {
    const device = await connected(lab);
    const identity = await device.world.pki.serverUnderIntermediate({ permittedNames: ['elsewhere.example'] });
    await expectIdentityRefused(lab, device, identity, {
      what: 'intermediate limited to elsewhere.example',
      reason: 'name-not-permitted',
      alerts: PATH_ALERTS,
    });
  });

  check(
    'th-root-check.2/unknown-critical-extension-refused',
    'a critical extension that nobody knows is refused',
    async (lab) => {
      const device = await connected(lab);
      const identity = await device.world.pki.server({ unknownCritical: '1.3.6.1.4.1.99999.1' });
      await expectIdentityRefused(lab, device, identity, {
        what: 'unknown critical extension',
        reason: 'unknown-critical-extension',
        alerts: PATH_ALERTS,
      });
    },
  );

  check('th-root-check.3/expired-leaf-refused', 'an expired server certificate is refused', async (lab) => {
    const device = await connected(lab);
    const now = device.world.trueMs;
    const identity = await device.world.pki.server({ notBefore: now - 90 * DAY_MS, notAfter: now - 2 * DAY_MS });
    await expectIdentityRefused(lab, device, identity, {
      what: 'expired two days ago',
      reason: 'expired',
      alerts: [ALERT.certificateExpired],
    });
  });

  check('th-root-check.3/not-yet-valid-leaf-refused', 'a server certificate of the future is refused', async (lab) => {
    const device = await connected(lab);
    const now = device.world.trueMs;
    const identity = await device.world.pki.server({ notBefore: now + 2 * DAY_MS, notAfter: now + 90 * DAY_MS });
    await expectIdentityRefused(lab, device, identity, {
      what: 'valid in two days',
      reason: 'not-yet-valid',
      alerts: [ALERT.certificateExpired, ALERT.badCertificate, ALERT.certificateUnknown],
    });
  });

  check(
    'th-root-check.4/dns-spoof-refused',
    'spoofed DNS that leads to a valid server of another name ends in a refusal',
    async (lab) => {
      const device = await connected(lab);
      const published = device.world.cloud.received.length;
      await device.world.spoofDns();
      device.dropConnection();
      const line = await device.waitForRefusal('name-mismatch', REFUSED_WITHIN_MS);
      device.expect(
        device.world.cloud.received.length === published,
        'nothing published to the other server',
        () => 'a publish',
      );
      lab.note(`DNS led to a valid server of other.example: "${line}"`, device);
      device.world.honest();
      device.dropConnection();
      await expectTwin(device, 'the honest DNS answer');
      lab.note('with the honest answer the next reading arrived', device);
      const identity = await device.world.pki.server({ dnsNames: ['other.example'], subject: 'CN=other.example' });
      await expectIdentityRefused(lab, device, identity, named('the same certificate, alert read'));
    },
  );

  check(
    'th-root-check.5/self-signed-refused',
    'a self-signed certificate of the right name is refused',
    async (lab) => {
      const device = await connected(lab);
      await expectIdentityRefused(lab, device, await device.world.pki.selfSigned(), {
        what: 'self-signed',
        reason: 'self-signed',
        alerts: [ALERT.unknownCa, ALERT.badCertificate],
      });
    },
  );

  check(
    'th-root-check.5/other-ca-refused',
    'a certificate of the right name by another CA is refused, by OpenSSL too',
    async (lab) => {
      const device = await connected(lab);
      const published = device.world.cloud.received.length;
      await device.world.hostileServer('other-ca');
      device.dropConnection();
      const line = await device.waitForRefusal('unknown-issuer', REFUSED_WITHIN_MS);
      device.expect(device.world.cloud.received.length === published, 'nothing published', () => 'a publish');
      lab.note(`OpenSSL with a chain of another CA: "${line}"`, device);
      device.world.honest();
      device.dropConnection();
      await expectTwin(device, 'the honest service');
    },
  );

  check('th-root-check.5/stolen-chain-refused', 'the genuine chain without its key is refused', async (lab) => {
    const device = await connected(lab);
    for (const keyType of ['ed25519', 'p256'] as const) await expectThiefRefused(lab, device, keyType);
  });

  check(
    'th-root-check.5/replayed-handshake-refused',
    "a replay of the genuine server's handshake is refused",
    async (lab) => {
      const device = await connected(lab);
      const connections = device.serviceConnections().length;
      device.world.replayHandshake();
      device.dropConnection();
      const from = device.console.length;
      await device.waitFor('a refused server', REFUSED_WITHIN_MS, () => device.lines('refusedServer', from).length > 0);
      const { line } = device.lines('refusedServer', from)[0]!;
      const [replayed] = device.serviceConnections(connections);
      const sent = Buffer.concat(replayed!.sent);
      // Whatever it sends after the ClientHello, no key of this session can exist: only an alert may follow.
      device.expect(sent.length < 1200, 'a ClientHello and an alert', () => `${sent.length} bytes`);
      lab.note(`the genuine server's bytes of an earlier session: "${line}"`, device);
      device.world.honest();
      device.dropConnection();
      await expectTwin(device, 'the honest service');
    },
  );

  check('th-root-check.6/ed25519-chain-accepted', 'an honest Ed25519 chain is accepted', async (lab) => {
    const device = await connected(lab);
    lab.note(`Ed25519: ${device.lines('connected')[0]!.line}`, device);
  });

  check('th-root-check.6/p256-chain-accepted', 'an honest P-256 leaf is accepted', async (lab) => {
    const device = await connected(lab);
    device.world.present({ identity: await device.world.pki.server({}, { keyType: 'p256' }) });
    device.dropConnection();
    await expectTwin(device, 'a server with a P-256 certificate');
    lab.note('the next reading arrived through a P-256 certificate', device);
  });

  check('th-root-check.6/intermediate-accepted', 'an honest chain with an intermediate is accepted', async (lab) => {
    const device = await connected(lab);
    device.world.present({ identity: await device.world.pki.serverUnderIntermediate() });
    device.dropConnection();
    await expectTwin(device, 'a chain with an intermediate');
    lab.note('the next reading arrived through an intermediate', device);
  });
});

function named(what: string): Refusal {
  return { what, reason: 'name-mismatch', alerts: [ALERT.badCertificate, ALERT.certificateUnknown] };
}

/** The genuine chain, once with its key and once with a thief's. */
/** The genuine chain with its key is accepted, and with another key of the same type refused. */
async function expectThiefRefused(lab: Lab, device: Device, keyType: 'ed25519' | 'p256'): Promise<void> {
  device.world.honest();
  const { pki } = device.world;
  const identity = await pki.server({}, { keyType });
  const thief = pki.key('thief', keyType).privateKey;
  const twin = device.world.scriptedServer({}, identity);
  device.dropConnection();
  await device.waitFor('the twin accepted', REFUSED_WITHIN_MS, () => twin.some((one) => one.applicationBytes > 0));
  await expectScriptRefused(
    lab,
    device,
    { verify: { key: thief } },
    {
      what: `the genuine chain (${keyType}), CertificateVerify by a thief's key`,
      reason: 'certificate-verify',
      alerts: [ALERT.decryptError],
    },
    identity,
  );
}
