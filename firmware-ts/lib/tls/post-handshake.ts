/** Messages after the handshake (RFC 8446 4.6): tickets are read and dropped, as resumption is not offered; keys are updated. */
import { checkExtensions } from './extensions';
import { READER_A } from './reader';
import { TLS_DECODE, TLS_KEY_UPDATE_VALUE } from './reasons';

/** NewSessionTicket (4.6.1): its shape, and that of its extensions; unknown ones are ignored. 0, or the reason. */
export function readNewSessionTicket(at: usize, end: usize): i32 {
  READER_A.open(at, end);
  READER_A.take(8); // lifetime, age_add
  READER_A.vectorOf(1, 0, 255);
  READER_A.vectorOf(2, 1, 0xffff);
  READER_A.vectorOf(2, 0, 0xfffe);
  if (!READER_A.done()) return TLS_DECODE;
  // 4.2: of ours none belongs into a ticket
  return checkExtensions(READER_A.vector, end, 0, true);
}

/** Set by `readKeyUpdate`: the peer asks for new keys of ours. */
export let updateRequested: bool = false;

/** KeyUpdate (4.6.3). 0, or the reason. */
export function readKeyUpdate(at: usize, end: usize): i32 {
  READER_A.open(at, end);
  const request = READER_A.number(1);
  if (!READER_A.done()) return TLS_DECODE;
  if (request > 1) return TLS_KEY_UPDATE_VALUE;
  updateRequested = request == 1;
  return 0;
}
