/**
 * Commands of the service as bytes (SPEC 25): envelope, signature, and the content of a configuration and of a list of roots. Made here, so that checks can make bad ones:
 * every part can be replaced before and after the signature.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

export const COMMAND_KINDS = {
  configuration: 1,
  roots: 2,
  update: 3,
  rotate: 4,
  wipe: 5,
  reprovision: 6,
} as const;
export type CommandKind = keyof typeof COMMAND_KINDS;

const MAGIC = 0x4d43_4250;
const HEAD_BYTES = 16;
export const SIGNATURE_BYTES = 64;

export interface CommandParts {
  readonly kind: CommandKind;
  readonly sequence: number;
  readonly deviceId: string;
  readonly payload: Uint8Array;
  readonly key: KeyObject;
  /** Changes what will be signed. */
  readonly beforeSigning?: (unsigned: Buffer) => Uint8Array;
}

export function makeCommand({ kind, sequence, deviceId, payload, key, beforeSigning }: CommandParts): Buffer {
  const id = Buffer.from(deviceId, 'ascii');
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt8(COMMAND_KINDS[kind], 4);
  head.writeUInt32LE(sequence, 8);
  head.writeUInt16LE(id.length, 12);
  head.writeUInt16LE(payload.length, 14);
  const whole = Buffer.concat([head, id, payload]);
  const signed = beforeSigning?.(whole) ?? whole;
  return Buffer.concat([signed, sign(null, signed, key)]);
}

/** A change of the configuration: what is left out stays. Limits are the device's to keep: anything can be asked for. */
export interface ConfigurationChange {
  readonly host?: string;
  readonly port?: number;
  readonly timeHost?: string;
  readonly timePort?: number;
  readonly intervalMs?: number;
  readonly topic?: string;
  readonly unit?: string;
  /** Empty: the modem joins a network by itself. */
  readonly network?: string;
  readonly networkPassword?: string;
  readonly checkIntervalS?: number;
}

type Field = readonly [tag: number, bytes: number | 'text'];
/** SPEC 8. */
const FIELDS: Readonly<Record<keyof ConfigurationChange, Field>> = {
  host: [2, 'text'],
  port: [3, 2],
  timeHost: [4, 'text'],
  intervalMs: [5, 4],
  topic: [6, 'text'],
  timePort: [8, 2],
  unit: [9, 'text'],
  network: [10, 'text'],
  networkPassword: [11, 'text'],
  checkIntervalS: [14, 4],
};

export function configurationPayload(change: ConfigurationChange): Buffer {
  const fields = (Object.keys(change) as (keyof ConfigurationChange)[]).map((name) => {
    const [tag, bytes] = FIELDS[name];
    return tagged(tag, value(change[name]!, bytes));
  });
  return Buffer.concat(fields);
}

/** One entry of a configuration, of any tag. */
export function tagged(tag: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(3);
  head.writeUInt8(tag, 0);
  head.writeUInt16LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function value(of: string | number, bytes: number | 'text'): Buffer {
  if (bytes === 'text') return Buffer.from(String(of), 'latin1');
  const out = Buffer.alloc(bytes);
  out.writeUIntLE(Number(of), 0, bytes);
  return out;
}

/** @param roots DER */
export function rootsPayload(roots: readonly Uint8Array[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeUInt16LE(roots.length);
  const entries = roots.map((der) => {
    const length = Buffer.alloc(2);
    length.writeUInt16LE(der.length);
    return Buffer.concat([length, der]);
  });
  return Buffer.concat([count, ...entries]);
}

/** The number that a command names; 0: it is too short to. */
export function sequenceOf(command: Uint8Array): number {
  return command.length >= HEAD_BYTES ? Buffer.from(command).readUInt32LE(8) : 0;
}

/** The 32 bytes of an Ed25519 public key. @param pem SubjectPublicKeyInfo */
export function publicKeyBytes(pem: Uint8Array): Uint8Array {
  const { x } = createPublicKey(Buffer.from(pem)).export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(x as string, 'base64url'));
}

export function signingKey(pem: Uint8Array): KeyObject {
  return createPrivateKey(Buffer.from(pem));
}
