/**
 * What holds all the time, whatever happens to a device: looked at as the soak goes on, each thing once. Every part throws a CheckFailure.
 */
import type { Device } from '../../requirements/device.ts';
import { HOUR, MINUTE } from './schedule.ts';

/** th-time.2. */
const CLOCK_LIMIT_MS = 5 * MINUTE;
/** By so much the time between two readings may differ from the interval: a clock that was put right in between. */
const STEP_MS = 2 * MINUTE;

interface Seen {
  readonly raw: string;
  readonly timeMs: number;
  /** When it was first heard. */
  readonly atMs: number;
}

/** What the watch has counted, for who reads the result. */
export interface Counted {
  handovers: number;
  readings: number;
  /** Numbers between readings that never came. */
  missing: number;
  repeated: number;
  worstClockMs: number;
}

export class Watch {
  readonly counted: Counted = { handovers: 0, readings: 0, missing: 0, repeated: 0, worstClockMs: 0 };
  /** True time of each start of the application, milliseconds since 1970. */
  private readonly starts: number[] = [];
  private readonly seen = new Map<number, Seen>();
  private newest: number | undefined;
  private counter = 0;
  private topic = 0;
  private lines = 0;
  private received = 0;
  private tokens = 0;
  private entries = 0;

  constructor(
    private readonly device: Device,
    private readonly expected: {
      /** Longest sampling interval that was ever asked for, milliseconds. */
      readonly intervalMs: () => number;
      /** Number of a configuration by its topic; undefined: no configuration has it. */
      readonly configurationOf: (topic: string) => number | undefined;
      /** Numbers of the configurations that may be in force: at least what was answered, at most what was asked for. */
      readonly configurations: () => { readonly least: number; readonly most: number };
      /** Security counter of a version, undefined: nobody ever made such an image. */
      readonly counterOf: (version: string) => number | undefined;
      /** Keys that the device may use, x and y in hex. */
      readonly keys: () => readonly string[];
    },
  ) {}

  look(): void {
    this.lookAtStarts();
    this.lookAtReadings();
    this.lookAtTokens();
    this.lookAtLog();
  }

  /** An image runs that somebody made, and neither its counter nor the device's ever falls; the key is one that it may have. */
  private lookAtStarts(): void {
    const { device, expected, counted } = this;
    const from = this.lines;
    this.lines = device.console.length;
    for (const { groups, line } of device.lines('handover', from)) {
      counted.handovers += 1;
      this.starts.push(device.world.trueMs);
      const own = expected.counterOf(groups.version ?? '');
      device.expect(own !== undefined, 'an image that was made for this device', () => line);
      const counter = Number(groups.counter);
      device.expect(counter >= this.counter, `a counter of ${this.counter} or more`, () => line);
      device.expect(own! >= counter, `an image whose counter is ${counter} or more`, () => line);
      this.counter = counter;
    }
    for (const { groups } of device.lines('identity', from)) {
      const { key } = groups;
      device.expect(expected.keys().includes(key!), 'the key in use, or the next one', () => String(key));
    }
  }

  /** Numbers are never used twice, nothing is lost without a gap, and topics follow the configurations. */
  private lookAtReadings(): void {
    const { device, expected, counted } = this;
    const { received } = device.world.cloud;
    const { members } = device.profile.data.telemetry;
    for (; this.received < received.length; this.received++) {
      const { topic, payload, atNs } = received[this.received]!;
      const number = expected.configurationOf(topic);
      if (number === undefined) continue;
      const { least, most } = expected.configurations();
      const at = `${topic} at ${(atNs / 1e6 / HOUR).toFixed(2)} h`;
      device.expect(number >= this.topic, `the topic of configuration ${this.topic} or a later one`, () => at);
      device.expect(number <= most, `the topic of configuration ${least} to ${most}`, () => at);
      this.topic = number;
      const raw = Buffer.from(payload).toString('utf8');
      const body = JSON.parse(raw) as Record<string, unknown>;
      const sequence = Number(body[members.sequence]);
      this.take(sequence, { raw, timeMs: Number(body[members.time]) * 1000, atMs: atNs / 1e6 });
    }
    counted.readings = this.seen.size;
  }

  private take(sequence: number, reading: Seen): void {
    const { device, counted, newest } = this;
    const known = this.seen.get(sequence);
    if (known) {
      counted.repeated += 1;
      device.expect(known.raw === reading.raw, `reading ${sequence} as before: ${known.raw}`, () => reading.raw);
      return;
    }
    const late = reading.timeMs - (device.world.options.startMs + reading.atMs);
    device.expect(late < CLOCK_LIMIT_MS, 'a reading of the past', () => `${late / 1000} s ahead: ${reading.raw}`);
    this.seen.set(sequence, reading);
    this.newest = sequence;
    if (newest === undefined) return;
    device.expect(sequence > newest, `a reading behind ${newest}, in order`, () => reading.raw);
    counted.missing += sequence - newest - 1;
    const former = this.seen.get(newest)!;
    const started = this.starts.some((ms) => ms > former.timeMs - STEP_MS && ms < reading.timeMs + STEP_MS);
    if (sequence !== newest + 1 || started) return;
    const most = this.expected.intervalMs() + STEP_MS;
    const passed = reading.timeMs - former.timeMs;
    device.expect(passed <= most, `readings ${most / 1000} s apart at most, or a gap`, () => `${passed / 1000} s`);
  }

  /** th-time.2 at each token. */
  private lookAtTokens(): void {
    const { device, counted } = this;
    const { tokens } = device.world.cloud;
    for (; this.tokens < tokens.length; this.tokens++) {
      const { raw, trueMs } = tokens[this.tokens]!;
      const errorMs = Math.abs(issuedAtMs(raw) - trueMs);
      counted.worstClockMs = Math.max(counted.worstClockMs, errorMs);
      device.expect(errorMs < CLOCK_LIMIT_MS, 'a clock within five minutes', () => `${errorMs / 1000} s`);
    }
  }

  /** Entries come in their order, each stays what it was, and none between two is missing. */
  private lookAtLog(): void {
    const { device } = this;
    const { entries, unreadable } = device.service.log();
    device.expect(unreadable.length === 0, 'entries that stay what they were', () => unreadable[0]!);
    for (let index = this.entries; index < entries.length; index++) {
      const [former, entry] = [entries[index - 1], entries[index]!];
      if (!former) continue;
      device.expect(entry.number === former.number + 1, `entry ${former.number + 1}`, () => String(entry.number));
      device.expect(entry.atNs >= former.atNs, `entry ${entry.number} behind the one before`, () => 'before it');
    }
    this.entries = entries.length;
  }
}

/** A token that was refused, for a key that the service does not know yet, tells the time as well. */
function issuedAtMs(token: string): number {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { iat: number };
  return claims.iat * 1000;
}
