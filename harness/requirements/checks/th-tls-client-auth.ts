/** th-tls-client-auth: the device proves who it is, to nobody but the verified service. */
import { violation } from '../../world/attackers/tls13/violations.ts';
import { defineChecks } from '../check.ts';
import { connected, expectTwin, expectViolationRefused } from '../refusal.ts';

const WATCH_MS = 200_000;
/** The moments before which nothing may leave: certificate, its proof and Finished each spoiled in turn. */
const UNVERIFIED = [
  'verify-corrupted',
  'verify-other-context',
  'finished-wrong',
  'no-certificate-verify',
  'no-certificate',
  'empty-certificate',
  'finished-first',
  'data-before-finished',
] as const;

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
    'th-tls-client-auth.3/nothing-before-verification',
    'no byte of authentication leaves before certificate, proof and Finished of the server hold',
    async (lab) => {
      const device = await connected(lab);
      for (const id of UNVERIFIED) await expectViolationRefused(lab, device, violation(id));
      device.world.honest();
      device.dropConnection();
      await expectTwin(device, 'the honest service');
      lab.note(
        `${UNVERIFIED.length} servers that did not prove themselves got neither certificate nor MQTT CONNECT`,
        device,
      );
    },
  );
});
