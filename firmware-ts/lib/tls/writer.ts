/** Writer of RFC 8446's presentation language into one static scratch message: big-endian numbers, lengths filled in afterwards. */
const MESSAGE = memory.data(2304, 8);
let at: usize = 0;

/** Starts a handshake message. */
export function beginMessage(type: u32): void {
  at = MESSAGE;
  putNumber(type, 1);
  putNumber(0, 3);
}

/** Fills in the length. @returns address of the message; its end is `messageStop` */
export function endMessage(): usize {
  closeVector(MESSAGE + 1, 3);
  return MESSAGE;
}

export function messageStop(): usize {
  return at;
}

export function putNumber(value: u32, bytes: u32): void {
  for (let i: u32 = bytes; i > 0; i--) store<u8>(at++, <u8>(value >>> ((i - 1) * 8)));
}

export function putBytes(from: usize, size: u32): void {
  memory.copy(at, from, size);
  at += size;
}

/** Leaves room for a vector's length; give the result to `closeVector`. */
export function openVector(bytes: u32): usize {
  const mark = at;
  at += bytes;
  return mark;
}

export function closeVector(mark: usize, bytes: u32): void {
  const size = <u32>(at - mark) - bytes;
  for (let i: u32 = 0; i < bytes; i++) store<u8>(mark + i, <u8>(size >>> ((bytes - 1 - i) * 8)));
}
