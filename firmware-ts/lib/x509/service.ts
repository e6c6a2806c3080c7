/**
 * The application service that a certificate names: SRV-ID of RFC 9525 6.1, 6.3, an otherName id-on-dnsSRV of the subjectAltName (RFC 4985 2), `_service.host`.
 *
 * Asked for only where a service is configured, and then beside the host's dNSName, not instead of it: name constraints speak of dNSName, which a certificate with an SRVName
 * alone would pass by. No wildcard: RFC 9525 7.1 has none in the service, and here none in the host of an SRV-ID either.
 */
import { Cert } from './certificate';
import { TAG_OID, anyElement, body, element, next, sameOid } from './der';
import { equalNames, isLetterDigitHyphen, isVisible } from './names';
import { OID_DNS_SRV } from './oid';
import { X509_NAME_MALFORMED, X509_NO_SERVICE, X509_SERVICE_MISMATCH } from './reasons';

/** RFC 6335 5.1: a service name has 1 to 15 letters, digits and hyphens. */
export const MAX_SERVICE: u32 = 15;
const SERVICE = memory.data(16);
let serviceSize: u32 = 0;

const TAG_OTHER_NAME: u8 = 0xa0;
const TAG_VALUE: u32 = 0xa0;
const TAG_IA5_STRING: u32 = 0x16;
const UNDERSCORE: u8 = 0x5f;
const DOT: u8 = 0x2e;

/** Without its underscore. Nothing at all is one too: it asks for no service. */
export function isServiceName(at: usize, length: u32): bool {
  if (length > MAX_SERVICE) return false;
  for (let i: u32 = 0; i < length; i++) if (!isLetterDigitHyphen(load<u8>(at + i))) return false;
  return true;
}

/** Sets the service (copied) that certificates must name, without its underscore; length 0: none. False: it is no service name, and none is set. */
export function setService(at: usize, length: u32): bool {
  serviceSize = 0;
  if (!isServiceName(at, length)) return false;
  memory.copy(SERVICE, at, length);
  serviceSize = length;
  return true;
}

/** The certificate names the configured service at the host, or none is configured. 0, or the reason. Every SRVName is read, also those after a match. */
export function checkService(c: Cert, host: usize, length: u32): i32 {
  if (serviceSize == 0) return 0;
  let found = false;
  let matched = false;
  for (let p = c.san; p < c.sanEnd; ) {
    const tag = load<u8>(p);
    if (!anyElement(p, c.sanEnd)) return X509_NAME_MALFORMED;
    p = next;
    if (tag != TAG_OTHER_NAME) continue;
    const end = next;
    // OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }
    if (!element(body, end, TAG_OID)) return X509_NAME_MALFORMED;
    if (!sameOid(body, next, OID_DNS_SRV)) continue;
    if (!element(next, end, TAG_VALUE) || next != end) return X509_NAME_MALFORMED;
    if (!element(body, end, TAG_IA5_STRING) || next != end || !isVisible(body, end)) return X509_NAME_MALFORMED;
    found = true;
    if (names(body, <u32>(end - body), host, length)) matched = true;
  }
  if (matched) return 0;
  return found ? X509_SERVICE_MISMATCH : X509_NO_SERVICE;
}

/** `_service.host`, both without case (RFC 9525 6.3, 6.5). */
function names(srv: usize, size: u32, host: usize, length: u32): bool {
  if (size != serviceSize + length + 2) return false;
  if (load<u8>(srv) != UNDERSCORE || load<u8>(srv + 1 + serviceSize) != DOT) return false;
  return equalNames(srv + 1, SERVICE, serviceSize) && equalNames(srv + 2 + serviceSize, host, length);
}
