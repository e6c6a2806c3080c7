/** th-logs.6: what fails in the device's security is in its log, and stays there. */
import type { HostileServer } from '../../world/world.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import type { Lab } from '../lab.ts';
import { expectEntry, expectGapless, newestEntry, QUICKLY_REFUSED } from '../log-entries.ts';
import { connected, expectTwin } from '../refusal.ts';
import { secretWindows } from '../secret-windows.ts';

const REFUSED_WITHIN_MS = 200_000;
/** After it the device has said all that it had to say, and noted that it was heard. */
const SETTLED_AFTER_MS = 5_000;
/** Spoilt connections, and entries of them in an hour at most: a quarter of the log. */
const SPOILT = 80;
const HOURLY = 64;

export const checks = defineChecks('th-logs', (check) => {
  check(
    'th-logs.6/security-failures-logged',
    'refused servers, a failing source of entropy: logged; no entry holds a secret',
    async (lab) => {
      const device = await connected(lab);
      const secret = secretWindows(device, device.profile.data.flash.secrets);
      for (const [server, reasons] of REFUSALS) {
        const after = newestEntry(device);
        await device.world.hostileServer(server);
        device.dropConnection();
        await device.waitForRefusal(reasons, REFUSED_WITHIN_MS);
        device.world.honest();
        await expectTwin(device, `the honest server after ${server}`);
        const entry = await expectEntry(device, { event: 'server-refused' }, server, after);
        const words = device.profile.reasons(reasons);
        device.expect(words.includes(entry.reason), `the reason ${words.join(' or ')} in the log`, () => entry.reason);
        lab.note(`${server}: entry ${entry.number}: ${entry.event} ${entry.reason}`, device);
      }
      if (!lab.isSampled) await expectLogKept(lab);
      if (device.profile.data.console.noEntropy !== undefined) await expectEntropyLogged(lab, device);
      else lab.note('the profile has no line of a failing source of entropy: not tried', device);
      expectGapless(device, 'after all failures');
      const texts = device.service.heard('log').map(({ payload }) => payload);
      const leak = texts.find((text) => secret.find(text) !== undefined);
      device.expect(leak === undefined, 'no secret in the log', () => Buffer.from(leak!).toString('utf8'));
    },
  );
});

const REFUSALS: readonly (readonly [HostileServer, string])[] = [
  ['other-ca', 'unknown-issuer'],
  ['other-name', 'name-mismatch'],
  ['expired', 'expired'],
];

/** A modem that spoils every other connection, each in another way, does not wash out of the log what else is in it. */
async function expectLogKept(lab: Lab): Promise<void> {
  const device = await connected(lab);
  const before = newestEntry(device);
  const began = device.board.nowNs;
  for (let n = 0; n < SPOILT; n++) {
    await device.world.hostileServer(QUICKLY_REFUSED[n % QUICKLY_REFUSED.length]!);
    device.dropConnection();
    await device.waitForRefusal(undefined, REFUSED_WITHIN_MS);
    device.world.honest();
    await expectTwin(device, `connection ${n} that is not spoilt`);
  }
  await device.board.run(SETTLED_AFTER_MS);
  const hours = Math.ceil((device.board.nowNs - began) / 3.6e12);
  const entries = newestEntry(device) - before;
  const most = hours * HOURLY;
  device.expect(entries > 0 && entries <= most, `at most ${most} entries in ${hours} h`, () => `${entries}`);
  lab.note(`${SPOILT} connections spoilt, with good ones between: ${entries} entries`, device);
}

async function expectEntropyLogged(lab: Lab, device: Device): Promise<void> {
  const after = newestEntry(device);
  await device.board.power(false);
  device.board.entropy.fault('stuck');
  await device.board.power(true);
  await device.waitForConsole('noEntropy', REFUSED_WITHIN_MS);
  device.board.entropy.fault(undefined);
  await expectTwin(device, 'a source of entropy that works again');
  const entry = await expectEntry(device, { event: 'entropy-failed' }, 'a stuck source of entropy', after);
  lab.note(`a stuck source: entry ${entry.number}: ${entry.event}`, device);
}
