/** Validity and purposes of the certificates of a chain, after RFC 5280 4.2.1.3, 4.2.1.9, 4.2.1.12 and 6.1. */
import { EXT, hex, setExtension } from '../der-edit.ts';
import { CLIENT_AUTH, SERVER_AUTH } from '../mint.ts';
import { accepted, type ChainCase, type Change, DAY_MS, leafEdit, middleEdit, refused } from './case.ts';

const PERIOD = 'RFC 5280 6.1.3 (a)(2)';

const past = {
  request: (pki: { nowMs: number }) => ({ notBefore: pki.nowMs - 90 * DAY_MS, notAfter: pki.nowMs - 2 * DAY_MS }),
};
const future = {
  request: (pki: { nowMs: number }) => ({ notBefore: pki.nowMs + 2 * DAY_MS, notAfter: pki.nowMs + 90 * DAY_MS }),
};
/** The last second of a validity is the clock's next to last, and the other way round. */
const endedJustNow = {
  request: (pki: { nowMs: number }) => ({ notBefore: pki.nowMs - DAY_MS, notAfter: pki.nowMs - 1000 }),
};
/** Beyond what a device's clock that is right can be wrong by, and within any grace. */
const HOUR_MS = 3_600_000;
const endedAnHourAgo = {
  request: (pki: { nowMs: number }) => ({ notBefore: pki.nowMs - DAY_MS, notAfter: pki.nowMs - HOUR_MS }),
};
const beginsInADay = {
  request: (pki: { nowMs: number }) => ({ notBefore: pki.nowMs + DAY_MS, notAfter: pki.nowMs + 90 * DAY_MS }),
};
const beginsJustAfter = {
  request: (pki: { nowMs: number }) => ({ notBefore: pki.nowMs + 1000, notAfter: pki.nowMs + DAY_MS }),
};

export const VALIDITY: readonly ChainCase[] = [
  refused('leaf-expired', 'expired', PERIOD, 'the server expired', { leaf: past }),
  refused('leaf-not-yet-valid', 'not-yet-valid', PERIOD, 'the server is of the future', { leaf: future }),
  refused(
    'leaf-ended-just-now',
    'expired',
    PERIOD,
    'the server expired a second ago',
    { leaf: endedJustNow },
    'leaf-ends-now',
  ),
  refused(
    'leaf-begins-just-after',
    'not-yet-valid',
    PERIOD,
    'the server begins in a second',
    { leaf: beginsJustAfter },
    'leaf-begins-now',
  ),
  refused('leaf-ended-an-hour-ago', 'expired', PERIOD, 'the server expired an hour ago', { leaf: endedAnHourAgo }),
  refused('leaf-begins-in-a-day', 'not-yet-valid', PERIOD, 'the server begins in a day', { leaf: beginsInADay }),
  refused('middle-expired', 'expired', PERIOD, 'the intermediate expired', { middle: past }),
  refused('middle-not-yet-valid', 'not-yet-valid', PERIOD, 'the intermediate is of the future', { middle: future }),
  refused('root-expired', 'root-outside-validity', PERIOD, 'the root expired', { root: past }),
  refused('root-not-yet-valid', 'root-outside-validity', PERIOD, 'the root is of the future', { root: future }),
  accepted('leaf-ends-now', PERIOD, 'the last second of the server', {
    leaf: { request: (pki) => ({ notBefore: pki.nowMs - DAY_MS, notAfter: pki.nowMs }) },
  }),
  accepted('leaf-begins-now', PERIOD, 'the first second of the server', {
    leaf: { request: (pki) => ({ notBefore: pki.nowMs, notAfter: pki.nowMs + DAY_MS }) },
  }),
  accepted('clock-a-day-slow', PERIOD, 'a clock that is a day slow', { clockMs: -DAY_MS }),
  accepted('clock-a-day-fast', PERIOD, 'a clock that is a day fast', { clockMs: DAY_MS }),
];

const usage = (...keyUsage: ('digitalSignature' | 'keyCertSign' | 'cRLSign' | 'keyEncipherment')[]) => ({
  request: { keyUsage },
});
const purpose = (...extendedKeyUsage: string[]) => ({ request: { extendedKeyUsage } });
const notACa = (change: object): { middle: Change } => ({ middle: { request: { pathLength: undefined, ...change } } });
const rootPurpose = { root: purpose(CLIENT_AUTH) };

export const NO_CA: readonly ChainCase[] = [
  refused(
    'middle-not-a-ca',
    'issuer-not-a-ca',
    'RFC 5280 6.1.4 (k)',
    'the intermediate is no CA',
    notACa({ ca: false }),
  ),
  refused(
    'middle-without-constraints',
    'issuer-not-a-ca',
    'RFC 5280 6.1.4 (k)',
    'the intermediate has no basicConstraints',
    notACa({ ca: undefined }),
  ),
  refused('middle-no-cert-sign', 'issuer-key-usage', 'RFC 5280 6.1.4 (n)', 'the intermediate may sign lists only', {
    middle: usage('cRLSign'),
  }),
  refused(
    'middle-signs-other',
    'issuer-key-usage',
    'RFC 5280 6.1.4 (n)',
    'the intermediate may sign anything but certificates',
    { middle: usage('digitalSignature', 'cRLSign') },
  ),
  refused(
    'middle-usage-not-critical',
    'issuer-key-usage',
    'RFC 5280 6.1.4 (n)',
    'the intermediate may sign lists only, and does not mark it critical',
    middleEdit(() => setExtension(EXT.keyUsage, hex('03020102'))),
    'middle-usage-not-critical-kept',
  ),
  accepted(
    'middle-usage-not-critical-kept',
    'RFC 5280 6.1.4 (n)',
    'the intermediate may sign certificates, and does not mark it critical',
    middleEdit(() => setExtension(EXT.keyUsage, hex('03020204'))),
  ),
  refused('root-not-a-ca', 'issuer-not-a-ca', 'RFC 5280 6.1.4 (k)', 'the root is no CA', {
    root: { request: { ca: false } },
  }),
  refused('root-no-cert-sign', 'issuer-key-usage', 'RFC 5280 6.1.4 (n)', 'the root may sign lists only', {
    root: usage('cRLSign'),
  }),
];

export const PURPOSES: readonly ChainCase[] = [
  refused('leaf-key-usage', 'leaf-key-usage', 'RFC 5280 4.2.1.3', 'the server may encipher keys only', {
    leaf: usage('keyEncipherment'),
  }),
  refused('leaf-signs-certificates', 'leaf-key-usage', 'RFC 5280 4.2.1.3', 'the server may sign certificates only', {
    leaf: usage('keyCertSign'),
  }),
  refused('leaf-client-only', 'leaf-extended-key-usage', 'RFC 5280 4.2.1.12', 'the server is a client', {
    leaf: purpose(CLIENT_AUTH),
  }),
  refused('leaf-code-signing', 'leaf-extended-key-usage', 'RFC 5280 4.2.1.12', 'the server signs code', {
    leaf: purpose('1.3.6.1.5.5.7.3.3'),
  }),
  refused('leaf-any-purpose', 'leaf-extended-key-usage', 'RFC 5280 4.2.1.12', 'anyExtendedKeyUsage alone', {
    leaf: purpose('2.5.29.37.0'),
  }),
  refused('leaf-purpose-cut', 'leaf-extended-key-usage', 'RFC 5280 4.2.1.12', 'serverAuth without its last arc', {
    leaf: purpose('1.3.6.1.5.5.7.3'),
  }),
  refused('middle-client-only', 'issuer-extended-key-usage', 'RFC 5280 4.2.1.12', 'the intermediate is for clients', {
    middle: purpose(CLIENT_AUTH),
  }),
  refused('root-client-only', 'issuer-extended-key-usage', 'RFC 5280 4.2.1.12', 'the root is for clients', rootPurpose),
  refused(
    'leaf-client-critical',
    'leaf-extended-key-usage',
    'RFC 5280 4.2.1.12',
    'the server is a client, and marks it critical',
    leafEdit(() => setExtension(EXT.extendedKeyUsage, hex('300a 06082b06010505070302'), true)),
    'leaf-server-critical',
  ),
  accepted(
    'leaf-server-critical',
    'RFC 5280 4.2.1.12',
    'serverAuth marked critical',
    leafEdit(() => setExtension(EXT.extendedKeyUsage, hex('300a 06082b06010505070301'), true)),
  ),
  accepted('leaf-both-purposes', 'RFC 5280 4.2.1.12', 'serverAuth and clientAuth', {
    leaf: purpose(CLIENT_AUTH, SERVER_AUTH),
  }),
  accepted('middle-for-servers', 'RFC 5280 4.2.1.12', 'an intermediate for servers', { middle: purpose(SERVER_AUTH) }),
  accepted('middle-any-purpose', 'RFC 5280 4.2.1.12', 'an intermediate for any purpose', {
    middle: purpose('2.5.29.37.0'),
  }),
  accepted('leaf-no-usages', 'RFC 5280 4.2.1.3', 'a server without keyUsage and extKeyUsage', {
    leaf: { request: { keyUsage: undefined, extendedKeyUsage: undefined } },
  }),
  accepted('leaf-more-usages', 'RFC 5280 4.2.1.3', 'digitalSignature and keyEncipherment', {
    leaf: usage('digitalSignature', 'keyEncipherment'),
  }),
];
