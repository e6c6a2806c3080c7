/**
 * An ESP-AT modem on a UART: the command subset of SPEC 11, after Espressif's ESP-AT User Guide v2.x (TCP/IP and Wi-Fi AT commands), as Zephyr's `esp_at`
 * driver uses it: several links (CIPMUX=1), passive receive for TCP, active for UDP.
 *
 * It is on its own supply: a reset of the device does not reset it. Bytes to the device leave at 115200 8N1, one after the other. The network behind it is `Internet`;
 * answers of it arrive a latency later. Left out: Wi-Fi association details, TLS in the modem, server mode, transparent transmission.
 */
import type { UartAnswer, UartPeer } from '../../board/board.ts';
import type { Resolver } from '../dns.ts';
import type { Connection, Internet } from '../internet.ts';
import { AtParser, parseCommand } from './at-parser.ts';
import type { ModemFaults } from './faults.ts';

const BYTE_NS = Math.round((10 / 115_200) * 1e9);
const MS = 1e6;
const MAX_LINKS = 5;
/** ESP-AT: at most 2048 bytes per CIPSEND; a link's receive buffer before TCP's window closes. */
const MAX_SEND = 2048;
const LINK_BUFFER = 5760;
const COMMAND_MS = 2;

export interface EspAtOptions {
  readonly internet: Internet;
  readonly resolver: Resolver;
  /** One way and back, milliseconds. */
  readonly latencyMs: number;
  /** Looked at whenever it matters, so that a scenario can change it at any time. */
  readonly faults: () => ModemFaults;
  /** Uniform in [0, 1): the network's jitter. */
  readonly random: () => number;
}

interface TcpLink {
  readonly kind: 'tcp';
  readonly connection: Connection;
  /** Received, not yet taken by the device. */
  buffer: Buffer;
  /** Arrives later: network order is kept. */
  readonly arriving: { atNs: number; bytes: Uint8Array }[];
  delivered: number;
  closing: boolean;
}

interface UdpLink {
  readonly kind: 'udp';
  readonly address: string;
  readonly port: number;
}

type Link = TcpLink | UdpLink;

interface Later {
  readonly atNs: number;
  readonly order: number;
  readonly run: (nowNs: number) => void;
}

export class EspAtModem implements UartPeer {
  private readonly parser = new AtParser();
  private readonly links: (Link | undefined)[] = Array.from({ length: MAX_LINKS }, () => undefined);
  private pending: { link: number; length: number } | undefined;
  private echo = true;
  private joined = true;
  private passive = false;
  private out: { atNs: number; bytes: Uint8Array }[] = [];
  private lineFreeNs = 0;
  private later: Later[] = [];
  private order = 0;
  private lastArrivalNs = 0;

  constructor(private readonly options: EspAtOptions) {}

  async exchange(nowNs: number, tx: Uint8Array): Promise<UartAnswer> {
    this.runLater(nowNs);
    for (const byte of tx) this.feed(byte, nowNs);
    await this.options.internet.tasks.drained();
    this.collect(nowNs);
    const rx = this.out;
    this.out = [];
    return {
      rx,
      nextNs: this.later.length > 0 ? Math.max(nowNs, Math.min(...this.later.map((one) => one.atNs))) : undefined,
    };
  }

  deviceReset(): void {
    // An own supply: links and buffers stay, a half-sent command does not.
    this.parser.reset();
    this.pending = undefined;
  }

  /** The modem restarts by itself: every link is gone, then it says `ready`. */
  reboot(nowNs: number): void {
    for (const link of this.links) if (link?.kind === 'tcp') link.connection.cut();
    this.links.fill(undefined);
    this.later = [];
    this.out = [];
    this.parser.reset();
    this.pending = undefined;
    this.echo = true;
    this.passive = false;
    this.say(nowNs + 200 * MS, '\r\nready\r\n');
    this.at(nowNs + 500 * MS, (now) => this.say(now, 'WIFI CONNECTED\r\nWIFI GOT IP\r\n'));
  }

  /** The radio link is lost: TCP connections end. */
  dropLinks(nowNs: number): void {
    this.links.forEach((link, index) => {
      if (link?.kind === 'tcp') link.connection.cut();
      if (link) this.close(index, nowNs);
    });
  }

  private feed(byte: number, nowNs: number): void {
    if (this.echo && !this.pending) this.write(nowNs, Uint8Array.of(byte));
    const input = this.parser.feed(byte);
    if (!input) return;
    if (input.kind === 'data') this.sendData(input.bytes, nowNs);
    else this.command(input.text, nowNs);
  }

  private command(text: string, nowNs: number): void {
    const inject = this.options.faults().inject;
    if (inject) this.write(nowNs, inject);
    const command = parseCommand(text);
    const then = nowNs + COMMAND_MS * MS;
    const done = (ok: boolean) => this.say(then, ok ? '\r\nOK\r\n' : '\r\nERROR\r\n');
    if (!command) return done(false);
    const { name, args } = command;
    switch (name) {
      case '':
        return done(true);
      case 'E0':
      case 'E1':
        this.echo = name === 'E1';
        return done(true);
      case 'RST':
        done(true);
        return this.reboot(nowNs);
      case 'CWMODE':
      case 'CIPDINFO':
      case 'CWAUTOCONN':
      case 'SLEEP':
        return done(true);
      case 'CIPMUX':
        return done(args[0] === '1');
      case 'CIPRECVMODE':
        this.passive = args[0] === '1';
        return done(args[0] === '0' || args[0] === '1');
      case 'CWJAP':
        return this.join(nowNs, then);
      case 'CIPDOMAIN':
        return this.lookUp(args[0] ?? '', nowNs);
      case 'CIPSTART':
        return this.open(args, nowNs);
      case 'CIPSEND':
        return this.prompt(args, then);
      case 'CIPRECVDATA':
        return this.giveData(args, then);
      case 'CIPCLOSE':
        return this.closeByDevice(Number(args[0]), then);
      default:
        return done(false);
    }
  }

  private join(nowNs: number, then: number): void {
    this.joined = true;
    this.say(then, 'WIFI CONNECTED\r\nWIFI GOT IP\r\n');
    this.at(nowNs + 300 * MS, (now) => this.say(now, '\r\nOK\r\n'));
  }

  private lookUp(host: string, nowNs: number): void {
    const address = this.options.faults().lieAboutDns?.get(host.toLowerCase()) ?? this.options.resolver.resolve(host);
    this.at(nowNs + this.latencyNs(), (now) => {
      this.say(now, this.joined && address ? `+CIPDOMAIN:"${address}"\r\n\r\nOK\r\n` : '\r\nERROR\r\n');
    });
  }

  private open(args: string[], nowNs: number): void {
    const index = Number(args[0]);
    const [, kind, address = '', port] = args;
    const free = Number.isInteger(index) && index >= 0 && index < MAX_LINKS && this.links[index] === undefined;
    if (!free || !/^\d+$/.test(port ?? '')) return this.say(nowNs + COMMAND_MS * MS, '\r\nERROR\r\n');
    if (kind === 'UDP') {
      this.links[index] = { kind: 'udp', address, port: Number(port) };
      return this.say(nowNs + COMMAND_MS * MS, `${index},CONNECT\r\n\r\nOK\r\n`);
    }
    this.at(nowNs + this.latencyNs(), (now) => {
      const connection = kind === 'TCP' ? this.options.internet.connect(address, Number(port)) : undefined;
      if (!connection) return this.say(now, '\r\nERROR\r\n');
      this.links[index] = {
        kind: 'tcp',
        connection,
        buffer: Buffer.alloc(0),
        arriving: [],
        delivered: 0,
        closing: false,
      };
      this.say(now, `${index},CONNECT\r\n\r\nOK\r\n`);
    });
  }

  private prompt(args: string[], then: number): void {
    const link = Number(args[0]);
    const length = Number(args[1]);
    if (!this.links[link] || !(length >= 1 && length <= MAX_SEND)) return this.say(then, '\r\nERROR\r\n');
    this.pending = { link, length };
    this.parser.expectData(length);
    this.say(then, '\r\nOK\r\n\r\n>');
  }

  private sendData(bytes: Uint8Array, nowNs: number): void {
    const { link: index } = this.pending!;
    this.pending = undefined;
    const link = this.links[index];
    if (!link) return this.say(nowNs, '\r\nSEND FAIL\r\n');
    this.say(nowNs + COMMAND_MS * MS, `\r\nRecv ${bytes.length} bytes\r\n\r\nSEND OK\r\n`);
    if (link.kind === 'tcp') link.connection.send(bytes);
    else this.exchangeDatagram(index, link, bytes, nowNs);
  }

  private exchangeDatagram(index: number, link: UdpLink, bytes: Uint8Array, nowNs: number): void {
    const faults = this.options.faults();
    this.at(nowNs + this.latencyNs(), (now) => {
      const answers = this.options.internet.datagram(link.address, link.port, bytes);
      if (faults.dropUdp || this.links[index] !== link) return;
      for (const answer of faults.duplicateUdp ? [...answers, ...answers] : answers) {
        this.say(now, `\r\n+IPD,${index},${answer.length}:`);
        this.write(now, answer);
      }
    });
  }

  /** Takes what the servers sent and schedules its arrival a latency later. */
  private collect(nowNs: number): void {
    this.links.forEach((link, index) => {
      if (link?.kind !== 'tcp') return;
      const faults = this.options.faults();
      if (faults.stallTcp) return;
      for (const bytes of link.connection.take()) {
        const atNs = Math.max(nowNs + this.latencyNs(), this.lastArrivalNs);
        this.lastArrivalNs = atNs;
        link.arriving.push({ atNs, bytes });
        this.at(atNs, (now) => this.arrive(index, link, now));
      }
      if (link.connection.closedByServer && !link.closing) {
        link.closing = true;
        const atNs = Math.max(nowNs + this.latencyNs(), this.lastArrivalNs);
        this.at(atNs, (now) => {
          if (this.links[index] === link && link.buffer.length === 0) this.close(index, now);
        });
      }
    });
  }

  private arrive(index: number, link: TcpLink, nowNs: number): void {
    if (this.links[index] !== link) return;
    const cutAfter = this.options.faults().cutTcpAfter;
    while (link.arriving.length > 0 && link.arriving[0]!.atNs <= nowNs) {
      const room = LINK_BUFFER - link.buffer.length;
      const next = link.arriving[0]!;
      if (next.bytes.length > room) {
        if (room === 0) return; // TCP's window is closed: the rest waits
        link.arriving[0] = { atNs: next.atNs, bytes: next.bytes.subarray(room) };
      } else {
        link.arriving.shift();
      }
      const part = next.bytes.subarray(0, room);
      link.buffer = Buffer.concat([link.buffer, part]);
      link.delivered += part.length;
      this.say(nowNs, `\r\n+IPD,${index},${part.length}\r\n`);
      if (cutAfter !== undefined && link.delivered >= cutAfter) {
        link.connection.cut();
        return this.close(index, nowNs);
      }
    }
  }

  private giveData(args: string[], then: number): void {
    const index = Number(args[0]);
    const link = this.links[index];
    if (link?.kind !== 'tcp' || !this.passive) return this.say(then, '\r\nERROR\r\n');
    const length = Math.min(Number(args[1]) || 0, link.buffer.length);
    const data = link.buffer.subarray(0, length);
    link.buffer = link.buffer.subarray(length);
    this.say(then, `+CIPRECVDATA:${length},`);
    this.write(then, data);
    this.say(then, '\r\nOK\r\n');
    if (link.arriving.length > 0) this.at(then, (now) => this.arrive(index, link, now));
    else if (link.closing && link.buffer.length === 0) this.at(then, (now) => this.closeIfOpen(index, link, now));
  }

  private closeByDevice(index: number, then: number): void {
    const link = this.links[index];
    if (!link) return this.say(then, '\r\nERROR\r\n');
    if (link.kind === 'tcp') link.connection.end();
    this.links[index] = undefined;
    this.say(then, `${index},CLOSED\r\n\r\nOK\r\n`);
  }

  private closeIfOpen(index: number, link: Link, nowNs: number): void {
    if (this.links[index] === link) this.close(index, nowNs);
  }

  private close(index: number, nowNs: number): void {
    this.links[index] = undefined;
    this.say(nowNs, `${index},CLOSED\r\n`);
  }

  private latencyNs(): number {
    const base = this.options.latencyMs + (this.options.faults().delayMs ?? 0);
    return Math.round(base * (1 + 0.2 * this.options.random()) * MS);
  }

  private at(atNs: number, run: Later['run']): void {
    this.later.push({ atNs, order: this.order++, run });
  }

  private runLater(nowNs: number): void {
    for (;;) {
      const due = this.later.filter((one) => one.atNs <= nowNs).sort((a, b) => a.atNs - b.atNs || a.order - b.order)[0];
      if (!due) return;
      this.later.splice(this.later.indexOf(due), 1);
      due.run(Math.max(due.atNs, nowNs));
    }
  }

  private say(atNs: number, text: string): void {
    this.write(atNs, Buffer.from(text, 'latin1'));
  }

  /** Puts bytes on the line to the device: not before `atNs`, and one byte after the other. */
  private write(atNs: number, bytes: Uint8Array): void {
    const piece = this.options.faults().splitAt ?? bytes.length;
    for (let at = 0; at < bytes.length; at += Math.max(1, piece)) {
      const part = Uint8Array.from(bytes.subarray(at, at + Math.max(1, piece)));
      const pauseNs = at > 0 ? MS : 0;
      this.lineFreeNs = Math.max(this.lineFreeNs, atNs) + pauseNs + part.length * BYTE_NS;
      this.out.push({ atNs: this.lineFreeNs, bytes: part });
    }
  }
}
