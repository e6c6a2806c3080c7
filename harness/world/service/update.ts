/**
 * The service's side of an update (SPEC 26): the announcement as bytes, and the pieces of the image for a device that asks. It can be made to give nothing, or wrong bytes.
 */
import { createHash } from 'node:crypto';
import { parseImage } from '../../image/parse.ts';
import type { Received } from '../cloud/cloud.ts';

const PIECE_MAGIC = 0x4843_4250;
const PIECE_MAX = 4096;

/** What is said of an image; anything can be said. */
export interface Announcement {
  readonly version: {
    readonly major: number;
    readonly minor: number;
    readonly revision: number;
    readonly build: number;
  };
  readonly securityCounter: number;
  readonly length: number;
  readonly sha256: Uint8Array;
}

export function announcementOf(image: Uint8Array, securityCounter: number): Announcement {
  return { version: parseImage(image).version, securityCounter, length: image.length, sha256: sha256(image) };
}

export function announcementPayload({ version, securityCounter, length, sha256: hash }: Announcement): Buffer {
  const out = Buffer.alloc(16);
  out.writeUInt8(version.major, 0);
  out.writeUInt8(version.minor, 1);
  out.writeUInt16LE(version.revision, 2);
  out.writeUInt32LE(version.build, 4);
  out.writeUInt32LE(securityCounter, 8);
  out.writeUInt32LE(length, 12);
  return Buffer.concat([out, hash]);
}

export interface PieceRequest {
  readonly sequence: number;
  readonly offset: number;
  readonly length: number;
  readonly atNs: number;
}

/** What a device asked for; undefined: it is no question that the service knows. */
export function readPieceRequest({ payload, atNs }: Pick<Received, 'payload' | 'atNs'>): PieceRequest | undefined {
  try {
    const { update, offset, length } = JSON.parse(Buffer.from(payload).toString('utf8')) as Record<string, unknown>;
    const numbers = [update, offset, length];
    if (!numbers.every((one) => Number.isInteger(one) && (one as number) >= 0)) return undefined;
    if ((length as number) > PIECE_MAX) return undefined;
    return { sequence: update as number, offset: offset as number, length: length as number, atNs };
  } catch {
    return undefined;
  }
}

export function pieceOf(image: Uint8Array, { sequence, offset, length }: PieceRequest): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(PIECE_MAGIC, 0);
  head.writeUInt32LE(sequence, 4);
  head.writeUInt32LE(offset, 8);
  return Buffer.concat([head, image.subarray(offset, offset + length)]);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
