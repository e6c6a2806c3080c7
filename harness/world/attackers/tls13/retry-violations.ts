/** Violations around a HelloRetryRequest (RFC 8446 4.1.4, 4.2.2, 4.2.8): in itself, in what follows it, and in the secp256r1 share that it leads to. */
import { GROUP, RETRY_RANDOM, type Retry, type Script } from './scripted-server.ts';
import { ALERT, add, EXTENSION, flipFirst, flipLast, replace, row, set, type Violation, without } from './violation.ts';
import { type Extension, u8, u16, vec8, vec16 } from './wire.ts';

const VERSION: Extension = [EXTENSION.supportedVersions, u16(0x0304)];
const COOKIE: Extension = [EXTENSION.cookie, vec16(Buffer.alloc(32, 0x5a))];
const wants = (group: number): Extension => [EXTENSION.keyShare, u16(group)];
const SECP256R1 = wants(GROUP.secp256r1);
const SECP384R1 = 24;

const retry = (extensions: Extension[], rest: Omit<Retry, 'extensions'> = {}): Script => ({
  retries: [{ extensions: [VERSION, ...extensions], ...rest }],
});
/** RFC 8446 4.2.2 allows 2^16 - 1 bytes; what is longer than this would have to be kept by a device that has no room for it. */
const MAX_COOKIE = 512;
const cookieOf = (size: number): Extension => [
  EXTENSION.cookie,
  vec16(Buffer.from(Array.from({ length: size }, (_, n) => n & 0xff))),
];
/** What the device accepts. */
export const RETRIES = {
  cookie: retry([COOKIE]),
  group: retry([SECP256R1]),
  both: retry([SECP256R1, COOKIE]),
  /** As long as a server needs that keeps all of its state in it. */
  longCookie: retry([SECP256R1, cookieOf(400)]),
  longestCookie: retry([SECP256R1, cookieOf(MAX_COOKIE)]),
} as const;

const { illegalParameter, decodeError, unexpectedMessage, unsupportedExtension, protocolVersion } = ALERT;

/** The generator of secp256r1 with the last bit of y turned: on no curve of ours. */
const OFF_CURVE = Buffer.from(
  '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f4',
  'hex',
);
/** x = p, which is 0 and no reduced coordinate; y is a square root of the curve's b. */
const NOT_REDUCED = Buffer.from(
  '04ffffffff00000001000000000000000000000000ffffffffffffffffffffffff66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4',
  'hex',
);
const point = (id: string, what: string, share: Buffer, reason: string) =>
  row(id, '4.2.8.2', what, { ...RETRIES.group, share }, illegalParameter, reason, RETRIES.group);

export const POINT_VIOLATIONS: readonly Violation[] = [
  point('point-off-curve', 'a point that is not on secp256r1', OFF_CURVE, 'share-not-on-curve'),
  point('point-not-reduced', 'a point with a coordinate that is not below p', NOT_REDUCED, 'share-not-on-curve'),
  point('point-zero', 'the point (0, 0)', Buffer.concat([u8(4), Buffer.alloc(64)]), 'share-not-on-curve'),
  point('point-infinity', 'the point at infinity', u8(0), 'key-share'),
  point('point-compressed', 'a compressed point', Buffer.concat([u8(3), OFF_CURVE.subarray(1, 33)]), 'key-share'),
  point('point-hybrid', 'a point of the hybrid form', Buffer.concat([u8(7), OFF_CURVE.subarray(1)]), 'key-share'),
  point('point-short', 'a point of 64 bytes', OFF_CURVE.subarray(0, 64), 'key-share'),
];

export const RETRY_VIOLATIONS: readonly Violation[] = [
  row(
    'retry-nothing',
    '4.1.4',
    'a HelloRetryRequest that changes nothing',
    retry([]),
    illegalParameter,
    'retry-no-change',
    RETRIES.cookie,
  ),
  row(
    'retry-same-group',
    '4.2.8',
    'a HelloRetryRequest for X25519, of which it has a share',
    retry([wants(GROUP.x25519)]),
    illegalParameter,
    'retry-unoffered',
    RETRIES.group,
  ),
  row(
    'retry-group-not-offered',
    '4.2.8',
    'a HelloRetryRequest for secp384r1, which was not offered',
    retry([wants(SECP384R1)]),
    illegalParameter,
    'retry-unoffered',
    RETRIES.group,
  ),
  row(
    'retry-twice',
    '4.1.4',
    'a second HelloRetryRequest',
    { retries: [{ extensions: [VERSION, COOKIE] }, { extensions: [VERSION, SECP256R1] }] },
    unexpectedMessage,
    'second-retry',
    RETRIES.cookie,
  ),
  row(
    'retry-empty-cookie',
    '4.2.2',
    'an empty cookie',
    retry([[EXTENSION.cookie, vec16(Buffer.alloc(0))]]),
    decodeError,
    'decode-error',
    RETRIES.cookie,
  ),
  ...(
    [
      ['retry-cookie-long', MAX_COOKIE + 1],
      ['retry-cookie-of-a-record', 16_000],
    ] as const
  ).map(([id, size]) =>
    row(
      id,
      '4.2.2',
      `a cookie of ${size} bytes, longer than the device keeps`,
      retry([SECP256R1, cookieOf(size)]),
      decodeError,
      'decode-error',
      RETRIES.longestCookie,
    ),
  ),
  ...(
    [
      ['retry-random-first-byte', 'first', flipFirst],
      ['retry-random-last-byte', 'last', flipLast],
    ] as const
  ).map(([id, which, change]) =>
    row(
      id,
      '4.1.3',
      `a HelloRetryRequest but for one bit of its random's ${which} byte: a ServerHello with a cookie`,
      retry([COOKIE], { edit: set({ random: change(RETRY_RANDOM) }) }),
      illegalParameter,
      'misplaced-extension',
      RETRIES.cookie,
    ),
  ),
  row(
    'retry-cookie-trailing',
    '4.2.2',
    'a byte after the cookie',
    retry([[EXTENSION.cookie, Buffer.concat([vec16(Buffer.alloc(32, 0x5a)), u8(0)])]]),
    decodeError,
    'decode-error',
    RETRIES.cookie,
  ),
  row(
    'retry-whole-share',
    '4.2.8',
    'a HelloRetryRequest with a share instead of a group',
    retry([[EXTENSION.keyShare, Buffer.concat([u16(GROUP.secp256r1), vec16(Buffer.alloc(65, 4))])]]),
    decodeError,
    'decode-error',
    RETRIES.group,
  ),
  row(
    'retry-extension-not-offered',
    '4.2',
    'a HelloRetryRequest with ALPN, which was not offered',
    retry([COOKIE, [EXTENSION.alpn, vec16(vec8(Buffer.from('mqtt')))]]),
    unsupportedExtension,
    'unsupported-extension',
    RETRIES.cookie,
  ),
  row(
    'retry-extension-misplaced',
    '4.2',
    'a HelloRetryRequest with supported_groups',
    retry([COOKIE, [EXTENSION.supportedGroups, vec16(u16(GROUP.x25519))]]),
    illegalParameter,
    'misplaced-extension',
    RETRIES.cookie,
  ),
  row(
    'retry-extension-repeated',
    '4.2',
    'a HelloRetryRequest with two cookies',
    retry([COOKIE, COOKIE]),
    illegalParameter,
    'repeated-extension',
    RETRIES.cookie,
  ),
  row(
    'retry-no-version',
    '4.1.4',
    'a HelloRetryRequest without supported_versions',
    retry([COOKIE], { edit: without(EXTENSION.supportedVersions) }),
    protocolVersion,
    'protocol-version',
    RETRIES.cookie,
  ),
  row(
    'retry-tls12',
    '4.1.4',
    'a HelloRetryRequest of TLS 1.2',
    retry([COOKIE], { edit: replace(EXTENSION.supportedVersions, u16(0x0303)) }),
    illegalParameter,
    'downgrade',
    RETRIES.cookie,
  ),
  row(
    'retry-legacy-version',
    '4.1.4',
    'a HelloRetryRequest whose legacy_version is not TLS 1.2',
    retry([COOKIE], { edit: set({ legacyVersion: 0x0304 }) }),
    illegalParameter,
    'legacy-version',
    RETRIES.cookie,
  ),
  row(
    'retry-cipher',
    '4.1.4',
    'a HelloRetryRequest with a cipher suite that was not offered',
    retry([COOKIE], { edit: set({ cipherSuite: 0x1301 }) }),
    illegalParameter,
    'cipher-suite',
    RETRIES.cookie,
  ),
  row(
    'retry-session-id',
    '4.1.4',
    'a HelloRetryRequest that does not echo legacy_session_id',
    retry([COOKIE], { edit: set({ sessionId: Buffer.alloc(32) }) }),
    illegalParameter,
    'session-id',
    RETRIES.cookie,
  ),
  row(
    'retry-compression',
    '4.1.4',
    'a HelloRetryRequest with a compression method',
    retry([COOKIE], { edit: set({ compression: 1 }) }),
    illegalParameter,
    'compression',
    RETRIES.cookie,
  ),
  row(
    'retry-other-cipher-after',
    '4.1.4',
    'another cipher suite in the ServerHello than in the HelloRetryRequest',
    { ...RETRIES.cookie, hello: set({ cipherSuite: 0x1301 }) },
    illegalParameter,
    'cipher-suite',
    RETRIES.cookie,
  ),
  row(
    'retry-other-version-after',
    '4.1.4',
    'another version in the ServerHello than in the HelloRetryRequest',
    { ...RETRIES.cookie, hello: replace(EXTENSION.supportedVersions, u16(0x0303)) },
    illegalParameter,
    'downgrade',
    RETRIES.cookie,
  ),
  row(
    'retry-cookie-after',
    '4.2',
    'the cookie once more in the ServerHello',
    { ...RETRIES.cookie, hello: add(COOKIE) },
    illegalParameter,
    'misplaced-extension',
    RETRIES.cookie,
  ),
  row(
    'retry-other-group-after',
    '4.2.8',
    'a share in another group than the HelloRetryRequest asked for',
    {
      ...RETRIES.group,
      hello: replace(EXTENSION.keyShare, Buffer.concat([u16(GROUP.x25519), vec16(Buffer.alloc(32, 9))])),
    },
    illegalParameter,
    'key-share',
    RETRIES.group,
  ),
];
