/** th-root-certs: the list of roots. */
import { chainCase } from '../../world/pki/cases/table.ts';
import type { Pki } from '../../world/pki/pki.ts';
import { rootsPayload } from '../../world/service/command.ts';
import { expectAccepted, expectRootsRefused } from '../chains.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import type { Lab } from '../lab.ts';
import { ALERT, connected, expectIdentityRefused, expectTwin } from '../refusal.ts';

const TWIN_WITHIN_MS = 200_000;

export const checks = defineChecks('th-root-certs', (check) => {
  check(
    'th-root-certs.1/server-under-a-listed-root-accepted',
    'OpenSSL with a chain to the listed root is accepted',
    async (lab) => {
      const device = await connected(lab);
      const [connect] = device.world.cloud.connects;
      device.expect(connect?.clientId === device.id, `an MQTT session of ${device.id}`, () =>
        String(connect?.clientId),
      );
      lab.note(
        `OpenSSL under "${device.world.pki.root.certificate.subject}": ${device.lines('connected')[0]!.line}`,
        device,
      );
    },
  );

  check(
    'th-root-certs.1/server-under-another-root-refused',
    'the same server under a root that is not listed is refused',
    async (lab) => {
      const device = await connected(lab);
      const issuer = await device.world.pki.authority('another root');
      const identity = await device.world.pki.server({}, { issuer });
      const refusal = { reason: 'unknown-issuer', alerts: [ALERT.unknownCa] };
      await expectIdentityRefused(lab, device, identity, { what: 'another root', ...refusal });
      // The foreign root presented along with the chain is no reason to trust it.
      const withRoot = { ...identity, chain: [...identity.chain, issuer.certificate] };
      await expectIdentityRefused(lab, device, withRoot, { what: 'another root, presented', ...refusal });
      // Nor is a foreign root that bears the listed one's name: the key decides.
      const impostor = await device.world.pki.authority('impostor', {
        subject: device.world.pki.root.certificate.subject,
      });
      const byImpostor = await device.world.pki.server({}, { issuer: impostor });
      await expectIdentityRefused(lab, device, byImpostor, {
        what: "another root under the listed one's name",
        reason: 'signature-invalid',
        alerts: [ALERT.decryptError, ALERT.badCertificate, ALERT.unknownCa],
      });
      await expectForgedIntermediateRefused(lab, device);
    },
  );

  check(
    'th-root-certs.3/expired-root-refused',
    'a listed root outside its validity vouches for no server',
    async (lab) => {
      await expectRootsRefused(lab, [chainCase('root-expired'), chainCase('root-not-yet-valid')]);
    },
  );

  check(
    'th-root-certs.3/removed-root-refused',
    'a root that is off the list vouches no more, also when it is sent along',
    async (lab) => {
      const second = (pki: Pki) => pki.authority('second root');
      const listing = await lab.device({
        configured: { roots: async (pki) => [pki.root.certificate.der, (await second(pki)).certificate.der] },
      });
      await listing.connect();
      const issuer = await second(listing.world.pki);
      await expectAccepted(listing, await listing.world.pki.server({}, { issuer }), 'a server under the second root');
      lab.note('with both roots on the list: a server under the second accepted', listing);

      const device = listing.profile.data.service.channel ? await shrunk(lab, listing) : await connected(lab);
      const removed = await second(device.world.pki);
      const refusal = { reason: 'unknown-issuer', alerts: [ALERT.unknownCa] };
      for (const via of [[], [removed.certificate]]) {
        const identity = await device.world.pki.server({}, { issuer: removed, via });
        const what = `the second root off the list${via.length > 0 ? ', sent along' : ''}`;
        await expectIdentityRefused(lab, device, identity, { what, ...refusal });
      }
    },
  );
});

/** The list of the first root alone comes over the channel and is in force without a reset. */
async function shrunk(lab: Lab, device: Device): Promise<Device> {
  const { world, service } = device;
  world.honest();
  device.dropConnection();
  await expectTwin(device, 'the service under the first root');
  const boots = device.lines('handover').length;
  const answer = await device.command(
    'roots',
    service.command('roots', 1, rootsPayload([world.pki.root.certificate.der])),
  );
  device.expect(answer.result === 'ok', 'the shorter list accepted', () => answer.raw);
  await expectTwin(device, 'the service under the shorter list');
  device.expect(device.lines('handover').length === boots, 'no reset by it', () => 'a reset');
  lab.note('the second root taken off the list over the channel', device);
  return device;
}

/** ECDSA in the chain counts as much as the root's own signature: a P-256 intermediate is accepted, a leaf by a forger under its name is not. */
async function expectForgedIntermediateRefused(lab: Lab, device: Device): Promise<void> {
  device.world.honest();
  const { pki } = device.world;
  const key = pki.key('intermediate', 'p256');
  const middle = await pki.authority('P-256 intermediate', { issuer: pki.root, key, pathLength: 0 });
  const via = [middle.certificate];
  const twin = device.world.scriptedServer({}, await pki.server({}, { issuer: middle, via }));
  device.dropConnection();
  await device.waitFor('the twin: a chain by a P-256 intermediate accepted', TWIN_WITHIN_MS, () =>
    twin.some((one) => one.applicationBytes > 0),
  );
  const forger = { ...middle, key: pki.key('forger', 'p256') };
  await expectIdentityRefused(lab, device, await pki.server({}, { issuer: forger, via }), {
    what: "a leaf by a forger under the P-256 intermediate's name",
    reason: 'signature-invalid',
    alerts: [ALERT.decryptError, ALERT.badCertificate, ALERT.unknownCa],
  });
}
