/**
 * One part of a certificate changed and the whole signed anew by its issuer's key, so that only the changed part can be the reason for a verdict. After X.690 (DER) and
 * RFC 5280 4.1; the positions are those of a version 3 certificate without unique identifiers.
 *
 * Left out: indefinite lengths and tags above 30, which no certificate of this harness has.
 */
import { sign } from 'node:crypto';
import { HarnessError } from '../../errors.ts';
import type { KeyPair } from './keys.ts';
import { type Certificate, fromDer } from './mint.ts';

export interface Tlv {
  tag: number;
  body: Uint8Array;
}

/** Where the parts of a TBSCertificate stand (RFC 5280 4.1). */
export const TBS = {
  version: 0,
  serial: 1,
  algorithm: 2,
  issuer: 3,
  validity: 4,
  subject: 5,
  key: 6,
  extensions: 7,
} as const;

export type TbsEdit = (tbs: Tlv[]) => void;

/** One DER element around its parts. */
export function der(tag: number, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Uint8Array.from([tag, ...length, ...Buffer.concat(parts)]);
}

/** The elements that stand one after the other in `bytes`. */
export function split(bytes: Uint8Array): Tlv[] {
  const found: Tlv[] = [];
  for (let at = 0; at < bytes.length; ) {
    let size = bytes[at + 1]!;
    let start = at + 2;
    if (size >= 0x80) {
      const count = size & 0x7f;
      size = Buffer.from(bytes).readUIntBE(start, count);
      start += count;
    }
    found.push({ tag: bytes[at]!, body: bytes.subarray(start, start + size) });
    at = start + size;
  }
  return found;
}

export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

/**
 * @param algorithm contents of the outer AlgorithmIdentifier in the signature's place; undefined: as it was
 * @param signing makes the signature; undefined: the usual one of the key
 */
export function resign(
  certificate: Certificate,
  issuer: KeyPair,
  edit: TbsEdit,
  algorithm?: Uint8Array,
  signing: (signed: Uint8Array) => Uint8Array = (signed) =>
    sign(issuer.type === 'ed25519' ? null : 'sha256', signed, issuer.privateKey),
): Certificate {
  const [tbs, outer] = split(split(certificate.der)[0]!.body);
  const parts = split(tbs!.body);
  edit(parts);
  const signed = der(0x30, ...parts.map((part) => der(part.tag, part.body)));
  const bits = der(0x03, Uint8Array.of(0), signing(signed));
  return fromDer(certificate.subject, der(0x30, signed, der(0x30, algorithm ?? outer!.body), bits));
}

export function put(index: number, body: Uint8Array, tag?: number): TbsEdit {
  return (tbs) => {
    tbs[index] = { tag: tag ?? tbs[index]!.tag, body };
  };
}

/** Extensions edited as a list of their DER elements. */
export function editExtensions(edit: (list: Uint8Array[]) => Uint8Array[]): TbsEdit {
  return (tbs) => {
    const list = split(split(tbs[TBS.extensions]!.body)[0]!.body).map(({ tag, body }) => der(tag, body));
    tbs[TBS.extensions] = { tag: 0xa3, body: der(0x30, ...edit(list)) };
  };
}

/** An Extension. @param oid contents of its object identifier, hex */
export function extension(oid: string, value: Uint8Array, critical = false): Uint8Array {
  return der(0x30, der(0x06, hex(oid)), ...(critical ? [hex('0101ff')] : []), der(0x04, value));
}

/** Object identifiers of extensions, hex. */
export const EXT = {
  subjectKeyIdentifier: '551d0e',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  nameConstraints: '551d1e',
  crlDistributionPoints: '551d1f',
  policies: '551d20',
  policyMappings: '551d21',
  authorityKeyIdentifier: '551d23',
  policyConstraints: '551d24',
  extendedKeyUsage: '551d25',
  inhibitAnyPolicy: '551d36',
} as const;

/** The extension in its own place, or at the end where there was none. */
export function setExtension(oid: string, value: Uint8Array, critical = false): TbsEdit {
  return editExtensions((list) => {
    const at = list.findIndex((one) => isExtension(one, oid));
    const made = extension(oid, value, critical);
    return at < 0 ? [...list, made] : list.with(at, made);
  });
}

export function dropExtension(oid: string): TbsEdit {
  return editExtensions((list) => {
    const left = list.filter((one) => !isExtension(one, oid));
    if (left.length === list.length) throw new HarnessError(`certificate without extension ${oid}: nothing to drop`);
    return left;
  });
}

function isExtension(element: Uint8Array, oid: string): boolean {
  const [first] = split(split(element)[0]!.body);
  return Buffer.from(first!.body).toString('hex') === oid;
}

/** GeneralName (RFC 5280 4.2.1.6) by its tag: 1 rfc822Name, 2 dNSName, 6 URI, 7 iPAddress. */
export function generalName(form: 1 | 2 | 6 | 7 | 8, content: string | Uint8Array): Uint8Array {
  return der(0x80 | form, typeof content === 'string' ? Buffer.from(content, 'utf8') : content);
}

/** SRVName (RFC 4985 2): otherName { 1.3.6.1.5.5.7.8.7, [0] IA5String }. */
export function srvName(name: string): Uint8Array {
  return der(0xa0, der(0x06, hex('2b06010505070807')), der(0xa0, der(0x16, Buffer.from(name, 'latin1'))));
}

/** The subjectAltName replaced. */
export function altNames(...names: Uint8Array[]): TbsEdit {
  return setExtension(EXT.subjectAltName, der(0x30, ...names));
}
