/** Violations in the ServerHello (RFC 8446 4.1.3, 4.2, 4.2.1, 4.2.8): version, echo, choice, extensions, key share. */

import type { HelloEdit } from './scripted-server.ts';
import { ALERT, add, EXTENSION, flipFirst, flipLast, replace, row, set, type Violation, without } from './violation.ts';
import { u8, u16, vec8, vec16 } from './wire.ts';

const SUITE = { nothing: 0, aes128Gcm: 0x1301, aes256Gcm: 0x1302, aes128Ccm: 0x1304, ofTls12: 0xcca9 } as const;
const GROUP = { x25519: 29, secp256r1: 23, secp384r1: 24 } as const;
const NOTHING = Buffer.alloc(0);

/** RFC 8446 4.1.3: the last eight bytes of a downgraded server's random. */
const downgradeRandom = (last: number) => Buffer.concat([Buffer.alloc(24, 7), Buffer.from('DOWNGRD'), u8(last)]);
const share = (group: number, key: Uint8Array) => replace(EXTENSION.keyShare, Buffer.concat([u16(group), vec16(key)]));
/** The honest share under another group's number. */
const relabelled =
  (group: number): HelloEdit =>
  (hello) => {
    const [, data] = hello.extensions!.find(([type]) => type === EXTENSION.keyShare)!;
    replace(EXTENSION.keyShare, Buffer.concat([u16(group), data.subarray(2)]))(hello);
  };
/** A Montgomery coordinate of low order (RFC 7748 6.1): 0, 1, one of order 8, and p - 1. */
const LOW_ORDER = {
  zero: Buffer.alloc(32),
  one: Buffer.concat([u8(1), Buffer.alloc(31)]),
  eight: Buffer.from('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800', 'hex'),
  minusOne: Buffer.from(`ec${'ff'.repeat(30)}7f`, 'hex'),
} as const;

const { illegalParameter, decodeError, protocolVersion, unsupportedExtension, missingExtension } = ALERT;

export const VERSION_VIOLATIONS: readonly Violation[] = [
  row(
    'tls12-hello',
    '4.2.1',
    'no supported_versions: TLS 1.2',
    { hello: without(EXTENSION.supportedVersions) },
    protocolVersion,
    'protocol-version',
  ),
  row(
    'tls11-hello',
    '4.2.1',
    'no extensions and the number of TLS 1.1',
    { hello: set({ extensions: undefined, legacyVersion: 0x0302 }) },
    protocolVersion,
    'protocol-version',
  ),
  row(
    'ssl3-hello',
    'D.5',
    'no extensions and the number of SSL 3.0',
    { hello: set({ extensions: undefined, legacyVersion: 0x0300 }) },
    protocolVersion,
    'protocol-version',
  ),
  row(
    'tls12-by-extension',
    '4.2.1',
    'TLS 1.2 selected by supported_versions',
    { hello: replace(EXTENSION.supportedVersions, u16(0x0303)) },
    illegalParameter,
    'downgrade',
  ),
  row(
    'tls11-by-extension',
    '4.2.1',
    'TLS 1.1 selected by supported_versions',
    { hello: replace(EXTENSION.supportedVersions, u16(0x0302)) },
    illegalParameter,
    'downgrade',
  ),
  row(
    'draft-by-extension',
    '4.2.1',
    'a draft of TLS 1.3 selected by supported_versions',
    { hello: replace(EXTENSION.supportedVersions, u16(0x7f1c)) },
    illegalParameter,
    'downgrade',
  ),
  row(
    'downgrade-sentinel',
    '4.1.3',
    'TLS 1.2 with the downgrade sentinel',
    { hello: set({ extensions: undefined, random: downgradeRandom(1) }) },
    illegalParameter,
    'downgrade',
  ),
  row(
    'downgrade-sentinel-11',
    '4.1.3',
    'TLS 1.1 with the downgrade sentinel',
    { hello: set({ extensions: undefined, random: downgradeRandom(0) }) },
    illegalParameter,
    'downgrade',
  ),
  row(
    'legacy-version',
    '4.1.3',
    'legacy_version is not TLS 1.2',
    { hello: set({ legacyVersion: 0x0304 }) },
    illegalParameter,
    'legacy-version',
  ),
];

export const CHOICE_VIOLATIONS: readonly Violation[] = [
  row(
    'cipher-not-offered',
    '4.1.3',
    'TLS_AES_128_GCM_SHA256, which was not offered',
    { hello: set({ cipherSuite: SUITE.aes128Gcm }) },
    illegalParameter,
    'cipher-suite',
  ),
  row(
    'cipher-aes-256',
    '4.1.3',
    'TLS_AES_256_GCM_SHA384, which was not offered',
    { hello: set({ cipherSuite: SUITE.aes256Gcm }) },
    illegalParameter,
    'cipher-suite',
  ),
  row(
    'cipher-ccm',
    '4.1.3',
    'TLS_AES_128_CCM_SHA256, which was not offered',
    { hello: set({ cipherSuite: SUITE.aes128Ccm }) },
    illegalParameter,
    'cipher-suite',
  ),
  row(
    'cipher-of-tls12',
    '4.1.3',
    'a cipher suite of TLS 1.2',
    { hello: set({ cipherSuite: SUITE.ofTls12 }) },
    illegalParameter,
    'cipher-suite',
  ),
  row(
    'cipher-null',
    '4.1.3',
    'the null cipher suite',
    { hello: set({ cipherSuite: SUITE.nothing }) },
    illegalParameter,
    'cipher-suite',
  ),
  row(
    'compression',
    '4.1.3',
    'a compression method',
    { hello: set({ compression: 1 }) },
    illegalParameter,
    'compression',
  ),
  row(
    'session-id',
    '4.1.3',
    'another legacy_session_id than ours',
    { hello: set({ sessionId: Buffer.alloc(32) }) },
    illegalParameter,
    'session-id',
  ),
  ...(
    [
      ['session-id-first-byte', 'first', flipFirst],
      ['session-id-last-byte', 'last', flipLast],
    ] as const
  ).map(([id, which, change]) =>
    row(
      id,
      '4.1.3',
      `one bit of the ${which} byte of legacy_session_id`,
      {
        hello: (hello) => {
          hello.sessionId = change(hello.sessionId);
        },
      },
      illegalParameter,
      'session-id',
    ),
  ),
  row(
    'session-id-empty',
    '4.1.3',
    'legacy_session_id is not echoed',
    { hello: set({ sessionId: NOTHING }) },
    illegalParameter,
    'session-id',
  ),
  row(
    'session-id-long',
    '4.1.3',
    'a legacy_session_id of 33 bytes',
    { hello: set({ sessionId: Buffer.alloc(33) }) },
    decodeError,
    'decode-error',
  ),
  row(
    'group-not-offered',
    '4.2.8',
    "the server's honest share, said to be in secp384r1, which was not offered",
    { hello: relabelled(GROUP.secp384r1) },
    illegalParameter,
    'key-share',
  ),
  row(
    'group-without-share',
    '4.2.8',
    "the server's honest share, said to be in secp256r1, in which the device sent none",
    { hello: relabelled(GROUP.secp256r1) },
    illegalParameter,
    'key-share',
  ),
  row(
    'no-key-share',
    '9.2',
    'no key_share',
    { hello: without(EXTENSION.keyShare) },
    missingExtension,
    'missing-extension',
  ),
  row('share-zero', '7.4.2', 'the all-zero share', { share: LOW_ORDER.zero }, illegalParameter, 'zero-shared-secret'),
  row('share-low-order', '7.4.2', 'the share 1', { share: LOW_ORDER.one }, illegalParameter, 'zero-shared-secret'),
  row(
    'share-order-eight',
    '7.4.2',
    'a share of order 8',
    { share: LOW_ORDER.eight },
    illegalParameter,
    'zero-shared-secret',
  ),
  row(
    'share-minus-one',
    '7.4.2',
    'the share p - 1',
    { share: LOW_ORDER.minusOne },
    illegalParameter,
    'zero-shared-secret',
  ),
  row(
    'share-short',
    '4.2.8.2',
    'a share of 31 bytes',
    { hello: share(GROUP.x25519, Buffer.alloc(31, 9)) },
    illegalParameter,
    'key-share',
  ),
  row(
    'share-long',
    '4.2.8.2',
    'a share of 33 bytes',
    { hello: share(GROUP.x25519, Buffer.alloc(33, 9)) },
    illegalParameter,
    'key-share',
  ),
];

export const HELLO_VIOLATIONS: readonly Violation[] = [
  row(
    'extension-not-offered',
    '4.2',
    'ALPN, which was not offered',
    { hello: add([EXTENSION.alpn, vec16(vec8(Buffer.from('mqtt')))]) },
    unsupportedExtension,
    'unsupported-extension',
  ),
  row(
    'extension-psk',
    '4.2.11',
    'a PSK selected, which was not offered',
    { hello: add([EXTENSION.preSharedKey, u16(0)]) },
    unsupportedExtension,
    'unsupported-extension',
  ),
  row(
    'extension-unknown',
    '4.2',
    'an extension that nobody knows',
    { hello: add([EXTENSION.unknown, NOTHING]) },
    unsupportedExtension,
    'unsupported-extension',
  ),
  row(
    'extension-misplaced',
    '4.2',
    'supported_groups, which does not belong in a ServerHello',
    { hello: add([EXTENSION.supportedGroups, vec16(u16(GROUP.x25519))]) },
    illegalParameter,
    'misplaced-extension',
  ),
  row(
    'extension-cookie',
    '4.2',
    'a cookie, which belongs in a HelloRetryRequest alone',
    { hello: add([EXTENSION.cookie, vec16(Buffer.alloc(8, 0x5a))]) },
    illegalParameter,
    'misplaced-extension',
  ),
  row(
    'extension-server-name',
    '4.2',
    'server_name, which is answered in EncryptedExtensions',
    { hello: add([EXTENSION.serverName, NOTHING]) },
    illegalParameter,
    'misplaced-extension',
  ),
  row(
    'extension-repeated',
    '4.2',
    'an extension twice',
    { hello: add([EXTENSION.supportedVersions, u16(0x0304)]) },
    illegalParameter,
    'repeated-extension',
  ),
  row(
    'versions-long',
    '4.2.1',
    'supported_versions of three bytes',
    { hello: replace(EXTENSION.supportedVersions, Buffer.of(3, 4, 0)) },
    decodeError,
    'decode-error',
  ),
  row(
    'share-trailing',
    '4.2.8',
    'a byte after the share',
    { hello: replace(EXTENSION.keyShare, Buffer.concat([u16(GROUP.x25519), vec16(Buffer.alloc(32, 9)), u8(0)])) },
    decodeError,
    'decode-error',
  ),
  row(
    'hello-too-long',
    '4.1.3',
    'a byte after the ServerHello',
    { helloBody: (body) => Buffer.concat([body, u8(0)]) },
    decodeError,
    'decode-error',
  ),
  row(
    'hello-too-short',
    '4.1.3',
    'a ServerHello without its last byte',
    { helloBody: (body) => body.subarray(0, -1) },
    decodeError,
    'decode-error',
  ),
  row('hello-empty', '4.1.3', 'an empty ServerHello', { helloBody: () => NOTHING }, decodeError, 'decode-error'),
];
