/** A public key on P-256 as it is passed about: x and y (64 bytes), or uncompressed (65 bytes; SEC 1, 2.3.3). */
import { createPublicKey } from 'node:crypto';

const XY_BYTES = 64;
const UNCOMPRESSED = 4;

/** @param point x and y; one that is uncompressed already stays as it is */
export function uncompressed(point: Uint8Array): Uint8Array {
  return point.length === XY_BYTES ? Buffer.concat([Buffer.of(UNCOMPRESSED), point]) : point;
}

/** @param point x and y */
export function isOnCurve(point: Buffer): boolean {
  const [x, y] = [point.subarray(0, XY_BYTES / 2), point.subarray(XY_BYTES / 2)].map((one) =>
    one.toString('base64url'),
  );
  try {
    createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x!, y: y! }, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}
