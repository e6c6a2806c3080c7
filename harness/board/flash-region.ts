/** Regions of flash, the sectors that they touch, and how an address is printed. */

import { SECTOR_BYTES } from './flash-registers.ts';

/** Addresses from `start` up to, without, `end`. */
export interface Region {
  readonly start: number;
  readonly end: number;
}

/** The first address of each sector that has a byte of the region, in order. */
export function sectorsOf({ start, end }: Region): number[] {
  const first = Math.floor(start / SECTOR_BYTES) * SECTOR_BYTES;
  const count = Math.ceil(Math.max(0, end - first) / SECTOR_BYTES);
  return Array.from({ length: count }, (_, index) => first + index * SECTOR_BYTES);
}

/** A word of 32 bits, negative as JavaScript's bit operations leave it or not, in eight digits. */
export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16).padStart(8, '0')}`;
}
