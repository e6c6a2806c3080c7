/**
 * What a station programs on a blank board to make the reference device (SPEC 1, 2, 3, 8). Installing the protection and the final reset are the
 * station's; the device makes its own key when it first runs.
 */
import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface ProvisionInput {
  deviceId: string;
  host: string;
  port: number;
  sntpHost: string;
  sntpPort: number;
  topic: string;
  intervalMs: number;
  /** Trusted roots, DER. */
  roots: readonly Uint8Array[];
  auth: 'certificate' | 'token';
  /** Unit of the readings. Default degC. */
  unit?: string;
  /** Ed25519 public key, 32 bytes, of who may command the device (SPEC 25). Without one nobody may. */
  authorizationKey?: Uint8Array;
  /** P-256 public key (x, y, 64 bytes) of who may direct the device's secrets (SPEC 31). Without one nobody may. */
  secretAuthority?: Uint8Array;
  /** Application service that the server's certificate must name beside the host (SRV-ID), without its underscore. Default: none. */
  srvName?: string;
  /** How often the device asks for commands. Default: an hour. */
  checkIntervalS?: number;
  /** Other content than the reference's, e.g. of a sabotaged build. */
  boot?: Uint8Array;
  image?: Uint8Array;
}

export interface FlashWrite {
  addr: number;
  /** A multiple of 32 bytes. */
  bytes: Uint8Array;
}

const ADDRESS = {
  boot: 0x0800_0000,
  slot: 0x0804_0000,
  bootState: 0x080c_0000,
  bootCopy: 0x0810_0000,
  configuration: 0x081c_0000,
};
const SECTOR_BYTES = 128 * 1024;
const PARAMETER_BYTES = 256;
const PRODUCT_ID = '70726f6f66626f6172642d7265662d31';
const FIRST_COUNTER = 1;
const MAX_ROOTS = 8;
const MAX_ROOT_BYTES = 2048;

const file = (name: string) => readFileSync(new URL(name, import.meta.url));

export function provision(input: ProvisionInput): { writes: FlashWrite[] } {
  const boot = bootSector(input.boot ?? file('out/boot.bin'));
  const image = input.image ?? file('out/app.signed.bin');
  const journal = Buffer.concat([
    journalHead(),
    record(1, 1, configuration(input)),
    record(2, 2, rootList(input.roots)),
  ]);
  return {
    writes: [
      { addr: ADDRESS.slot, bytes: padded(image) },
      { addr: ADDRESS.configuration, bytes: journal },
      { addr: ADDRESS.bootState, bytes: counterWord(FIRST_COUNTER) },
      { addr: ADDRESS.bootCopy, bytes: boot },
      { addr: ADDRESS.boot, bytes: boot },
    ],
  };
}

/** Boot's bundle with its parameters (SPEC 2) at the end of the sector. */
function bootSector(bundle: Uint8Array): Buffer {
  const room = SECTOR_BYTES - PARAMETER_BYTES;
  if (bundle.length > room) throw new Error(`boot: ${bundle.length} bytes, ${room} fit`);
  const sector = Buffer.alloc(SECTOR_BYTES, 0xff);
  sector.set(bundle);
  const parameters = Buffer.alloc(128);
  parameters.writeUInt32LE(0x5042_4250, 0);
  parameters.writeUInt32LE(96, 4);
  parameters.set(Buffer.from(PRODUCT_ID, 'hex'), 8);
  const jwk = createPublicKey(file('keys/dev-ed25519.pub.pem')).export({ format: 'jwk' });
  parameters.set(Buffer.from(jwk.x as string, 'base64url'), 24);
  parameters.set(createHash('sha256').update(parameters.subarray(0, 96)).digest(), 96);
  sector.set(parameters, room);
  return sector;
}

/** A word of the anti-rollback counter (SPEC 15). */
function counterWord(value: number): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt32LE(0x4342_4250, 0);
  bytes.writeUInt32LE(value, 4);
  bytes.writeUInt32LE(~value >>> 0, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28);
  return bytes;
}

/** Head of a journal's first sector (SPEC 8), generation 1. */
function journalHead(): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt32LE(0x534a_4250, 0);
  bytes.writeUInt32LE(1, 4);
  bytes.writeUInt32LE(~1 >>> 0, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 12)), 12);
  return bytes;
}

/** Configuration payload (SPEC 8). */
function configuration(input: ProvisionInput): Buffer {
  const text = (tag: number, value: string): Buffer => field(tag, Buffer.from(value, 'ascii'));
  const number = (tag: number, value: number, bytes: number): Buffer => {
    const out = Buffer.alloc(bytes);
    out.writeUIntLE(value, 0, bytes);
    return field(tag, out);
  };
  const { authorizationKey, checkIntervalS, secretAuthority, srvName } = input;
  return Buffer.concat([
    text(1, input.deviceId),
    text(2, input.host),
    number(3, input.port, 2),
    text(4, input.sntpHost),
    number(5, input.intervalMs, 4),
    text(6, input.topic),
    number(7, input.auth === 'certificate' ? 1 : 2, 1),
    number(8, input.sntpPort, 2),
    text(9, input.unit ?? 'degC'),
    ...(authorizationKey ? [field(12, Buffer.from(authorizationKey))] : []),
    number(13, 0, 4),
    ...(checkIntervalS === undefined ? [] : [number(14, checkIntervalS, 4)]),
    ...(srvName === undefined ? [] : [text(15, srvName)]),
    ...(secretAuthority ? [field(16, Buffer.from(secretAuthority))] : []),
  ]);
}

function field(tag: number, value: Buffer): Buffer {
  const head = Buffer.alloc(3);
  head.writeUInt8(tag, 0);
  head.writeUInt16LE(value.length, 1);
  return Buffer.concat([head, value]);
}

/** Root list payload (SPEC 8): version 0 is the station's. */
function rootList(roots: readonly Uint8Array[]): Buffer {
  if (roots.length < 1 || roots.length > MAX_ROOTS)
    throw new Error(`roots: expected 1..${MAX_ROOTS}, got ${roots.length}`);
  const count = Buffer.alloc(6);
  count.writeUInt16LE(roots.length, 4);
  const entries = roots.map((der) => {
    if (der.length > MAX_ROOT_BYTES)
      throw new Error(`root "${subject(der)}": ${der.length} bytes, at most ${MAX_ROOT_BYTES}`);
    const length = Buffer.alloc(2);
    length.writeUInt16LE(der.length);
    return Buffer.concat([length, der]);
  });
  return Buffer.concat([count, ...entries]);
}

const subject = (der: Uint8Array) => new X509Certificate(der).subject;

/** Journal record (SPEC 8). */
function record(sequence: number, type: number, payload: Buffer): Buffer {
  if (payload.length > 4096) throw new Error(`record of type ${type}: ${payload.length} bytes, at most 4096`);
  const head = Buffer.alloc(32);
  head.writeUInt32LE(0x524a_4250, 0);
  head.writeUInt32LE(sequence, 4);
  head.writeUInt16LE(type, 8);
  head.writeUInt16LE(payload.length, 10);
  head.writeUInt32LE(crc32(Buffer.concat([head.subarray(0, 12), payload])), 12);
  return Buffer.concat([head, padded(payload)]);
}

/** 0xFF up to a whole number of flash words. */
function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((32 - (bytes.length % 32)) % 32, 0xff)]);
}

/** IEEE 802.3. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return ~crc >>> 0;
}
