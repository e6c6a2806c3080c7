/**
 * A capture file after draft-ietf-opsawg-pcapng: section header, one interface, a block per packet. Little-endian; times in nanoseconds of the recording's virtual time.
 */
import type { Packet } from './packets.ts';

const BLOCK = { section: 0x0a0d_0d0a, interface: 1, packet: 6 } as const;
const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
/** LINKTYPE_RAW: a packet begins with its IP header. */
const LINKTYPE_RAW = 101;
const OPTION = { end: 0, comment: 1, name: 2, application: 4, timeResolution: 9 } as const;

export function pcapng(packets: readonly Packet[], about: { comment: string; application: string }): Uint8Array {
  const section = Buffer.alloc(16);
  section.writeUInt32LE(BYTE_ORDER_MAGIC, 0);
  section.writeUInt16LE(1, 4);
  section.writeBigInt64LE(-1n, 8); // length of the section: not said
  const network = Buffer.alloc(8);
  network.writeUInt16LE(LINKTYPE_RAW, 0);
  return Buffer.concat([
    block(BLOCK.section, section, [text(OPTION.comment, about.comment), text(OPTION.application, about.application)]),
    block(BLOCK.interface, network, [text(OPTION.name, 'modem'), option(OPTION.timeResolution, Buffer.of(9))]),
    ...packets.map(packetBlock),
  ]);
}

function packetBlock({ atNs, bytes }: Packet): Buffer {
  const head = Buffer.alloc(20);
  const time = BigInt(Math.round(atNs));
  head.writeUInt32LE(Number(time >> 32n), 4);
  head.writeUInt32LE(Number(time & 0xffff_ffffn), 8);
  head.writeUInt32LE(bytes.length, 12);
  head.writeUInt32LE(bytes.length, 16);
  return block(BLOCK.packet, Buffer.concat([head, padded(bytes)]));
}

function block(type: number, body: Buffer, options: readonly Buffer[] = []): Buffer {
  const ended = options.length > 0 ? [...options, option(OPTION.end, Buffer.alloc(0))] : [];
  const content = Buffer.concat([body, ...ended]);
  const frame = Buffer.alloc(8);
  const length = content.length + 12;
  frame.writeUInt32LE(type, 0);
  frame.writeUInt32LE(length, 4);
  return Buffer.concat([frame, content, frame.subarray(4)]);
}

function option(code: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

const text = (code: number, value: string) => option(code, Buffer.from(value, 'utf8'));

const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
