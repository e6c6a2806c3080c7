/**
 * What is secret in a region of flash, seen from outside: every run of eight bytes of it that could not stand there by chance, and that is not told to everybody by
 * the device itself (its public key stands beside the private one, and the print of its entropy source).
 */

import type { Region } from '../board/flash-region.ts';
import { findPrivateKey } from '../observe/ecdsa-secrets.ts';
import { isOnCurve, uncompressed } from '../provision/point.ts';
import { pointOf } from '../world/service/secrets.ts';
import type { Device } from './device.ts';
import { statesSoFar } from './generator-states.ts';

/** Shorter runs of a secret could be chance. */
export const WINDOW_BYTES = 8;
/** Random bytes have fewer in one run of two hundred; headers, lengths and paddings nearly always. */
const DISTINCT_BYTES = 7;
/** x and y. */
const POINT_BYTES = 64;
/** Of the answer to a rotation (SPEC 31). */
const NEXT_KEY = /"key":"([0-9a-f]{128})"/g;

export class SecretWindows {
  private readonly windows = new Set<string>();
  /** By the first two bytes: whether a window begins with them. */
  private readonly heads = new Uint8Array(2 ** 16);

  /** @param known texts that are no secret */
  constructor(secrets: readonly Uint8Array[], known: readonly Uint8Array[] = []) {
    for (const bytes of secrets) for (const window of windowsOf(bytes)) this.windows.add(window);
    for (const bytes of known) for (const window of windowsOf(bytes)) this.windows.delete(window);
    for (const window of this.windows) this.heads[(window.charCodeAt(0) << 8) | window.charCodeAt(1)] = 1;
  }

  get size(): number {
    return this.windows.size;
  }

  /** Offset of the first window that stands in the text; undefined: none. */
  find(text: Uint8Array): number | undefined {
    const whole = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
    for (let at = 0; at + WINDOW_BYTES <= text.length; at++) {
      if (this.heads[(text[at]! << 8) | text[at + 1]!] === 0) continue;
      if (this.windows.has(whole.toString('latin1', at, at + WINDOW_BYTES))) return at;
    }
    return undefined;
  }
}

/** The windows of a region as it is now, without the device's public key. @throws CheckFailure when there are none: nothing would be shown */
export function secretWindows(device: Device, region: Region): SecretWindows {
  const content = device.board.peekFlash(region.start, region.end - region.start);
  const windows = new SecretWindows([content], publicKeys(device));
  device.expect(windows.size > 0, 'a secret area that holds a secret', () => 'nothing that is not told to everybody');
  return windows;
}

/**
 * Whatever the device has said of its identity since it was made, on the console and in answers to the service: its keys, the print of its source; and who directs its secrets,
 * which lies beside them.
 * @param privateKeys those of its life that lie in the secret area no more
 * @throws CheckFailure when a key of it is no point of the curve, or anything of it is a part of a private key or of the generator: it would excuse the leak that it is
 */
export function publicKeys(device: Device, privateKeys: readonly Uint8Array[] = []): Buffer[] {
  const { profile, world, board } = device;
  const told = board.console.lines.flatMap((line) => profile.match('identity', line)?.key ?? []);
  const answered = world.cloud.received.flatMap(({ payload }) =>
    [...Buffer.from(payload).toString('latin1').matchAll(NEXT_KEY)].map(([, key]) => key!),
  );
  const keys = [...new Set([...told, ...answered])].map((key) => Buffer.from(key, 'hex').subarray(-POINT_BYTES));
  const prints = board.console.lines.flatMap((line) => profile.match('source', line)?.print ?? []);
  const said = [...keys, ...[...new Set(prints)].map((print) => Buffer.from(print, 'hex'))];
  const { start, end } = profile.data.flash.secrets;
  const area = board.peekFlash(start, end - start);
  const found = keys.flatMap((key) => findPrivateKey(area, uncompressed(key)) ?? []);
  const own = new SecretWindows([...privateKeys, ...found, ...statesSoFar(device)]);
  const not = [...keys.filter((key) => !isOnCurve(key)), ...said.filter((one) => own.find(one) !== undefined)];
  device.expect(not.length === 0, 'what is public where the device says who it is', () => not[0]!.toString('hex'));
  const authority = profile.data.service.channel?.secretsKey;
  return [
    // Zeros follow a print in the record, and wherever nothing does.
    ...said.map((one) => (one.length === POINT_BYTES ? one : Buffer.concat([one, Buffer.alloc(WINDOW_BYTES)]))),
    // In the configuration it stands before blank flash, where a record ends.
    ...(authority ? [Buffer.concat([pointOf(profile.read(authority.public)), Buffer.alloc(WINDOW_BYTES, 0xff)])] : []),
  ];
}

function windowsOf(bytes: Uint8Array): string[] {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const windows: string[] = [];
  for (let at = 0; at + WINDOW_BYTES <= latin1.length; at++) {
    const window = latin1.slice(at, at + WINDOW_BYTES);
    if (window === BLANK) continue;
    if (new Set(window).size >= DISTINCT_BYTES) windows.push(window);
  }
  return windows;
}

const BLANK = '\xff'.repeat(WINDOW_BYTES);
