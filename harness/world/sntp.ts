/**
 * A time server after RFC 4330 (SNTPv4), section 5: answers a client request (mode 3) with mode 4. It lives on the scenario's true time.
 *
 * `set` changes single fields for hostile answers; leap seconds and authentication are left out.
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
  readonly wrongOriginate?: boolean;
  readonly copies?: number;
  readonly silent?: boolean;
}

/** @param trueMs true time now, milliseconds since 1970 */
export function sntpService(trueMs: () => number, behaviour: () => SntpBehaviour): UdpService {
  return (request) => {
    const how = behaviour();
    if (how.silent || request.length < PACKET_BYTES || (request[0]! & 7) !== 3) return [];
    const answer = Buffer.alloc(PACKET_BYTES);
    answer[0] = ((how.leap ?? 0) << 6) | ((how.version ?? 4) << 3) | (how.mode ?? 4);
    answer[1] = how.stratum ?? 2;
    answer[2] = request[2]!;
    answer[3] = 0xec; // precision: 2^-20 s
    answer.write(how.reference ?? 'TEST', 12, 4, 'latin1');
    const now = trueMs() + (how.offsetMs ?? 0);
    writeTimestamp(answer, 16, now);
    answer.set(request.subarray(40, 48), 24); // originate: the request's transmit timestamp
    if (how.wrongOriginate) answer[31]! ^= 1;
    writeTimestamp(answer, 32, now);
    writeTimestamp(answer, 40, now);
    return Array.from({ length: how.copies ?? 1 }, () => new Uint8Array(answer));
  };
}

/** RFC 4330 3: 32 bits of seconds since 1900 (modulo the era), 32 bits of fraction. */
function writeTimestamp(target: Buffer, at: number, unixMs: number): void {
  const seconds = Math.floor(unixMs / 1000) + NTP_UNIX_OFFSET;
  target.writeUInt32BE(seconds % 2 ** 32, at);
  target.writeUInt32BE(Math.floor(((unixMs % 1000) / 1000) * 2 ** 32), at + 4);
}
