/**
 * An ordinary client that plays the device: speaks AT to a modem in virtual time, and offers a TCP link as a Duplex for `node:tls`.
 */
import { Duplex } from 'node:stream';
import type { UartPeer } from '../../../harness/board/board.ts';
import { PeerTasks } from '../../../harness/world/peer-tasks.ts';

const MS = 1e6;

interface Arrival {
  readonly atNs: number;
  readonly bytes: Uint8Array;
}

export class AtClient {
  /** All bytes from the modem so far, as latin1. */
  heard = '';
  readonly arrivals: Arrival[] = [];
  /** The client's own work, e.g. its TLS stack. */
  readonly tasks = new PeerTasks();
  private due: Arrival[] = [];
  private nextNs: number | undefined;
  private scanned = 0;

  /** @param nowNs virtual time goes on from here */
  constructor(
    readonly modem: UartPeer,
    public nowNs = 0,
  ) {}

  /** Sends bytes now. */
  async transmit(bytes: Uint8Array | string): Promise<void> {
    await this.exchange(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Sends a command line and waits for one of the answers; with what the modem said since. */
  async command(text: string, until: RegExp = /\r\n(OK|ERROR|FAIL)\r\n/, limitMs = 20_000): Promise<string> {
    const from = this.heard.length;
    await this.transmit(`${text}\r\n`);
    return this.expect(until, limitMs, from);
  }

  /** Waits for a pattern in what the modem says from a position on. */
  async expect(pattern: RegExp, limitMs = 20_000, from = this.scanned): Promise<string> {
    const found = () => pattern.exec(this.heard.slice(from));
    await this.run(limitMs, () => found() !== null);
    const match = found();
    if (!match) throw new Error(`no ${pattern} within ${limitMs} ms; heard ${JSON.stringify(this.heard.slice(from))}`);
    this.scanned = from + match.index + match[0].length;
    return this.heard.slice(from, this.scanned);
  }

  /** Lets virtual time pass until the condition holds. */
  async run(limitMs: number, until: () => boolean = () => false): Promise<void> {
    const endNs = this.nowNs + limitMs * MS;
    while (!until()) {
      const first = this.due[0];
      if (first && first.atNs <= (this.nextNs ?? Number.POSITIVE_INFINITY) && first.atNs <= endNs) {
        this.due.shift();
        this.nowNs = first.atNs;
        this.arrivals.push(first);
        this.heard += Buffer.from(first.bytes).toString('latin1');
      } else if (this.nextNs !== undefined && this.nextNs <= endNs) {
        this.nowNs = Math.max(this.nowNs, this.nextNs);
        await this.exchange(new Uint8Array(0));
      } else {
        this.nowNs = endNs;
        return;
      }
    }
  }

  async setUp(): Promise<void> {
    for (const command of ['ATE0', 'AT+CIPMUX=1', 'AT+CIPRECVMODE=1']) await this.command(command);
  }

  /** Sends data over a link. */
  async send(link: number, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += 2048) {
      const part = bytes.subarray(at, at + 2048);
      await this.command(`AT+CIPSEND=${link},${part.length}`, />$/);
      const from = this.heard.length;
      await this.transmit(part);
      const answer = await this.expect(/SEND (OK|FAIL)\r\n/, 5000, from);
      if (answer.includes('FAIL')) throw new Error(`link ${link}: ${JSON.stringify(answer)}`);
    }
  }

  /** Reads at most `count` bytes that wait in the modem. */
  async receive(link: number, count = 1024): Promise<Buffer> {
    const from = this.heard.length;
    await this.command(`AT+CIPRECVDATA=${link},${count}`, /\+CIPRECVDATA:\d+,|ERROR\r\n/);
    const head = /\+CIPRECVDATA:(\d+),/.exec(this.heard.slice(from));
    if (!head) throw new Error(`link ${link}: ${JSON.stringify(this.heard.slice(from))}`);
    const start = from + head.index + head[0].length;
    const end = start + Number(head[1]);
    await this.run(5000, () => this.heard.length >= end + 6);
    this.scanned = end;
    return Buffer.from(this.heard.slice(start, end), 'latin1');
  }

  private async exchange(bytes: Uint8Array): Promise<void> {
    const answer = await this.modem.exchange(this.nowNs, bytes);
    this.due.push(...answer.rx);
    this.nextNs = answer.nextNs;
  }
}

/** A TCP link as a stream; `pump` moves bytes both ways until neither side has anything to say within `limitMs` of virtual time. */
export class AtStream {
  readonly stream: Duplex;
  private readonly outgoing: Buffer[] = [];
  closed = false;
  private readonly from: number;
  readonly received: Buffer[] = [];

  constructor(
    private readonly client: AtClient,
    private readonly link: number,
  ) {
    this.from = client.heard.length;
    this.stream = new Duplex({
      read() {},
      write: (chunk: Buffer, _encoding, done) => {
        this.outgoing.push(Buffer.from(chunk));
        done();
      },
    });
    this.stream.on('error', () => {});
  }

  async pump(limitMs = 1000, until: () => boolean = () => false): Promise<void> {
    const { client, link } = this;
    const endNs = client.nowNs + limitMs * MS;
    for (;;) {
      await client.tasks.drained();
      if (until()) return;
      const out = Buffer.concat(this.outgoing.splice(0));
      if (out.length > 0 && !this.closed) {
        await client.send(link, out);
        continue;
      }
      // CLOSED comes after everything was read.
      const over = () => this.closed || client.heard.slice(this.from).includes(`${link},CLOSED`);
      const data = over() ? Buffer.alloc(0) : await client.receive(link).catch((error) => this.ifOver(over(), error));
      if (data.length > 0) {
        this.received.push(data);
        client.tasks.run(() => this.stream.push(data));
        continue;
      }
      if (over() && !this.closed) {
        this.closed = true;
        client.tasks.run(() => this.stream.push(null));
        continue;
      }
      if (client.nowNs >= endNs || this.closed) return;
      const from = client.heard.length;
      await client.run((endNs - client.nowNs) / MS, () => /\+IPD|CLOSED\r\n/.test(client.heard.slice(from)));
    }
  }

  /** The link may have been closed while the question was on its way. */
  private ifOver(over: boolean, error: unknown): Buffer {
    if (!over) throw error;
    return Buffer.alloc(0);
  }
}
