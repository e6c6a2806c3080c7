/**
 * Name constraints (RFC 5280 4.2.1.10): those on dNSName are enforced on every dNSName of every certificate below the CA. A constraint on
 * another form of name cannot be evaluated here, so a certificate that bears a name of that form is refused.
 */
import { Cert } from './certificate';
import { TAG_SEQUENCE, anyElement, body, element, next } from './der';
import { TAG_DNS_NAME, equalNames } from './names';
import { X509_CONSTRAINT_UNSUPPORTED, X509_NAME_EXCLUDED, X509_NAME_MALFORMED, X509_NAME_NOT_PERMITTED } from './reasons';

const FORM_DNS: u32 = 2;
/** rfc822Name [1] and directoryName [4] also occur in the subject itself. */
const FORMS_OF_SUBJECT: u32 = (1 << 1) | (1 << 4);

/** Applies the constraints of `ca` to `c`. 0, or the reason. */
export function checkConstraints(ca: Cert, c: Cert): i32 {
  if (ca.constrained == 0) return 0;
  const constrained = formsOfSubtrees(ca.permitted, ca.permittedEnd) | formsOfSubtrees(ca.excluded, ca.excludedEnd);
  if ((constrained & formsOf(c) & ~(<u32>1 << FORM_DNS)) != 0) return X509_CONSTRAINT_UNSUPPORTED;

  const permitsDns = (formsOfSubtrees(ca.permitted, ca.permittedEnd) & (<u32>1 << FORM_DNS)) != 0;
  for (let p = c.san; p < c.sanEnd; ) {
    const tag = load<u8>(p);
    if (!anyElement(p, c.sanEnd)) return X509_NAME_MALFORMED;
    const name = body;
    const length = <u32>(next - body);
    p = next;
    if (tag != TAG_DNS_NAME) continue;
    if (permitsDns && !withinAny(ca.permitted, ca.permittedEnd, name, length, false)) return X509_NAME_NOT_PERMITTED;
    if (withinAny(ca.excluded, ca.excludedEnd, name, length, true)) return X509_NAME_EXCLUDED;
  }
  return 0;
}

/** Bit n: a subtree's base is GeneralName [n]. The subtrees' shape was checked when the certificate was read. */
function formsOfSubtrees(at: usize, end: usize): u32 {
  let forms: u32 = 0;
  for (let p = at; p < end; ) {
    if (!element(p, end, TAG_SEQUENCE)) return 0xffffffff;
    forms |= <u32>1 << (<u32>load<u8>(body) & 0x1f);
    p = next;
  }
  return forms;
}

/** Bit n: the certificate bears a name of form [n]. */
function formsOf(c: Cert): u32 {
  let forms: u32 = 0;
  // a subject of two bytes is the empty SEQUENCE
  if (c.subjectEnd - c.subject > 2) forms = FORMS_OF_SUBJECT;
  for (let p = c.san; p < c.sanEnd; p = next) {
    forms |= <u32>1 << (<u32>load<u8>(p) & 0x1f);
    if (!anyElement(p, c.sanEnd)) return 0xffffffff;
  }
  return forms;
}

function withinAny(at: usize, end: usize, name: usize, length: u32, excluding: bool): bool {
  for (let p = at; p < end; ) {
    if (!element(p, end, TAG_SEQUENCE)) return excluding;
    const after = next;
    const tag = load<u8>(body);
    if (!anyElement(body, after)) return excluding;
    if (tag == TAG_DNS_NAME && within(body, <u32>(next - body), name, length, excluding)) return true;
    p = after;
  }
  return false;
}

/** `name` is the base or has more labels to its left. A leading dot, which RFC 5280 does not know, asks for at least one more label. */
function within(base: usize, baseLength: u32, name: usize, length: u32, excluding: bool): bool {
  if (baseLength == 0) return true;
  if (load<u8>(base) == 0x2e) {
    if (excluding) {
      // the wider reading when names are taken away
      base++;
      baseLength--;
    } else {
      return length > baseLength && equalNames(base, name + length - baseLength, baseLength);
    }
  }
  if (length == baseLength && equalNames(base, name, length)) return true;
  if (length > baseLength && load<u8>(name + length - baseLength - 1) == 0x2e)
    if (equalNames(base, name + length - baseLength, baseLength)) return true;
  // "*.example.org" also stands for an excluded "secret.example.org"
  if (excluding && length > 2 && load<u8>(name) == 0x2a && baseLength > length - 1)
    return equalNames(name + 1, base + baseLength - (length - 1), length - 1);
  return false;
}
