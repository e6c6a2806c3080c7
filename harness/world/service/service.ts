/**
 * The service's side of the channel (SPEC 25) for one device: publishes commands, retained, through the world's broker, and collects what the device says besides its
 * telemetry. It trusts nothing: what it cannot read it reports.
 */
import type { KeyObject } from 'node:crypto';
import type { Cloud, Received } from '../cloud/cloud.ts';
import { type CommandKind, type CommandParts, makeCommand } from './command.ts';
import { type Log, readLog } from './log.ts';
import { type Announcement, announcementPayload, type PieceRequest, pieceOf, readPieceRequest } from './update.ts';

/** Topics with `{device}` and `{kind}` to fill in. */
export interface ChannelTopics {
  readonly command: string;
  readonly chunk: string;
  readonly answer: string;
  readonly get: string;
  readonly log: string;
}

export interface Answer {
  readonly kind: string;
  readonly sequence: number;
  readonly result: string;
  /** x, y of the next key, after a rotation. */
  readonly key?: Buffer;
  readonly raw: string;
  readonly atNs: number;
}

const POINT = /^[0-9a-f]{128}$/;

export interface ServiceOptions {
  readonly cloud: Cloud;
  readonly topics: ChannelTopics;
  readonly deviceId: string;
  /** Ed25519, who may command the device. */
  readonly key: KeyObject;
}

export class Service {
  /** What was said by topic so far, of so many messages of the cloud. */
  private readonly byTopic = new Map<string, Received[]>();
  private heardUpTo = 0;
  private readonly answered: Answer[] = [];

  constructor(private readonly options: ServiceOptions) {}

  /** A good command, or one with parts of it changed. */
  command(
    kind: CommandKind,
    sequence: number,
    payload: Uint8Array,
    changed: Partial<Omit<CommandParts, 'kind' | 'sequence' | 'payload'>> = {},
  ): Buffer {
    const { deviceId, key } = this.options;
    return makeCommand({ kind, sequence, payload, deviceId, key, ...changed });
  }

  /** Publishes bytes as a command of a kind, retained: they stay until the next of that kind. */
  publish(kind: CommandKind, bytes: Uint8Array): void {
    this.options.cloud.publish(this.topic('command', kind), bytes, { retain: true });
  }

  /** Signs a command and publishes it. */
  send(kind: CommandKind, sequence: number, payload: Uint8Array): void {
    this.publish(kind, this.command(kind, sequence, payload));
  }

  /** Takes back what is retained of a kind. */
  withdraw(kind: CommandKind): void {
    this.publish(kind, new Uint8Array());
  }

  /**
   * Announces an image, and from now on gives the pieces that the device asks for.
   * @param announcement what is said of the image @param piece what is given for a question; undefined: nothing
   */
  offer(
    sequence: number,
    image: Uint8Array,
    announcement: Announcement,
    piece: (request: PieceRequest) => Uint8Array | undefined = (request) => pieceOf(image, request),
  ): void {
    const topic = this.topic('get');
    this.options.cloud.heard = (message) => {
      const request = message.topic === topic ? readPieceRequest(message) : undefined;
      if (request?.sequence !== sequence) return;
      const bytes = piece(request);
      if (bytes) this.options.cloud.publish(this.topic('chunk'), bytes);
    };
    this.send('update', sequence, announcementPayload(announcement));
  }

  /** What the device asked for so far. */
  pieceRequests(): PieceRequest[] {
    return this.heard('get').flatMap((message) => readPieceRequest(message) ?? []);
  }

  /** What the device said on a topic so far, `from` on. */
  heard(what: 'answer' | 'get' | 'log'): readonly Received[] {
    const { received } = this.options.cloud;
    for (; this.heardUpTo < received.length; this.heardUpTo++) {
      const message = received[this.heardUpTo]!;
      const known = this.byTopic.get(message.topic);
      if (known) known.push(message);
      else this.byTopic.set(message.topic, [message]);
    }
    return this.byTopic.get(this.topic(what)) ?? [];
  }

  /** Answers so far, as the device gave them; one that is no answer has the result `unreadable`. */
  answers(): readonly Answer[] {
    for (const { payload, atNs } of this.heard('answer').slice(this.answered.length)) {
      const raw = Buffer.from(payload).toString('utf8');
      this.answered.push({ ...readAnswer(raw), raw, atNs });
    }
    return this.answered;
  }

  /** The device's log so far. */
  log(): Log {
    return readLog(this.heard('log'));
  }

  topic(what: keyof ChannelTopics, kind = ''): string {
    const { topics, deviceId } = this.options;
    return topics[what].replace('{device}', deviceId).replace('{kind}', kind);
  }
}

function readAnswer(raw: string): Pick<Answer, 'kind' | 'sequence' | 'result' | 'key'> {
  try {
    const { kind, seq, result, key } = JSON.parse(raw) as Record<string, unknown>;
    if (typeof kind === 'string' && typeof seq === 'number' && typeof result === 'string') {
      const point = typeof key === 'string' && POINT.test(key) ? { key: Buffer.from(key, 'hex') } : {};
      return { kind, sequence: seq, result, ...point };
    }
  } catch {
    // falls through
  }
  return { kind: '', sequence: -1, result: 'unreadable' };
}
