/**
 * An ESP-AT modem on a UART: the command subset of SPEC 11, after Espressif's ESP-AT User Guide (AT firmware v2.x, TCP/IP and Wi-Fi AT commands), as Zephyr's
 * `esp_at` driver (v3.x) uses it: several links (CIPMUX=1), passive receive for TCP (CIPRECVMODE=1), active for UDP.
 *
 * Bytes to the device leave at 115200 8N1; answers of the network arrive a latency later, in virtual time. Left out: Wi-Fi association (any access
 * point takes it), TLS in the modem, server mode, transparent transmission. Simplified: what the device left half-sent ends with its reset; the real part
 * would wait for the rest, and the HAL has no line to reset it.
 */
import type { UartAnswer, UartPeer } from '../../board/board.ts';
import type { Resolver } from '../dns.ts';
import type { Internet } from '../internet.ts';
import { Agenda } from './agenda.ts';
import { type AtCommand, AtParser, decimal, parseCommand } from './at-parser.ts';
import type { ModemFaults } from './faults.ts';
import { type Link, TcpLink, UdpLink } from './links.ts';
import { queryLines } from './queries.ts';
import { UartLine } from './uart-line.ts';

const MS = 1e6;
const MAX_LINKS = 5;
const MAX_SEND = 2048; // AT+CIPSEND
/** AT+CIPRECVDATA takes up to 0x7fffffff; seven digits are more than any buffer. */
const MAX_ASK = 9_999_999;
const COMMAND_NS = 2 * MS;
const JOIN_NS = 300 * MS;
const READY_NS = 200 * MS;
const REJOIN_NS = 500 * MS;
const HOLD_NS = 500 * MS;

/** Set-up commands of Zephyr's driver that change nothing here. */
const ACCEPTED = new Set(['CWMODE', 'CWAUTOCONN', 'CWLAPOPT', 'CWDHCP', 'SLEEP', 'SYSSTORE', 'UART_CUR', 'CIPDNS']);

export interface EspAtOptions {
  readonly internet: Internet;
  readonly resolver: Resolver;
  /** There and back, milliseconds. */
  readonly latencyMs: number;
  /** Looked at whenever it matters, so that a scenario can change it at any time. */
  readonly faults: () => ModemFaults;
  /** Uniform in [0, 1): the network's jitter. */
  readonly random: () => number;
}

/** What the device made the modem send into the network: everything that leaves it, and where to. */
export interface Traffic {
  readonly atNs: number;
  readonly kind: 'tcp' | 'udp' | 'dns';
  /** `address:port`, or the name looked up. */
  readonly to: string;
  readonly bytes: Uint8Array;
}

export class EspAtModem implements UartPeer {
  readonly traffic: Traffic[] = [];
  /** Network and password of each time that the device had it join one. */
  readonly joins: (readonly string[])[] = [];
  private readonly parser = new AtParser();
  private readonly line = new UartLine();
  private readonly agenda = new Agenda();
  private readonly links: (Link | undefined)[] = Array.from({ length: MAX_LINKS }, () => undefined);
  private pending: { readonly index: number; readonly link: Link } | undefined;
  /** A command that takes the network's time is under way. */
  private busy = false;
  private echo = true;
  private passive = false;
  private joined = true;
  private flooding = false;
  private counted: { readonly faults: ModemFaults; commands: number } = { faults: {}, commands: 0 };

  constructor(private readonly options: EspAtOptions) {}

  async exchange(nowNs: number, tx: Uint8Array): Promise<UartAnswer> {
    this.agenda.runDue(nowNs);
    const mute = this.options.faults().mute === true;
    if (!mute) for (const byte of tx) this.feed(byte, nowNs);
    this.flood(nowNs);
    await this.options.internet.tasks.drained();
    this.collect(nowNs);
    const { nextNs } = this.agenda;
    if (mute) this.line.clear();
    return { rx: this.line.take(), nextNs: nextNs === undefined ? undefined : Math.max(nowNs, nextNs) };
  }

  /** @param power the modem shares the device's supply: without it, links and settings are gone */
  deviceReset(_nowNs: number, power: boolean): void {
    if (power) this.forget();
    this.parser.reset();
    this.pending = undefined;
  }

  /** The modem restarts by itself: every link is gone, then it says `ready`. */
  reboot(nowNs: number): void {
    this.forget();
    this.say(nowNs + READY_NS, '\r\nready\r\n');
    this.agenda.at(nowNs + REJOIN_NS, (now) => this.say(now, 'WIFI CONNECTED\r\nWIFI GOT IP\r\n'));
  }

  /** The radio link is lost for a moment: TCP connections end. What the modem has received can still be read. */
  dropLinks(nowNs: number): void {
    this.links.forEach((link, index) => {
      if (link?.kind === 'TCP') this.cut(index, link, nowNs);
      else if (link) this.close(index, nowNs);
    });
  }

  private forget(): void {
    for (const link of this.links) if (link?.kind === 'TCP') link.connection.cut();
    this.links.fill(undefined);
    this.agenda.clear();
    this.line.clear();
    this.parser.reset();
    this.pending = undefined;
    this.busy = false;
    this.flooding = false;
    this.echo = true;
    this.passive = false;
  }

  private feed(byte: number, nowNs: number): void {
    if (this.echo && !this.parser.inData) this.write(nowNs, Uint8Array.of(byte));
    const input = this.parser.feed(byte);
    if (!input) return;
    if (input.kind === 'data') this.sendData(input.bytes, nowNs);
    else if (this.busy) this.say(nowNs, '\r\nbusy p...\r\n');
    else this.command(input.kind === 'line' ? parseCommand(input.text) : undefined, nowNs);
  }

  private command(command: AtCommand | undefined, nowNs: number): void {
    const faults = this.options.faults();
    if (this.counted.faults !== faults) this.counted = { faults, commands: 0 };
    this.counted.commands += 1;
    if (this.counted.commands === faults.rebootAtCommand) return this.reboot(nowNs);
    if (faults.inject) this.write(nowNs, faults.inject);
    const answer = command ? this.perform(command, nowNs) : false;
    if (answer !== undefined) this.say(nowNs + COMMAND_NS, answer ? '\r\nOK\r\n' : '\r\nERROR\r\n');
  }

  /** @returns whether it went well; undefined: the command answers by itself */
  private perform(command: AtCommand, nowNs: number): boolean | undefined {
    const { name, query, args } = command;
    if (query) return this.report(name, nowNs + COMMAND_NS);
    switch (name) {
      case '':
        return true;
      case 'E0':
      case 'E1':
        this.echo = name === 'E1';
        return true;
      case 'RST':
        this.say(nowNs + COMMAND_NS, '\r\nOK\r\n');
        // Leaves the answer on the line.
        this.agenda.at(nowNs + COMMAND_NS, (now) => this.reboot(now));
        return undefined;
      case 'GMR':
      case 'CIPSTATUS':
        return this.report(name, nowNs + COMMAND_NS);
      case 'CIPMUX':
        return args[0] === '1';
      case 'CIPDINFO':
        return args[0] === '0';
      case 'CIPRECVMODE':
        this.passive = args[0] === '1';
        return args[0] === '0' || args[0] === '1';
      case 'CWJAP':
        return this.join(args, nowNs);
      case 'CWQAP':
        this.joined = false;
        this.say(nowNs + COMMAND_NS, 'WIFI DISCONNECT\r\n');
        this.dropLinks(nowNs + COMMAND_NS);
        return true;
      case 'CIPDOMAIN':
        return this.lookUp(args[0], nowNs);
      case 'CIPSTART':
        return this.open(args, nowNs);
      case 'CIPSEND':
        return this.prompt(args, nowNs);
      case 'CIPRECVDATA':
        return this.giveData(args, nowNs);
      case 'CIPCLOSE':
        return this.closeByDevice(args, nowNs);
      default:
        return ACCEPTED.has(name);
    }
  }

  private report(name: string, then: number): boolean {
    const { links, passive, joined } = this;
    const lines = queryLines(name, { links, passive, joined });
    for (const line of lines ?? []) this.say(then, `${line}\r\n`);
    return lines !== undefined;
  }

  /** A command that ends later: until then every other one is answered with `busy p...`. */
  private later(atNs: number, finish: (nowNs: number) => void): undefined {
    this.busy = true;
    this.agenda.at(atNs, (now) => {
      this.busy = false;
      finish(now);
    });
  }

  private join(args: readonly string[], nowNs: number): boolean | undefined {
    if (!args[0]) return false;
    this.joins.push(args);
    return this.later(nowNs + JOIN_NS, (now) => {
      this.joined = true;
      this.say(now, 'WIFI CONNECTED\r\nWIFI GOT IP\r\n\r\nOK\r\n');
    });
  }

  private lookUp(host: string | undefined, nowNs: number): boolean | undefined {
    if (!host) return false;
    this.traffic.push({ atNs: nowNs, kind: 'dns', to: host, bytes: Buffer.from(host, 'latin1') });
    return this.later(nowNs + this.latencyNs(), (now) => {
      const { lieAboutDns, sayAddress } = this.options.faults();
      const lie = sayAddress ?? lieAboutDns?.get(host.toLowerCase());
      const address = this.joined ? (lie ?? this.options.resolver.resolve(host)) : undefined;
      this.say(now, address !== undefined ? `+CIPDOMAIN:"${address}"\r\n\r\nOK\r\n` : '\r\nERROR\r\n');
    });
  }

  private open(args: readonly string[], nowNs: number): boolean | undefined {
    const index = decimal(args[0], 0, MAX_LINKS - 1);
    const [, kind, address] = args;
    const port = decimal(args[3], 1, 65535);
    if (index === undefined || port === undefined || !address || !this.joined) return false;
    if (this.links[index]) {
      this.say(nowNs + COMMAND_NS, 'ALREADY CONNECTED\r\n');
      return false;
    }
    if (kind === 'UDP') {
      this.links[index] = new UdpLink(address, port, decimal(args[4], 1, 65535) ?? 49152 + index);
      this.say(nowNs + COMMAND_NS, `${index},CONNECT\r\n`);
      return true;
    }
    if (kind !== 'TCP') return false;
    return this.later(nowNs + this.latencyNs(), (now) => {
      const refused = this.options.faults().refuseTcp;
      const connection = refused ? undefined : this.options.internet.connect(address, port);
      if (!connection) return this.say(now, `${index},CLOSED\r\n\r\nERROR\r\n`);
      this.links[index] = new TcpLink(connection);
      this.say(now, `${index},CONNECT\r\n\r\nOK\r\n`);
    });
  }

  private prompt(args: readonly string[], nowNs: number): boolean | undefined {
    const index = decimal(args[0], 0, MAX_LINKS - 1);
    const length = decimal(args[1], 1, MAX_SEND);
    const link = index === undefined ? undefined : this.links[index];
    if (index === undefined || !link || length === undefined) return false;
    this.pending = { index, link };
    this.parser.expectData(length);
    if (!this.options.faults().losePrompt) this.say(nowNs + COMMAND_NS, '\r\nOK\r\n\r\n>');
    return undefined;
  }

  private sendData(bytes: Uint8Array, nowNs: number): void {
    const { index, link } = this.pending!;
    this.pending = undefined;
    const then = nowNs + COMMAND_NS;
    this.say(then, `\r\nRecv ${bytes.length} bytes\r\n`);
    const alive = this.links[index] === link && (link.kind === 'UDP' || !link.connection.dead);
    if (!alive) return this.say(then, '\r\nSEND FAIL\r\n');
    this.say(then, '\r\nSEND OK\r\n');
    const kind = link.kind === 'TCP' ? 'tcp' : 'udp';
    this.traffic.push({ atNs: nowNs, kind, to: `${link.address}:${link.port}`, bytes });
    if (link.kind === 'TCP') this.sendStream(index, link, bytes, nowNs);
    else this.sendDatagram(index, link, bytes, nowNs);
  }

  private sendStream(index: number, link: TcpLink, bytes: Uint8Array, nowNs: number): void {
    const limit = this.options.faults().cutTcpAfterSent;
    const passing = limit === undefined ? bytes : bytes.subarray(0, Math.max(0, limit - link.sent));
    link.sent += bytes.length;
    if (passing.length > 0) link.connection.send(passing);
    if (limit !== undefined && link.sent >= limit) this.cut(index, link, nowNs + COMMAND_NS);
  }

  private sendDatagram(index: number, link: UdpLink, bytes: Uint8Array, nowNs: number): void {
    this.agenda.at(nowNs + this.latencyNs(), (now) => {
      const faults = this.options.faults();
      const answers = this.options.internet.datagram(link.address, link.port, bytes);
      if (this.links[index] !== link) return;
      for (const forged of faults.forgeUdp?.(bytes) ?? []) this.giveDatagram(index, forged, now);
      if (faults.dropUdp) return;
      for (const answer of faults.duplicateUdp ? [...answers, ...answers] : answers) {
        if (faults.loseUdp !== undefined && this.options.random() < faults.loseUdp) continue;
        if (faults.reorderUdp && !link.held) this.hold(index, link, answer, now);
        else this.giveDatagram(index, answer, now);
      }
    });
  }

  /** Lets the next answer pass first, if one comes soon. */
  private hold(index: number, link: UdpLink, answer: Uint8Array, nowNs: number): void {
    link.held = answer;
    this.agenda.at(nowNs + HOLD_NS, (now) => {
      link.held = undefined;
      if (this.links[index] === link) this.giveDatagram(index, answer, now);
    });
  }

  private giveDatagram(index: number, bytes: Uint8Array, nowNs: number): void {
    this.say(nowNs, `\r\n+IPD,${index},${bytes.length}:`);
    this.write(nowNs, bytes);
  }

  /** Takes what the servers sent and schedules its arrival a latency later. */
  private collect(nowNs: number): void {
    this.links.forEach((link, index) => {
      if (link?.kind !== 'TCP' || this.options.faults().stallTcp) return;
      const travel = (run: () => void) => {
        link.lastArrivalNs = Math.max(nowNs + this.latencyNs(), link.lastArrivalNs);
        run();
        this.agenda.at(link.lastArrivalNs, (now) => this.arrive(index, link, now));
      };
      for (const bytes of link.connection.take()) travel(() => link.travel(link.lastArrivalNs, bytes));
      if (link.connection.closedByServer && !link.ended) travel(() => (link.ended = true));
    });
  }

  /** Announces what is there; in active mode hands it over at once. */
  private arrive(index: number, link: TcpLink, nowNs: number): void {
    if (this.links[index] !== link) return;
    link.settle(nowNs);
    if (!this.passive && link.waiting > 0) {
      this.giveDatagram(index, link.read(link.waiting), nowNs);
      link.settle(nowNs);
    }
    if (link.waiting > 0 && !link.announced) {
      link.announced = true;
      this.say(nowNs, `\r\n+IPD,${index},${link.waiting}\r\n`);
    }
    const limit = this.options.faults().cutTcpAfter;
    if (limit !== undefined && link.delivered >= limit && !link.connection.dead) this.cut(index, link, nowNs);
    this.closeIfExhausted(index, link, nowNs);
  }

  private giveData(args: readonly string[], nowNs: number): boolean {
    const link = this.links[decimal(args[0], 0, MAX_LINKS - 1) ?? MAX_LINKS];
    const length = decimal(args[1], 1, MAX_ASK);
    if (link?.kind !== 'TCP' || length === undefined || !this.passive) return false;
    const index = this.links.indexOf(link);
    const then = nowNs + COMMAND_NS;
    const data = Buffer.concat([link.read(length), Buffer.alloc(this.options.faults().overfill ?? 0, 0x55)]);
    this.say(then, `+CIPRECVDATA:${data.length},`);
    this.write(then, data);
    // What is left, and what the window kept out, is announced after this answer.
    this.agenda.at(then, (now) => this.arrive(index, link, now));
    return true;
  }

  /** Link number 5 closes every link. */
  private closeByDevice(args: readonly string[], nowNs: number): boolean {
    const wanted = decimal(args[0], 0, MAX_LINKS);
    const indices = this.links.flatMap((link, index) =>
      link && (wanted === MAX_LINKS || wanted === index) ? [index] : [],
    );
    for (const index of indices) {
      const link = this.links[index]!;
      if (link.kind === 'TCP') link.connection.end();
      this.close(index, nowNs + COMMAND_NS);
    }
    return indices.length > 0 || wanted === MAX_LINKS;
  }

  /** The connection breaks; what was received before stays readable (ESP-AT, AT+CIPRECVMODE). */
  private cut(index: number, link: TcpLink, nowNs: number): void {
    link.connection.cut();
    link.lose();
    this.closeIfExhausted(index, link, nowNs);
  }

  private closeIfExhausted(index: number, link: TcpLink, nowNs: number): void {
    if (this.links[index] === link && link.exhausted) this.close(index, nowNs);
  }

  private close(index: number, nowNs: number): void {
    this.links[index] = undefined;
    this.say(nowNs, `${index},CLOSED\r\n`);
  }

  private flood(nowNs: number): void {
    const { flood } = this.options.faults();
    if (!flood || this.flooding) return;
    this.flooding = true;
    this.agenda.at(nowNs + Math.max(1, flood.everyMs) * MS, (now) => {
      this.flooding = false;
      // No more than the line takes: a backlog would outlive the fault.
      if (this.line.idle(now)) this.write(now, this.options.faults().flood?.bytes ?? new Uint8Array(0));
      this.flood(now);
    });
  }

  private latencyNs(): number {
    const base = this.options.latencyMs + (this.options.faults().delayMs ?? 0);
    return Math.round(base * (1 + 0.2 * this.options.random()) * MS);
  }

  private say(atNs: number, text: string): void {
    this.write(atNs, Buffer.from(text, 'latin1'));
  }

  private write(atNs: number, bytes: Uint8Array): void {
    this.line.write(atNs, bytes, this.options.faults().splitAt);
  }
}
