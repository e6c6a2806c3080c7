/**
 * SNTP client, RFC 4330 section 5: one question, one answer that passes every check of the section.
 *
 * The transmit timestamp of the question is 64 random bits of the vault's generator, not our time. The answer has to bring them back as its originate
 * timestamp, and who does not see the question cannot know them, whereas a clock can be guessed; nor does it tell anybody what our clock says.
 * Whoever does see it (the modem, the network) can answer what he likes: what he gains is bounded by the caller (app/clock.ts, SPEC 27).
 *
 * Left out on purpose: the round trip's correction (it is bounded by the caller's time-out, seconds against the minutes that tokens need), several
 * servers, authentication.
 */
import { getU32be } from '../mem/bytes';
import { OK } from '../status/status';
import { vaultRandom } from '../vault/client';

export const SNTP_BYTES: i32 = 48;
export const SNTP_OK: i32 = 0;
export const SNTP_LENGTH: i32 = 1;
export const SNTP_MODE: i32 = 2;
export const SNTP_VERSION: i32 = 3;
export const SNTP_LEAP: i32 = 4;
/** Kiss of death, to our very question: the server wants to be left alone. It ends the question. */
export const SNTP_KISS: i32 = 5;
export const SNTP_STRATUM: i32 = 6;
export const SNTP_ORIGINATE: i32 = 7;
export const SNTP_ZERO: i32 = 8;
/** The caller's, which knows what time it cannot be: before the floor, or too far from a clock that runs. */
export const SNTP_FLOOR: i32 = 9;
export const SNTP_UNSOLICITED: i32 = 10;
export const SNTP_ROOT: i32 = 11;
export const SNTP_SLEW: i32 = 12;

/** Seconds from 1900 to 1970. */
const UNIX_OFFSET: i64 = 2208988800;
const ERA: i64 = 0x100000000;
const VERSION: i32 = 4;
const CLIENT: i32 = 3;
const SERVER: i32 = 4;
const NOT_SYNCHRONIZED: i32 = 3;
const STRATUM_MAX: i32 = 15;
/** "A cozy number like one second": 16.16 fixed point. */
const ROOT_MAX: u32 = 0x10000;

const nonce = memory.data(8, 8);
let asked: bool = false;

/** Milliseconds since 1970 of the last accepted answer. */
export let sntpTimeMs: u64 = 0;

/** Writes a question of SNTP_BYTES; the former one is forgotten. @returns OK or the vault's status */
export function sntpRequest(out: usize): i32 {
  asked = false;
  const status = vaultRandom(nonce, 8);
  if (status < 0) return status;
  memory.fill(out, 0, SNTP_BYTES);
  store<u8>(out, <u8>((VERSION << 3) | CLIENT));
  memory.copy(out + 40, nonce, 8);
  asked = true;
  return OK;
}

/** No answer is wanted any more. */
export function sntpForget(): void {
  asked = false;
}

/** Looks at an answer; the first good one ends the question, so that a duplicate is unsolicited. */
export function sntpAnswer(at: usize, length: i32): i32 {
  if (!asked) return SNTP_UNSOLICITED;
  if (length < SNTP_BYTES) return SNTP_LENGTH;
  if (memory.compare(at + 24, nonce, 8) != 0) return SNTP_ORIGINATE;
  const first = <i32>load<u8>(at);
  if ((first & 7) != SERVER) return SNTP_MODE;
  if (((first >> 3) & 7) != VERSION) return SNTP_VERSION;
  const stratum = <i32>load<u8>(at, 1);
  if (stratum == 0) {
    asked = false; // RFC 4330 8
    return SNTP_KISS;
  }
  if (stratum > STRATUM_MAX) return SNTP_STRATUM;
  if (first >> 6 == NOT_SYNCHRONIZED) return SNTP_LEAP;
  if (getU32be(at + 4) >= ROOT_MAX || getU32be(at + 8) >= ROOT_MAX) return SNTP_ROOT; // a negative delay as well
  const seconds = getU32be(at + 40);
  const fraction = <u64>getU32be(at + 44);
  if (seconds == 0 && fraction == 0) return SNTP_ZERO;
  asked = false;
  sntpTimeMs = <u64>unixSeconds(seconds) * 1000 + ((fraction * 1000) >> 32);
  return SNTP_OK;
}

/** RFC 4330 3: with the top bit set the seconds count from 1900, else from 2036-02-07T06:28:16Z. */
function unixSeconds(seconds: u32): i64 {
  return <i64>seconds + (seconds >> 31 != 0 ? 0 : ERA) - UNIX_OFFSET;
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
    case SNTP_ROOT: return 'root-delay';
    case SNTP_SLEW: return 'slew';
    default: return 'ok';
  }
}
