/**
 * Validity dates (RFC 5280 4.1.2.5): UTCTime `YYMMDDHHMMSSZ` and GeneralizedTime `YYYYMMDDHHMMSSZ`; seconds and `Z` are mandatory,
 * fractions and offsets are refused. CAs use the long form from 2050 on alone; a verifier reads both, and roots in use need it (Certum Trusted
 * Network CA 2 ends in 2046 in the long form).
 */
import { TAG_GENERALIZED_TIME, TAG_UTC_TIME, anyElement, body, next, peekTag } from './der';

/** Two decimal digits, or -1. */
function twoDigits(at: usize): i32 {
  const tens = <i32>load<u8>(at) - 48;
  const ones = <i32>load<u8>(at + 1) - 48;
  if (tens < 0 || tens > 9 || ones < 0 || ones > 9) return -1;
  return tens * 10 + ones;
}

function daysInMonth(year: i32, month: i32): i32 {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days from 1970-01-01 to year-month-day of the proleptic Gregorian calendar; year >= 1. */
function daysFromEpoch(year: i32, month: i32, day: i32): i64 {
  // years counted from March, so that the leap day is the last of its year
  const y = <i64>(month <= 2 ? year - 1 : year);
  const m = <i64>(month <= 2 ? month + 9 : month - 3);
  return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + <i64>day - 1 - 719468;
}

/** Seconds since 1970-01-01T00:00:00Z of the last time read by `readTime`; before 1970 negative. */
export let timeSeconds: i64 = 0;

/** Reads a Time at `at` and moves the DER cursor past it. False: malformed. */
export function readTime(at: usize, end: usize): bool {
  const tag = peekTag(at, end);
  if (tag != TAG_UTC_TIME && tag != TAG_GENERALIZED_TIME) return false;
  if (!anyElement(at, end)) return false;
  const size: usize = tag == TAG_UTC_TIME ? 13 : 15;
  if (next - body != size || load<u8>(body + size - 1) != 0x5a) return false;

  let year = 0;
  let p = body;
  if (tag == TAG_UTC_TIME) {
    const yy = twoDigits(p);
    if (yy < 0) return false;
    year = yy >= 50 ? 1900 + yy : 2000 + yy; // RFC 5280 4.1.2.5.1
    p += 2;
  } else {
    const century = twoDigits(p);
    const yy = twoDigits(p + 2);
    if (century < 0 || yy < 0) return false;
    year = century * 100 + yy;
    p += 4;
  }
  const month = twoDigits(p);
  const day = twoDigits(p + 2);
  const hour = twoDigits(p + 4);
  const minute = twoDigits(p + 6);
  const second = twoDigits(p + 8);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return false;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
  timeSeconds = daysFromEpoch(year, month, day) * 86400 + <i64>(hour * 3600 + minute * 60 + second);
  return true;
}
