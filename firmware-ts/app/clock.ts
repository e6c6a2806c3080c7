/** Time: milliseconds since reset, and trusted time where there is one. The RTC keeps it across warm resets; when it has lost it, there is none until SNTP brings it. */
import { rtc_read, rtc_set, uptime } from '../hal/hal';
import { SNTP_FLOOR_S } from '../lib/sntp/sntp';
import { OK } from '../lib/status/status';

/** Later than anything that will be. */
export const NEVER: u64 = 0xffffffffffffffff;

const word = memory.data(8, 8);

/** Milliseconds since reset. */
export function now(): u64 {
  uptime(word);
  return load<u64>(word);
}

/** Milliseconds since 1970; 0: there is no trusted time. A clock that shows less than the floor was not set by us. */
export function trustedTime(): u64 {
  if (rtc_read(word) != OK) return 0;
  const time = load<u64>(word);
  return time < <u64>SNTP_FLOOR_S * 1000 ? 0 : time;
}

export function setTrustedTime(ms: u64): void {
  store<u64>(word, ms);
  rtc_set(word);
}
