/**
 * Attempts to change a flash region, by native code or by any module, and the proof that not one bit of it changed.
 *
 * The list is written here, so that "whatever code runs" means something: word program, sector erase and bank erase through the registers, with the bank unlocked
 * first, at both privileges; and the HAL calls of an application whose capabilities claim everything.
 */

import type { BusOp, Privilege } from '../board/board.ts';
import { hex, type Region, sectorsOf } from '../board/flash-region.ts';
import {
  clearFlags,
  eraseBank,
  eraseSector,
  lockBank,
  programWord,
  SECTOR_BYTES,
  unlockBank,
} from '../board/flash-registers.ts';
import type { ProbeCall } from '../board/probe-module.ts';
import type { Device } from './device.ts';
import { type ImageOptions, probeImage } from './images.ts';
import type { Lab } from './lab.ts';

/** Virtual time for a probe's calls on a chip: each is a call through the supervisor, and the module is interpreted. */
const PROBE_WITHIN_MS = 20_000;
/** Zeros clear every bit that can be cleared, whatever the word holds. */
const ZEROS = new Uint8Array(32);

/** Words that an attack aims at: first, one in the middle and last of every sector. */
function targetWords(region: Region): number[] {
  return sectorsOf(region).flatMap((sector) => [sector, sector + SECTOR_BYTES / 2, sector + SECTOR_BYTES - 32]);
}

/** Unlocks, works, and locks again: a second unlock of an open bank would seal it and spoil the attempts that follow (RM0433 4.5.1). */
function guarded(addr: number, work: readonly BusOp[]): BusOp[] {
  return [...unlockBank(addr), ...work, lockBank(addr), clearFlags(addr)];
}

/** Every attempt on a region through the flash registers: name and bus accesses. */
export function nativeAttempts(region: Region): { name: string; ops: BusOp[] }[] {
  return [
    ...targetWords(region).map((addr) => ({
      name: `program ${hex(addr)}`,
      ops: guarded(addr, programWord(addr, ZEROS)),
    })),
    ...sectorsOf(region).map((addr) => ({
      name: `erase sector ${hex(addr)}`,
      ops: guarded(addr, eraseSector(addr)),
    })),
    { name: `erase the bank of ${hex(region.start)}`, ops: guarded(region.start, eraseBank(region.start)) },
  ];
}

/** The same as HAL calls of a module. From the end, as the module may lie in the region itself. */
export function moduleAttempts(region: Region): ProbeCall[] {
  return [
    ...targetWords(region).map((addr) => ({ name: 'flash_program', args: [addr, ZEROS, ZEROS.length] })),
    ...sectorsOf(region)
      .reverse()
      .map((addr) => ({ name: 'flash_erase', args: [addr] })),
  ];
}

/** Runs every native attempt now and expects each to leave the region as it was. */
export async function expectNativeRefused(
  lab: Lab,
  device: Device,
  region: Region,
  privilege: Privilege,
): Promise<void> {
  const attempts = nativeAttempts(region);
  for (const { name, ops } of attempts) {
    const before = contentOf(device, region);
    await device.board.injectNative(ops, privilege);
    expectUnchanged(device, region, before, `${name}, native code, ${privilege}`);
  }
  lab.note(
    `${attempts.length} attempts of native code (${privilege}) on ${hex(region.start)}: every bit as before`,
    device,
  );
}

export function contentOf(device: Device, { start, end }: Region): Buffer {
  return Buffer.from(device.board.peekFlash(start, end - start));
}

export function expectUnchanged(device: Device, region: Region, before: Buffer, attempt: string): void {
  const after = contentOf(device, region);
  if (after.equals(before)) return;
  const at = before.findIndex((byte, index) => byte !== after[index]);
  device.fail(
    `${attempt} to change nothing`,
    `byte ${hex(region.start + at)} went from ${before[at]!.toString(16)} to ${after[at]!.toString(16)}`,
  );
}

/**
 * Boots a device whose application is a probe, and waits for so many of its calls of these names, all to be refused, or for one that is not: after that the probe may be
 * gone. The chip needs some time for what V8 does at once. @returns their answers
 */
export async function bootProbe(
  device: Device,
  names: readonly string[],
  count: number,
): Promise<ReturnType<typeof probeAnswers>> {
  await device.boot();
  const answers = () => probeAnswers(device, names);
  const decided = () => answers().length >= count || answers().some(({ result }) => result >= 0);
  await device.board.run(PROBE_WITHIN_MS, decided);
  return answers();
}

/** An application that makes every attempt on a region by HAL calls: each is refused and nothing changes. @param options of its image */
export async function expectModuleRefused(lab: Lab, region: Region, options: ImageOptions = {}): Promise<void> {
  const calls = moduleAttempts(region);
  const device = await lab.device({ image: probeImage(lab.profile, calls, options), offline: true });
  const before = contentOf(device, region);
  const answers = await bootProbe(device, ['flash_program', 'flash_erase'], calls.length);
  const accepted = answers.filter(({ result }) => result >= 0);
  device.expect(accepted.length === 0, 'every attempt refused', () => `${accepted.length} accepted`);
  device.expect(answers.length === calls.length, `${calls.length} attempts`, () => `${answers.length} on the trace`);
  expectUnchanged(device, region, before, 'the attempts of a module');
  const results = [...new Set(answers.map(({ result }) => result))].join(', ');
  lab.note(`${calls.length} HAL calls on ${hex(region.start)} refused (${results})`, device);
}

/** The answers of a probe's HAL calls, from the trace of the application's module: name and result in the order of the calls. */
export function probeAnswers(device: Device, names: readonly string[]): { name: string; result: number }[] {
  return device.entries
    .filter((entry) => entry.lane === 'hal' && entry.what === 'call' && entry.fields.module === 'app')
    .filter((entry) => names.includes(String(entry.fields.call)))
    .map((entry) => ({ name: String(entry.fields.call), result: Number(entry.fields.result) }));
}
