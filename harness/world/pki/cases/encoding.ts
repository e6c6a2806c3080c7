/**
 * Extensions, signatures, algorithms and the encoding itself, after RFC 5280 4.1, 4.2 and X.690. The encoding's rows are signed anew: the signature is right, the contents
 * are not.
 */
import {
  der,
  dropExtension,
  EXT,
  editExtensions,
  extension,
  generalName,
  hex,
  put,
  setExtension,
  split,
  TBS,
} from '../der-edit.ts';
import { accepted, type ChainCase, leafEdit, middleEdit, refused } from './case.ts';

const SIGNATURE = 'RFC 5280 6.1.3 (a)(1)';
/** 1.3.6.1.4.1.32473.1.1: of the arc for documentation (RFC 5612). */
const UNKNOWN = '2b0601040181fd590101';
const NULL_VALUE = hex('0500');

const more = (...list: Uint8Array[]) => editExtensions((before) => [...before, ...list]);

export const EXTENSIONS: readonly ChainCase[] = [
  refused(
    'leaf-unknown-critical',
    'unknown-critical-extension',
    'RFC 5280 4.2',
    'a critical extension of the server that nobody knows',
    leafEdit(() => more(extension(UNKNOWN, NULL_VALUE, true))),
    'leaf-unknown',
  ),
  refused(
    'middle-unknown-critical',
    'unknown-critical-extension',
    'RFC 5280 4.2',
    'the same in the intermediate',
    middleEdit(() => more(extension(UNKNOWN, NULL_VALUE, true))),
    'middle-unknown',
  ),
  refused(
    'leaf-policies-critical',
    'unknown-critical-extension',
    'RFC 5280 4.2.1.4',
    'critical policies, which are not processed',
    leafEdit(() => more(extension(EXT.policies, hex('300a3008 0606 67810c010201'), true))),
    'leaf-policies',
  ),
  refused(
    'middle-policy-constraints',
    'unknown-critical-extension',
    'RFC 5280 4.2.1.11',
    'policyConstraints, which are not processed',
    middleEdit(() => more(extension(EXT.policyConstraints, hex('3003800100'), true))),
  ),
  refused(
    'middle-inhibit-any',
    'unknown-critical-extension',
    'RFC 5280 4.2.1.14',
    'inhibitAnyPolicy, which is not processed',
    middleEdit(() => more(extension(EXT.inhibitAnyPolicy, hex('020100'), true))),
  ),
  refused(
    'extension-twice',
    'duplicate-extension',
    'RFC 5280 4.2',
    'keyUsage twice',
    leafEdit(() => more(extension(EXT.keyUsage, hex('03020780'), true))),
  ),
  refused(
    'unknown-twice',
    'duplicate-extension',
    'RFC 5280 4.2',
    'an unknown extension twice',
    leafEdit(() => more(extension(UNKNOWN, NULL_VALUE), extension(UNKNOWN, NULL_VALUE))),
    'leaf-unknown',
  ),
  refused(
    'alt-name-empty',
    'extension-malformed',
    'RFC 5280 4.2.1.6',
    'a subjectAltName without names',
    leafEdit(() => setExtension(EXT.subjectAltName, hex('3000'))),
  ),
  refused(
    'alt-name-no-form',
    'extension-malformed',
    'RFC 5280 4.2.1.6',
    'a name of a form that there is not',
    leafEdit(() => setExtension(EXT.subjectAltName, hex('3003890161'))),
  ),
  refused(
    'key-usage-no-bit',
    'extension-malformed',
    'RFC 5280 4.2.1.3',
    'a keyUsage without a bit',
    leafEdit(() => setExtension(EXT.keyUsage, hex('030100'), true)),
  ),
  refused(
    'key-usage-unused-bit',
    'extension-malformed',
    'X.690 11.2.1',
    'a keyUsage with an unused bit set',
    leafEdit(() => setExtension(EXT.keyUsage, hex('030207c0'), true)),
  ),
  refused(
    'purposes-empty',
    'extension-malformed',
    'RFC 5280 4.2.1.12',
    'an extKeyUsage without purposes',
    leafEdit(() => setExtension(EXT.extendedKeyUsage, hex('3000'))),
  ),
  refused(
    'ca-false-spelled',
    'extension-malformed',
    'X.690 11.5',
    'cA FALSE spelled out',
    leafEdit(() => setExtension(EXT.basicConstraints, hex('3003010100'), true)),
  ),
  refused(
    'path-length-without-ca',
    'extension-malformed',
    'RFC 5280 4.2.1.9',
    'a pathLenConstraint without cA',
    leafEdit(() => setExtension(EXT.basicConstraints, hex('3003020100'), true)),
  ),
  refused(
    'path-length-negative',
    'extension-malformed',
    'RFC 5280 4.2.1.9',
    'a negative pathLenConstraint',
    middleEdit(() => setExtension(EXT.basicConstraints, hex('30060101ff0201ff'), true)),
  ),
  refused(
    'critical-not-der',
    'certificate-malformed',
    'X.690 11.1',
    'critical TRUE as 01',
    leafEdit(() => more(hex(`3013 060a ${UNKNOWN} 010101 0402 0500`))),
  ),
  accepted(
    'key-usage-padded',
    'X.690 11.2.2',
    'a keyUsage with trailing zero bits, which roots in use have',
    leafEdit(() => setExtension(EXT.keyUsage, hex('0303078000'), true)),
  ),
  accepted(
    'leaf-unknown',
    'RFC 5280 4.2',
    'an unknown extension that is not critical',
    leafEdit(() => more(extension(UNKNOWN, NULL_VALUE))),
  ),
  accepted(
    'middle-unknown',
    'RFC 5280 4.2',
    'the same in the intermediate',
    middleEdit(() => more(extension(UNKNOWN, NULL_VALUE))),
  ),
  accepted(
    'leaf-policies',
    'RFC 5280 4.2.1.4',
    'policies that are not critical',
    leafEdit(() => more(extension(EXT.policies, hex('300a3008 0606 67810c010201')))),
  ),
  accepted(
    'alt-name-critical',
    'RFC 5280 4.2.1.6',
    'a critical subjectAltName and an empty subject',
    leafEdit((pki) => (tbs) => {
      setExtension(EXT.subjectAltName, der(0x30, generalName(2, pki.host)), true)(tbs);
      put(TBS.subject, new Uint8Array())(tbs);
    }),
  ),
  accepted(
    'key-identifiers-absent',
    'RFC 5280 4.2.1.1',
    'a server without authorityKeyIdentifier',
    leafEdit(() => dropExtension(EXT.authorityKeyIdentifier)),
  ),
];

const last = (bits: number) => (bytes: Uint8Array) => {
  bytes[bytes.length - 3]! ^= bits;
  return bytes;
};
const ECDSA_SHA384 = hex('06082a8648ce3d040303');
const utc = (text: string) => der(0x17, Buffer.from(text));
const period = (from: Uint8Array, to: Uint8Array) =>
  leafEdit(() => put(TBS.validity, Uint8Array.from([...from, ...to])));
const FROM = utc('250101000000Z');
const TO = utc('270101000000Z');

export const SIGNATURES: readonly ChainCase[] = [
  refused('leaf-signature', 'signature-invalid', SIGNATURE, "a bit of the server's signature", {
    leaf: { raw: last(1) },
  }),
  refused('middle-signature', 'signature-invalid', SIGNATURE, "a bit of the intermediate's signature", {
    middle: { raw: last(1) },
  }),
  refused('leaf-contents', 'signature-invalid', SIGNATURE, "a bit of the server's serial number", {
    leaf: {
      raw: (bytes) => {
        const [, serial] = split(split(split(bytes)[0]!.body)[0]!.body);
        serial!.body[serial!.body.length - 1]! ^= 1;
        return bytes;
      },
    },
  }),
  refused('algorithm-outside', 'algorithm-mismatch', 'RFC 5280 4.1.1.2', 'another algorithm outside than inside', {
    leaf: { outer: ECDSA_SHA384 },
  }),
  refused(
    'algorithm-inside',
    'algorithm-mismatch',
    'RFC 5280 4.1.1.2',
    'another algorithm inside than outside',
    leafEdit(() => put(TBS.algorithm, ECDSA_SHA384)),
  ),
  refused(
    'algorithm-both',
    'unsupported-algorithm',
    'RFC 5280 4.1.1.2',
    'an algorithm that is not supported, inside and outside',
    { leaf: { edit: () => put(TBS.algorithm, ECDSA_SHA384), outer: ECDSA_SHA384 } },
  ),
];

export const ENCODING: readonly ChainCase[] = [
  refused(
    'version-1',
    'certificate-version',
    'RFC 5280 4.1.2.1',
    'version 1 with extensions',
    leafEdit(() => (tbs) => void tbs.shift()),
  ),
  refused(
    'version-2',
    'certificate-version',
    'RFC 5280 4.1.2.1',
    'version 2 with extensions',
    leafEdit(() => put(TBS.version, hex('020101'))),
  ),
  refused(
    'version-4',
    'certificate-version',
    'RFC 5280 4.1.2.1',
    'version 4',
    leafEdit(() => put(TBS.version, hex('020103'))),
  ),
  refused(
    'serial-long',
    'certificate-malformed',
    'RFC 5280 4.1.2.2',
    'a serial number of 21 bytes',
    leafEdit(() => put(TBS.serial, new Uint8Array(21).fill(1))),
    'serial-20',
  ),
  refused(
    'serial-empty',
    'certificate-malformed',
    'RFC 5280 4.1.2.2',
    'a serial number of no byte',
    leafEdit(() => put(TBS.serial, new Uint8Array())),
  ),
  refused(
    'serial-padded',
    'certificate-malformed',
    'X.690 8.3.2',
    'a serial number with a leading zero',
    leafEdit(() => put(TBS.serial, hex('0001'))),
  ),
  refused(
    'issuer-empty',
    'certificate-malformed',
    'RFC 5280 4.1.2.4',
    'an empty issuer',
    leafEdit(() => put(TBS.issuer, new Uint8Array())),
  ),
  refused(
    'date-no-seconds',
    'time-malformed',
    'RFC 5280 4.1.2.5.1',
    'a date without seconds',
    period(FROM, utc('2701010000Z')),
    'dates-utc',
  ),
  refused(
    'date-offset',
    'time-malformed',
    'RFC 5280 4.1.2.5.1',
    'a date with an offset',
    period(FROM, utc('270101000000+0100')),
    'dates-utc',
  ),
  refused(
    'date-month-13',
    'time-malformed',
    'RFC 5280 4.1.2.5.1',
    'a thirteenth month',
    period(FROM, utc('271301000000Z')),
    'dates-utc',
  ),
  refused('trailing-byte', 'certificate-malformed', 'RFC 5280 4.1', 'a byte behind the certificate', {
    leaf: { raw: (bytes) => Uint8Array.from([...bytes, 0]) },
  }),
  refused('truncated', 'certificate-malformed', 'RFC 5280 4.1', 'the certificate without its last byte', {
    leaf: { raw: (bytes) => bytes.subarray(0, -1) },
  }),
  refused('length-too-long', 'certificate-malformed', 'RFC 5280 4.1', 'an outer length beyond the end', {
    leaf: {
      raw: (bytes) => {
        bytes[3]! += 1;
        return bytes;
      },
    },
  }),
  refused(
    'extensions-empty',
    'certificate-malformed',
    'RFC 5280 4.1',
    'an empty list of extensions',
    leafEdit(() => put(TBS.extensions, hex('3000'))),
  ),
  accepted(
    'serial-20',
    'RFC 5280 4.1.2.2',
    'a serial number of 20 bytes',
    leafEdit(() => put(TBS.serial, new Uint8Array(20).fill(1))),
  ),
  accepted('dates-utc', 'RFC 5280 4.1.2.5.1', 'dates as UTCTime', period(FROM, TO)),
  accepted(
    'date-long-form',
    'RFC 5280 4.1.2.5',
    'a GeneralizedTime before 2050, which verifiers must read',
    period(FROM, der(0x18, Buffer.from('20270101000000Z'))),
  ),
  accepted(
    'date-2050',
    'RFC 5280 4.1.2.5.2',
    'a GeneralizedTime from 2050 on',
    period(FROM, der(0x18, Buffer.from('20500101000000Z'))),
  ),
];
