/** th-logs.1: what becomes of an update is in the log and in the answers: announced, downloaded, installed; or refused, and why. */
import { parseVersion } from '../../image/format.ts';
import { type Announcement, announcementOf, announcementPayload, pieceOf } from '../../world/service/update.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import { campaignImage } from '../images.ts';
import type { Lab } from '../lab.ts';
import { expectEntry, expectGapless, newestEntry } from '../log-entries.ts';
import { forgedImage, newerImage, offer, runs } from '../offered-update.ts';
import { connected, expectTwin } from '../refusal.ts';
import { keyInUse, register } from '../rotation.ts';
import { versionOf } from '../staged-update.ts';

const DECIDED_WITHIN_MS = 3_600_000;
const SETTLED_AFTER_MS = 10_000;
const CHIP_CASES = 4;
/** An image on trial that does not reach the service begins anew after a day (SPEC 22). */
const TRY_LASTS_MS = 23 * 3_600_000;
const TRY_ENDS_WITHIN_MS = 25 * 3_600_000;
/** More than an image on trial has. */
const TRIAL_BOOTS = 6;

interface Case {
  readonly what: string;
  readonly reason: string;
  /** It is downloaded first, and boot refuses it. */
  readonly byBoot?: boolean;
  /** Announces it under a number. */
  offer(device: Device, sequence: number): void;
}

export const checks = defineChecks('th-logs', (check) => {
  check(
    'th-logs.1/update-events-logged',
    'a good update is announced, downloaded and installed in the log, or taken back; a bad one is refused there with its reason, and the service is told the same',
    async (lab) => {
      const device = await connected(lab);
      const running = lab.profile.data.version;
      let sequence = 10;
      for (const { what, reason, byBoot, offer: offerIt } of lab.sample(REFUSED, CHIP_CASES)) {
        sequence += 1;
        const used = what === REPLAYED ? 1 : sequence;
        const answers = device.service.answers().length;
        const after = device.service.log().entries.at(-1)?.number ?? 0;
        offerIt(device, used);
        const wanted = { event: 'update-refused', reason: word(device, reason), value: used };
        const told = () =>
          device.service
            .answers()
            .slice(answers)
            .some((one) => one.result === wanted.reason && one.sequence === used);
        await device.waitFor(`an answer ${wanted.reason} (${what})`, DECIDED_WITHIN_MS, told);
        const entry = await expectEntry(device, wanted, what, after);
        if (byBoot) await expectEntry(device, { event: 'update-downloaded', value: used }, what, after);
        const whole = device.service
          .log()
          .entries.some((one) => one.event === 'update-downloaded' && one.value === used);
        device.expect(whole === (byBoot === true), byBoot ? 'a whole download' : `no whole download (${what})`, () =>
          String(whole),
        );
        device.service.withdraw('update');
        const { version } = device.lines('handover').at(-1)!.groups;
        device.expect(version === running, `${running} running on (${what})`, () => String(version));
        lab.note(`${what}: entry ${entry.number}, refused, ${entry.reason}; answered so; ${running} runs`, device);
      }
      await expectRevertTold(lab, await connected(lab), 1);
      // The accepted twin.
      const image = newerImage(device);
      sequence += 1;
      offer(device, sequence, image);
      await runs(device, versionOf(image), DECIDED_WITHIN_MS, 'the good update');
      await expectTwin(device, 'the new image');
      const numbers: number[] = [];
      for (const event of ['update-announced', 'update-downloaded', 'update-installed'])
        numbers.push((await expectEntry(device, { event, value: sequence }, 'the good update')).number);
      const ascending = numbers.every((one, index) => index === 0 || one > numbers[index - 1]!);
      device.expect(ascending, 'announced, downloaded, installed in this order', () => numbers.join(', '));
      await device.board.run(SETTLED_AFTER_MS);
      const installed = device.service
        .answers()
        .filter((one) => one.sequence === sequence && one.result === 'installed');
      device.expect(installed.length >= 1, 'the service told that it is installed', () => 'no such answer');
      expectGapless(device, 'over the updates');
      lab.note(`${versionOf(image)}: entries ${numbers.join(', ')}: announced, downloaded, installed`, device);
    },
  );
});

/** A good update whose image gets no connection in its trial: boot takes it back, and the log and the service hear of it. */
async function expectRevertTold(lab: Lab, device: Device, sequence: number): Promise<void> {
  const running = lab.profile.data.version;
  const image = newerImage(device);
  const answers = device.service.answers().length;
  const { devices } = device.world.cloud;
  const after = newestEntry(device);
  offer(device, sequence, image);
  await runs(device, versionOf(image), DECIDED_WITHIN_MS, 'an update that is to be taken back');
  device.service.withdraw('update');
  devices.revoke(device.id);
  // By itself it ends each try of it; a chip's day is long.
  if (!lab.isSampled) await expectTryEnded(device);
  const isBack = () => device.lines('handover').at(-1)!.groups.version === running;
  for (let boots = 0; boots < TRIAL_BOOTS && !isBack(); boots++) await device.boot(() => device.powerCycle());
  device.expect(isBack(), `${running} back after ${TRIAL_BOOTS} boots without a connection`, () => 'it is not');
  register(device, keyInUse(device));
  const entry = await expectEntry(device, { event: 'update-reverted', value: sequence }, 'taken back', after);
  const told = () =>
    device.service
      .answers()
      .slice(answers)
      .some((one) => one.result === 'reverted' && one.sequence === sequence);
  await device.waitFor('the answer that it was taken back', DECIDED_WITHIN_MS, told);
  lab.note(
    `no connection in its trial: ${running} is back, entry ${entry.number}, ${entry.event}; answered so`,
    device,
  );
}

async function expectTryEnded(device: Device): Promise<void> {
  const boots = device.lines('handover').length;
  device.world.modemFaults = { refuseTcp: true };
  const hasEnded = () => device.lines('handover').length > boots;
  // Nor can anybody take it back who owns the network for less.
  const early = await device.board.run(TRY_LASTS_MS, hasEnded);
  device.expect(!early, 'a try that lasts 23 h', () => 'a reset before');
  const ended = await device.board.run(TRY_ENDS_WITHIN_MS, hasEnded);
  device.world.modemFaults = {};
  device.expect(ended, 'a reset of its own by an image that nobody confirms, within 25 h', () => 'none');
}

const REPLAYED = 'the announcement of an earlier number';

/** The good announcement with something of it said otherwise. */
function announced(change: Partial<Announcement>): Case['offer'] {
  return (device, sequence) => {
    const image = newerImage(device);
    const good = announcementOf(image, device.profile.data.securityCounter + 1);
    device.service.send('update', sequence, announcementPayload({ ...good, ...change }));
  };
}

const REFUSED: readonly Case[] = [
  {
    what: 'an image of another product',
    reason: 'image-product',
    byBoot: true,
    offer: (device, sequence) => offer(device, sequence, newerImage(device, { productId: Buffer.alloc(16, 7) })),
  },
  {
    what: 'the running version',
    reason: 'image-version',
    offer: (device, sequence) => announced({ version: parseVersion(device.profile.data.version) })(device, sequence),
  },
  {
    what: 'the security counter of the running image',
    reason: 'image-rollback',
    offer: (device, sequence) => announced({ securityCounter: device.profile.data.securityCounter })(device, sequence),
  },
  { what: REPLAYED, reason: 'replayed', offer: announced({}) },
  {
    what: 'pieces of two images',
    reason: 'image-hash',
    offer: (device, sequence) => {
      const [image, other] = [newerImage(device), newerImage(device, { steps: 2 })];
      const counter = device.profile.data.securityCounter + 1;
      device.service.offer(sequence, image, announcementOf(image, counter), (request) =>
        pieceOf((request.offset / request.length) % 2 === 0 ? other : image, request),
      );
    },
  },
  {
    what: 'an image signed by somebody else',
    reason: 'image-signature',
    byBoot: true,
    offer: (device, sequence) => offer(device, sequence, forgedImage(device)),
  },
  { what: 'a length of nothing', reason: 'range', offer: announced({ length: 0 }) },
  {
    what: 'an older image behind the announcement of a newer one',
    reason: 'image-version',
    byBoot: true,
    offer: (device, sequence) => {
      const image = campaignImage(device.profile);
      const said = announcementOf(newerImage(device), device.profile.data.securityCounter + 1);
      const { length, sha256 } = announcementOf(image, 0);
      device.service.offer(sequence, image, { ...said, length, sha256 });
    },
  },
];

function word(device: Device, reason: string): string {
  return device.profile.reasons(reason)[0]!;
}
