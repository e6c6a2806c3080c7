/** HAL calls of a recording, with what went into the hardware and what came out of it apart (SPEC 14). */
import type { TraceEntry } from '../trace.ts';

export interface Call {
  readonly atNs: number;
  readonly module: string;
  readonly name: string;
  readonly fields: TraceEntry['fields'];
  /** Bytes that the module gave. */
  readonly given: Uint8Array;
  /** Bytes that it got. */
  readonly got: Uint8Array;
}

/** Undefined: the entry is no call. */
export function callOf({ atNs, what, fields, data }: TraceEntry): Call | undefined {
  if (what !== 'call') return undefined;
  const bytes = data ?? new Uint8Array(0);
  const given = Number(fields.in ?? 0);
  return {
    atNs,
    module: String(fields.module),
    name: String(fields.call),
    fields,
    given: bytes.subarray(0, given),
    got: bytes.subarray(given),
  };
}
