/**
 * The records of the HAL tap (SPEC 17) become the entries of the trace's lane `hal` (SPEC 14): the same that native_sim writes. Calls nest, as a module's call of
 * another does; a call is entered when it ends.
 */
import { HAL_CALLS } from '../../../platforms/native_sim/runtime/hal-table.ts';
import { HarnessError } from '../../errors.ts';
import type { TraceEntry } from '../../trace/trace.ts';

/** What the tap does not say: the bundle that runs. */
export interface RunningBundle {
  readonly sha256: string;
  /** Names of its modules, by their index. */
  readonly modules: readonly string[];
}

export interface TapHost {
  entry(atNs: number, what: string, fields: TraceEntry['fields'], data: Uint8Array | undefined): void;
  /** A bundle begins to run. @returns undefined: there is none where one should be */
  started(atNs: number): RunningBundle | undefined;
  handedOver(): void;
  trapped(atNs: number, module: string, message: string): void;
}

interface OpenCall {
  readonly module: string;
  readonly number: number;
  readonly args: readonly number[];
  readonly input: Uint8Array;
}

const WHY = { 1: 'handover', 2: 'reset', 3: 'trap' } as const;

export class TapReader {
  private open: OpenCall[] = [];
  private bundle: RunningBundle | undefined;

  constructor(private readonly host: TapHost) {}

  /** @throws HarnessError on a record that SPEC 17 does not know */
  read(atNs: number, record: Uint8Array): void {
    const words = new Words(record);
    const head = words.next();
    const module = () => this.bundle?.modules[(head >>> 8) & 0xff] ?? '?';
    switch (head & 0xff) {
      case 1: {
        const args = Array.from({ length: head >>> 24 }, () => words.next() | 0);
        this.open.push({ module: module(), number: (head >>> 16) & 0xff, args, input: words.bytes() });
        return;
      }
      case 2: {
        const result = words.next() | 0;
        this.close(atNs, { result }, words.bytes());
        return;
      }
      case 3: {
        const why = WHY[words.next() as keyof typeof WHY];
        this.close(atNs, { unwound: why }, new Uint8Array(0));
        if (why === 'handover') this.host.handedOver();
        return;
      }
      case 4:
        this.open = [];
        this.bundle = this.host.started(atNs);
        this.host.entry(atNs, 'start', { module: module(), bundle: this.bundle?.sha256 ?? '?' }, undefined);
        return;
      case 5: {
        const [kind, a, b] = [words.next() | 0, words.next() | 0, words.next() | 0];
        this.host.entry(atNs, 'event', { module: module(), kind, a, b }, undefined);
        return;
      }
      case 6:
        this.host.entry(atNs, 'trap', { module: module() }, undefined);
        this.host.trapped(atNs, module(), `status ${words.next()} at offset ${words.next()}`);
        return;
      default:
        throw new HarnessError(`HAL tap: expected a record of SPEC 17, got head 0x${head.toString(16)}`);
    }
  }

  /** The core was reset or lost its supply: what was open did not return. */
  cut(atNs: number, why: 'power-cut' | 'watchdog' | 'reset'): void {
    while (this.open.length > 0) this.close(atNs, { unwound: why }, new Uint8Array(0));
    this.bundle = undefined;
  }

  /** Where it stands, to go on from in another life of the same board. */
  save(): TapState {
    return { open: [...this.open], bundle: this.bundle };
  }

  load(state: TapState): void {
    this.open = [...state.open];
    this.bundle = state.bundle;
  }

  private close(atNs: number, end: TraceEntry['fields'], output: Uint8Array): void {
    const begun = this.open.pop();
    if (!begun) throw new HarnessError('HAL tap: a call ends that did not begin');
    const call = HAL_CALLS[begun.number];
    if (!call) throw new HarnessError(`HAL tap: no call ${begun.number}`);
    const fields: Record<string, number | string> = { module: begun.module, call: call.name };
    call.parameters.forEach((parameter, index) => {
      if (!parameter.buffer) fields[parameter.name] = begun.args[index]!;
    });
    const data = Buffer.concat([begun.input, output]);
    this.host.entry(
      atNs,
      'call',
      { ...fields, in: begun.input.length, ...end },
      data.length > 0 ? new Uint8Array(data) : undefined,
    );
  }
}

export interface TapState {
  readonly open: readonly OpenCall[];
  readonly bundle: RunningBundle | undefined;
}

/** Little-endian words; `bytes` is a length and so many bytes, padded to a word. */
class Words {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly record: Uint8Array) {
    this.view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  }

  next(): number {
    if (this.at + 4 > this.record.length)
      throw new HarnessError(`HAL tap: a record of ${this.record.length} bytes is too short`);
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  bytes(): Uint8Array {
    const length = this.next();
    const bytes = this.record.slice(this.at, this.at + length);
    if (bytes.length !== length) throw new HarnessError(`HAL tap: expected ${length} bytes, got ${bytes.length}`);
    this.at += (length + 3) & ~3;
    return bytes;
  }
}
