/**
 * An update that lies in the update slot, asked for: what the bootloader makes of it, seen from outside (console, flash). For checks that start where a
 * download ends; how an update lies in flash is the profile's knowledge (`update.module`).
 */
import { UsageError } from '../errors.ts';
import { encodeTlvs } from '../image/create.ts';
import { formatVersion, TLV_INFO_MAGIC } from '../image/format.ts';
import { parseImage } from '../image/parse.ts';
import { loadUpdater, type Updater } from '../profile/updater.ts';
import type { Device } from './device.ts';
import { contentOf, expectUnchanged } from './flash-attack.ts';
import type { Lab } from './lab.ts';

/** Boot looks at up to three images and swaps two slots; on the chip's own core that takes tens of seconds. */
const VERDICT_WITHIN_MS = 180_000;

export interface Verdict {
  /** Hand-over lines since power came. */
  readonly version: string | undefined;
  readonly counter: number | undefined;
  /** Why boot refused the update, in the device's words; undefined: it did not. */
  readonly refusal: string | undefined;
  readonly halt: string | undefined;
}

/** @throws UsageError when the profile cannot say how an update lies in flash, or how a refusal reads */
export async function updaterOf(lab: Lab): Promise<Updater> {
  if (lab.profile.data.console.refusedUpdate === undefined) {
    throw new UsageError(`${lab.profile.file}: checks of updates need console.refusedUpdate`);
  }
  return loadUpdater(lab.profile);
}

/** Puts an image into the update slot, behind the device's back, with the wish that it be installed. The device is off. */
export function stage(device: Device, updater: Updater, image: Uint8Array): void {
  for (const { addr, bytes } of [...updater.stage(image), ...updater.request()]) device.board.pokeFlash(addr, bytes);
}

/** Powers the device on and waits for the first hand-over or halt. */
export async function verdictOf(device: Device, what: string): Promise<Verdict> {
  const from = device.console.length;
  await device.board.power(true);
  const lines = (kind: 'handover' | 'halt' | 'refusedUpdate') => device.lines(kind, from);
  const decided = () => lines('handover').length > 0 || lines('halt').length > 0;
  await device.waitFor(`boot's verdict (${what})`, VERDICT_WITHIN_MS, decided);
  const handover = lines('handover')[0]?.groups;
  return {
    version: handover?.version,
    counter: handover === undefined ? undefined : Number(handover.counter),
    refusal: lines('refusedUpdate')[0]?.groups.reason,
    halt: lines('halt')[0]?.groups.reason,
  };
}

/** The update is refused for one of the reasons, and the image that was there goes on: not a bit of it or of boot's state has changed. */
export async function expectUpdateRefused(
  device: Device,
  staged: { updater: Updater; image: Uint8Array; running: string },
  reasons: readonly string[],
  what: string,
): Promise<string> {
  const { appSlot, bootState } = device.profile.data.flash;
  stage(device, staged.updater, staged.image);
  const before = [appSlot, bootState].map((region) => contentOf(device, region));
  const verdict = await verdictOf(device, what);
  const names = reasons.flatMap((reason) => device.profile.reasons(reason));
  device.expect(
    names.includes(verdict.refusal ?? ''),
    `the update refused, reason ${names.join(' or ')} (${what})`,
    () => describe(verdict),
  );
  device.expect(verdict.version === staged.running, `the hand-over of ${staged.running} (${what})`, () =>
    describe(verdict),
  );
  expectUnchanged(device, appSlot, before[0]!, `the refusal (${what})`);
  expectUnchanged(device, bootState, before[1]!, `the refusal (${what})`);
  return verdict.refusal!;
}

/** The accepted twin: installed, and it runs. */
export async function expectInstalled(
  device: Device,
  updater: Updater,
  image: Uint8Array,
  what: string,
): Promise<void> {
  const version = versionOf(image);
  stage(device, updater, image);
  const verdict = await verdictOf(device, what);
  device.expect(verdict.version === version, `the hand-over of ${version} (${what})`, () => describe(verdict));
  const { start } = device.profile.data.flash.appSlot;
  const placed = Buffer.from(device.board.peekFlash(start, image.length)).equals(image);
  device.expect(placed, `the whole image in its slot (${what})`, () => 'another content');
}

export function versionOf(image: Uint8Array): string {
  return formatVersion(parseImage(image).version);
}

/** The image with one of its unprotected TLVs changed, or left out where `change` answers undefined. */
export function withTlv(
  image: Uint8Array,
  type: number,
  change: (value: Uint8Array) => Uint8Array | undefined,
): Uint8Array {
  const { hashed, tlvs } = parseImage(image);
  const changed = tlvs.flatMap((tlv) => {
    const value = tlv.type === type ? change(tlv.value) : tlv.value;
    return value === undefined ? [] : [{ ...tlv, value }];
  });
  return new Uint8Array(Buffer.concat([hashed, encodeTlvs(TLV_INFO_MAGIC, changed)]));
}

export function describe({ version, refusal, halt }: Verdict): string {
  const parts = [
    version === undefined ? 'no hand-over' : `the hand-over of ${version}`,
    refusal === undefined ? 'no refusal' : `a refusal (${refusal})`,
    ...(halt === undefined ? [] : [`a halt (${halt})`]),
  ];
  return parts.join(', ');
}
