/** th-authrepl: only an authorized image runs. Installing updates is another campaign's; here: what boots, and what the running code can change. */
import { inspectImage } from '../../image/inspect.ts';
import { afterEachOutcome } from '../boot-outcomes.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import { expectModuleRefused, expectNativeRefused } from '../flash-attack.ts';
import { campaignImage, foreignSigned } from '../images.ts';
import type { Lab } from '../lab.ts';
import { bootAfter, RESETS } from '../resets.ts';

const WATCH_MS = 60_000;
/** How long a boot may take until its verdict is on the console. */
const VERDICT_WITHIN_MS = 20_000;
/** Of the full image's body every n-th byte is turned; the campaign image, a few KiB, is swept byte by byte. */
const BODY_STRIDE = 9973;
/** So many of each where a boot costs seconds. */
const SAMPLE = 6;
/** Of its header and its TLVs every n-th. */
const HEAD_STRIDE = 13;

export const checks = defineChecks('th-authrepl', (check) => {
  check(
    'th-authrepl.3/good-image-runs-after-every-reset',
    'the untouched image runs after every kind of reset',
    async (lab) => {
      const device = await lab.device({ offline: true });
      await device.boot();
      for (const kind of RESETS) {
        await device.boot(() => (kind === 'power-on' ? device.powerCycle() : device.board.reset(kind)));
        lab.note(`after ${kind}: "${device.lines('handover').at(-1)!.line}"`, device);
      }
    },
  );

  check(
    'th-authrepl.3/every-byte-counts',
    'with one bit turned in any byte, from header to last TLV, the image never runs',
    async (lab) => {
      const small = campaignImage(lab.profile);
      await sweep(lab, 'campaign image', small, lab.sample(indicesOf(small), SAMPLE));
      const full = lab.profile.image;
      const { headerBytes, bodyBytes } = inspectImage(full);
      const chosen = indicesOf(full).filter((index) => {
        const inBody = index >= headerBytes && index < headerBytes + bodyBytes;
        return index % (inBody ? BODY_STRIDE : HEAD_STRIDE) === 0;
      });
      await sweep(lab, 'application image', full, lab.sample(chosen, SAMPLE));
    },
  );

  check(
    'th-authrepl.3/wrong-key-refused',
    'an image signed by another key never runs; its twin by the right key does',
    async (lab) => {
      const image = campaignImage(lab.profile);
      await expectRuns(lab, image, 'signed by the right key');
      await expectRefused(
        lab,
        foreignSigned(lab.profile, image, { genuineKeyHash: false }),
        ['image-key', 'image-signature'],
        'signed by a foreign key',
      );
      await expectRefused(
        lab,
        foreignSigned(lab.profile, image, { genuineKeyHash: true }),
        ['image-signature'],
        'foreign signature under the genuine key hash',
      );
    },
  );

  check('th-authrepl.3/wrong-product-refused', 'a validly signed image of another product never runs', async (lab) => {
    const product = Buffer.from(lab.profile.data.productId, 'hex');
    const other = Buffer.from(product);
    other[15]! ^= 1;
    await expectRuns(lab, campaignImage(lab.profile), 'of this product');
    await expectRefused(lab, campaignImage(lab.profile, { productId: other }), ['image-product'], 'of another product');
  });

  check(
    'th-authrepl.3/reset-does-not-skip-verification',
    'an image that changes between two boots is refused after every kind of reset',
    async (lab) => {
      const { appSlot } = lab.profile.data.flash;
      const image = campaignImage(lab.profile);
      // Whoever can change the slot can make its hash right as well: the signature counts at each boot, not the hash alone.
      const foreign = foreignSigned(lab.profile, image, { genuineKeyHash: true });
      const turned = Uint8Array.from(image);
      turned[0x400 + 64]! ^= 1;
      for (const [what, changed] of [
        ['a bit of it turned', turned],
        ['its hash right, its signature foreign', foreign],
      ] as const) {
        for (const kind of RESETS) {
          const device = await lab.device({ image, offline: true });
          await device.boot();
          device.board.pokeFlash(appSlot.start, changed);
          const from = device.console.length;
          if (kind === 'power-on') await device.powerCycle();
          else await device.board.reset(kind);
          await device.board.run(WATCH_MS);
          const again = device.lines('handover', from);
          device.expect(again.length === 0, `no hand-over after ${kind} (${what})`, () => `"${again[0]!.line}"`);
          const halt = device.lines('halt', from)[0] ?? device.fail(`a halt after ${kind} (${what})`, 'no such line');
          lab.note(`changed between two boots, ${what}, ${kind}: "${halt.line}"`, device);
        }
      }
    },
  );

  check(
    'th-authrepl.4/module-cannot-change-the-slot',
    'an application that claims every capability cannot change its own slot',
    async (lab) => {
      await expectModuleRefused(lab, lab.profile.data.flash.appSlot);
    },
  );

  check(
    'th-authrepl.4/native-code-cannot-change-the-slot',
    'native code, privileged too, cannot change the running image',
    async (lab) => {
      const device = await lab.device({ offline: true });
      await device.boot();
      for (const kind of RESETS) {
        await bootAfter(device, kind);
        for (const privilege of ['application', 'privileged'] as const) {
          await expectNativeRefused(lab, device, lab.profile.data.flash.appSlot, privilege);
        }
      }
      await device.boot(() => device.board.reset('software'));
      lab.note(`the same image runs after the next reset: "${device.lines('handover').at(-1)!.line}"`, device);
    },
  );

  check(
    'th-authrepl.4/locked-whatever-boot-did',
    'after an install, a confirmation, a refusal and a taken-back update native code cannot change the slot either',
    async (lab) => {
      await afterEachOutcome(lab, async (device, outcome) => {
        await expectNativeRefused(lab, device, lab.profile.data.flash.appSlot, 'privileged');
        lab.note(`so it is after ${outcome}`, device);
      });
    },
  );
});

async function expectRuns(lab: Lab, image: Uint8Array, what: string): Promise<void> {
  const device = await lab.device({ image, offline: true });
  await device.boot();
  lab.note(`${what}: "${device.lines('handover')[0]!.line}"`, device);
}

async function expectRefused(lab: Lab, image: Uint8Array, reasons: readonly string[], what: string): Promise<void> {
  const device = await lab.device({ image, offline: true });
  const halt = await haltOf(device, what);
  const names = reasons.flatMap((reason) => lab.profile.reasons(reason));
  device.expect(
    names.includes(halt.groups.reason ?? ''),
    `reason ${names.join(' or ')} (${what})`,
    () => `"${halt.line}"`,
  );
  lab.note(`${what}: "${halt.line}"`, device);
}

/** Powers the device on and expects boot's refusal, no hand-over before it and none in the time after. */
async function haltOf(device: Device, what: string): Promise<{ line: string; groups: Record<string, string> }> {
  await device.board.power(true);
  const verdict = () => device.lines('halt').length > 0 || device.lines('handover').length > 0;
  await device.waitFor(`boot's verdict (${what})`, VERDICT_WITHIN_MS, verdict);
  const handover = device.lines('handover')[0];
  device.expect(handover === undefined, `no hand-over (${what})`, () => `"${handover?.line}"`);
  return device.lines('halt')[0]!;
}

/** Not `map` on the bytes: a Uint8Array's map wraps indices at 256. */
function indicesOf(image: Uint8Array): number[] {
  return Array.from(image, (_, index) => index);
}

/** Turns one bit (another one from byte to byte) of each chosen byte in turn; the untouched image runs first. */
async function sweep(lab: Lab, name: string, image: Uint8Array, chosen: readonly number[]): Promise<void> {
  await expectRuns(lab, image, `${name}, untouched`);
  const { appSlot } = lab.profile.data.flash;
  const device = await lab.device({ image, offline: true });
  const start = await device.board.snapshot();
  const reasons = new Map<string, number>();
  for (const index of chosen) {
    await device.board.restore(start);
    const bit = 1 << (index % 8);
    device.board.pokeFlash(appSlot.start + index, Uint8Array.of(image[index]! ^ bit));
    const halt = await haltOf(device, `${name}, byte ${index}, bit ${bit}`);
    const reason = halt.groups.reason ?? '';
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const counts = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(', ');
  lab.note(`${name}: ${chosen.length} of ${image.length} bytes turned one at a time, none ran (${counts})`);
}
