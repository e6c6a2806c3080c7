/**
 * What went over the network, read off the device's dialog with its modem (ESP-AT, SPEC 11): links opened and closed, bytes in either direction, names looked up.
 *
 * It is an observer of a recording, so it takes what it sees as it is: what fits no command is passed over. Left out: several commands at a time (the modem has none), and
 * what the modem does with the network by itself (joining, ARP, retransmissions).
 */
import { AtParser, decimal, parseCommand } from '../../world/modem/at-parser.ts';
import type { TraceEntry } from '../trace.ts';
import { callOf } from './calls.ts';

export interface Flow {
  readonly protocol: 'TCP' | 'UDP';
  readonly address: string;
  readonly port: number;
  readonly localPort: number;
}

export type Traffic = { readonly atNs: number } & (
  | { readonly what: 'open' | 'close'; readonly flow: Flow }
  | { readonly what: 'data'; readonly flow: Flow; readonly from: 'device' | 'peer'; readonly bytes: Uint8Array }
  | { readonly what: 'question'; readonly name: string }
  | { readonly what: 'answer'; readonly name: string; readonly address: string }
);

/** Of TCP links, which have none of their own in the dialog (RFC 6335 6: dynamic ports). */
const FIRST_LOCAL_PORT = 49_152;
const MAX_LINE = 512;

export function modemTraffic(entries: readonly TraceEntry[]): Traffic[] {
  const reader = new DialogReader();
  for (const entry of entries) {
    const call = callOf(entry);
    if (call?.name === 'modem_write') reader.said(call.atNs, call.given);
    else if (call?.name === 'modem_read') reader.heard(call.atNs, call.got);
  }
  return reader.traffic;
}

class DialogReader {
  readonly traffic: Traffic[] = [];
  private readonly commands = new AtParser();
  private readonly open = new Map<number, Flow>();
  private readonly starting = new Map<number, Flow>();
  private sending: { link: number; length: number } | undefined;
  private fetching = 0;
  private asked = '';
  private line = '';
  private binary: { link: number; bytes: number[]; length: number } | undefined;
  private ports = 0;

  /** Bytes of the device. */
  said(atNs: number, bytes: Uint8Array): void {
    for (const byte of bytes) {
      const input = this.commands.feed(byte);
      if (input?.kind === 'line') this.command(atNs, input.text);
      else if (input?.kind === 'data') this.carry(atNs, this.sending?.link ?? 0, 'device', input.bytes);
    }
  }

  /** Bytes of the modem. */
  heard(atNs: number, bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.binary) this.collect(atNs, byte);
      else if (byte === 0x0a) this.answer(atNs);
      else if (byte !== 0x0d && this.line.length < MAX_LINE) this.begun(String.fromCharCode(byte));
    }
  }

  private command(atNs: number, text: string): void {
    const { name, args = [] } = parseCommand(text) ?? {};
    const link = decimal(args[0], 0, 5) ?? 0;
    if (name === 'CIPSTART') this.start(link, args);
    else if (name === 'CIPSEND') this.sending = { link, length: decimal(args[1], 1, 8192) ?? 0 };
    else if (name === 'CIPRECVDATA') this.fetching = link;
    else if (name === 'RST') this.closeAll(atNs);
    else if (name === 'CIPDOMAIN') {
      this.asked = args[0] ?? '';
      this.traffic.push({ atNs, what: 'question', name: this.asked });
    }
  }

  private start(link: number, [, protocol, address = '', port, local]: readonly string[]): void {
    if (protocol !== 'TCP' && protocol !== 'UDP') return;
    const localPort = decimal(local, 1, 65_535);
    const own = protocol === 'UDP' && localPort ? localPort : FIRST_LOCAL_PORT + (this.ports++ % 16_384);
    this.starting.set(link, { protocol, address, port: decimal(port, 1, 65_535) ?? 0, localPort: own });
  }

  /** A character of a line, which may turn out to be the head of data or the prompt. */
  private begun(char: string): void {
    this.line += char;
    if (this.line === '>' && this.sending) {
      this.commands.expectData(this.sending.length);
      this.line = '';
      return;
    }
    const fetched = /^\+CIPRECVDATA:(\d{1,5}),$/.exec(this.line);
    const datagram = /^\+IPD,(\d),(\d{1,5}):$/.exec(this.line);
    if (!fetched && !datagram) return;
    const [link, length] = fetched ? [this.fetching, Number(fetched[1])] : [Number(datagram![1]), Number(datagram![2])];
    this.line = '';
    if (length > 0) this.binary = { link, bytes: [], length };
  }

  private collect(atNs: number, byte: number): void {
    const { binary } = this;
    if (!binary) return;
    binary.bytes.push(byte);
    if (binary.bytes.length < binary.length) return;
    this.binary = undefined;
    this.carry(atNs, binary.link, 'peer', Uint8Array.from(binary.bytes));
  }

  private answer(atNs: number): void {
    const { line } = this;
    this.line = '';
    const link = /^(\d),(CONNECT|CLOSED)$/.exec(line);
    const address = /^\+CIPDOMAIN:"?([0-9.]+)"?$/.exec(line);
    if (link?.[2] === 'CONNECT') this.opened(atNs, Number(link[1]));
    else if (link) this.closed(atNs, Number(link[1]));
    else if (address) this.traffic.push({ atNs, what: 'answer', name: this.asked, address: address[1]! });
    else if (line === 'ready') this.closeAll(atNs);
    else if (/^(ERROR|FAIL|SEND FAIL)$/.test(line)) this.sending = undefined;
  }

  private opened(atNs: number, link: number): void {
    const flow = this.starting.get(link);
    if (!flow) return;
    this.starting.delete(link);
    this.open.set(link, flow);
    this.traffic.push({ atNs, what: 'open', flow });
  }

  private closed(atNs: number, link: number): void {
    const flow = this.open.get(link);
    if (!flow) return;
    this.open.delete(link);
    this.traffic.push({ atNs, what: 'close', flow });
  }

  private closeAll(atNs: number): void {
    for (const link of [...this.open.keys()]) this.closed(atNs, link);
    this.commands.reset();
    this.sending = undefined;
  }

  private carry(atNs: number, link: number, from: 'device' | 'peer', bytes: Uint8Array): void {
    const flow = this.open.get(link);
    if (flow) this.traffic.push({ atNs, what: 'data', flow, from, bytes });
  }
}
