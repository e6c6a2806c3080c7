/**
 * The device as a check sees it: a board, the world around it, and questions in the profile's words.
 *
 * Every `waitFor...` looks at what happens from the call on, runs virtual time until it holds, and fails the check when the time is up.
 */
import type { Board } from '../board/board.ts';
import { UsageError } from '../errors.ts';
import type { Profile } from '../profile/profile.ts';
import type { ProfileData } from '../profile/schema.ts';
import type { TraceEntry } from '../trace/trace.ts';
import type { Connection } from '../world/internet.ts';
import { type CommandKind, sequenceOf, signingKey } from '../world/service/command.ts';
import { type Answer, Service } from '../world/service/service.ts';
import type { World } from '../world/world.ts';
import { CheckFailure } from './check.ts';

/** A telemetry message as the service received it. */
export interface Reading {
  readonly raw: string;
  readonly sequence: number;
  /** Decimal string of the value; undefined when the message carries none. */
  readonly value: string | undefined;
  /** undefined: the device does not say. */
  readonly unit: string | undefined;
  readonly status: string;
  readonly ok: boolean;
  /** When it was measured by the device's clock, milliseconds since 1970; undefined: it does not say. */
  readonly timeMs: number | undefined;
  readonly atMs: number;
}

/** Virtual time from reset to hand-over; on the chip the signature of the image and the hash over it take seconds. */
const HANDOVER_WITHIN_MS = 20_000;

/** An answer may take the device a signature's time, and a lost connection. */
const ANSWER_WITHIN_MS = 300_000;
/** What the service acknowledged has reached the device. */
const ACKNOWLEDGED_WITHIN_MS = 1_000;

type ConsoleKind = keyof ProfileData['console'];

/** A console line of a kind, and its place on the console. */
interface Matched {
  readonly at: number;
  readonly line: string;
  readonly groups: Record<string, string>;
}

export class Device {
  /** Console lines of the device's life before this check (its provisioning). */
  private readonly earlier: number;
  private readonly earlierEntries: number;
  private channel: Service | undefined;
  /** What was found on the console so far. */
  private readonly matched = new Map<
    ConsoleKind,
    { readonly lines: readonly string[]; upTo: number; matches: Matched[] }
  >();

  constructor(
    readonly profile: Profile,
    readonly board: Board,
    readonly world: World,
    private named: string,
  ) {
    this.earlier = board.console.lines.length;
    this.earlierEntries = board.trace.entries.length;
  }

  /** Device id that the station gave it, or a reprovisioning since. */
  get id(): string {
    return this.named;
  }

  /** From now on the service calls it so. */
  renamed(id: string): void {
    this.named = id;
    this.channel = undefined;
  }

  /** The trace since the check has the device. */
  get entries(): readonly TraceEntry[] {
    return this.board.trace.entries.slice(this.earlierEntries);
  }

  /** Console lines since the check has the device. */
  get console(): readonly string[] {
    return this.board.console.lines.slice(this.earlier);
  }

  get nowMs(): number {
    return this.board.nowNs / 1e6;
  }

  /** Console lines of a kind, with the named groups of the profile's pattern. */
  lines(kind: ConsoleKind, from = 0): readonly Matched[] {
    const { lines } = this.board.console;
    const before = this.matched.get(kind);
    const known = before?.lines === lines ? before : { lines, upTo: this.earlier, matches: [] };
    this.matched.set(kind, known);
    for (; known.upTo < lines.length; known.upTo++) {
      const line = lines[known.upTo]!;
      const groups = this.profile.match(kind, line);
      if (groups) known.matches.push({ at: known.upTo - this.earlier, line, groups });
    }
    return from === 0 ? known.matches : known.matches.filter(({ at }) => at >= from);
  }

  /** Does what starts the device (by default: applies power) and waits for the hand-over to the application. */
  async boot(start: () => Promise<void> = () => this.board.power(true)): Promise<void> {
    const from = this.console.length;
    await start();
    await this.waitForConsole('handover', HANDOVER_WITHIN_MS, from);
  }

  async powerCycle(): Promise<void> {
    await this.board.power(false);
    await this.board.power(true);
  }

  /** Powers the board on and waits until its first reading is accepted by the service. */
  async connect(): Promise<void> {
    await this.board.power(true);
    await this.waitForReading(() => true, this.profile.data.connectWithinMs, 'a first reading at the service');
  }

  async waitFor(what: string, limitMs: number, until: () => boolean): Promise<void> {
    if (until()) return;
    if (!(await this.board.run(limitMs, until))) this.fail(what, `nothing within ${limitMs / 1000} s`);
  }

  async waitForLine(pattern: RegExp, limitMs: number): Promise<string> {
    const from = this.console.length;
    const find = () => this.console.slice(from).find((line) => pattern.test(line));
    await this.waitFor(`a console line that matches ${pattern}`, limitMs, () => find() !== undefined);
    return find()!;
  }

  /** @param from index of the first console line that counts */
  async waitForConsole(
    kind: ConsoleKind,
    limitMs: number,
    from = this.console.length,
  ): Promise<Record<string, string>> {
    await this.waitFor(`console line "${kind}"`, limitMs, () => this.lines(kind, from).length > 0);
    return this.lines(kind, from)[0]!.groups;
  }

  /** Waits for the device to refuse a server; a refusal for another reason fails. Answers with the console line. */
  async waitForRefusal(reason: string | undefined, limitMs: number): Promise<string> {
    const from = this.console.length;
    await this.waitFor('a refused server', limitMs, () => this.lines('refusedServer', from).length > 0);
    const { line, groups } = this.lines('refusedServer', from)[0]!;
    if (reason !== undefined && !this.profile.reasons(reason).includes(groups.reason ?? '')) {
      this.fail(`a server refused for ${this.profile.reasons(reason).join(' or ')}`, `"${line}"`);
    }
    return line;
  }

  /** The radio link is lost; the device has to connect anew. */
  dropConnection(): void {
    this.world.modem.dropLinks(this.board.nowNs);
  }

  /** Connections to the service's port so far, with what went over them. */
  serviceConnections(from = 0): Connection[] {
    const { port } = this.profile.data.service;
    return this.world.internet.connections.filter((connection) => connection.port === port).slice(from);
  }

  /** The service's side of the command channel. */
  get service(): Service {
    const { profile, world, id } = this;
    const channel = profile.data.service.channel;
    if (!channel) throw new UsageError(`${profile.file}: expected service.channel, which commands need, got none`);
    this.channel ??= new Service({
      cloud: world.cloud,
      topics: channel,
      deviceId: id,
      key: signingKey(profile.read(channel.key.private)),
    });
    return this.channel;
  }

  /**
   * Publishes bytes as a command, waits for the device's answer to it, and takes them back, lest it hears them again with its next subscription.
   * @param options stays: they stay; service: another than the one that the profile names
   */
  async command(
    kind: CommandKind,
    bytes: Uint8Array,
    { stays = false, service = this.service }: { stays?: boolean; service?: Service } = {},
  ): Promise<Answer> {
    const from = service.answers().length;
    service.publish(kind, bytes);
    // One to an earlier command may come again when its connection was lost.
    const numbers = [0, sequenceOf(bytes)];
    const find = () =>
      service.answers().find((one, at) => at >= from && one.kind === kind && numbers.includes(one.sequence));
    await this.waitFor(`an answer to the ${kind} command`, ANSWER_WITHIN_MS, () => find() !== undefined);
    if (!stays) service.withdraw(kind);
    await this.board.run(ACKNOWLEDGED_WITHIN_MS);
    return find()!;
  }

  /** Readings the service has accepted so far. */
  readings(from = 0): Reading[] {
    const { service, telemetry } = this.profile.data;
    const { members } = telemetry;
    return this.world.cloud.received.slice(from).flatMap(({ topic, payload, atNs }): Reading[] => {
      if (topic !== service.topic) return [];
      const raw = Buffer.from(payload).toString('utf8');
      const body = parseObject(raw);
      if (!body) this.fail('telemetry that is a JSON object', raw);
      const status = String(body[members.status]);
      const value = body[members.value];
      return [
        {
          raw,
          sequence: Number(body[members.sequence]),
          value: value === null || value === undefined ? undefined : String(value),
          unit: members.unit === undefined ? undefined : String(body[members.unit]),
          status,
          ok: status === telemetry.ok,
          timeMs: typeof body[members.time] === 'number' ? (body[members.time] as number) * 1000 : undefined,
          atMs: atNs / 1e6,
        },
      ];
    });
  }

  async waitForReading(wanted: (reading: Reading) => boolean, limitMs: number, what: string): Promise<Reading> {
    const from = this.world.cloud.received.length;
    await this.waitFor(what, limitMs, () => this.readings(from).some(wanted));
    return this.readings(from).find(wanted)!;
  }

  /** @throws CheckFailure always */
  fail(expected: string, got: string): never {
    const last = this.console.slice(-3).join(' | ');
    throw new CheckFailure(expected, got, `at ${this.nowMs.toFixed(1)} ms; console: ${last || 'silent'}`);
  }

  expect(holds: boolean, expected: string, got: () => string): void {
    if (!holds) this.fail(expected, got());
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
