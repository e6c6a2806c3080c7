/**
 * A time server after RFC 4330 (SNTPv4), section 5: answers a client request (mode 3) with mode 4. It lives on the scenario's true time.
 *
 * `SntpBehaviour` changes single fields for hostile answers; leap seconds and authentication are left out.
 */
import type { UdpService } from './internet.ts';

/** Seconds from 1900 (era 0 of NTP) to 1970. */
const NTP_UNIX_OFFSET = 2_208_988_800;
const PACKET_BYTES = 48;

export interface SntpBehaviour {
  /** Added to true time, milliseconds. */
  readonly offsetMs?: number;
  readonly leap?: number;
  readonly version?: number;
  readonly mode?: number;
  readonly stratum?: number;
  /** Four characters of a kiss-of-death (with stratum 0). */
  readonly reference?: string;
  /** 16.16 fixed point, seconds. */
  readonly rootDelay?: number;
  readonly rootDispersion?: number;
  readonly wrongOriginate?: boolean;
  /** No transmit timestamp. */
  readonly noTransmit?: boolean;
  /** So many bytes of the answer, zeros behind its fields. */
  readonly bytes?: number;
  readonly copies?: number;
  readonly silent?: boolean;
}

/** Answers that a client must not take (RFC 4330 5), each one field away from the honest one. `reason` is the harness's name of the refusal. */
export const HOSTILE_ANSWERS = {
  client: { what: 'mode 3, a client', reason: 'mode', behaviour: { mode: 3 } },
  broadcast: { what: 'mode 5, a broadcast', reason: 'mode', behaviour: { mode: 5 } },
  reserved: { what: 'mode 0, reserved', reason: 'mode', behaviour: { mode: 0 } },
  private: { what: 'mode 7, for private use', reason: 'mode', behaviour: { mode: 7 } },
  'version-0': { what: 'version 0', reason: 'version', behaviour: { version: 0 } },
  'version-3': { what: 'version 3 to a question of version 4', reason: 'version', behaviour: { version: 3 } },
  'version-5': { what: 'version 5', reason: 'version', behaviour: { version: 5 } },
  unsynchronized: { what: 'leap indicator 3, not synchronized', reason: 'leap', behaviour: { leap: 3 } },
  'stratum-255': { what: 'stratum 255', reason: 'stratum', behaviour: { stratum: 255 } },
  'stratum-16': { what: 'stratum 16', reason: 'stratum', behaviour: { stratum: 16 } },
  'kiss-of-death': {
    what: 'stratum 0, kiss of death',
    reason: 'kiss-of-death',
    behaviour: { stratum: 0, reference: 'DENY' },
  },
  originate: { what: 'another originate timestamp', reason: 'originate', behaviour: { wrongOriginate: true } },
  'no-transmit': { what: 'transmit timestamp zero', reason: 'zero', behaviour: { noTransmit: true } },
  'root-delay': { what: 'a root delay of a second', reason: 'root-delay', behaviour: { rootDelay: 0x1_0000 } },
  'root-dispersion': {
    what: 'a root dispersion of a second',
    reason: 'root-delay',
    behaviour: { rootDispersion: 0x1_0000 },
  },
  'root-delay-negative': {
    what: 'a negative root delay',
    reason: 'root-delay',
    behaviour: { rootDelay: 0xffff_0000 },
  },
  short: { what: '47 bytes', reason: 'length', behaviour: { bytes: 47 } },
} as const satisfies Record<string, { what: string; reason: string; behaviour: SntpBehaviour }>;

/** Answers that a client has to take, each of them with one field at the edge of what RFC 4330 allows. */
export const HONEST_ANSWERS: Readonly<Record<string, { what: string; behaviour: SntpBehaviour }>> = {
  'leap-second': { what: 'leap indicator 1, a leap second to come', behaviour: { leap: 1 } },
  'stratum-1': { what: 'stratum 1', behaviour: { stratum: 1 } },
  'stratum-15': { what: 'stratum 15', behaviour: { stratum: 15 } },
  'root-delay': { what: 'a root delay just below a second', behaviour: { rootDelay: 0xffff } },
  authenticated: { what: '68 bytes, with an authenticator', behaviour: { bytes: 68 } },
};

/** @param trueMs true time now, milliseconds since 1970 */
export function sntpService(trueMs: () => number, behaviour: () => SntpBehaviour): UdpService {
  return (request) => {
    const how = behaviour();
    if (how.silent || request.length < PACKET_BYTES || (request[0]! & 7) !== 3) return [];
    const answer = sntpAnswer(request, trueMs() + (how.offsetMs ?? 0), how);
    return Array.from({ length: how.copies ?? 1 }, () => new Uint8Array(answer));
  };
}

/** The answer to a request, by somebody whose clock shows this. */
export function sntpAnswer(request: Uint8Array, nowMs: number, how: SntpBehaviour = {}): Uint8Array {
  const answer = Buffer.alloc(PACKET_BYTES);
  answer[0] = ((how.leap ?? 0) << 6) | ((how.version ?? 4) << 3) | (how.mode ?? 4);
  answer[1] = how.stratum ?? 2;
  answer[2] = request[2]!;
  answer[3] = 0xec; // precision: 2^-20 s
  answer.writeUInt32BE(how.rootDelay ?? 0, 4);
  answer.writeUInt32BE(how.rootDispersion ?? 0, 8);
  answer.write(how.reference ?? 'TEST', 12, 4, 'latin1');
  writeTimestamp(answer, 16, nowMs);
  answer.set(request.subarray(40, 48), 24); // originate: the request's transmit timestamp
  if (how.wrongOriginate) answer[31]! ^= 1;
  writeTimestamp(answer, 32, nowMs);
  if (!how.noTransmit) writeTimestamp(answer, 40, nowMs);
  const bytes = new Uint8Array(how.bytes ?? PACKET_BYTES);
  bytes.set(answer.subarray(0, bytes.length));
  return bytes;
}

/** RFC 4330 3: 32 bits of seconds since 1900 (modulo the era), 32 bits of fraction. */
function writeTimestamp(target: Buffer, at: number, unixMs: number): void {
  const seconds = Math.floor(unixMs / 1000) + NTP_UNIX_OFFSET;
  target.writeUInt32BE(seconds % 2 ** 32, at);
  target.writeUInt32BE(Math.floor(((unixMs % 1000) / 1000) * 2 ** 32), at + 4);
}
