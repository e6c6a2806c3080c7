/** In what two flash images differ: runs of bytes, by region of the profile's map. */
import type { ProfileData } from '../profile/schema.ts';

export const FLASH_START = 0x0800_0000;
export const FLASH_BYTES = 2 * 1024 * 1024;
/** Runs closer than this are one. */
const GAP = 32;

export interface Difference {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly region: string;
  /** Bytes within it that differ. */
  readonly bytes: number;
}

export function differences(a: Uint8Array, b: Uint8Array, map: ProfileData['flash']): Difference[] {
  const found: { start: number; end: number; bytes: number }[] = [];
  for (let at = 0; at < a.length; at++) {
    if (a[at] === b[at]) continue;
    const last = found.at(-1);
    if (last && at - last.end < GAP) {
      last.end = at + 1;
      last.bytes += 1;
    } else {
      found.push({ start: at, end: at + 1, bytes: 1 });
    }
  }
  return found.map(({ start, end, bytes }) => ({
    start: FLASH_START + start,
    end: FLASH_START + end,
    region: regionOf(FLASH_START + start, map),
    bytes,
  }));
}

export function regionOf(addr: number, map: ProfileData['flash']): string {
  for (const [name, value] of Object.entries(map)) {
    const regions = Array.isArray(value) ? value : [value];
    if (regions.some(({ start, end }) => addr >= start && addr < end)) return name;
  }
  return 'no region';
}
