/**
 * Handshake messages out of records (RFC 8446 4, 5.1): one message may span records, one record may hold several messages.
 *
 * ```
 * 0 msg_type | 1 length u24 | 4 body
 * ```
 * `messageAt` holds one message, header included, until `releaseMessage`.
 */
import { consume, recordAt, recordLeft } from './record';
import { TLS_MESSAGE_TOO_LONG } from './reasons';

export const MSG_SERVER_HELLO: u32 = 2;
export const MSG_NEW_SESSION_TICKET: u32 = 4;
export const MSG_ENCRYPTED_EXTENSIONS: u32 = 8;
export const MSG_CERTIFICATE: u32 = 11;
export const MSG_CERTIFICATE_REQUEST: u32 = 13;
export const MSG_CERTIFICATE_VERIFY: u32 = 15;
export const MSG_FINISHED: u32 = 20;
export const MSG_KEY_UPDATE: u32 = 24;

const HEADER: u32 = 4;
const MAX_BODY: u32 = 16384;
const BUFFER = memory.data(16388, 8);
let size: u32 = 0;

export const MESSAGE_PARTIAL: i32 = 0;
export const MESSAGE_READY: i32 = 1;

export function handshakeReset(): void {
  size = 0;
  memory.fill(BUFFER, 0, HEADER + MAX_BODY);
}

/** Part of a message has been received. */
export function messageBegun(): bool {
  return size > 0;
}

export function messageAt(): usize {
  return BUFFER;
}

/** End of the message, once it is ready. */
export function messageEnd(): usize {
  return BUFFER + size;
}

export function messageType(): u32 {
  return <u32>load<u8>(BUFFER);
}

export function releaseMessage(): void {
  size = 0;
}

function wanted(): u32 {
  if (size < HEADER) return HEADER;
  return HEADER + ((<u32>load<u8>(BUFFER + 1) << 16) | (<u32>load<u8>(BUFFER + 2) << 8) | <u32>load<u8>(BUFFER + 3));
}

/** Moves bytes of the record in hand into the message, up to its end. MESSAGE_PARTIAL, MESSAGE_READY, or minus the reason. */
export function feedMessage(): i32 {
  while (true) {
    const target = wanted();
    // refused as soon as the header says so, before it is awaited
    if (target > HEADER + MAX_BODY) return -TLS_MESSAGE_TOO_LONG;
    if (size >= HEADER && size == target) return MESSAGE_READY;
    if (recordLeft == 0) return MESSAGE_PARTIAL;
    const count = min(target - size, recordLeft);
    memory.copy(BUFFER + size, recordAt, count);
    size += count;
    consume(count);
  }
}
