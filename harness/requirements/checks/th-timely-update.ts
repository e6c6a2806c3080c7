/** th-timely-update: the device hears of an update, fetches it whatever comes between, and installs it, all by itself. */
import { announcementOf, pieceOf } from '../../world/service/update.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import { newerImage, offer, pieceAsked, runs } from '../offered-update.ts';
import { connected, expectTwin } from '../refusal.ts';
import { bootAfter, RESETS } from '../resets.ts';
import { keyInUse, register } from '../rotation.ts';
import { versionOf } from '../staged-update.ts';
import { expectStory, offerStub, STUBS } from '../stub-update.ts';

const CHECK_S = 60;
/** Of the announcement that counts; one before it has the number before. */
const NUMBER = 2;
/** Beside the interval: a connection that is just lost, a signature's time. */
const SLACK_MS = 30_000;
const PIECE_BYTES = 4096;
const SECTOR_BYTES = 128 * 1024;
const ASKED_WITHIN_MS = 400_000;
const DOWNLOADED_WITHIN_MS = 3_600_000;
/** From the last piece to the new image: readings heard, reset, three swapped sectors, on the chip's own core. */
const INSTALLED_WITHIN_MS = 300_000;
const FAST_INTERVAL_MS = 100;
const SLOW_LINK_MS = 300;
const STALL_MS = 90_000;
/** Of each period the link is bad so long: it stalls, or it is gone, in turn. */
const BAD_SHARE = 0.3;
const ROUGH_PERIOD_MS = 30_000;
/** What the device waits for a silent peer, and on the chip a handshake, is a part of it. */
const CHIP_ROUGH_PERIOD_MS = 300_000;
const ROUGH_WITHIN_MS = 1_800_000;
const CHIP_CASES = 3;
/** Of what it has heard, all is noted. */
const SETTLED_AFTER_MS = 10_000;
/** More than an image on trial has. */
const TRIAL_BOOTS = 4;

export const checks = defineChecks('th-timely-update', (check) => {
  check(
    'th-timely-update.1/download-starts-in-time',
    'an update is fetched within the configured interval: announced to a connected device, to one that is off, while its subscription was lost, and while it fetches an older one',
    async (lab) => {
      const limit = CHECK_S * 1000 + SLACK_MS;
      const ways: readonly (readonly [string, (device: Device) => Promise<void>])[] = [
        ['connected', async (device) => offer(device, NUMBER, newerImage(device))],
        [
          'off',
          async (device) => {
            await device.board.power(false);
            offer(device, NUMBER, newerImage(device));
            await device.connect();
          },
        ],
        [
          'its subscription lost by the service',
          async (device) => {
            device.world.cloud.forgetSubscriptions();
            await device.board.run(1000);
            offer(device, NUMBER, newerImage(device));
          },
        ],
        [
          'while an older one is fetched',
          async (device) => {
            offer(device, NUMBER - 1, newerImage(device));
            await pieceAsked(device, 0, 3 * PIECE_BYTES, ASKED_WITHIN_MS, 'the older one');
            offer(device, NUMBER, newerImage(device, { steps: 2, counterSteps: 2 }), 2);
          },
        ],
      ];
      for (const [what, announce] of ways) {
        const device = await lab.device({ configured: { checkIntervalS: CHECK_S } });
        await device.connect();
        await announce(device);
        const start = device.nowMs;
        const asked = () => device.service.pieceRequests().some(({ sequence }) => sequence === NUMBER);
        await device.waitFor(`a piece asked for (${what})`, limit, asked);
        const took = device.nowMs - start;
        lab.note(`${what}: the first piece asked for after ${(took / 1000).toFixed(1)} s of ${CHECK_S} s`, device);
      }
    },
  );

  check(
    'th-timely-update.2/resumes-after-every-interruption',
    'a download goes on where it was after lost links, stalls, every kind of reset and power lost within a flash operation, and ends',
    async (lab) => {
      const device = await connected(lab);
      const image = newerImage(device);
      let given = 0;
      let stalled = false;
      const { service } = device;
      const counter = lab.profile.data.securityCounter + 1;
      service.offer(1, image, announcementOf(image, counter), (request) => {
        if (stalled) return undefined;
        given += request.length;
        return pieceOf(image, request);
      });
      const interruptions = lab.sample(INTERRUPTIONS, CHIP_CASES);
      for (const [index, { what, sectorLost, interrupt }] of interruptions.entries()) {
        // Spread over the image, never at its end.
        const target = Math.floor(((index + 1) * image.length) / (interruptions.length + 2));
        const before = await pieceAsked(device, 0, target, DOWNLOADED_WITHIN_MS, `before ${what}`);
        const asked = service.pieceRequests().length;
        stalled = what === 'a stall';
        await interrupt(device);
        stalled = false;
        const next = await pieceAsked(device, asked, 0, ASKED_WITHIN_MS, `after ${what}`);
        const least = sectorLost
          ? Math.floor(before.offset / SECTOR_BYTES) * SECTOR_BYTES
          : before.offset - PIECE_BYTES;
        device.expect(next.offset >= least, `the download to go on at ${least} or behind (${what})`, () =>
          String(next.offset),
        );
        lab.note(`${what} at ${before.offset}: it goes on at ${next.offset}`, device);
      }
      const version = versionOf(image);
      await runs(device, version, DOWNLOADED_WITHIN_MS, 'the end of the download');
      const most = image.length + interruptions.length * 2 * PIECE_BYTES + SECTOR_BYTES * 2;
      device.expect(given <= most, `at most ${most} bytes given for ${image.length}`, () => String(given));
      lab.note(`${given} bytes given for an image of ${image.length}; ${version} runs`, device);
    },
  );

  check(
    'th-timely-update.2/behind-a-refused-one',
    'a download goes on after a reset half-way though what boot said of the update before it has stood in the same slot',
    async (lab) => {
      const device = await connected(lab);
      const [stub] = STUBS;
      const words = lab.profile.reasons(stub!.reason);
      offerStub(device, 1, stub!);
      const refused = () =>
        device.service.answers().some(({ sequence, result }) => sequence === 1 && words.includes(result));
      await device.waitFor('the first update refused by boot', DOWNLOADED_WITHIN_MS, refused);
      const image = newerImage(device);
      const asked = device.service.pieceRequests().length;
      offer(device, 2, image);
      await pieceAsked(device, asked, image.length / 2, DOWNLOADED_WITHIN_MS, 'half of the second one');
      const before = device.service.pieceRequests().length;
      await bootAfter(device, 'pin');
      const next = await pieceAsked(device, before, 0, ASKED_WITHIN_MS, 'after the reset');
      lab.note(`an update refused, the next one reset half-way: it goes on at ${next.offset}`, device);
      await runs(device, versionOf(image), DOWNLOADED_WITHIN_MS, 'the second update');
      await expectTwin(device, 'the new image');
      await device.board.run(SETTLED_AFTER_MS);
      const story = ['update-announced', 'update-downloaded', 'update-installed'];
      expectStory(device, device.service.log(), 2, story, 'the second update');
      lab.note(`${versionOf(image)} runs; in its log ${story.join(', ')}, once`, device);
    },
  );

  check(
    'th-timely-update.2/not-starved-by-telemetry',
    'with readings faster than the link takes them the download goes on, and so do the readings',
    async (lab) => {
      const device = await lab.device({ configured: { intervalMs: FAST_INTERVAL_MS } });
      const image = newerImage(device);
      await device.connect();
      device.world.modemFaults = { delayMs: SLOW_LINK_MS };
      await device.board.run(20_000);
      offer(device, 1, image);
      const from = device.readings().length;
      const start = device.nowMs;
      await runs(device, versionOf(image), DOWNLOADED_WITHIN_MS, 'telemetry without a pause');
      const seconds = (device.nowMs - start) / 1000;
      const readings = device.readings().slice(from);
      const longest = Math.max(...readings.slice(1).map(({ atMs }, index) => atMs - readings[index]!.atMs));
      device.expect(readings.length > seconds / 10, 'readings all along', () => `${readings.length} in ${seconds} s`);
      lab.note(
        `image of ${image.length} bytes in ${seconds.toFixed(0)} s beside ${readings.length} readings, the longest pause ${(longest / 1000).toFixed(1)} s`,
        device,
      );
    },
  );

  check(
    'th-timely-update.2/rough-link-and-resets',
    'beside readings each second, over a link that stalls or is gone three tenths of the time, with ten resets on the way, an update is fetched and installed within the bound',
    async (lab) => {
      const device = await lab.device({ configured: { intervalMs: 1000 } });
      await device.connect();
      const { service, world } = device;
      const image = newerImage(device);
      const version = versionOf(image);
      let given = 0;
      service.offer(1, image, announcementOf(image, lab.profile.data.securityCounter + 1), (request) => {
        given += request.length;
        return pieceOf(image, request);
      });
      const resets = lab.sample([...RESETS, ...RESETS], CHIP_CASES);
      const periodMs = lab.isSampled ? CHIP_ROUGH_PERIOD_MS : ROUGH_PERIOD_MS;
      const start = device.nowMs;
      const isNew = () => device.lines('handover').at(-1)?.groups.version === version;
      let [made, troubles] = [0, 0];
      const resetDue = () => {
        const offset = service.pieceRequests().at(-1)?.offset ?? 0;
        return made < resets.length && offset >= ((made + 1) * image.length) / (resets.length + 2);
      };
      // A piece on its way is lost with a link or a life, and asked for again.
      const expectFew = () => {
        const most = image.length + (made + troubles) * 2 * PIECE_BYTES;
        device.expect(given <= most, `at most ${most} bytes given for ${image.length}`, () => String(given));
      };
      while (!isNew()) {
        expectFew();
        const spent = device.nowMs - start;
        device.expect(
          spent < ROUGH_WITHIN_MS,
          `${version} within ${ROUGH_WITHIN_MS / 60_000} minutes`,
          () => `${made} resets in ${spent / 60_000} minutes`,
        );
        await device.board.run((1 - BAD_SHARE) * periodMs, () => isNew() || resetDue());
        if (isNew()) break;
        if (resetDue()) await bootAfter(device, resets[made++]!);
        const isGone = troubles++ % 2 === 1;
        if (isGone) device.dropConnection();
        world.modemFaults = isGone ? { mute: true } : { stallTcp: true };
        await device.board.run(BAD_SHARE * periodMs);
        world.modemFaults = {};
      }
      const minutes = ((device.nowMs - start) / 60_000).toFixed(1);
      device.expect(made === resets.length, `${resets.length} resets on the way`, () => String(made));
      expectFew();
      await expectTwin(device, 'the new image');
      lab.note(
        `${made} resets, ${troubles} stalls and losses of the link: ${version} runs after ${minutes} minutes, ${given} bytes given for ${image.length}`,
        device,
      );
    },
  );

  check(
    'th-timely-update.3/installed-in-bounded-time',
    'what is complete is installed, run and kept without help',
    async (lab) => {
      const device = await connected(lab);
      const image = newerImage(device);
      const version = versionOf(image);
      offer(device, 1, image);
      const last = Math.floor((image.length - 1) / PIECE_BYTES) * PIECE_BYTES;
      await pieceAsked(device, 0, last, DOWNLOADED_WITHIN_MS, 'the last piece');
      const took = await runs(device, version, INSTALLED_WITHIN_MS, 'the complete download');
      lab.note(`${version} runs ${(took / 1000).toFixed(1)} s after the last piece`, device);
      await expectTwin(device, 'the new image');
      // Kept: more boots than an image on trial has, and the counter of the new one.
      const counter = lab.profile.data.securityCounter + 1;
      for (const kind of RESETS) {
        const from = device.console.length;
        await bootAfter(device, kind);
        const { groups } = device.lines('handover', from)[0]!;
        const is = `${groups.version}, counter ${groups.counter}`;
        device.expect(
          is === `${version}, counter ${counter}`,
          `${version}, counter ${counter}, after ${kind}`,
          () => is,
        );
      }
      await expectTwin(device, 'the new image after every reset');
      lab.note(`kept over ${RESETS.join(', ')}: counter ${counter}`, device);
    },
  );

  check(
    'th-timely-update.3/next-one-while-on-trial',
    'an update announced while the one before is on trial takes nothing from it: power lost at its first steps, and no connection after that, the device runs what it has confirmed, and fetches on',
    async (lab) => {
      const device = await connected(lab);
      const counter = lab.profile.data.securityCounter + 1;
      const [first, second] = [newerImage(device), newerImage(device, { steps: 2, counterSteps: 2 })];
      offer(device, 1, first);
      await runs(device, versionOf(first), DOWNLOADED_WITHIN_MS, 'the first update');
      const from = device.entries.length;
      offer(device, 2, second, 2);
      const { start, end } = lab.profile.data.flash.updateSlot;
      const erased = () =>
        device.entries.slice(from).filter(({ lane, what, fields }) => {
          const addr = Number(fields.addr);
          return lane === 'flash' && what === 'erase' && addr >= start && addr < end;
        }).length;
      const sectors = (end - start) / SECTOR_BYTES;
      await device.waitFor('the update slot erased', ASKED_WITHIN_MS, () => erased() >= sectors);
      await device.board.power(false);
      const key = keyInUse(device);
      device.world.cloud.devices.revoke(device.id);
      for (let boot = 0; boot < TRIAL_BOOTS; boot++) await device.boot(() => device.powerCycle());
      const { groups } = device.lines('handover').at(-1)!;
      const is = `${groups.version}, counter ${groups.counter}`;
      const wanted = `${versionOf(first)}, counter ${counter}`;
      device.expect(is === wanted, `${wanted}, kept over ${TRIAL_BOOTS} boots without a connection`, () => is);
      lab.note(`announced on trial, power lost when the slot is blank, ${TRIAL_BOOTS} boots: ${is}`, device);
      register(device, key);
      await runs(device, versionOf(second), DOWNLOADED_WITHIN_MS, 'the second update');
      await expectTwin(device, 'the second update');
      lab.note(`${versionOf(second)} runs in the end`, device);
    },
  );
});

interface Interruption {
  readonly what: string;
  /** A sector has to start over. */
  readonly sectorLost?: boolean;
  interrupt(device: Device): Promise<void>;
}

const INTERRUPTIONS: readonly Interruption[] = [
  { what: 'a lost link', interrupt: async (device) => device.dropConnection() },
  {
    what: 'power lost within a flash operation',
    sectorLost: true,
    interrupt: async (device) => {
      const from = device.board.trace.entries.length;
      const isCut = () =>
        device.board.trace.entries.slice(from).some(({ lane, what }) => lane === 'power' && what === 'cut');
      device.board.cutPower({ operation: 40, mode: 'torn' });
      await device.waitFor('a flash operation to be cut', ASKED_WITHIN_MS, isCut);
      device.board.cutPower(undefined);
      await device.boot(() => device.powerCycle());
    },
  },
  { what: 'a stall', interrupt: (device) => device.board.run(STALL_MS).then(() => undefined) },
  ...RESETS.map((kind) => ({ what: `a reset by ${kind}`, interrupt: (device: Device) => bootAfter(device, kind) })),
];
