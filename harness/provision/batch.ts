/** Many devices in one run: each on a board of its own, entered in one ledger; and where their flash differs. */
import { FirmwareError, HarnessError } from '../errors.ts';
import { type FactoryOptions, makeBlank } from '../requirements/lab-factory.ts';
import { type Difference, differences, FLASH_BYTES, FLASH_START } from './differences.ts';
import { Ledger } from './ledger.ts';
import type { LedgerEntry } from './ledger-file.ts';
import { Station, type TranscriptLine } from './station.ts';

export interface BatchOptions {
  readonly factory: FactoryOptions;
  readonly count: number;
  /** Identities are this and a number of four digits, from the next that nobody has. */
  readonly prefix: string;
  /** Every board draws the same words: the station has to refuse all but the first. */
  readonly sameEntropy: boolean;
  /** What former runs have entered. */
  readonly entered?: readonly LedgerEntry[];
  /** Ends the batch behind the board that is on the bench. */
  readonly signal?: AbortSignal;
  /** Called behind each board, be it made or not, with all that there is so far: a device that is locked is there for good. */
  readonly onDevice?: (id: string, done: number, soFar: Batch) => void;
}

export interface Batch {
  /** Made in this run. */
  readonly devices: readonly LedgerEntry[];
  /** All that there are. */
  readonly ledger: readonly LedgerEntry[];
  readonly refused: readonly { readonly id: string; readonly why: string }[];
  /** Ranges in which any device differs from the first. */
  readonly differing: readonly Omit<Difference, 'bytes'>[];
  readonly transcript: readonly (TranscriptLine & { readonly device: string })[];
}

/** A board that cannot be made a device is refused, and the next one comes. @throws what is no board's fault */
export async function provisionBatch({
  factory,
  count,
  prefix,
  sameEntropy,
  entered = [],
  signal,
  onDevice,
}: BatchOptions): Promise<Batch> {
  const ledger = new Ledger(entered);
  const refused: { id: string; why: string }[] = [];
  const transcript: (TranscriptLine & { device: string })[] = [];
  const made = new Set<string>();
  const ranges = new Map<number, Omit<Difference, 'bytes'>>();
  const profile = factory.profile.on(factory.board);
  const before = lastNumber(prefix, entered);
  const soFar = (): Batch => ({
    devices: ledger.devices.filter(({ id }) => made.has(id)),
    ledger: [...ledger.devices],
    refused,
    differing: merged([...ranges.values()]),
    transcript,
  });
  let first: Uint8Array | undefined;
  for (let done = 1; done <= count && !signal?.aborted; done++) {
    const number = before + done;
    const id = `${prefix}${String(number).padStart(4, '0')}`;
    const { device, order } = await makeBlank(factory, { id, entropy: sameEntropy ? '' : `/${number}` });
    const station = new Station({ profile, ledger });
    try {
      await station.provision(device.board, order);
      made.add(id);
      const flash = device.board.peekFlash(FLASH_START, FLASH_BYTES).slice();
      first ??= flash;
      for (const { start, end, region } of differences(first, flash, profile.data.flash)) {
        const known = ranges.get(start);
        ranges.set(start, { start, end: Math.max(end, known?.end ?? 0), region });
      }
    } catch (error) {
      if (!(error instanceof FirmwareError || error instanceof HarnessError)) throw error;
      refused.push({ id, why: error.message });
    } finally {
      transcript.push(...station.transcript.map((line) => ({ device: id, ...line })));
      onDevice?.(id, done, soFar());
      await device.world.close();
      await device.board.close();
    }
  }
  return soFar();
}

/** The greatest number among the identities that are entered under this prefix; 0: none. */
function lastNumber(prefix: string, entered: readonly LedgerEntry[]): number {
  const numbers = entered
    .filter(({ id }) => id.startsWith(prefix) && /^\d{4,9}$/.test(id.slice(prefix.length)))
    .map(({ id }) => Number(id.slice(prefix.length)));
  return numbers.reduce((most, one) => Math.max(most, one), 0);
}

/** Ranges that touch are one. */
function merged(ranges: readonly Omit<Difference, 'bytes'>[]): Omit<Difference, 'bytes'>[] {
  const out: { start: number; end: number; region: string }[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = out.at(-1);
    if (last && last.region === range.region && range.start <= last.end + 32) last.end = Math.max(last.end, range.end);
    else out.push({ ...range });
  }
  return out;
}
