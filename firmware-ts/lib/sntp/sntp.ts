/**
 * SNTP client, RFC 4330 section 5. The transmit timestamp of the request is 64 random bits, not our time: the answer has to bring them back as its
 * originate timestamp, and an off-path forger does not know them; nor does it tell anybody what our clock says.
 */
import { getU32be } from '../mem/bytes';
import { vaultRandom } from '../vault/client';

export const SNTP_BYTES: i32 = 48;
export const SNTP_OK: i32 = 0;
export const SNTP_LENGTH: i32 = 1;
export const SNTP_MODE: i32 = 2;
export const SNTP_VERSION: i32 = 3;
export const SNTP_LEAP: i32 = 4;
export const SNTP_KISS: i32 = 5;
export const SNTP_STRATUM: i32 = 6;
export const SNTP_ORIGINATE: i32 = 7;
export const SNTP_ZERO: i32 = 8;
export const SNTP_FLOOR: i32 = 9;
export const SNTP_UNSOLICITED: i32 = 10;

/** Seconds from 1900 to 1970. */
const UNIX_OFFSET: i64 = 2208988800;
const ERA: i64 = 0x100000000;
/** 2025-06-01T00:00:00Z, before which no firmware of this version existed. */
const BUILD_FLOOR: i64 = 1748736000;
const VERSION_CLIENT: u8 = (4 << 3) | 3;

const nonce = memory.data(8, 8);
let asked: bool = false;

/** Milliseconds since 1970 of the last accepted answer. */
export let sntpTimeMs: u64 = 0;

/** Writes a request of SNTP_BYTES. @returns OK or the vault's status */
export function sntpRequest(out: usize): i32 {
  const status = vaultRandom(nonce, 8);
  if (status < 0) return status;
  memory.fill(out, 0, SNTP_BYTES);
  store<u8>(out, VERSION_CLIENT);
  memory.copy(out + 40, nonce, 8);
  asked = true;
  return status;
}

/** Looks at an answer; the first good one ends the question, so that a duplicate is unsolicited. */
export function sntpAnswer(at: usize, length: i32): i32 {
  if (!asked) return SNTP_UNSOLICITED;
  if (length < SNTP_BYTES) return SNTP_LENGTH;
  if (memory.compare(at + 24, nonce, 8) != 0) return SNTP_ORIGINATE;
  const first = <i32>load<u8>(at);
  if ((first & 7) != 4) return SNTP_MODE;
  if (((first >> 3) & 7) != 4) return SNTP_VERSION;
  const stratum = <i32>load<u8>(at, 1);
  if (stratum == 0) return SNTP_KISS;
  if (stratum > 15) return SNTP_STRATUM;
  if (first >> 6 == 3) return SNTP_LEAP;
  const seconds = <i64>getU32be(at + 40);
  const fraction = <u64>getU32be(at + 44);
  if (seconds == 0 && fraction == 0) return SNTP_ZERO;
  // Seconds wrap in 2036: what lies before the floor is of the next era (RFC 4330 3).
  let unix = seconds - UNIX_OFFSET;
  if (unix < BUILD_FLOOR && (seconds & 0x80000000) == 0) unix += ERA;
  if (unix < BUILD_FLOOR) return SNTP_FLOOR;
  asked = false;
  sntpTimeMs = <u64>unix * 1000 + ((fraction * 1000) >> 32);
  return SNTP_OK;
}

export function sntpReason(result: i32): string {
  switch (result) {
    case SNTP_LENGTH: return 'length';
    case SNTP_MODE: return 'mode';
    case SNTP_VERSION: return 'version';
    case SNTP_LEAP: return 'leap';
    case SNTP_KISS: return 'kiss-of-death';
    case SNTP_STRATUM: return 'stratum';
    case SNTP_ORIGINATE: return 'originate';
    case SNTP_ZERO: return 'zero';
    case SNTP_FLOOR: return 'before-floor';
    case SNTP_UNSOLICITED: return 'unsolicited';
    default: return 'ok';
  }
}
