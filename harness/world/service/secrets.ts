/**
 * What the authority over a device's secrets signs (SPEC 31): an operation on one key, by ECDSA P-256 with SHA-256. Made here, so that checks can make bad ones; by the nonce of RFC 6979, so that the same run has the same bytes.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { rfc6979Signature } from '../../observe/rfc6979.ts';

export const SECRET_OPERATIONS = {
  /** There is a next key. */
  make: 1,
  /** The next key is the one in use, the old one is gone. */
  confirm: 2,
  /** No key is left, and none is made again. */
  wipe: 3,
} as const;
export type SecretOperation = keyof typeof SECRET_OPERATIONS;

const MAGIC = 0x4356_4250;

/** @param point x, y (64 bytes) of the device's key that it is about @param key of the authority */
export function secretsPayload(operation: SecretOperation, point: Uint8Array, key: KeyObject): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(SECRET_OPERATIONS[operation], 4);
  const { d } = key.export({ format: 'jwk' });
  const signature = rfc6979Signature(Buffer.from(d as string, 'base64url'), Buffer.concat([head, point]));
  return Buffer.concat([Buffer.of(SECRET_OPERATIONS[operation]), signature]);
}

/** x, y of a P-256 public key, 64 bytes. @param pem SubjectPublicKeyInfo */
export function pointOf(pem: Uint8Array): Buffer {
  const { x, y } = createPublicKey(Buffer.from(pem)).export({ format: 'jwk' });
  return Buffer.concat([Buffer.from(x as string, 'base64url'), Buffer.from(y as string, 'base64url')]);
}
