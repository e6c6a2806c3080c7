/** th-destruction.1 .2: a device that its authority has wiped holds nothing of a secret, never gets one again, and no loss of power saves it from that. */
import type { PowerCut } from '../../board/board.ts';
import { defineChecks } from '../check.ts';
import { cutDuring, erasesOf, everyCut, flashOperations, scattered } from '../cut-everywhere.ts';
import { contentOf } from '../flash-attack.ts';
import type { Lab } from '../lab.ts';
import { expectIdle } from '../provisioning.ts';
import { connected, expectTwin } from '../refusal.ts';
import { bootAfter, RESETS } from '../resets.ts';
import {
  direct,
  directed,
  expectNowhereInFlash,
  expectSession,
  keyInUse,
  makeNext,
  privateKeyOf,
  RESTARTS_WITHIN_MS,
  secretsCommand,
} from '../rotation.ts';
import { bringTo, connectedWith, type HeldSecrets, rotateOnce, SECRET_STATES } from '../secret-states.ts';

const CHIP_CASES = 6;
/** Of the second device. */
const CHIP_CASES_BEYOND = 3;
const WATCH_MS = 120_000;
/** What follows from the decision takes place at the start, before anything else. */
const SETTLES_WITHIN_MS = 10_000;

export const checks = defineChecks('th-destruction', (check) => {
  check(
    'th-destruction.1/no-remnant-after-wipe',
    'a device that has rotated, been cut off from power in it and begun to rotate once more is wiped: nothing of any key that it ever had is in flash',
    async (lab) => {
      const device = await connected(lab);
      const first = privateKeyOf(device, keyInUse(device));
      // A making that was cut off leaves a part of a key that never was in use.
      await cutDuring(device, 'rotate', secretsCommand(device, 'make', keyInUse(device)), {
        operation: 4,
        mode: 'torn',
      });
      await expectSession(device, 'after a power cut');
      await rotateOnce(device);
      const second = privateKeyOf(device, keyInUse(device));
      const next = await makeNext(device);
      const third = privateKeyOf(device, next);
      await expectTwin(device, 'two keys');
      const before = contentOf(device, lab.profile.data.flash.secrets);
      device.expect(before.includes(second) && before.includes(third), 'two keys in flash before', () => 'not both');
      await directed(device, 'wipe', keyInUse(device));
      await device.board.run(SETTLES_WITHIN_MS);
      for (const [which, key] of [first, second, third].entries())
        expectNowhereInFlash(device, key, `key ${which + 1}`);
      lab.note('three keys, the third not confirmed yet: eight bytes of none of them in two banks of flash', device);
    },
  );

  check(
    'th-destruction.1/wiped-unheard',
    'whoever keeps the answer to a wipe from being heard does not keep the device from its end',
    async (lab) => {
      const device = await connected(lab);
      const secret = privateKeyOf(device, keyInUse(device));
      const [lines, answers] = [device.console.length, device.service.answers().length];
      device.service.publish('wipe', secretsCommand(device, 'wipe', keyInUse(device)));
      await device.waitFor('an answer to the wipe', WATCH_MS, () => device.service.answers().length > answers);
      device.world.modemFaults = { refuseTcp: true };
      device.dropConnection();
      await device.waitForConsole('handover', RESTARTS_WITHIN_MS, lines);
      await device.board.run(SETTLES_WITHIN_MS);
      expectNowhereInFlash(device, secret, 'wiped unheard');
      device.world.modemFaults = {};
      await expectIdle(device, WATCH_MS, 'wiped unheard');
      lab.note('the connection lost before the acknowledgement, none after it: restarted and wiped', device);
    },
  );

  check(
    'th-destruction.2/wipe-resumes',
    'power is cut before, within and after every flash operation of a wipe, of a new device, and of one that has been through a rotation and waits for the end of another: it works as before, or it is wiped when it has started again',
    async (lab) => {
      const [one, , rotated] = SECRET_STATES;
      await wipeCutEverywhere(lab, await bringTo(await connected(lab), one), () => true, CHIP_CASES);
      // Between two operations nothing changes: behind the one is before the other.
      const isOther = ({ mode }: PowerCut) => mode !== 'after';
      await wipeCutEverywhere(lab, await bringTo(await connected(lab), rotated), isOther, CHIP_CASES_BEYOND);
    },
  );

  check(
    'th-destruction.2/stays-wiped',
    'a wiped device makes no other key and connects to nobody, whatever resets it',
    async (lab) => {
      const device = await connected(lab);
      await directed(device, 'wipe', keyInUse(device));
      await device.board.run(SETTLES_WITHIN_MS);
      const { secrets } = lab.profile.data.flash;
      const area = contentOf(device, secrets);
      const told = device.lines('identity').length;
      const connections = device.serviceConnections().length;
      for (const kind of RESETS) {
        await bootAfter(device, kind);
        await expectIdle(device, WATCH_MS, `wiped, after a reset by ${kind}`);
        device.expect(
          contentOf(device, secrets).equals(area),
          `the secret area as it was (${kind})`,
          () => 'other content',
        );
      }
      const again = device.serviceConnections().length;
      device.expect(again === connections, 'no connection to the service', () => `${again - connections}`);
      device.expect(device.lines('identity').length === told, 'no other key told', () => 'one');
      lab.note(`no session, no key and no change of the secret area after ${RESETS.join(', ')}`, device);
    },
  );
});

/** A device with these secrets, wiped with power cut at each operation. */
async function wipeCutEverywhere(
  lab: Lab,
  held: HeldSecrets,
  isCase: (cut: PowerCut) => boolean,
  most: number,
): Promise<void> {
  const key = held.keys[0]!;
  const clean = await connectedWith(lab, held);
  const from = clean.entries.length;
  const answer = await direct(clean, 'wipe', key);
  const operations = flashOperations(clean, from, answer);
  const all = everyCut(operations, erasesOf(clean, from, answer)).filter(isCase);
  const seen = { working: 0, wiped: 0 };
  for (const cut of scattered(lab.sample(all, most))) {
    const device = await connectedWith(lab, held);
    const what = `${held.state}, power cut ${cut.mode}${cut.erase ? ` (${cut.erase})` : ''} operation ${cut.operation} of ${operations}`;
    const sessions = device.world.cloud.connects.length;
    await cutDuring(device, 'wipe', secretsCommand(device, 'wipe', key), cut);
    const works = await device.board.run(WATCH_MS, () => device.world.cloud.connects.length > sessions);
    seen[works ? 'working' : 'wiped'] += 1;
    if (works) await directed(device, 'wipe', key);
    else device.expect(keyInUse(device).equals(key), `no other key made (${what})`, () => 'another');
    await device.board.run(SETTLES_WITHIN_MS);
    for (const secret of held.secrets) expectNowhereInFlash(device, secret, what);
    await expectIdle(device, SETTLES_WITHIN_MS, what);
  }
  clean.expect(seen.working > 0 && seen.wiped > 0, 'both outcomes among the cases', () => JSON.stringify(seen));
  lab.note(
    `${held.state}: ${operations} flash operations, ${seen.working + seen.wiped} of ${all.length} cuts: ${seen.working} left a working device, ${seen.wiped} one that was wiped at its next start`,
  );
}
