/** What a check expects of the device's log, as the service has it. */
import type { Log, LogEntry } from '../world/service/log.ts';
import type { HostileServer } from '../world/world.ts';
import type { Device } from './device.ts';

/** A message waits for its turn, and a lost connection for the longest pause. */
const TOLD_WITHIN_MS = 300_000;
/** Servers that are refused at once, each for a reason of its own, so that none is told as a repetition of the one before. */
export const QUICKLY_REFUSED: readonly HostileServer[] = ['self-signed', 'other-name'];

export interface Wanted {
  readonly event: string;
  readonly reason?: string;
  readonly value?: number;
}

/** Waits until the service has an entry behind number `after` that is so. */
export async function expectEntry(device: Device, wanted: Wanted, what: string, after = 0): Promise<LogEntry> {
  const find = () => device.service.log().entries.find((one) => one.number > after && fits(one, wanted));
  await device.waitFor(`a log entry ${JSON.stringify(wanted)} (${what})`, TOLD_WITHIN_MS, () => find() !== undefined);
  return find()!;
}

/** Number of the newest entry that the service has, 0: it has none. */
export function newestEntry(device: Device): number {
  return device.service.log().entries.at(-1)?.number ?? 0;
}

/** So many entries of this kind. */
export function expectCount(device: Device, wanted: Wanted, count: number): void {
  const found = device.service.log().entries.filter((one) => fits(one, wanted)).length;
  device.expect(found === count, `${count} entries ${JSON.stringify(wanted)}`, () => String(found));
}

/** The log as it is now: every message can be read, no number has two contents, none is missing between the first and the last. @param least so many entries there must be */
export function expectGapless(device: Device, what: string, least = 1): Log {
  const log = device.service.log();
  device.expect(log.unreadable.length === 0, `log messages that can be read (${what})`, () => log.unreadable[0]!);
  device.expect(log.entries.length >= least, `a log (${what})`, () => 'no entry');
  const missing = log.entries.find(({ number }, index) => number !== log.entries[0]!.number + index);
  device.expect(
    missing === undefined,
    `entries without a gap (${what})`,
    () => `${missing!.number} behind ${log.entries.map(({ number }) => number).find((one) => one < missing!.number)}`,
  );
  // By their own time too: a later entry did not happen earlier.
  const timed = log.entries.filter(({ timeMs }) => timeMs !== undefined);
  const backwards = timed.find(({ timeMs }, index) => index > 0 && timeMs! < timed[index - 1]!.timeMs!);
  device.expect(backwards === undefined, `entries in the order of their times (${what})`, () =>
    String(backwards?.number),
  );
  return log;
}

function fits(entry: LogEntry, { event, reason, value }: Wanted): boolean {
  return (
    entry.event === event &&
    (reason === undefined || entry.reason === reason) &&
    (value === undefined || entry.value === value)
  );
}
