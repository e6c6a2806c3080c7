/** What was changed takes a new connection, which is made as soon as every answer has arrived over the present one. */
import { answersDelivered } from './answers';

let wanted: bool = false;

export function reconnectSoon(): void {
  wanted = true;
}

/** The present connection has done what it was still needed for. */
export function reconnectNow(): bool {
  return wanted && answersDelivered();
}

/** A connection begins. */
export function reconnectDone(): void {
  wanted = false;
}
