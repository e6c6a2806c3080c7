/**
 * Service identity after RFC 9525 (its SRV-ID: `service.ts`): the configured host against the dNSName entries of the server's certificate.
 *
 * No fallback to the common name (RFC 9525 6.2 has none), a wildcard only as the whole leftmost label and for exactly one label, letters
 * without case, IP literals never. U-labels are not converted: a configuration carries A-labels (RFC 9525 6.3).
 */
import { Cert } from './certificate';
import { anyElement, body, next } from './der';
import { X509_HOST_INVALID, X509_HOST_IP, X509_NAME_MALFORMED, X509_NAME_MISMATCH, X509_NO_NAME } from './reasons';

/** GeneralName tag of dNSName [2] IA5String. */
export const TAG_DNS_NAME: u8 = 0x82;
const DOT: u8 = 0x2e;
const STAR: u8 = 0x2a;

/** ASCII letter in lower case; any other byte unchanged. */
export function lower(byte: u8): u8 {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

function isDigit(byte: u8): bool {
  return byte >= 0x30 && byte <= 0x39;
}

function isHostByte(byte: u8): bool {
  const b = lower(byte);
  return (b >= 0x61 && b <= 0x7a) || isDigit(b) || b == 0x2d || b == 0x5f;
}

/** Checks the configured host [at, at + length), one trailing dot already taken off. 0, or the reason. */
export function checkHost(at: usize, length: u32): i32 {
  if (length == 0 || length > 253) return X509_HOST_INVALID;
  let label: u32 = 0;
  let digits = true;
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(at + i);
    if (byte == 0x3a || byte == 0x5b) return X509_HOST_IP; // an IPv6 literal has a colon
    if (byte == DOT) {
      if (label == 0) return X509_HOST_INVALID;
      label = 0;
      digits = true;
      continue;
    }
    if (!isHostByte(byte)) return X509_HOST_INVALID;
    if (!isDigit(byte)) digits = false;
    if (++label > 63) return X509_HOST_INVALID;
  }
  if (label == 0) return X509_HOST_INVALID;
  // no top-level domain is all digits (RFC 3696 2): it is an IPv4 literal, or is meant to be read as one
  return digits ? X509_HOST_IP : 0;
}

/** Length of a host without its root dot. */
export function hostLength(at: usize, length: u32): u32 {
  return length > 1 && load<u8>(at + length - 1) == DOT ? length - 1 : length;
}

/** The certificate names the host. 0, or the reason. Every dNSName is read, also those after a match. */
export function checkNames(c: Cert, host: usize, length: u32): i32 {
  let found = false;
  let matched = false;
  for (let p = c.san; p < c.sanEnd; p = next) {
    const tag = load<u8>(p);
    if (!anyElement(p, c.sanEnd)) return X509_NAME_MALFORMED;
    if (tag != TAG_DNS_NAME) continue;
    // RFC 5280 4.2.1.6: IA5String in preferred name syntax; a NUL or a blank in it is an attack on somebody's C strings
    if (!isVisible(body, next)) return X509_NAME_MALFORMED;
    found = true;
    if (matches(body, <u32>(next - body), host, length)) matched = true;
  }
  if (matched) return 0;
  return found ? X509_NAME_MISMATCH : X509_NO_NAME;
}

/** Of a service name (RFC 6335 5.1). */
export function isLetterDigitHyphen(byte: u8): bool {
  return byte != 0x5f && isHostByte(byte);
}

export function isVisible(at: usize, end: usize): bool {
  if (at == end) return false;
  for (let p = at; p < end; p++) {
    const byte = load<u8>(p);
    if (byte <= 0x20 || byte >= 0x7f) return false;
  }
  return true;
}

/** Two names of the same length are equal without case. */
export function equalNames(a: usize, b: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) if (lower(load<u8>(a + i)) != lower(load<u8>(b + i))) return false;
  return true;
}

/** A presented dNSName matches the host. */
function matches(name: usize, nameLength: u32, host: usize, length: u32): bool {
  if (nameLength > 2 && load<u8>(name) == STAR && load<u8>(name + 1) == DOT) {
    // RFC 9525 6.3: the wildcard stands for the complete leftmost label, and for one
    let cut: u32 = 0;
    while (cut < length && load<u8>(host + cut) != DOT) cut++;
    const rest = length - cut;
    // "*.com" would name half of the net: at least two labels behind the star
    return cut > 0 && rest == nameLength - 1 && hasTwoLabels(name + 2, nameLength - 2) && equalNames(name + 1, host + cut, rest);
  }
  // a star elsewhere is no host byte, so that it equals nothing
  return nameLength == length && equalNames(name, host, length);
}

function hasTwoLabels(at: usize, length: u32): bool {
  for (let i: u32 = 1; i + 1 < length; i++) if (load<u8>(at + i) == DOT) return true;
  return false;
}
