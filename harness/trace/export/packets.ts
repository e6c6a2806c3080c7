/**
 * The traffic of the modem as IPv4 packets (RFC 791) with TCP (RFC 9293), UDP (RFC 768) and DNS (RFC 1035), as analysers of networks read them.
 *
 * Payloads, ports and addresses of servers are the device's. What the modem keeps to itself is made up: the device's address, the resolver, TCP's handshake and numbers,
 * DNS messages around a name and its address. A TCP byte is as late as the device's dialog with its modem has it.
 */
import type { Flow, Traffic } from './modem-traffic.ts';

export interface Packet {
  readonly atNs: number;
  readonly bytes: Buffer;
}

/** RFC 5737: addresses for documentation. */
const DEVICE = '192.0.2.1';
const RESOLVER = '192.0.2.53';
const DNS_PORT = 53;
const SEGMENT_BYTES = 1460;
const TTL = 64;
const PROTOCOL = { TCP: 6, UDP: 17 } as const;
const FLAG = { fin: 1, syn: 2, push: 8, ack: 16 } as const;

/** Next sequence number of either side. */
interface Numbers {
  device: number;
  peer: number;
}

interface End {
  readonly address: string;
  readonly port: number;
}

interface Conversation {
  readonly numbers: Map<Flow, Numbers>;
  questions: number;
}

export function packetsOf(traffic: readonly Traffic[]): Packet[] {
  const conversation: Conversation = { numbers: new Map(), questions: 0 };
  return traffic.flatMap((one) => bytesOf(one, conversation).map((bytes) => ({ atNs: one.atNs, bytes })));
}

function bytesOf(one: Traffic, conversation: Conversation): Buffer[] {
  const { numbers } = conversation;
  switch (one.what) {
    case 'question':
      return [dns(++conversation.questions, one.name)];
    case 'answer':
      return [dns(conversation.questions, one.name, one.address)];
    case 'open':
      if (one.flow.protocol === 'UDP') return [];
      numbers.set(one.flow, { device: 1, peer: 1 });
      return handshake(one.flow);
    case 'close': {
      const state = numbers.get(one.flow);
      return state ? farewell(one.flow, state) : [];
    }
    case 'data': {
      const state = numbers.get(one.flow);
      return state ? segments(one.flow, one.from, one.bytes, state) : [udp(endsOf(one.flow, one.from), one.bytes)];
    }
  }
}

function endsOf(flow: Flow, from: 'device' | 'peer'): [source: End, target: End] {
  const device = { address: DEVICE, port: flow.localPort };
  const peer = { address: flow.address, port: flow.port };
  return from === 'device' ? [device, peer] : [peer, device];
}

// ---- TCP ----

function handshake(flow: Flow): Buffer[] {
  const [out, back] = [endsOf(flow, 'device'), endsOf(flow, 'peer')];
  return [
    tcp(out, { flags: FLAG.syn, sequence: 0, acknowledged: 0 }),
    tcp(back, { flags: FLAG.syn | FLAG.ack, sequence: 0, acknowledged: 1 }),
    tcp(out, { flags: FLAG.ack, sequence: 1, acknowledged: 1 }),
  ];
}

function segments(flow: Flow, from: 'device' | 'peer', bytes: Uint8Array, numbers: Numbers): Buffer[] {
  const to = from === 'device' ? 'peer' : 'device';
  const result: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += SEGMENT_BYTES) {
    const part = bytes.subarray(at, at + SEGMENT_BYTES);
    const head = { flags: FLAG.push | FLAG.ack, sequence: numbers[from], acknowledged: numbers[to] };
    result.push(tcp(endsOf(flow, from), head, part));
    numbers[from] += part.length;
  }
  return result;
}

/** The dialog does not say who closed first. */
function farewell(flow: Flow, { device, peer }: Numbers): Buffer[] {
  const flags = FLAG.fin | FLAG.ack;
  return [
    tcp(endsOf(flow, 'peer'), { flags, sequence: peer, acknowledged: device }),
    tcp(endsOf(flow, 'device'), { flags, sequence: device, acknowledged: peer + 1 }),
  ];
}

function tcp(
  [source, target]: [End, End],
  head: { flags: number; sequence: number; acknowledged: number },
  payload: Uint8Array = new Uint8Array(0),
): Buffer {
  const segment = Buffer.alloc(20 + payload.length);
  segment.writeUInt16BE(source.port, 0);
  segment.writeUInt16BE(target.port, 2);
  segment.writeUInt32BE(head.sequence, 4);
  segment.writeUInt32BE(head.acknowledged, 8);
  segment.writeUInt16BE((5 << 12) | head.flags, 12);
  segment.writeUInt16BE(0xffff, 14);
  segment.set(payload, 20);
  return ip(source, target, 'TCP', segment, 16);
}

// ---- UDP and DNS ----

function udp([source, target]: [End, End], payload: Uint8Array): Buffer {
  const datagram = Buffer.alloc(8 + payload.length);
  datagram.writeUInt16BE(source.port, 0);
  datagram.writeUInt16BE(target.port, 2);
  datagram.writeUInt16BE(datagram.length, 4);
  datagram.set(payload, 8);
  return ip(source, target, 'UDP', datagram, 6);
}

/** A question for an A record, or its answer. */
function dns(id: number, name: string, address?: string): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(id & 0xffff, 0);
  // RFC 1035 4.1.1: recursion desired; of an answer also QR and recursion available.
  head.writeUInt16BE(address === undefined ? 0x0100 : 0x8180, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(address === undefined ? 0 : 1, 6);
  const labels = name.split('.').map((label) => {
    const text = Buffer.from(label, 'latin1').subarray(0, 63);
    return Buffer.concat([Buffer.of(text.length), text]);
  });
  const asked = Buffer.concat([...labels, Buffer.of(0, 0, 1, 0, 1)]);
  // A pointer to the name in the question, A, IN, no time to live.
  const answer = address === undefined ? [] : [Buffer.of(0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4), octets(address)];
  const message = Buffer.concat([head, asked, ...answer]);
  const device = { address: DEVICE, port: 49_151 };
  const resolver = { address: RESOLVER, port: DNS_PORT };
  return udp(address === undefined ? [device, resolver] : [resolver, device], message);
}

// ---- IP ----

function ip(source: End, target: End, protocol: 'TCP' | 'UDP', content: Buffer, checksumAt: number): Buffer {
  const [from, to] = [octets(source.address), octets(target.address)];
  const pseudo = Buffer.concat([
    from,
    to,
    Buffer.of(0, PROTOCOL[protocol], content.length >> 8, content.length & 0xff),
  ]);
  content.writeUInt16BE(checksum(Buffer.concat([pseudo, content])) || 0xffff, checksumAt);
  const head = Buffer.alloc(20);
  head[0] = 0x45;
  head.writeUInt16BE(20 + content.length, 2);
  head[6] = 0x40; // not fragmented
  head[8] = TTL;
  head[9] = PROTOCOL[protocol];
  from.copy(head, 12);
  to.copy(head, 16);
  head.writeUInt16BE(checksum(head), 10);
  return Buffer.concat([head, content]);
}

function octets(address: string): Buffer {
  const numbers = address.split('.').map(Number);
  return Buffer.from(Array.from({ length: 4 }, (_, index) => numbers[index] ?? 0));
}

/** RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at]! << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
