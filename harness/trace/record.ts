/**
 * Recordings: what a device did at its HAL boundary (the trace's lane `hal`), with the code that ran, in one file.
 *
 * gzip (RFC 1952) of NDJSON, format version 1:
 *   line 1    {"format":"proofboard-recording/1","board","seed","entries":n,"halHash","deviceHash","bundles":[base64...]}
 *   then one line per entry: [atNs, phase, what, fields, base64 or null]
 *             phase "b" boot, from reset to hand-over; "d" device, from hand-over on
 *
 * Boot and device are kept apart because another board's boot sees another image (native code before the bundle): there
 * `deviceHash` (device phase only, without times) is what must agree. Everything read from a file is checked before use.
 */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parseBundle } from '../../platforms/native_sim/runtime/bundle.ts';
import { FirmwareError, UsageError } from '../errors.ts';
import { Trace, type TraceEntry } from './trace.ts';

const FORMAT = 'proofboard-recording/1';
const MAX_UNPACKED_BYTES = 512 << 20;
const MAX_BUNDLES = 16;

export type Phase = 'boot' | 'device';

export interface RecordedEntry extends TraceEntry {
  readonly phase: Phase;
}

export interface Recording {
  readonly board: string;
  readonly seed: string;
  readonly halHash: string;
  readonly deviceHash: string;
  /** The module bundles that ran, SPEC 3. */
  readonly bundles: readonly Uint8Array[];
  readonly entries: readonly RecordedEntry[];
}

export interface RecordingSource {
  readonly board: string;
  readonly seed: string;
  readonly trace: Trace;
  readonly bundles: readonly Uint8Array[];
}

/** @throws UsageError when the trace was bounded and its beginning is gone */
export function makeRecording(source: RecordingSource): Recording {
  const { trace } = source;
  if (trace.count !== trace.entries.length) {
    throw new UsageError(
      `recording: the trace kept ${trace.entries.length} of ${trace.count} entries; record with an unbounded trace`,
    );
  }
  const entries = withPhases(trace.entries.filter((entry) => entry.lane === 'hal'));
  return {
    board: source.board,
    seed: source.seed,
    halHash: trace.halHash,
    deviceHash: hashOfDevice(entries),
    bundles: source.bundles,
    entries,
  };
}

/** After a hand-over the next bundle is the application; after anything else a start is a boot. */
export function withPhases(entries: readonly TraceEntry[]): RecordedEntry[] {
  let phase: Phase = 'boot';
  let handedOver = false;
  return entries.map((entry) => {
    if (entry.what === 'start') phase = handedOver ? 'device' : 'boot';
    handedOver = entry.what === 'call' && entry.fields.unwound === 'handover';
    return { ...entry, phase };
  });
}

/** Order, calls, arguments and bytes from hand-over on, without times: what two boards must agree on. */
export function hashOfDevice(entries: readonly RecordedEntry[]): string {
  const hash = createHash('sha256');
  for (const entry of entries) {
    if (entry.phase !== 'device') continue;
    hash.update(JSON.stringify([entry.what, entry.fields, entry.data?.length ?? -1]));
    if (entry.data) hash.update(entry.data);
  }
  return hash.digest('hex');
}

export function encodeRecording(recording: Recording): Uint8Array {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const head = {
    format: FORMAT,
    board: recording.board,
    seed: recording.seed,
    entries: recording.entries.length,
    halHash: recording.halHash,
    deviceHash: recording.deviceHash,
    bundles: recording.bundles.map(base64),
  };
  const lines = [JSON.stringify(head)];
  for (const { atNs, phase, what, fields, data } of recording.entries) {
    lines.push(JSON.stringify([atNs, phase === 'boot' ? 'b' : 'd', what, fields, data ? base64(data) : null]));
  }
  // Level and no file time: the same recording gives the same bytes.
  return gzipSync(`${lines.join('\n')}\n`, { level: 6 });
}

/** @throws UsageError that names the line */
export function decodeRecording(bytes: Uint8Array, file = 'recording'): Recording {
  const lines = unpack(bytes, file).split('\n');
  const fail = (line: number, expected: string): never => {
    throw new UsageError(`${file}:${line}: expected ${expected}; the recording is damaged or not ours`);
  };
  const json = (line: number): unknown => {
    try {
      return JSON.parse(lines[line - 1] ?? '');
    } catch {
      return fail(line, 'a line of JSON');
    }
  };
  const head = json(1) as Record<string, unknown> | null;
  if (head === null || typeof head !== 'object' || head.format !== FORMAT) {
    return fail(1, `format "${FORMAT}"`);
  }
  const text = (key: string): string => {
    const value = head[key];
    return typeof value === 'string' ? value : fail(1, `a string "${key}"`);
  };
  const encoded = head.bundles;
  if (!Array.isArray(encoded) || encoded.length > MAX_BUNDLES || encoded.some((item) => typeof item !== 'string')) {
    return fail(1, `up to ${MAX_BUNDLES} bundles in base64`);
  }
  const count = head.entries;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) return fail(1, 'a count of entries');
  if (lines.length !== count + 2 || lines[count + 1] !== '') {
    return fail(
      Math.min(lines.length, count + 1),
      `${count} entries, got ${lines.length - 2}: it is cut off or has more`,
    );
  }
  const entries = Array.from({ length: count }, (_, index) => {
    return readEntry(json(index + 2)) ?? fail(index + 2, '[time, phase, what, fields, data]');
  });
  const deviceHash = text('deviceHash');
  if (hashOfDevice(entries) !== deviceHash) fail(1, 'the deviceHash of the entries that follow');
  const halHash = text('halHash');
  if (hashOfAll(entries) !== halHash) fail(1, 'the halHash of the entries that follow');
  return {
    board: text('board'),
    seed: text('seed'),
    halHash,
    deviceHash,
    bundles: encoded.map((item: string, index) => readBundleBytes(item) ?? fail(1, `a module bundle as item ${index}`)),
    entries,
  };
}

function hashOfAll(entries: readonly RecordedEntry[]): string {
  const trace = new Trace({ keep: 1 });
  for (const { atNs, what, fields, data } of entries) trace.add(atNs, 'hal', what, fields, data);
  return trace.halHash;
}

function readBundleBytes(base64: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  try {
    parseBundle(bytes);
    return bytes;
  } catch (error) {
    if (error instanceof FirmwareError) return undefined;
    throw error;
  }
}

function unpack(bytes: Uint8Array, file: string): string {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }).toString('utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file}: expected a whole gzip file: ${reason}; record it again`);
  }
}

function readEntry(line: unknown): RecordedEntry | undefined {
  if (!Array.isArray(line) || line.length !== 5) return undefined;
  const [atNs, phase, what, fields, data] = line as unknown[];
  if (typeof atNs !== 'number' || !(atNs >= 0) || (phase !== 'b' && phase !== 'd')) return undefined;
  if (typeof what !== 'string' || !isFields(fields) || (data !== null && typeof data !== 'string')) return undefined;
  return {
    atNs,
    lane: 'hal',
    phase: phase === 'b' ? 'boot' : 'device',
    what,
    fields,
    data: data === null ? undefined : new Uint8Array(Buffer.from(data, 'base64')),
  };
}

function isFields(value: unknown): value is Record<string, number | string> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  return Object.values(value).every((item) => typeof item === 'number' || typeof item === 'string');
}
