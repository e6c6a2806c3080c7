/** What a row of the tables of violations is. */
import type { Script } from './scripted-server.ts';

export interface Violation {
  readonly id: string;
  readonly section: string;
  readonly what: string;
  readonly script: Script;
  /** Alert description, RFC 8446 6.2. */
  readonly alert: number;
  /** The harness's name of the device's reason. */
  readonly reason: string;
}

export const ALERT = {
  unexpectedMessage: 10,
  badRecordMac: 20,
  recordOverflow: 22,
  illegalParameter: 47,
  decodeError: 50,
  decryptError: 51,
  protocolVersion: 70,
  missingExtension: 109,
  unsupportedExtension: 110,
} as const;

export function row(
  id: string,
  section: string,
  what: string,
  script: Script,
  alert: number,
  reason: string,
): Violation {
  return { id, section, what, script, alert, reason };
}

export function flipLast(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  changed[changed.length - 1]! ^= 1;
  return changed;
}
