/** An IPv4 address as DNS through the modem gives it: text, untrusted. It decides where bytes go, never whom they are for: that is TLS's. */

export const ADDRESS_MAX: i32 = 15;

/** Whether the bytes are four decimal numbers 0..255 with dots between, without leading zeros (RFC 6943 3.1.1: other forms are read in several ways). */
export function isIpv4(at: usize, length: i32): bool {
  if (length < 7 || length > ADDRESS_MAX) return false;
  let parts = 0;
  let value = 0;
  let digits = 0;
  for (let i = 0; i <= length; i++) {
    const byte = i < length ? <i32>load<u8>(at + i) : 0x2e;
    if (byte == 0x2e) {
      if (digits == 0 || value > 255 || ++parts > 4) return false;
      value = 0;
      digits = 0;
      continue;
    }
    if (byte < 0x30 || byte > 0x39 || (digits > 0 && value == 0) || ++digits > 3) return false;
    value = value * 10 + byte - 0x30;
  }
  return parts == 4;
}
