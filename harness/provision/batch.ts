/** Many devices in one run: each on a board of its own, entered in one ledger; and where their flash differs. */
import { FirmwareError } from '../errors.ts';
import { type FactoryOptions, makeBlank } from '../requirements/lab-factory.ts';
import { type Difference, differences, FLASH_BYTES, FLASH_START } from './differences.ts';
import { Ledger } from './ledger.ts';
import type { LedgerEntry } from './ledger-file.ts';
import { Station, type TranscriptLine } from './station.ts';

export interface BatchOptions {
  readonly factory: FactoryOptions;
  readonly count: number;
  /** Identities are this and a number of four digits. */
  readonly prefix: string;
  /** Every board draws the same words under the same identity: the station has to refuse all but the first. */
  readonly sameEntropy: boolean;
  /** What former runs have entered. */
  readonly entered?: readonly LedgerEntry[];
  readonly onDevice?: (id: string, number: number) => void;
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

/** @throws HarnessError or EnvironmentError when a board cannot be programmed */
export async function provisionBatch({
  factory,
  count,
  prefix,
  sameEntropy,
  entered = [],
  onDevice,
}: BatchOptions): Promise<Batch> {
  const ledger = new Ledger(entered);
  const refused: { id: string; why: string }[] = [];
  const transcript: (TranscriptLine & { device: string })[] = [];
  const made = new Set<string>();
  const ranges = new Map<number, Omit<Difference, 'bytes'>>();
  const profile = factory.profile.on(factory.board);
  let first: Uint8Array | undefined;
  for (let number = 1; number <= count; number++) {
    const id = `${prefix}${String(number).padStart(4, '0')}`;
    // The identity goes into the generator: the same words give another key under another name.
    const shown = sameEntropy ? `${prefix}0001` : id;
    const { device, order } = await makeBlank(factory, { id: shown, entropy: sameEntropy ? '' : `/${number}` });
    const station = new Station({ profile, ledger });
    try {
      await station.provision(device.board, { ...order, enteredAs: id });
      made.add(id);
      const flash = device.board.peekFlash(FLASH_START, FLASH_BYTES).slice();
      first ??= flash;
      for (const { start, end, region } of differences(first, flash, profile.data.flash)) {
        const known = ranges.get(start);
        ranges.set(start, { start, end: Math.max(end, known?.end ?? 0), region });
      }
    } catch (error) {
      if (!(error instanceof FirmwareError)) throw error;
      refused.push({ id, why: error.message });
    } finally {
      transcript.push(...station.transcript.map((line) => ({ device: id, ...line })));
      await device.world.close();
      await device.board.close();
    }
    onDevice?.(id, number);
  }
  const devices = ledger.devices.filter(({ id }) => made.has(id));
  return { devices, ledger: ledger.devices, refused, differing: merged([...ranges.values()]), transcript };
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
