/** th-authrepl.1 .2 .6: which update the bootloader installs. What an image must be to boot at all is in th-authrepl.ts. */
import type { Region } from '../../board/flash-region.ts';
import { updateImage, versionAfter } from '../../campaign/powercut/images.ts';
import { TLV } from '../../image/format.ts';
import type { Updater } from '../../profile/updater.ts';
import { MAX_TRIALS } from '../boot-outcomes.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import { foreignSigned } from '../images.ts';
import type { Lab } from '../lab.ts';
import { bootAfter, RESETS } from '../resets.ts';
import {
  describe,
  expectInstalled,
  expectUpdateRefused,
  stage,
  updaterOf,
  verdictOf,
  versionOf,
  withTlv,
} from '../staged-update.ts';

const MAX_CONFIRM_BOOTS_MS = 180_000;
/** Of an image with every part of a version above 0, so that each can be lower. */
const MIDDLE = '2.3.4+5';
/** What runs, and what is newer in one part. */
const PLAIN = { version: MIDDLE, newer: ['2.3.4+6', '2.3.5+0', '2.4.0+0', '3.0.0+0'] };
/** Beyond a byte of the revision, and two of the build. */
const WIDE = { version: '2.3.256+65536', newer: ['2.3.256+65537', '2.3.257+0'] };
/** So much greater is the counter of an update than the device's. */
const LEAP = 5;

const SPOILT: readonly [name: string, title: string, spoil: (device: Device, slot: Region) => void][] = [
  [
    'blank-slot',
    'with a blank app slot, an update that is old or not validly signed is refused still; a newer one is installed',
    blank,
  ],
  [
    'damaged-slot',
    'with a damaged app slot, an update that is old or not validly signed is refused still; a newer one is installed',
    (device, { start }) => device.board.pokeFlash(start + 0x420, Uint8Array.of(0x55, 0xaa, 0x55)),
  ],
];

export const checks = defineChecks('th-authrepl', (check) => {
  check(
    'th-authrepl.1/bad-updates-refused',
    'bad, missing, truncated, foreign-key and foreign-product updates are refused for their reason; their twin is installed',
    async (lab) => {
      const updater = await updaterOf(lab);
      const good = newer(lab, updater);
      await expectInstalled(await lab.device({ offline: true }), updater, good, 'the twin: signed, whole and newer');
      lab.note(`the twin, ${versionOf(good)}: installed and run`);
      const running = runningVersion(lab);
      for (const { what, image, reasons } of badUpdates(lab, updater, good)) {
        const device = await lab.device({ offline: true });
        const reason = await expectUpdateRefused(device, { updater, image, running }, reasons, what);
        lab.note(`${what}: refused, ${reason}; ${running} runs`, device);
      }
    },
  );

  check(
    'th-authrepl.1/old-image-still-runs',
    'after a refusal the old image goes on, after every kind of reset, and does its work',
    async (lab) => {
      const updater = await updaterOf(lab);
      const device = await lab.device();
      const running = runningVersion(lab);
      const forged = withTlv(newer(lab, updater), TLV.ed25519, turnBit);
      await expectUpdateRefused(device, { updater, image: forged, running }, ['image-signature'], 'a forged signature');
      const reading = await device.waitForReading(
        () => true,
        lab.profile.data.connectWithinMs,
        'a reading after the refusal',
      );
      lab.note(`refused; the service receives ${reading.raw}`, device);
      for (const kind of RESETS) {
        await bootAfter(device, kind);
        const version = device.lines('handover').at(-1)!.groups.version!;
        device.expect(version === running, `${running} after ${kind}`, () => version);
      }
      await device.waitForReading(() => true, lab.profile.data.connectWithinMs, 'a reading after all resets');
      lab.note(`${running} after ${RESETS.join(', ')}, and it reports`, device);
    },
  );

  check(
    'th-authrepl.2/equal-version-refused',
    'a validly signed update of the version that runs is refused, and one whose security counter is not greater',
    async (lab) => {
      await refuseVersions(lab, [
        { what: 'equal version', version: MIDDLE, above: 1, reasons: ['image-version'] },
        { what: 'equal version, equal counter', version: MIDDLE, above: 0, reasons: ['image-version'] },
        { what: 'newer version, equal counter', version: '2.3.4+6', above: 0, reasons: ['image-rollback'] },
      ]);
    },
  );

  check(
    'th-authrepl.2/older-version-refused',
    'a validly signed update that is older in any part of its version, or in its counter, is refused',
    async (lab) => {
      await refuseVersions(lab, [
        { what: 'older build', version: '2.3.4+4', above: 1, reasons: ['image-version'] },
        { what: 'older revision, greater build', version: '2.3.3+6', above: 1, reasons: ['image-version'] },
        { what: 'older minor, all below greater', version: '2.2.9+9', above: 1, reasons: ['image-version'] },
        { what: 'older major, all below greater', version: '1.9.9+9', above: 1, reasons: ['image-version'] },
        { what: 'newer version, older counter', version: '2.3.4+6', above: -1, reasons: ['image-rollback'] },
      ]);
      // Numbers of which the low bytes alone are greater.
      await refuseVersions(
        lab,
        [
          {
            what: 'older build, greater in its low half',
            version: '2.3.256+65535',
            above: 1,
            reasons: ['image-version'],
          },
          {
            what: 'older revision, greater in its low byte',
            version: '2.3.255+9',
            above: 1,
            reasons: ['image-version'],
          },
        ],
        WIDE,
      );
    },
  );

  check(
    'th-authrepl.2/no-newer-one-taken-back',
    'what an image on trial puts in the place of the one before it is no former image: a newer one that lies there, validly signed, does not run when the trials are over',
    async (lab) => {
      const updater = await updaterOf(lab);
      const device = await lab.device({ offline: true });
      const counter = lab.profile.data.securityCounter;
      const [onTrial, next] = [1, 2].map((steps) =>
        updateImage(lab.profile, updater, {
          version: versionAfter(lab.profile, steps),
          securityCounter: counter + steps,
          confirms: false,
        }),
      ) as [Uint8Array, Uint8Array];
      await expectInstalled(device, updater, onTrial, 'an update on trial');
      const { updateSlot } = lab.profile.data.flash;
      blank(device, updateSlot);
      device.board.pokeFlash(updateSlot.start, next);
      for (let boot = 1; boot <= MAX_TRIALS; boot++) {
        await device.boot(() => device.board.reset('software'));
        const { version } = device.lines('handover').at(-1)!.groups;
        device.expect(version === versionOf(onTrial), `${versionOf(onTrial)} at boot ${boot}`, () => `${version}`);
      }
      lab.note(`${versionOf(next)} in the place of the former image: ${versionOf(onTrial)} after ${MAX_TRIALS} boots`);
    },
  );

  check(
    'th-authrepl.6/old-image-in-the-slot-refused',
    'an old, validly signed image that is put into the app slot directly never runs once a newer one was confirmed',
    async (lab) => {
      const { updater, counter, image } = await updated(lab);
      const device = await lab.device({ image: image(counter), offline: true });
      // A fleet skips releases: the counter goes up by more than one, and none between is good any more.
      const raised = counter + LEAP;
      await confirmNext(lab, device, updater, image(raised), raised);
      for (const old of [counter, raised - 1]) {
        placeInSlot(device, image(old));
        await expectNothingRuns(lab, device, ['image-rollback'], `counter ${old} under a device at ${raised}`);
        await device.board.power(false);
      }
      placeInSlot(device, image(raised));
      const twin = await verdictOf(device, 'the twin');
      device.expect(twin.version === versionOf(image(raised)), 'the twin to run', () => describe(twin));
      lab.note(`the twin of counter ${raised}, put there the same way, runs`, device);
    },
  );

  for (const [name, title, spoil] of SPOILT) {
    check(`th-authrepl.6/${name}`, title, async (lab) => {
      const { updater, counter, image } = await updated(lab);
      const device = await lab.device({ image: image(counter), offline: true });
      await confirmNext(lab, device, updater, image(counter + 1), counter + 1);
      const { appSlot, updateSlot } = lab.profile.data.flash;
      spoil(device, appSlot);
      const spoilt = await device.board.snapshot();
      for (const old of [counter, counter + 1]) {
        await device.board.restore(spoilt);
        blank(device, updateSlot);
        stage(device, updater, image(old));
        const what = `counter ${old} staged, the device at ${counter + 1}`;
        const verdict = await expectNothingRuns(lab, device, undefined, what);
        const names = lab.profile.reasons('image-rollback');
        device.expect(names.includes(verdict.refusal ?? ''), `a refusal for ${names} (${what})`, () =>
          describe(verdict),
        );
      }
      const good = image(counter + 2);
      const forgeries: [what: string, image: Uint8Array][] = [
        ['one bit of the signature turned', withTlv(good, TLV.ed25519, turnBit)],
        ["somebody else's signature", foreignSigned(lab.profile, good, { genuineKeyHash: true })],
      ];
      for (const [what, forged] of lab.sample(forgeries, 1)) {
        await device.board.restore(spoilt);
        blank(device, updateSlot);
        stage(device, updater, forged);
        const verdict = await expectNothingRuns(lab, device, undefined, what);
        const names = lab.profile.reasons('image-signature');
        device.expect(names.includes(verdict.refusal ?? ''), `a refusal for ${names} (${what})`, () =>
          describe(verdict),
        );
      }
      await device.board.restore(spoilt);
      blank(device, updateSlot);
      await expectInstalled(device, updater, good, 'the twin: a greater counter');
      lab.note(`the twin of counter ${counter + 2} is installed and runs`, device);
    });
  }
});

function runningVersion(lab: Lab): string {
  const { version } = lab.profile.data;
  return version.includes('+') ? version : `${version}+0`;
}

function newer(lab: Lab, updater: Updater): Uint8Array {
  const { profile } = lab;
  const securityCounter = profile.data.securityCounter + 1;
  return updateImage(profile, updater, { version: versionAfter(profile, 1), securityCounter });
}

function turnBit(value: Uint8Array): Uint8Array {
  return value.map((byte, index) => (index === value.length >> 1 ? byte ^ 1 : byte));
}

interface BadUpdate {
  readonly what: string;
  readonly image: Uint8Array;
  readonly reasons: readonly string[];
}

/** The list that "bad, missing, truncated, foreign" stands for. */
function badUpdates(lab: Lab, updater: Updater, good: Uint8Array): BadUpdate[] {
  const { profile } = lab;
  const product = Buffer.from(profile.data.productId, 'hex');
  product[0]! ^= 0x80;
  const body = Uint8Array.from(good);
  body[0x400 + 100]! ^= 1;
  const cut = (bytes: number) => good.subarray(0, bytes);
  const tlv = (type: number, change: (value: Uint8Array) => Uint8Array | undefined) => withTlv(good, type, change);
  return [
    { what: 'one bit of the body turned', image: body, reasons: ['image-hash'] },
    { what: 'one bit of the signature turned', image: tlv(TLV.ed25519, turnBit), reasons: ['image-signature'] },
    { what: 'a signature of zeros', image: tlv(TLV.ed25519, (v) => v.fill(0)), reasons: ['image-signature'] },
    { what: 'no signature', image: tlv(TLV.ed25519, () => undefined), reasons: ['image-tlv'] },
    { what: 'half a signature', image: tlv(TLV.ed25519, (v) => v.subarray(0, 32)), reasons: ['image-tlv'] },
    { what: 'no hash', image: tlv(TLV.sha256, () => undefined), reasons: ['image-tlv'] },
    { what: 'nothing staged', image: new Uint8Array(0), reasons: ['image-magic'] },
    { what: 'truncated after its header', image: cut(0x400), reasons: ['image-tlv'] },
    { what: 'truncated in its body', image: cut((good.length >> 6) * 32), reasons: ['image-tlv'] },
    { what: 'truncated in its signature', image: cut(good.length - 32), reasons: ['image-signature'] },
    {
      what: 'signed by a foreign key',
      image: foreignSigned(profile, good, { genuineKeyHash: false }),
      reasons: ['image-key', 'image-signature'],
    },
    {
      what: 'a foreign signature under the genuine key hash',
      image: foreignSigned(profile, good, { genuineKeyHash: true }),
      reasons: ['image-signature'],
    },
    {
      what: 'of another product',
      image: otherProduct(lab, updater, product),
      reasons: ['image-product'],
    },
  ];
}

function otherProduct({ profile }: Lab, updater: Updater, productId: Uint8Array): Uint8Array {
  return updateImage(profile, updater, {
    version: versionAfter(profile, 1),
    securityCounter: profile.data.securityCounter + 1,
    productId,
  });
}

/** Each is refused by a device that runs a certain version; twins one change away are installed. `above`: the image's counter above the device's. */
async function refuseVersions(
  lab: Lab,
  refused: readonly { what: string; version: string; above: number; reasons: readonly string[] }[],
  { version: own, newer } = PLAIN,
): Promise<void> {
  const updater = await updaterOf(lab);
  const counter = lab.profile.data.securityCounter;
  const image = (version: string, above: number) =>
    updateImage(lab.profile, updater, { version, securityCounter: counter + above });
  const running = image(own, 0);
  for (const version of newer) {
    const device = await lab.device({ image: running, offline: true });
    await expectInstalled(device, updater, image(version, 1), `the twin ${version}`);
    lab.note(`the twin ${version} with a greater counter over ${own}: installed and run`, device);
  }
  // A device whose counter is 0 knows no smaller one.
  for (const { what, version, above, reasons } of refused.filter(({ above }) => counter + above >= 0)) {
    const device = await lab.device({ image: running, offline: true });
    const staged = { updater, image: image(version, above), running: own };
    const reason = await expectUpdateRefused(device, staged, reasons, what);
    lab.note(`${what} (${version}): refused, ${reason}`, device);
  }
}

/** Images by counter, each of a version that goes with it. */
async function updated(lab: Lab): Promise<{ updater: Updater; counter: number; image(counter: number): Uint8Array }> {
  const updater = await updaterOf(lab);
  const counter = lab.profile.data.securityCounter;
  const image = (securityCounter: number) =>
    updateImage(lab.profile, updater, {
      version: versionAfter(lab.profile, securityCounter - counter),
      securityCounter,
    });
  return { updater, counter, image };
}

/** Installs an update for good: the device's counter is raised to it. Ends without power. */
async function confirmNext(
  lab: Lab,
  device: Device,
  updater: Updater,
  image: Uint8Array,
  counter: number,
): Promise<void> {
  await expectInstalled(device, updater, image, 'the update that raises the counter');
  const raised = () => device.lines('handover').some(({ groups }) => Number(groups.counter) === counter);
  await device.waitFor(`the device's counter at ${counter}`, MAX_CONFIRM_BOOTS_MS, raised);
  await device.board.power(false);
  lab.note(`${versionOf(image)} installed and confirmed: the device's counter is ${counter}`, device);
}

function placeInSlot(device: Device, image: Uint8Array): void {
  const { appSlot } = device.profile.data.flash;
  blank(device, appSlot);
  device.board.pokeFlash(appSlot.start, image);
}

function blank(device: Device, { start, end }: Region): void {
  device.board.pokeFlash(start, new Uint8Array(end - start).fill(0xff));
}

async function expectNothingRuns(lab: Lab, device: Device, reasons: readonly string[] | undefined, what: string) {
  const verdict = await verdictOf(device, what);
  device.expect(verdict.version === undefined && verdict.halt !== undefined, `no image to run (${what})`, () =>
    describe(verdict),
  );
  const names = reasons?.flatMap((reason) => lab.profile.reasons(reason));
  device.expect(names === undefined || names.includes(verdict.halt!), `a halt for ${names} (${what})`, () =>
    describe(verdict),
  );
  lab.note(`${what}: ${describe(verdict)}`, device);
  return verdict;
}
