/** The device's log as the service has it (SPEC 30): entries by number, whatever came twice. */
import type { Received } from '../cloud/cloud.ts';

export interface LogEntry {
  readonly number: number;
  /** By the device's clock, milliseconds since 1970; undefined: it knew no time. */
  readonly timeMs: number | undefined;
  readonly event: string;
  readonly reason: string;
  readonly value: number;
  /** When its first message came. */
  readonly atNs: number;
}

export interface Log {
  /** By number, each once. */
  readonly entries: readonly LogEntry[];
  /** How many came more than once, with the same content. */
  readonly repeated: number;
  /** What is no log, or tells a number twice with another content. */
  readonly unreadable: readonly string[];
}

export function readLog(messages: readonly Received[]): Log {
  const entries = new Map<number, { entry: LogEntry; text: string }>();
  const unreadable: string[] = [];
  let repeated = 0;
  for (const { payload, atNs } of messages) {
    const raw = Buffer.from(payload).toString('utf8');
    const parsed = parse(raw);
    if (!parsed) unreadable.push(raw);
    for (const item of parsed ?? []) {
      const entry = entryOf(item, atNs);
      const text = JSON.stringify(item);
      const known = entry && entries.get(entry.number);
      if (!entry || (known && known.text !== text)) unreadable.push(text);
      else if (known) repeated += 1;
      else entries.set(entry.number, { entry, text });
    }
  }
  const sorted = [...entries.values()].map(({ entry }) => entry).sort((a, b) => a.number - b.number);
  return { entries: sorted, repeated, unreadable };
}

function parse(raw: string): unknown[] | undefined {
  try {
    const { log } = JSON.parse(raw) as { log?: unknown };
    return Array.isArray(log) ? log : undefined;
  } catch {
    return undefined;
  }
}

function entryOf(item: unknown, atNs: number): LogEntry | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { n, t, event, reason, value } = item as Record<string, unknown>;
  if (typeof n !== 'number' || typeof t !== 'number' || typeof value !== 'number') return undefined;
  if (typeof event !== 'string' || typeof reason !== 'string') return undefined;
  return { number: n, timeMs: t === 0 ? undefined : t * 1000, event, reason, value, atNs };
}
