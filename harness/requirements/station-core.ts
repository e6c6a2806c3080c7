/** Looks for secrets in the memory of a station's process: in what a core of it would hold, and in the files that it wrote. */

import { hex } from '../board/flash-region.ts';
import { HarnessError } from '../errors.ts';
import type { StationProcess } from '../provision/process/station-process.ts';
import type { MadeDevice } from '../provision/station.ts';
import type { Device } from './device.ts';
import { LeakScan } from './leak-scan.ts';

export interface CoreSearch {
  readonly bytes: number;
  /** What was found, and where. */
  readonly found: string | undefined;
}

export function searchCore(station: StationProcess, scan: LeakScan): CoreSearch {
  let bytes = 0;
  let found: string | undefined;
  station.core(({ mapping, start, bytes: piece }) => {
    bytes += piece.length;
    if (found !== undefined) return;
    const leak = scan.find(piece);
    if (leak)
      found = `${leak.secret}, ${leak.encoding}, at ${(start + leak.at).toString(16)} (${mapping || 'anonymous'})`;
  });
  return { bytes, found };
}

/**
 * No secret in the memory of the process and in its files. The public key, which it has to know, is looked for first by the same means.
 * @returns bytes that were looked through @throws UnobservableError
 */
export function expectStationClean(device: Device, station: StationProcess, scan: LeakScan, made: MadeDevice): number {
  let written = 0;
  for (const { path, bytes: text } of station.files()) {
    const leak = scan.find(text);
    const what = () => `${leak!.secret}, ${leak!.encoding}, offset ${hex(leak!.at)}`;
    device.expect(leak === undefined, `no secret in the station's file ${path}`, what);
    written += text.length;
  }
  const told = new LeakScan();
  told.add('public key', made.publicKey);
  if (searchCore(station, told).found === undefined)
    throw new HarnessError(
      'core of the station: expected the public key in it, which the station has entered, found none',
    );
  const { bytes, found } = searchCore(station, scan);
  device.expect(found === undefined, "no secret in a core of the station's process", () => String(found));
  return bytes + written;
}
