/** What a row of the tables of violations is, and the pieces that rows are made of. */
import type { Extension, Hello, HelloEdit, Script } from './scripted-server.ts';

export interface Violation {
  readonly id: string;
  /** Of RFC 8446: where the rule stands. */
  readonly section: string;
  readonly what: string;
  readonly script: Script;
  /** What the device accepts, one change away. */
  readonly twin: Script;
  /** Alert description, RFC 8446 6.2. */
  readonly alert: number;
  /** The harness's name of the device's reason. */
  readonly reason: string;
  /** Of the open connection: the device has sent its MQTT CONNECT, and must send nothing more. */
  readonly open: boolean;
}

/** RFC 8446 6. */
export const ALERT = {
  closeNotify: 0,
  unexpectedMessage: 10,
  badRecordMac: 20,
  recordOverflow: 22,
  handshakeFailure: 40,
  badCertificate: 42,
  illegalParameter: 47,
  decodeError: 50,
  decryptError: 51,
  protocolVersion: 70,
  missingExtension: 109,
  unsupportedExtension: 110,
} as const;

/** The honest server: the twin of most rows. */
export const HONEST: Script = {};

export function row(
  id: string,
  section: string,
  what: string,
  script: Script,
  alert: number,
  reason: string,
  twin: Script = HONEST,
): Violation {
  return { id, section, what, script, twin, alert, reason, open: script.after !== undefined };
}

export const EXTENSION = {
  serverName: 0,
  statusRequest: 5,
  supportedGroups: 10,
  signatureAlgorithms: 13,
  alpn: 16,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  cookie: 44,
  keyShare: 51,
  unknown: 0xfafa,
} as const;

export const set =
  (change: Partial<Hello>): HelloEdit =>
  (hello) =>
    void Object.assign(hello, change);
export const add =
  (...added: Extension[]): HelloEdit =>
  (hello) =>
    void hello.extensions!.push(...added);
export const without =
  (type: number): HelloEdit =>
  (hello) => {
    hello.extensions = hello.extensions!.filter(([other]) => other !== type);
  };
export const replace =
  (type: number, data: Uint8Array): HelloEdit =>
  (hello) => {
    hello.extensions = hello.extensions!.map(([other, old]): Extension => [other, other === type ? data : old]);
  };

/** One bit of the byte at `at`; below 0 it counts from the end. */
export const flip =
  (at: number) =>
  (bytes: Buffer): Buffer => {
    const changed = Buffer.from(bytes);
    changed[at < 0 ? changed.length + at : at]! ^= 1;
    return changed;
  };
export const flipFirst = flip(0);
export const flipLast = flip(-1);
