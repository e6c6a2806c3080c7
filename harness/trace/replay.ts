/**
 * Replay: runs the recorded modules again, on V8, feeding them the recorded events and HAL results, and compares every call:
 * its name, its arguments, the bytes that go in, and what unwound it. The first divergence ends it and is shown with its context.
 *
 * A call of another module is not fed but made: both sides of it are under test. Times are the recording's. When nothing
 * diverges, the replay's own trace has the recording's halHash. Bundles that the recording does not carry (another board's
 * boot) are passed over as recorded.
 */

import { readFile } from 'node:fs/promises';
import { dispatch, type HalAnswer, type HalRequest } from '../../platforms/native_sim/hal/dispatch.ts';
import { ModuleCalls } from '../../platforms/native_sim/hal/module-call.ts';
import { type Bundle, parseBundle } from '../../platforms/native_sim/runtime/bundle.ts';
import { ModuleInstance } from '../../platforms/native_sim/runtime/module.ts';
import {
  Handover,
  Hang,
  PowerCutUnwind,
  ResetRequest,
  Trap,
  Unwind,
  WatchdogBite,
} from '../../platforms/native_sim/runtime/signals.ts';
import { UsageError } from '../errors.ts';
import { fileProblem } from '../text/file-error.ts';
import { decodeRecording, type RecordedEntry, type Recording } from './record.ts';
import { Trace } from './trace.ts';

const CONTEXT = 6;

export interface Divergence {
  /** Place in the recording, from 0. */
  readonly index: number;
  readonly expected: RecordedEntry | undefined;
  readonly got: string;
  /** The entries before it, oldest first. */
  readonly context: readonly RecordedEntry[];
}

export interface ReplayResult {
  readonly divergence: Divergence | undefined;
  readonly calls: number;
  readonly events: number;
  /** Of the replayed trace. */
  readonly halHash: string;
}

/** @throws UsageError when the file cannot be read or is damaged */
export async function readRecording(file: string): Promise<Recording> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new UsageError(`${file}: cannot be read (${fileProblem(cause)})`, { cause });
  }
  return decodeRecording(bytes, file);
}

/** @throws UsageError when the file cannot be read or is damaged */
export async function replayFile(file: string): Promise<ReplayResult> {
  return replay(await readRecording(file));
}

export function replay(recording: Recording): ReplayResult {
  return new Replayer(recording).run();
}

/** Thrown through the module's frames; no Unwind, so that nothing takes it for the hardware's. */
class Diverged extends Error {
  readonly divergence: Divergence;

  constructor(divergence: Divergence) {
    super(divergence.got);
    this.divergence = divergence;
  }
}

class Replayer {
  private readonly recording: Recording;
  private readonly bundles = new Map<string, Bundle>();
  private readonly trace = new Trace({ keep: 1 });
  private modules: ModuleInstance[] = [];
  private calls = new ModuleCalls([], () => {});
  private at = 0;
  private callCount = 0;
  private eventCount = 0;

  constructor(recording: Recording) {
    this.recording = recording;
    for (const bytes of recording.bundles) {
      const bundle = parseBundle(bytes);
      this.bundles.set(bundle.sha256, bundle);
    }
  }

  run(): ReplayResult {
    let divergence: Divergence | undefined;
    try {
      while (this.at < this.recording.entries.length) this.step();
      if (this.trace.halHash !== this.recording.halHash) this.diverge('another halHash: the times differ');
    } catch (error) {
      if (!(error instanceof Diverged)) throw error;
      divergence = error.divergence;
    } finally {
      this.release();
    }
    return { divergence, calls: this.callCount, events: this.eventCount, halHash: this.trace.halHash };
  }

  private get next(): RecordedEntry | undefined {
    return this.recording.entries[this.at];
  }

  private step(): void {
    const entry = this.next!;
    if (entry.what === 'start') this.start(entry);
    else if (entry.what === 'event') this.event(entry);
    else this.diverge(`module "${this.modules[0]?.entry.name ?? '?'}" returned and made no further call`);
  }

  private start(entry: RecordedEntry): void {
    this.release();
    const bundle = this.bundles.get(String(entry.fields.bundle));
    this.confirm('start', entry.fields, entry.data);
    if (!bundle) {
      this.passOver();
      return;
    }
    this.modules = bundle.modules.map(
      (module) =>
        new ModuleInstance(module, (instance) => (call, args) => {
          return dispatch(
            instance,
            call,
            args,
            (request) => this.serve(request),
            (fields, data) => this.confirm('call', fields, data),
          );
        }),
    );
    this.calls = new ModuleCalls(this.modules, (module) => this.confirm('trap', { module: module.entry.name }));
    const first = this.modules[0]!;
    this.execute(first, () => {
      for (const module of this.modules) {
        module.refuel();
        module.initialise();
      }
      first.refuel();
      first.invoke('start');
    });
  }

  private event(entry: RecordedEntry): void {
    const first = this.modules[0];
    const { module, kind, a, b } = entry.fields;
    if (!first || module !== first.entry.name) this.diverge(`no module "${String(module)}" runs here`);
    this.confirm('event', entry.fields, entry.data);
    this.eventCount++;
    this.execute(first!, () => first!.invoke('event', Number(kind), Number(a), Number(b)));
  }

  private execute(module: ModuleInstance, body: () => void): void {
    module.refuel();
    try {
      this.calls.within(module, body);
    } catch (error) {
      if (!(error instanceof Unwind)) throw error;
      if (error instanceof Trap) this.confirm('trap', { module: module.entry.name });
      if (error instanceof Hang) this.confirm('hang', { module: module.entry.name });
    }
  }

  /** Answers as recorded. What the module passed is compared when the gate logs the call, except where an answer needs it now. */
  private serve(request: HalRequest): HalAnswer {
    if (request.call.name === 'call') return this.calls.call(request);
    const entry = this.next;
    if (entry?.what !== 'call' || entry.fields.call !== request.call.name) {
      this.diverge(`call ${request.call.name} from "${request.module.entry.name}"`);
    }
    const { fields, data } = entry!;
    const unwound = fields.unwound;
    if (unwound !== undefined) throw this.unwindOf(String(unwound), Number(fields.reason ?? 0));
    const status = Number(fields.result);
    const out = data?.subarray(Number(fields.in));
    if (!out || out.length === 0) return { status };
    if (out.length > roomFor(request)) this.diverge(`call ${request.call.name} with a buffer that is too small`);
    return { status, out };
  }

  private unwindOf(why: string, reason: number): Unwind {
    switch (why) {
      case 'reset':
        return new ResetRequest(reason);
      case 'handover':
        return new Handover();
      case 'watchdog':
        return new WatchdogBite();
      case 'power-cut':
        return new PowerCutUnwind();
      default:
        return this.diverge('a call that returned');
    }
  }

  /** The device did this: it must be what was recorded next. */
  private confirm(what: string, fields: RecordedEntry['fields'], data?: Uint8Array): void {
    const entry = this.next;
    if (!sameEntry(entry, { what, fields, data })) {
      this.diverge(describe({ what, fields, data }));
    }
    if (what === 'call') this.callCount++;
    this.trace.add(entry!.atNs, 'hal', what, fields, data);
    this.at++;
  }

  private passOver(): void {
    while (this.next && this.next.what !== 'start') {
      const { what, fields, data } = this.next;
      this.confirm(what, fields, data);
    }
  }

  private diverge(got: string): never {
    const { entries } = this.recording;
    throw new Diverged(divergenceAt(entries, this.at, got));
  }

  private release(): void {
    for (const module of this.modules) module.release();
    this.modules = [];
  }
}

/** Bytes of the call's `out` buffer; 0 when it has none. */
function roomFor({ call, args }: HalRequest): number {
  const buffer = call.parameters.find((parameter) => parameter.buffer?.direction === 'out')?.buffer;
  if (!buffer) return 0;
  return buffer.bytes ?? args[buffer.sizeFrom!]! >>> 0;
}

/** What happened at the boundary, without its time. */
export type HalEntry = Pick<RecordedEntry, 'what' | 'fields' | 'data'>;

export function divergenceAt(entries: readonly RecordedEntry[], index: number, got: string): Divergence {
  const context = entries.slice(Math.max(0, index - CONTEXT), index);
  return { index, expected: entries[index], got, context };
}

export function sameEntry(a: HalEntry | undefined, b: HalEntry): boolean {
  return a !== undefined && a.what === b.what && sameFields(a.fields, b.fields) && sameBytes(a.data, b.data);
}

function sameFields(a: RecordedEntry['fields'], b: RecordedEntry['fields']): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return Buffer.compare(a ?? new Uint8Array(0), b ?? new Uint8Array(0)) === 0;
}

const SHOWN_BYTES = 48;

export function describe({ what, fields, data }: HalEntry): string {
  const parts = Object.entries(fields).map(([key, value]) => `${key}=${value}`);
  const bytes = data ? Buffer.from(data.subarray(0, SHOWN_BYTES)).toString('hex') : '';
  const more = data && data.length > SHOWN_BYTES ? `... (${data.length} bytes)` : '';
  return [what, ...parts, bytes + more].filter((part) => part !== '').join(' ');
}

/** For a person: the place, what was recorded, what happened instead, and what came before. */
export function formatDivergence({ index, expected, got, context }: Divergence): string {
  const line = (entry: RecordedEntry) => `${(entry.atNs / 1e6).toFixed(3)} ms  ${describe(entry)}`;
  return [
    `diverges at entry ${index}`,
    ...context.map((entry) => `    ${line(entry)}`),
    `  - ${expected ? line(expected) : 'the end of the recording'}`,
    `  + ${got}`,
  ].join('\n');
}
