/** th-tls-client-auth: the device proves who it is, to nobody but the verified service. */

import { X509Certificate } from 'node:crypto';
import { Ledger } from '../../provision/ledger.ts';
import { uncompressed } from '../../provision/point.ts';
import { RETRIES } from '../../world/attackers/tls13/retry-violations.ts';
import { REQUEST, type Script } from '../../world/attackers/tls13/scripted-server.ts';
import { violation } from '../../world/attackers/tls13/violations.ts';
import { u16, vec16 } from '../../world/attackers/tls13/wire.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import { type Provisioned, provisioned, refusalOf } from '../provisioning.ts';
import { connected, expectTwin, expectViolationRefused } from '../refusal.ts';

const WATCH_MS = 200_000;
/** How a server can ask, and what is right: a proof of the device's key, an empty list (RFC 8446 4.4.2.4), or nothing. */
const REQUESTS: readonly [what: string, script: Script, wanted: 'proof' | 'empty list' | 'nothing'][] = [
  ['asks for a certificate', { request: REQUEST }, 'proof'],
  ['asks after a HelloRetryRequest', { ...RETRIES.both, request: REQUEST }, 'proof'],
  ['asks with extensions that nobody knows', { request: [...REQUEST, [0xfafa, Buffer.of(1)]] }, 'proof'],
  ['takes RSA keys alone', { request: [[13, vec16(u16(0x0804))]] }, 'empty list'],
  ['does not ask', {}, 'nothing'],
];
/** The moments before which nothing may leave: certificate, its proof and Finished each spoiled in turn. */
const UNVERIFIED = [
  'verify-corrupted',
  'verify-first-byte',
  'verify-other-context',
  'finished-wrong',
  'finished-first-byte',
  'finished-middle-byte',
  'no-certificate-verify',
  'no-certificate',
  'empty-certificate',
  'finished-first',
  'data-before-finished',
] as const;
const CHIP_CASES = 3;

export const checks = defineChecks('th-tls-client-auth', (check) => {
  check(
    'th-tls-client-auth.1/own-key-proven',
    'OpenSSL sees the device prove the key that it was registered with',
    async (lab) => {
      const device = await connected(lab);
      const connects = device.world.cloud.connects.map((one) => one.clientId);
      device.expect(
        connects.every((id) => id === device.id),
        `sessions of ${device.id} only`,
        () => connects.join(' '),
      );
      device.expect(device.world.cloud.refusals.length === 0, 'no refusal by the service', () =>
        device.world.cloud.refusals.map((one) => one.reason).join(' '),
      );
      lab.note(`CertificateVerify checked by OpenSSL, key registered for ${device.id}`, device);
    },
  );

  check(
    'th-tls-client-auth.1/other-device-refused',
    'the service refuses a device whose key it does not know',
    async (lab) => {
      const device = await connected(lab);
      device.world.cloud.devices.revoke(device.id);
      const connects = device.world.cloud.connects.length;
      device.dropConnection();
      await device.waitFor('a refusal by the service', WATCH_MS, () => device.world.cloud.refusals.length > 0);
      await device.board.run(30_000);
      device.expect(device.world.cloud.connects.length === connects, 'no further session', () => 'a session');
      const [refusal] = device.world.cloud.refusals;
      device.expect(refusal?.reason === 'unknown-key', 'reason unknown-key', () => String(refusal?.reason));
      lab.note(`with the key struck off the list the service refused: ${refusal!.reason}`, device);
    },
  );

  check(
    'th-tls-client-auth.1/every-mode',
    'however it is asked the device proves its own key or none, and no other key passes for its',
    async (lab) => {
      const device = await connected(lab);
      const [identity] = device.lines('identity');
      const key = identity?.groups.key ?? device.fail('an identity on the console', 'none');
      for (const [what, script, wanted] of REQUESTS) {
        const outcomes = device.world.scriptedServer(script);
        device.dropConnection();
        await device.waitFor(`a session with a server that ${what}`, WATCH_MS, () =>
          outcomes.some((one) => one.applicationBytes > 0),
        );
        const { certificate, proof } = outcomes.find((one) => one.applicationBytes > 0)!;
        device.expect(
          proof === (wanted === 'proof' ? 'valid' : 'none'),
          `${wanted} for a server that ${what}`,
          () => proof,
        );
        const sent = certificate === undefined ? 'nothing' : certificate.length === 0 ? 'empty list' : 'proof';
        device.expect(sent === wanted, `${wanted} for a server that ${what}`, () => sent);
        if (sent === 'proof')
          device.expect(
            new X509Certificate(certificate!).publicKey
              .export({ format: 'der', type: 'spki' })
              .toString('hex')
              .endsWith(key),
            `a certificate of ${device.id}'s key`,
            () => 'another key',
          );
        lab.note(`a server that ${what}: ${wanted}`, device);
      }
      device.world.honest();
      device.dropConnection();
      await expectTwin(device, 'the honest service');
      await expectServiceRefuses(device, 'no-certificate', 'a service that does not ask for a certificate', () =>
        device.world.present({ identity: device.world.identity, requestCert: false }),
      );
      const { devices } = device.world.cloud;
      await expectServiceRefuses(device, 'identity-mismatch', "another device's key", () => {
        devices.revoke(device.id);
        devices.register('another device', uncompressed(Buffer.from(key, 'hex')));
      });
      devices.revoke('another device');
      devices.register(device.id, uncompressed(Buffer.from(key, 'hex')));
      device.dropConnection();
      await expectTwin(device, 'the service with the device on its list again');
      lab.note('not asked, or known under another name: refused by the service; under its own: accepted', device);
    },
  );

  check(
    'th-tls-client-auth.3/nothing-before-verification',
    'no byte of authentication leaves before certificate, proof and Finished of the server hold',
    async (lab) => {
      const device = await connected(lab);
      const cases = lab.sample(UNVERIFIED, CHIP_CASES);
      for (const id of cases) await expectViolationRefused(lab, device, violation(id));
      device.world.honest();
      device.dropConnection();
      await expectTwin(device, 'the honest service');
      lab.note(
        `${cases.length} of ${UNVERIFIED.length} servers that did not prove themselves got neither certificate nor MQTT CONNECT`,
        device,
      );
    },
  );

  check(
    'th-tls-client-auth.4/same-key-refused-by-the-station',
    'other entropy, other key; a device whose source gives what that of another gave is refused by the station, whatever its identity, and so is one with the key of another',
    async (lab) => {
      const ledger = new Ledger();
      const one = await provisioned(lab, { id: 'unit-1', entropy: 'a' }, ledger);
      const other = await provisioned(lab, { id: 'unit-2', entropy: 'b' }, ledger);
      const hex = ({ made }: Provisioned) => Buffer.from(made.publicKey).toString('hex');
      other.device.expect(hex(one) !== hex(other), 'another key out of other entropy', () => 'the same');
      // Its identity goes into the generator: the key is another one, and the source the same.
      const twin = await lab.blank({ id: 'unit-3', entropy: 'a' });
      const alike = await refusalOf(twin, lab.station({ ledger }));
      twin.device.expect(alike?.includes('unit-1') === true, 'a station that refuses the source of unit-1', () =>
        String(alike),
      );
      // The same identity too, at a station that knows no more than the key.
      const copied = await lab.blank({ id: 'unit-1', entropy: 'a' });
      const renamed = new Ledger();
      renamed.add({ id: 'unit-0', publicKey: one.made.publicKey });
      const why = await refusalOf(copied, lab.station({ ledger: renamed }));
      copied.device.expect(why?.includes('unit-0') === true, 'a station that refuses the key of unit-0', () =>
        String(why),
      );
      lab.note(`the same entropy under another name is refused: ${alike}`, twin.device);
      lab.note(`the same entropy under the same name gives the same key, and is refused: ${why}`, copied.device);
    },
  );
});

/** Waits until the service refuses the device for this reason; there is no session meanwhile. */
async function expectServiceRefuses(device: Device, reason: string, what: string, change: () => void): Promise<void> {
  const { refusals, connects } = device.world.cloud;
  const [refused, sessions] = [refusals.length, connects.length];
  change();
  device.dropConnection();
  await device.waitFor(`a refusal by the service (${what})`, WATCH_MS, () => refusals.length > refused);
  await device.board.run(30_000);
  device.expect(connects.length === sessions, `no session (${what})`, () => 'a session');
  device.expect(refusals[refused]!.reason === reason, `reason ${reason} (${what})`, () => refusals[refused]!.reason);
  device.world.honest();
}
