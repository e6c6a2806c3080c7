/** A configuration payload (SPEC 8): a list of { u8 tag, u16 length, bytes }. */

/**
 * Address of the value of a tag in a payload, 0: not there, or the list is damaged before it. The first one counts.
 * `lengthOut`: 4 bytes, receives its length, 0 when there is none.
 */
export function configurationFind(payload: usize, length: i32, tag: i32, lengthOut: usize): usize {
  let at = 0;
  store<i32>(lengthOut, 0);
  while (at + 3 <= length) {
    const size = <i32>load<u16>(payload + at, 1);
    if (at + 3 + size > length) return 0;
    if (load<u8>(payload + at) == tag) {
      store<i32>(lengthOut, size);
      return payload + at + 3;
    }
    at += 3 + size;
  }
  return 0;
}
