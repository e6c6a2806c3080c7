/** th-destruction: what becomes of a device's secrets at its end. */
import { defineChecks } from '../check.ts';
import type { Lab } from '../lab.ts';

const WATCH_MS = 300_000;

export const checks = defineChecks('th-destruction', (check) => {
  check(
    'th-destruction.3/revoked-clone-refused',
    'a clone with the secret copied bit by bit works until the service removes the identity, and not after: its open session ends too',
    async (lab) => {
      for (const authentication of ['certificate', 'token'] as const) await revokedClone(lab, authentication);
    },
  );
});

async function revokedClone(lab: Lab, authentication: 'certificate' | 'token'): Promise<void> {
  // Forks of one device: the copy of an attacker for whom nothing is too hard.
  const clone = await lab.device({ configured: { authentication } });
  await clone.connect();
  lab.note(`${authentication}: before revocation the clone is taken for ${clone.id}`, clone);
  // The session is open: the service itself has to end it.
  clone.world.cloud.revoke(clone.id);
  const { refusals, connects, received } = clone.world.cloud;
  const [sessions, messages] = [connects.length, received.length];
  await clone.waitFor('a refusal by the service', WATCH_MS, () => refusals.length > 0);
  await clone.powerCycle();
  await clone.waitFor('a refusal after a power cycle too', WATCH_MS, () => refusals.length > 1);
  await clone.board.run(WATCH_MS);
  clone.expect(connects.length === sessions, 'no session after revocation', () => 'a session');
  clone.expect(received.length === messages, 'no reading after revocation', () => 'a reading');
  const others = refusals.filter(({ reason }) => reason !== 'unknown-key');
  clone.expect(others.length === 0, 'reason unknown-key', () => others[0]!.reason);
  lab.note(`${authentication}: after revocation the service refused ${refusals.length} times: unknown-key`, clone);
}
