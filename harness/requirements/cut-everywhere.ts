/**
 * Power cut at every flash operation of a change that the service asked for: before, within and after each. Whatever the cut leaves is the old or the new, the device goes
 * on, and the same command, sent again, ends in the new.
 *
 * One device lives through all cuts, so what earlier ones left in flash is part of the later cases.
 */
import type { Board, PowerCut } from '../board/board.ts';
import { MODES } from '../campaign/powercut/case.ts';
import type { TraceEntry } from '../trace/trace.ts';
import type { CommandKind } from '../world/service/command.ts';
import type { Answer, Service } from '../world/service/service.ts';
import type { Device } from './device.ts';
import type { Lab } from './lab.ts';

const ANSWERED_WITHIN_MS = 300_000;
/** What the device writes beside the change (its numbering of readings, its log) can make one more or less: so many cases may find that the change has ended. */
const MOST_BEYOND = 12;
/** Boots of the chip cost minutes of a nightly run. */
const CHIP_CASES = 6;

export type Side = 'a' | 'b';

export interface Change {
  readonly kind: CommandKind;
  /** A good command that puts this side in force. */
  make(side: Side, sequence: number): Buffer;
  /** Which side is in force on the device that has just been handed over; anything else fails the check. */
  inForce(what: string): Promise<Side>;
}

/** The device is connected and side `a` is in force. */
export async function cutEverywhere(lab: Lab, device: Device, change: Change): Promise<void> {
  let sequence = 1000;
  let current: Side = 'a';
  const from = device.entries.length;
  const clean = await device.command(change.kind, change.make('b', ++sequence));
  device.expect(clean.result === 'ok', 'the change accepted', () => clean.raw);
  current = 'b';
  const operations = flashOperations(device, from, clean);
  device.expect(operations > 0, 'flash operations of a change', () => 'none');
  const all = everyCut(operations);
  const cases = scattered(lab.sample(all, CHIP_CASES));
  const seen = { old: 0, new: 0 };
  let beyond = 0;
  for (const cut of cases) {
    const target: Side = current === 'a' ? 'b' : 'a';
    const what = `power cut ${cut.mode} operation ${cut.operation} of ${operations}`;
    const command = change.make(target, ++sequence);
    if (!(await cutDuring(device, change.kind, command, cut))) beyond += 1;
    const found = await change.inForce(what);
    seen[found === target ? 'new' : 'old'] += 1;
    const again = await device.command(change.kind, command);
    device.expect(again.result === 'ok', `the same command accepted after a ${what}`, () => again.raw);
    current = target;
  }
  device.expect(
    seen.old > 0 && seen.new > 0,
    'both outcomes among the cases',
    () => `${seen.old} old, ${seen.new} new`,
  );
  device.expect(beyond <= MOST_BEYOND, `at most ${MOST_BEYOND} cuts behind the end of the change`, () => `${beyond}`);
  lab.note(
    `${operations} flash operations, ${cases.length - beyond} of ${all.length} cuts: ${seen.old} left the old, ${seen.new} the new, none a mixture`,
    device,
  );
}

/** Sends a command, loses power on the way, and takes the command back before power comes again. @returns false: the change ended before the operation came */
export async function cutDuring(
  device: Device,
  kind: CommandKind,
  command: Buffer,
  cut: PowerCut,
  service: Service = device.service,
): Promise<boolean> {
  const { board } = device;
  const answers = service.answers().length;
  const isCut = cutWatch(board);
  board.cutPower(cut);
  service.publish(kind, command);
  await board.run(ANSWERED_WITHIN_MS, () => isCut() || service.answers().length > answers);
  board.cutPower(undefined);
  service.withdraw(kind);
  const wasCut = isCut();
  await device.boot(() => device.powerCycle());
  return wasCut;
}

/** @returns whether power was cut since now; it may be asked often, and looks at each entry of the trace once */
export function cutWatch(board: Board): () => boolean {
  let looked = board.trace.entries.length;
  let found = false;
  return () => {
    const { entries } = board.trace;
    for (; looked < entries.length; looked++)
      found ||= entries[looked]!.lane === 'power' && entries[looked]!.what === 'cut';
    return found;
  };
}

/** Before, within and after each of so many flash operations. @param erases those that are erases, in which a cut leaves more than one thing */
export function everyCut(operations: number, erases: readonly number[] = []): PowerCut[] {
  const plain = Array.from({ length: operations }, (_, index) =>
    MODES.map((mode): PowerCut => ({ operation: index + 1, mode })),
  ).flat();
  const shaped = erases.flatMap((operation) =>
    (['head-blank', 'tail-blank'] as const).map((erase): PowerCut => ({ operation, mode: 'torn', erase })),
  );
  return [...plain, ...shaped];
}

/** Which of the flash operations from an entry on are erases, until an answer had come; none on a board whose torn erases the seed alone draws. */
export function erasesOf(device: Device, from: number, { atNs: until }: Answer): number[] {
  if (device.board.name !== 'native_sim') return [];
  return flashChanges(device, from, until).flatMap(({ what }, index) => (what === 'erase' ? [index + 1] : []));
}

/** The same cases in an order that has soon been near each of them: a device that fails at the end alone is not put through everything before. */
export function scattered<T>(cases: readonly T[]): T[] {
  const { length } = cases;
  // Steps of the golden ratio, without a common divisor.
  let step = Math.max(1, Math.round(length * 0.618));
  while (divisor(step, length) > 1) step += 1;
  return cases.map((_, index) => cases[(index * step) % length]!);
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

/** Flash operations from an entry of the device's trace on, until an answer had come. */
export function flashOperations(device: Device, from: number, { atNs: until }: Answer): number {
  return flashChanges(device, from, until).length;
}

/** Programs and erases on the device's trace, from an entry on. @param until ns of virtual time */
export function flashChanges(device: Device, from: number, until = Number.POSITIVE_INFINITY): TraceEntry[] {
  return device.entries
    .slice(from)
    .filter(({ lane, what, atNs }) => lane === 'flash' && ['program', 'erase'].includes(what) && atNs <= until);
}
