/** A reset that the device wants itself: when what it has to say has been heard, or after a while without that. */
import { reset } from '../hal/hal';
import { answersDelivered } from './answers';
import { NEVER, now } from './clock';
import { eventlogDelivered } from './eventlog';
import { logRestart } from './log';
import { queueWaiting } from './telemetry';

const WAIT_MS: u64 = 30_000;

let by: u64 = 0;

export function restartSoon(): void {
  if (by == 0) by = now() + WAIT_MS;
}

/** What is in force now is so for the rest of this life only. */
export function restarting(): bool {
  return by != 0;
}

/** When it happens at the latest. */
export function restartDue(): u64 {
  return by == 0 ? NEVER : by;
}

/** Does not return when it is time. */
export function restartTick(): void {
  if (by == 0 || (now() < by && !(answersDelivered() && eventlogDelivered() && queueWaiting() == 0))) return;
  logRestart();
  reset(0);
}
