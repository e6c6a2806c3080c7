/**
 * Extensions of the certificates of a chain, after RFC 5280 4.2 and X.690: unknown, repeated, malformed, and those that are not acted on.
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
  TBS,
} from '../der-edit.ts';
import { accepted, type ChainCase, leafEdit, middleEdit, refused } from './case.ts';

/** 1.3.6.1.4.1.32473.1.1: of the arc for documentation (RFC 5612). */
const UNKNOWN = '2b0601040181fd590101';
const NULL_VALUE = hex('0500');
const address = (text: string) => der(0x86, Buffer.from(text));
/** One distribution point by its full name. */
const LISTS = der(0x30, der(0x30, der(0xa0, der(0xa0, address('http://lists.example/ca.crl')))));
/** id-pe-authorityInfoAccess with one id-ad-ocsp (RFC 5280 4.2.2.1). */
const AUTHORITY_ACCESS = '2b06010505070101';
const RESPONDER = der(0x30, der(0x30, hex('06082b06010505073001'), address('http://ocsp.example')));

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
    'middle-revocation-critical',
    'unknown-critical-extension',
    'RFC 5280 4.2.1.13',
    'critical pointers to revocation lists, which are not asked for',
    middleEdit(() => more(extension(EXT.crlDistributionPoints, LISTS, true))),
    'revocation-pointers',
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
    'revocation-pointers',
    'RFC 5280 4.2.1.13',
    'pointers to revocation lists and to an OCSP responder, neither of which is asked',
    leafEdit(() => more(extension(EXT.crlDistributionPoints, LISTS), extension(AUTHORITY_ACCESS, RESPONDER))),
  ),
  accepted(
    'key-identifiers-absent',
    'RFC 5280 4.2.1.1',
    'a server without authorityKeyIdentifier',
    leafEdit(() => dropExtension(EXT.authorityKeyIdentifier)),
  ),
];
