/** Time: milliseconds since reset, and trusted time where there is one. */
import { rtc_read, rtc_set, uptime } from '../hal/hal';
import { OK } from '../lib/status/status';

const word = memory.data(8, 8);

/** Milliseconds since reset. */
export function now(): u64 {
  uptime(word);
  return load<u64>(word);
}

/** Milliseconds since 1970; 0: there is no trusted time. */
export function trustedTime(): u64 {
  return rtc_read(word) == OK ? load<u64>(word) : 0;
}

export function setTrustedTime(ms: u64): void {
  store<u64>(word, ms);
  rtc_set(word);
}
