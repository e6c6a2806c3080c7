/**
 * Replay on nucleo_h753zi: the recorded modules run on the chip's engine in Renode, under a runtime whose HAL calls and events are played from the recording (chip/player.c,
 * SPEC 19), and every entry is compared as it comes: order, calls, arguments, bytes. The other board's boot is passed over; times are the chip's own and not compared.
 */

import { type Bundle, parseBundle } from '../../platforms/native_sim/runtime/bundle.ts';
import { HAL_CALLS } from '../../platforms/native_sim/runtime/hal-table.ts';
import { buildRuntimes } from '../../platforms/nucleo_h753zi/build/runtime.ts';
import { pokeCells, RenodeSeat, type Seat } from '../board/nucleo/seat.ts';
import { TapReader } from '../board/nucleo/tap.ts';
import type { RecordedEntry, Recording } from './record.ts';
import { type Divergence, describe, divergenceAt, type HalEntry, sameEntry } from './replay.ts';

/** Virtual time that the modules may compute between two entries. */
const LONGEST_WORK_NS = 120e9;
const STATUS_DENIED = -1;

export interface ChipReplayResult {
  readonly divergence: Divergence | undefined;
  readonly calls: number;
  readonly events: number;
  /** Entries of the other board's boot. */
  readonly passedOver: number;
}

/** @throws EnvironmentError without Renode or the chip's compiler */
export async function replayOnChip(recording: Recording): Promise<ChipReplayResult> {
  const runtime = buildRuntimes({ player: true }).app;
  const bundles = new Map(recording.bundles.map((bytes) => [parseBundle(bytes).sha256, parseBundle(bytes)]));
  const seat = await RenodeSeat.start();
  try {
    let [calls, events, passedOver] = [0, 0, 0];
    for (const { from, to } of livesOf(recording.entries)) {
      const { phase, fields } = recording.entries[from]!;
      const bundle = bundles.get(String(fields.bundle));
      if (phase === 'boot' || !bundle) {
        passedOver += to - from;
        continue;
      }
      const life = new Life(recording.entries, from, to, bundle);
      await placeImage(seat, runtime, bundle);
      await life.run(seat);
      const counted = recording.entries.slice(from, life.at);
      calls += counted.filter(({ what }) => what === 'call').length;
      events += counted.filter(({ what }) => what === 'event').length;
      if (life.divergence) return { divergence: life.divergence, calls, events, passedOver };
    }
    return { divergence: undefined, calls, events, passedOver };
  } finally {
    await seat.close();
  }
}

/** From one start of a bundle to the next. */
function livesOf(entries: readonly RecordedEntry[]): { from: number; to: number }[] {
  const starts = entries.flatMap(({ what }, index) => (what === 'start' ? [index] : []));
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? entries.length }));
}

async function placeImage(seat: Seat, runtime: { address: number; bytes: Uint8Array }, bundle: Bundle): Promise<void> {
  const warmResetVectors = runtime.address;
  await seat.makeMachine({ seed: 'replay', flashMutant: undefined, warmResetVectors, vbat: false });
  await pokeCells(seat, runtime.address, Buffer.concat([runtime.bytes, bundle.bytes]));
}

class Life {
  divergence: Divergence | undefined;
  private readonly reader: TapReader;

  constructor(
    private readonly entries: readonly RecordedEntry[],
    /** The next entry that should come. */
    public at: number,
    private readonly end: number,
    private readonly bundle: Bundle,
  ) {
    const modules = bundle.modules.map(({ name }) => name);
    this.reader = new TapReader({
      entry: (_, what, fields, data) => this.compare({ what, fields, data }),
      started: () => ({ sha256: bundle.sha256, modules }),
      handedOver: () => {},
      trapped: () => {},
    });
  }

  async run(seat: Seat): Promise<void> {
    await seat.command('halPlayer Load @{file}', this.script());
    await seat.command('probe ResetMachine "software" false');
    let workedSinceNs = 0;
    while (this.at < this.end && !this.divergence) {
      const before = this.at;
      const report = await seat.run(workedSinceNs + LONGEST_WORK_NS);
      for (const line of report.lines)
        if (line.kind === 'tap' && line.whole && !this.divergence) this.reader.read(line.atNs, line.record);
      if (this.at > before) workedSinceNs = report.nowNs;
      else if (report.state !== 'BUSY') this.ends(report.nowNs);
      else if (report.nowNs - workedSinceNs >= LONGEST_WORK_NS)
        this.diverge('a module that works on and makes no call');
    }
  }

  /** The core has stopped: the call that did not return, or a module that does nothing more. */
  private ends(nowNs: number): void {
    const why = this.entries[this.at]?.fields.unwound;
    const before = this.at;
    if (why === 'reset' || why === 'power-cut' || why === 'watchdog') this.reader.cut(nowNs, why);
    if (this.at === before) this.diverge(`module "${this.bundle.modules[0]?.name ?? '?'}" makes no further call`);
  }

  private compare(got: HalEntry): void {
    if (this.divergence) return;
    if (this.at < this.end && sameEntry(this.entries[this.at], got)) this.at += 1;
    else this.diverge(describe(got));
  }

  private diverge(got: string): void {
    this.divergence ??= divergenceAt(this.entries, this.at, got);
  }

  /** What the modules ask for, as chip/player.c reads it. A call of another module is made, and one without the capability refused, on the chip. */
  private script(): Uint8Array {
    const words: number[] = [];
    for (const { what, fields, data } of this.entries.slice(this.at, this.end)) {
      if (what === 'event') words.push(2, Number(fields.kind), Number(fields.a), Number(fields.b));
      if (what !== 'call' || fields.call === 'call' || this.refuses(fields)) continue;
      if (fields.unwound !== undefined) {
        words.push(1);
        continue;
      }
      const out = data?.subarray(Number(fields.in)) ?? new Uint8Array(0);
      const padded = Buffer.alloc((out.length + 3) & ~3);
      padded.set(out);
      words.push(0, Number(fields.result), out.length);
      for (let at = 0; at < padded.length; at += 4) words.push(padded.readUInt32LE(at));
    }
    return new Uint8Array(Uint32Array.from(words, (word) => word >>> 0).buffer);
  }

  private refuses({ module, call, result }: RecordedEntry['fields']): boolean {
    const { halCalls = 0 } = this.bundle.modules.find(({ name }) => name === module) ?? {};
    const { number = 0 } = HAL_CALLS.find(({ name }) => name === call) ?? {};
    return result === STATUS_DENIED && !((halCalls >>> number) & 1);
  }
}
