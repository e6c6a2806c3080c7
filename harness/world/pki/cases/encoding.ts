/**
 * Signatures, algorithms and the encoding itself, after RFC 5280 4.1 and X.690. The encoding's rows are signed anew: the signature is right, the contents are not.
 */
import { der, hex, put, split, TBS } from '../der-edit.ts';
import { accepted, type ChainCase, leafEdit, refused } from './case.ts';

const SIGNATURE = 'RFC 5280 6.1.3 (a)(1)';

const last = (bits: number) => (bytes: Uint8Array) => {
  bytes[bytes.length - 3]! ^= bits;
  return bytes;
};
const ECDSA_SHA384 = hex('06082a8648ce3d040303');
const utc = (text: string) => der(0x17, Buffer.from(text));
const generalized = (text: string) => der(0x18, Buffer.from(text));
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
    'issuer-in-capitals',
    'unknown-issuer',
    'RFC 5280 7.1',
    "the issuer's name in other letters than its own certificate has: names are compared byte by byte here",
    leafEdit(() => (tbs) => {
      const name = Buffer.from(tbs[TBS.issuer]!.body);
      put(TBS.issuer, Buffer.from(name.toString('latin1').replace('proofboard', 'PROOFBOARD'), 'latin1'))(tbs);
    }),
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
  refused(
    'date-february-30',
    'time-malformed',
    'RFC 5280 4.1.2.5.1',
    'a thirtieth of February',
    period(FROM, utc('270230000000Z')),
    'dates-utc',
  ),
  refused(
    'date-second-60',
    'time-malformed',
    'RFC 5280 4.1.2.5.1',
    'a sixtieth second',
    period(FROM, utc('270101000060Z')),
    'dates-utc',
  ),
  refused(
    'date-fraction',
    'time-malformed',
    'RFC 5280 4.1.2.5.2',
    'a GeneralizedTime with a fraction of a second',
    period(FROM, generalized('20500101000000.5Z')),
    'date-2050',
  ),
  refused(
    'date-1950',
    'expired',
    'RFC 5280 4.1.2.5.1',
    'an end in the year 50, which is 1950',
    period(generalized('19490101000000Z'), utc('500101000000Z')),
    'date-2049',
  ),
  refused(
    'date-1999-over',
    'expired',
    'RFC 5280 4.1.2.5.1',
    'an end in the year 99, which is 1999',
    period(utc('980101000000Z'), utc('991231235959Z')),
    'date-1999',
  ),
  refused(
    'dates-exchanged',
    'not-yet-valid',
    'RFC 5280 4.1.2.5',
    'an end before the beginning',
    period(TO, FROM),
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
  accepted(
    'serial-negative',
    'RFC 5280 4.1.2.2',
    'a negative serial number, which verifiers are to bear with',
    leafEdit(() => put(TBS.serial, hex('ff01'))),
  ),
  accepted(
    'serial-zero',
    'RFC 5280 4.1.2.2',
    'the serial number 0, which verifiers are to bear with',
    leafEdit(() => put(TBS.serial, hex('00'))),
  ),
  accepted('dates-utc', 'RFC 5280 4.1.2.5.1', 'dates as UTCTime', period(FROM, TO)),
  accepted(
    'date-1999',
    'RFC 5280 4.1.2.5.1',
    'a beginning in the year 99, which is 1999',
    period(utc('991231235959Z'), TO),
  ),
  accepted(
    'date-2049',
    'RFC 5280 4.1.2.5.1',
    'an end in the year 49, which is 2049',
    period(FROM, utc('491231235959Z')),
  ),
  accepted(
    'date-long-form',
    'RFC 5280 4.1.2.5',
    'a GeneralizedTime before 2050, which verifiers must read',
    period(FROM, generalized('20270101000000Z')),
  ),
  accepted(
    'date-2050',
    'RFC 5280 4.1.2.5.2',
    'a GeneralizedTime from 2050 on',
    period(FROM, generalized('20500101000000Z')),
  ),
];
