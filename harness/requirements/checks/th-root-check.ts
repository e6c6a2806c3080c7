/** th-root-check: verification of the server. The clauses on naming, paths and validity are begun here; the whole tables come with the network's own campaign. */

import { CONTENT, clientHello, type TlsRecord, tlsRecords } from '../../observe/tls-records.ts';
import type { ChainCase } from '../../world/pki/cases/case.ts';
import { CONSTRAINTS } from '../../world/pki/cases/constraints.ts';
import { ELLIPTIC } from '../../world/pki/cases/elliptic.ts';
import { ENCODING, SIGNATURES } from '../../world/pki/cases/encoding.ts';
import { EXTENSIONS } from '../../world/pki/cases/extensions.ts';
import { ACCEPTED_NAMES, ENCODINGS, NO_FALLBACK, OTHER_NAMES, WILDCARDS } from '../../world/pki/cases/naming.ts';
import { DEPTH_AND_LOOPS, FORGED, NO_PATH, SHAPES, UNUSED } from '../../world/pki/cases/paths.ts';
import { RSA } from '../../world/pki/cases/rsa.ts';
import { NO_CA, PURPOSES } from '../../world/pki/cases/rules.ts';
import { SERVICE_NAME, SERVICES } from '../../world/pki/cases/service.ts';
import { CHAIN_CASES, chainCase } from '../../world/pki/cases/table.ts';
import { expectChainRefused, expectChainsAccepted, expectChapterOfChains, expectRootsRefused } from '../chains.ts';
import { defineChecks } from '../check.ts';
import { expectClock } from '../clock.ts';
import type { Device } from '../device.ts';
import type { Lab } from '../lab.ts';
import { ALERT, connected, expectIdentityRefused, expectScriptRefused, expectTwin, type Refusal } from '../refusal.ts';

const DAY_MS = 86_400_000;
const REFUSED_WITHIN_MS = 200_000;
/** Level, description, content type and the AEAD's tag (RFC 8446 5.2). */
const SEALED_ALERT_BYTES = 19;

export const checks = defineChecks('th-root-check', (check) => {
  check('th-root-check.1/other-name-refused', 'a certificate of another host is refused', async (lab) => {
    await expectChapterOfChains(lab, await connected(lab), OTHER_NAMES);
  });

  check('th-root-check.1/no-common-name-fallback', 'the common name is no name of the server', async (lab) => {
    await expectChapterOfChains(lab, await connected(lab), NO_FALLBACK);
  });

  check('th-root-check.1/wildcard-rules', 'a wildcard is the whole leftmost label and stands for one', async (lab) => {
    const device = await connected(lab);
    await expectChapterOfChains(lab, device, ofOurHost(WILDCARDS));
    await expectChainsAccepted(lab, device, [chainCase('wildcard'), chainCase('wildcard-capitals')]);
  });

  check(
    'th-root-check.1/encodings-of-a-name',
    'NUL, blanks, stray dots and other letters make no name',
    async (lab) => {
      const device = await connected(lab);
      await expectChapterOfChains(lab, device, ofOurHost(ENCODINGS));
      await expectChainsAccepted(lab, device, lab.sample(ofOurHost(ACCEPTED_NAMES), 2));
    },
  );

  check(
    'th-root-check.1/service-name',
    'where a service is configured, a certificate that names the host without it, or another, is refused',
    async (lab) => {
      const { srvName } = lab.profile.data.service;
      if (srvName === undefined) {
        const device = await connected(lab);
        await expectTwin(device, 'the host alone');
        return lab.note('the profile knows no setting of a service: the host alone counts', device);
      }
      await expectServices(lab, srvName);
    },
  );

  check(
    'th-root-check.2/forged-signature-refused',
    'a chain with a signature, contents or an algorithm other than signed is refused',
    async (lab) => {
      await expectChapterOfChains(lab, await connected(lab), [...FORGED, ...SIGNATURES, ...ENCODING]);
    },
  );

  check(
    'th-root-check.2/rsa-forgeries-refused',
    'RSA signatures that a lenient verifier takes, small and malformed keys and other parameters are refused',
    async (lab) => {
      const device = await connected(lab);
      if (offersRsa(device)) await expectChapterOfChains(lab, device, RSA);
      else await expectNoRsa(lab, device);
    },
  );

  check(
    'th-root-check.2/curve-forgeries-refused',
    'ECDSA and Ed25519 signatures that a lenient verifier takes, and keys of other encodings, are refused',
    async (lab) => {
      await expectChapterOfChains(lab, await connected(lab), ELLIPTIC);
    },
  );

  check('th-root-check.2/not-a-ca-refused', 'a chain through a certificate that is no CA is refused', async (lab) => {
    await expectChapterOfChains(lab, await connected(lab), underOurRoot(NO_CA));
    await expectRootsRefused(lab, lab.sample(changedRoots(NO_CA), 1));
  });

  check(
    'th-root-check.2/wrong-purpose-refused',
    'a certificate that is for another purpose is refused',
    async (lab) => {
      await expectChapterOfChains(lab, await connected(lab), underOurRoot(PURPOSES));
      await expectRootsRefused(lab, lab.sample(changedRoots(PURPOSES), 1));
    },
  );

  check('th-root-check.2/name-constraints', 'a name outside what its CA may name is refused', async (lab) => {
    await expectChapterOfChains(lab, await connected(lab), underOurRoot(CONSTRAINTS));
    await expectRootsRefused(lab, lab.sample(changedRoots(CONSTRAINTS), 1));
  });

  check(
    'th-root-check.2/unknown-critical-extension-refused',
    'a critical extension that nobody knows, a repeated and a malformed one are refused',
    async (lab) => {
      await expectChapterOfChains(lab, await connected(lab), EXTENSIONS);
    },
  );

  check(
    'th-root-check.2/depth-and-loops',
    'a path that is too long, loops or leads nowhere is refused',
    async (lab) => {
      await expectChapterOfChains(lab, await connected(lab), [...underOurRoot(DEPTH_AND_LOOPS), ...NO_PATH]);
      await expectRootsRefused(lab, lab.sample(changedRoots(DEPTH_AND_LOOPS), 1));
    },
  );

  check('th-root-check.3/expired-leaf-refused', 'an expired server certificate is refused', async (lab) => {
    await expectChapterOfChains(lab, await connected(lab), [
      ...['leaf-expired', 'leaf-ended-an-hour-ago'].map(chainCase),
    ]);
  });

  check('th-root-check.3/not-yet-valid-leaf-refused', 'a server certificate of the future is refused', async (lab) => {
    await expectChapterOfChains(lab, await connected(lab), [
      ...['leaf-not-yet-valid', 'leaf-begins-in-a-day'].map(chainCase),
    ]);
  });

  check(
    'th-root-check.3/every-presented-certificate-counts',
    'an intermediate, a cross-certificate or a superfluous certificate outside its validity is refused',
    async (lab) => {
      const others = [chainCase('middle-expired'), chainCase('middle-not-yet-valid')];
      await expectChapterOfChains(lab, await connected(lab), [...others, ...UNUSED]);
    },
  );

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
      const { line, groups } = device.lines('refusedServer', from)[0]!;
      // The replayed ServerHello echoes another session id (RFC 8446 4.1.3); who sends none learns it by the first record that cannot be opened (5.2).
      const reasons = ['session-id', 'bad-record-mac'].flatMap((reason) => device.profile.reasons(reason));
      device.expect(reasons.includes(groups.reason ?? ''), `reason ${reasons.join(' or ')}`, () => `"${line}"`);
      const [replayed] = device.serviceConnections(connections);
      const [, ...answers] = tlsRecords(Buffer.concat(replayed!.sent)).records;
      // No key of this session can exist, so nothing may follow the ClientHello but an alert, in the clear or not.
      const isAlert = ({ type, fragment }: TlsRecord) =>
        type === CONTENT.alert || (type === CONTENT.applicationData && fragment.length <= SEALED_ALERT_BYTES);
      const others = answers.filter((record) => record.type !== CONTENT.changeCipherSpec && !isAlert(record));
      device.expect(others.length === 0, 'a ClientHello and an alert', () => `${others.length} records more`);
      const alert = answers.find(({ type }) => type === CONTENT.alert)?.fragment[1];
      device.expect(
        alert === undefined || alert === ALERT.illegalParameter || alert === ALERT.badRecordMac,
        'alert illegal_parameter or bad_record_mac',
        () => `alert ${alert}`,
      );
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

  check(
    'th-root-check.6/rsa-chain-accepted',
    'an honest RSA chain is accepted by a device that offers RSA',
    async (lab) => {
      const device = await connected(lab);
      const honest = RSA.filter(({ twin }) => twin === undefined);
      if (offersRsa(device)) await expectChainsAccepted(lab, device, lab.sample(honest, 4));
      else await expectNoRsa(lab, device);
    },
  );

  check('th-root-check.6/every-supported-shape', 'each shape of an honest chain is accepted', async (lab) => {
    const device = await connected(lab);
    const others = CHAIN_CASES.filter((row) => !RSA.includes(row) && !SERVICES.includes(row));
    const honest = others.filter(({ twin, id }) => twin === undefined && !ROOTS_OF_ITS_OWN.has(id));
    // To the second: the device's clock is not the scenario's start any more.
    const shapes = ofOurHost(honest).filter(({ id }) => !id.startsWith('leaf-ends') && !id.startsWith('leaf-begins'));
    await expectChainsAccepted(lab, device, lab.sample(shapes, 8));
  });

  check(
    'th-root-check.6/clock-off-by-a-day',
    'an honest server is accepted by a clock that is a day off, either way',
    async (lab) => {
      for (const offsetMs of [-DAY_MS, DAY_MS]) {
        const device = await lab.device();
        device.world.sntp = { offsetMs };
        await device.connect();
        await expectClock(device, offsetMs, 'as the time server says');
        await expectChainsAccepted(
          lab,
          device,
          lab.sample(
            SHAPES.filter(({ id }) => !ROOTS_OF_ITS_OWN.has(id)),
            2,
          ),
        );
      }
    },
  );
});

/** Rows that are judged under another list of roots. */
const ROOTS_OF_ITS_OWN = new Set([
  ...['root-not-a-ca', 'root-no-cert-sign', 'root-client-only', 'root-permits-elsewhere', 'root-permits-parent'],
  ...['root-path-length', 'root-path-length-kept', 'two-roots-of-one-name'],
]);
const underOurRoot = (rows: readonly ChainCase[]) => rows.filter(({ id }) => !ROOTS_OF_ITS_OWN.has(id));
const changedRoots = (rows: readonly ChainCase[]) =>
  rows.filter(({ id, twin }) => twin !== undefined && ROOTS_OF_ITS_OWN.has(id));

/** Rows that ask for another host are the verifier's alone: a device has one. */
const OTHER_HOSTS = new Set([
  ...['wildcard-in-a-label', 'name-u-label', 'name-a-label', 'name-a-label-wildcard', 'host-root-dot'],
  ...['clock-a-day-slow', 'clock-a-day-fast'],
]);
const ofOurHost = (rows: readonly ChainCase[]) => rows.filter(({ id }) => !OTHER_HOSTS.has(id));

/** rsa_pkcs1_sha256 (RFC 8446 4.2.3) for certificates, by name or in the one list for both. */
const RSA_PKCS1_SHA256 = 0x0401;

/** RSA is a device's choice (RFC 8446 9.1 has it mandatory, profiles for sensors leave it out): what it offers, it must take. */
function offersRsa(device: Device): boolean {
  const [connection] = device.serviceConnections();
  const hello = clientHello(Buffer.concat(connection?.sent ?? []));
  if (!hello) return device.fail('a ClientHello', 'none that can be read');
  const { signatureAlgorithms, certificateSignatureAlgorithms } = hello;
  const list = certificateSignatureAlgorithms.length > 0 ? certificateSignatureAlgorithms : signatureAlgorithms;
  return list.includes(RSA_PKCS1_SHA256);
}

/** The rows on a device that is configured for their service; the same device without that setting takes the host alone. */
async function expectServices(lab: Lab, srvName: string): Promise<void> {
  const device = await lab.device({ configured: { srvName } });
  const [twin, ...shapes] = SERVICES.filter((row) => row.twin === undefined);
  const honest = await twin!.make(device.world.pki);
  const outcomes = device.world.scriptedServer({}, honest);
  await device.board.power(true);
  const accepts = () => outcomes.some((one) => one.applicationBytes > 0);
  await device.waitFor('a server that names host and service', REFUSED_WITHIN_MS, accepts);
  device.expect(srvName === SERVICE_NAME, `the rows' service, ${SERVICE_NAME}`, () => srvName);
  const bad = SERVICES.filter((row) => row.twin !== undefined);
  const chosen = lab.sample(bad, 4);
  for (const row of chosen) await expectChainRefused(lab, device, row);
  lab.note(`${chosen.length} of ${bad.length} certificates without the service refused`, device);
  await expectChainsAccepted(lab, device, [twin!, ...shapes]);
  const plain = await connected(lab);
  await expectTwin(plain, 'a device without the setting, and a server that names the host alone');
  lab.note('without the setting the host alone counts', plain);
}

/** What was not offered is refused. */
async function expectNoRsa(lab: Lab, device: Device): Promise<void> {
  const presented = await chainCase('rsa-pkcs1-sha256').make(device.world.pki);
  const reason = 'unsupported-algorithm';
  await expectIdentityRefused(lab, device, presented, {
    what: 'an RSA chain, which this device does not offer',
    reason,
    alerts: [ALERT.unsupportedCertificate, ALERT.badCertificate, ALERT.handshakeFailure],
  });
}

function named(what: string): Refusal {
  return { what, reason: 'name-mismatch', alerts: [ALERT.badCertificate, ALERT.certificateUnknown] };
}

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
