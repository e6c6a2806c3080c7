/** Violations in the server's encrypted messages (RFC 8446 4.3, 4.4) and in their order (4, appendix A.1). */
import { keyFromSeed } from '../../pki/keys.ts';
import { REQUEST, type Script } from './scripted-server.ts';
import { ALERT, EXTENSION, flip, flipFirst, flipLast, row, type Violation } from './violation.ts';
import { type Extension, extensions, MSG, message, u8, u16, vec8, vec16, vec24 } from './wire.ts';

const NOTHING = Buffer.alloc(0);
const THIEF = keyFromSeed('ed25519', 'attacker', 'thief').privateKey;
const TICKET = message(MSG.NST, Buffer.concat([Buffer.alloc(8), vec8(u8(1)), vec16(Buffer.alloc(32)), u16(0)]));
const SHARE: Extension = [EXTENSION.keyShare, Buffer.concat([u16(29), vec16(Buffer.alloc(32, 9))])];
/** What only servers before TLS 1.3 say, and what only clients say. */
const FOREIGN = { helloRequest: 0, clientHello: 1, endOfEarlyData: 5, serverKeyExchange: 12, serverHelloDone: 14 };
const MESSAGE_HASH = 254;

const { illegalParameter, decodeError, decryptError, unexpectedMessage, unsupportedExtension, missingExtension } =
  ALERT;

/** Changes the body of one message after it entered the transcript: the twin is honest. */
const body = (which: number, change: (body: Buffer) => Buffer): Script => ({
  tamper: (type, whole) => (type === which ? message(type, change(whole.subarray(4))) : whole),
});
const longer = (bytes: Buffer) => Buffer.concat([bytes, u8(0)]);
const shorter = (bytes: Buffer) => bytes.subarray(0, -1);

/** The server's certificate once more behind all others, with these extensions. */
const withSecond = (bytes: Buffer, list: Extension[]) => {
  const entries = bytes.subarray(4);
  const first = entries.subarray(3, 3 + entries.readUIntBE(0, 3));
  return Buffer.concat([bytes.subarray(0, 1), vec24(Buffer.concat([entries, vec24(first), extensions(list)]))]);
};

const answered = (id: string, section: string, what: string, list: Extension[], alert: number, reason: string) =>
  row(id, section, what, { encryptedExtensions: list }, alert, reason);
const ordered = (id: string, section: string, what: string, order: NonNullable<Script['order']>) =>
  row(id, section, what, { order }, unexpectedMessage, 'unexpected-message');
const malformed = (id: string, section: string, what: string, script: Script) =>
  row(id, section, what, script, decodeError, 'decode-error');
const asked = (id: string, what: string, request: Extension[], alert: number, reason: string) =>
  row(id, '4.3.2', what, { request }, alert, reason, { request: REQUEST });

export const EXTENSIONS_VIOLATIONS: readonly Violation[] = [
  answered(
    'encrypted-extension-not-offered',
    '4.3.1',
    'ALPN in EncryptedExtensions, which was not offered',
    [[EXTENSION.alpn, vec16(vec8(Buffer.from('mqtt')))]],
    unsupportedExtension,
    'unsupported-extension',
  ),
  answered(
    'encrypted-extension-early-data',
    '4.2.10',
    'early data accepted, which was not offered',
    [[EXTENSION.earlyData, NOTHING]],
    unsupportedExtension,
    'unsupported-extension',
  ),
  answered(
    'encrypted-extension-misplaced',
    '4.2',
    'a key share in EncryptedExtensions',
    [SHARE],
    illegalParameter,
    'misplaced-extension',
  ),
  answered(
    'encrypted-extension-version',
    '4.2',
    'supported_versions in EncryptedExtensions',
    [[EXTENSION.supportedVersions, u16(0x0304)]],
    illegalParameter,
    'misplaced-extension',
  ),
  answered(
    'encrypted-extension-schemes',
    '4.2',
    'signature_algorithms in EncryptedExtensions',
    [[EXTENSION.signatureAlgorithms, vec16(u16(0x0403))]],
    illegalParameter,
    'misplaced-extension',
  ),
  answered(
    'encrypted-extension-cookie',
    '4.2',
    'a cookie in EncryptedExtensions',
    [[EXTENSION.cookie, vec16(Buffer.alloc(8, 0x5a))]],
    illegalParameter,
    'misplaced-extension',
  ),
  answered(
    'encrypted-extension-unknown',
    '4.2',
    'an extension in EncryptedExtensions that nobody knows',
    [[EXTENSION.unknown, NOTHING]],
    unsupportedExtension,
    'unsupported-extension',
  ),
  answered(
    'encrypted-extension-repeated',
    '4.2',
    'server_name twice in EncryptedExtensions',
    [
      [EXTENSION.serverName, NOTHING],
      [EXTENSION.serverName, NOTHING],
    ],
    illegalParameter,
    'repeated-extension',
  ),
  answered(
    'server-name-content',
    '4.3.1',
    'a server_name that is not empty (RFC 6066 3)',
    [[EXTENSION.serverName, u8(0)]],
    decodeError,
    'decode-error',
  ),
  answered(
    'groups-odd',
    '4.2.7',
    'supported_groups of three bytes',
    [[EXTENSION.supportedGroups, vec16(Buffer.of(0, 29, 0))]],
    decodeError,
    'decode-error',
  ),
  answered(
    'groups-empty',
    '4.2.7',
    'supported_groups without a group',
    [[EXTENSION.supportedGroups, vec16(NOTHING)]],
    decodeError,
    'decode-error',
  ),
  malformed('encrypted-extensions-long', '4.3.1', 'a byte after EncryptedExtensions', body(MSG.EE, longer)),
  malformed('encrypted-extensions-short', '4.3.1', 'EncryptedExtensions without its last byte', body(MSG.EE, shorter)),
  asked(
    'request-no-schemes',
    'a CertificateRequest without signature_algorithms',
    [[EXTENSION.unknown, NOTHING]],
    missingExtension,
    'missing-extension',
  ),
  asked(
    'request-empty-schemes',
    'a CertificateRequest with no signature scheme',
    [[EXTENSION.signatureAlgorithms, vec16(NOTHING)]],
    decodeError,
    'decode-error',
  ),
  asked(
    'request-odd-schemes',
    'a CertificateRequest with a scheme and a half',
    [[EXTENSION.signatureAlgorithms, vec16(Buffer.of(4, 3, 8))]],
    decodeError,
    'decode-error',
  ),
  ...(
    [
      ['request-server-name', 'server_name', [EXTENSION.serverName, NOTHING]],
      ['request-version', 'supported_versions', [EXTENSION.supportedVersions, u16(0x0304)]],
      ['request-cookie', 'a cookie', [EXTENSION.cookie, vec16(Buffer.alloc(8, 0x5a))]],
      ['request-groups', 'supported_groups', [EXTENSION.supportedGroups, vec16(u16(29))]],
    ] as const
  ).map(([id, what, stray]) =>
    asked(id, `${what} in a CertificateRequest`, [...REQUEST, [...stray]], illegalParameter, 'misplaced-extension'),
  ),
  row(
    'request-long',
    '4.3.2',
    'a byte after CertificateRequest',
    { request: REQUEST, ...body(MSG.CR, longer) },
    decodeError,
    'decode-error',
    { request: REQUEST },
  ),
  asked(
    'request-misplaced',
    'a key share in a CertificateRequest',
    [...REQUEST, SHARE],
    illegalParameter,
    'misplaced-extension',
  ),
  asked(
    'request-repeated',
    'signature_algorithms twice in a CertificateRequest',
    [...REQUEST, ...REQUEST],
    illegalParameter,
    'repeated-extension',
  ),
  row(
    'request-context',
    '4.3.2',
    'a CertificateRequest with a context',
    { request: REQUEST, requestContext: u8(1) },
    illegalParameter,
    'request-context',
    { request: REQUEST },
  ),
];

export const CERTIFICATE_VIOLATIONS: readonly Violation[] = [
  row(
    'certificate-context',
    '4.4.2',
    'a Certificate with a context',
    { certificateContext: u8(1) },
    illegalParameter,
    'request-context',
  ),
  row(
    'certificate-extension',
    '4.4.2',
    'a stapled OCSP answer, which was not asked for',
    { certificateExtensions: [[EXTENSION.statusRequest, Buffer.concat([u8(1), vec24(u8(0))])]] },
    unsupportedExtension,
    'unsupported-extension',
  ),
  row(
    'certificate-extension-second',
    '4.4.2',
    'an extension of the second certificate, which was not asked for',
    body(MSG.CERT, (bytes) => withSecond(bytes, [[EXTENSION.statusRequest, Buffer.concat([u8(1), vec24(u8(0))])]])),
    unsupportedExtension,
    'unsupported-extension',
  ),
  row(
    'empty-certificate',
    '4.4.2.4',
    'an empty Certificate message',
    { chain: [] },
    decodeError,
    'empty-certificate-message',
  ),
  malformed('certificate-empty-entry', '4.4.2', 'a certificate of no bytes', { chain: [NOTHING] }),
  malformed('certificate-long', '4.4.2', 'a byte after Certificate', body(MSG.CERT, longer)),
  malformed('certificate-short', '4.4.2', 'a Certificate without its last byte', body(MSG.CERT, shorter)),
  row(
    'verify-corrupted',
    '4.4.3',
    'a corrupted CertificateVerify',
    { verify: { edit: flipLast } },
    decryptError,
    'certificate-verify',
  ),
  row(
    'verify-first-byte',
    '4.4.3',
    "one bit of a CertificateVerify's first byte",
    { verify: { edit: flipFirst } },
    decryptError,
    'certificate-verify',
  ),
  row(
    'verify-middle-byte',
    '4.4.3',
    'one bit in the middle of a CertificateVerify',
    { verify: { edit: flip(20) } },
    decryptError,
    'certificate-verify',
  ),
  row(
    'verify-empty',
    '4.4.3',
    'a CertificateVerify without signature',
    { verify: { edit: () => NOTHING } },
    decryptError,
    'certificate-verify',
  ),
  row(
    'verify-other-context',
    '4.4.3',
    "a CertificateVerify made with the client's context string",
    { verify: { context: 'TLS 1.3, client CertificateVerify' } },
    decryptError,
    'certificate-verify',
  ),
  row(
    'verify-other-key',
    '4.4.3',
    'a CertificateVerify made with another key: the chain is stolen',
    { verify: { key: THIEF } },
    decryptError,
    'certificate-verify',
  ),
  row(
    'verify-other-transcript',
    '4.4.3',
    'a CertificateVerify over another transcript',
    {
      tamper: (type, whole) =>
        type === MSG.EE ? message(MSG.EE, extensions([[EXTENSION.serverName, NOTHING]])) : whole,
    },
    decryptError,
    'certificate-verify',
    { encryptedExtensions: [[EXTENSION.serverName, NOTHING]] },
  ),
  ...(
    [
      ['verify-scheme', 'ecdsa_sha1, which was not offered', 0x0203],
      ['verify-rsa-sha1', 'rsa_pkcs1_sha1, which was not offered', 0x0201],
      ['verify-rsa-pkcs1', 'rsa_pkcs1_sha256, which no CertificateVerify may have', 0x0401],
      ['verify-p521', 'ecdsa_secp521r1_sha512, which was not offered', 0x0603],
      ['verify-other-kind', "a scheme that was offered and is not the key's", 0x0403],
      ['verify-scheme-zero', 'the scheme 0', 0],
    ] as const
  ).map(([id, what, scheme]) =>
    row(id, '4.4.3', `a CertificateVerify of ${what}`, { verify: { scheme } }, illegalParameter, 'signature-scheme'),
  ),
  malformed('verify-long', '4.4.3', 'a byte after CertificateVerify', body(MSG.CV, longer)),
  malformed('verify-short', '4.4.3', 'a CertificateVerify without its last byte', body(MSG.CV, shorter)),
  ...(
    [
      ['finished-wrong', 'last', flipLast],
      ['finished-first-byte', 'first', flipFirst],
      ['finished-middle-byte', 'sixteenth', flip(15)],
    ] as const
  ).map(([id, which, finished]) =>
    row(id, '4.4.4', `one bit of the ${which} byte of Finished`, { finished }, decryptError, 'finished'),
  ),
  row('finished-zero', '4.4.4', 'a Finished of zeros', { finished: () => Buffer.alloc(32) }, decryptError, 'finished'),
  malformed('finished-short', '4.4.4', 'a Finished of 31 bytes', { finished: (mac) => mac.subarray(0, 31) }),
  malformed('finished-long', '4.4.4', 'a Finished of 33 bytes', { finished: longer }),
];

export const ORDER_VIOLATIONS: readonly Violation[] = [
  ordered('no-encrypted-extensions', '4.3.1', 'no EncryptedExtensions', ['CERT', 'CV', 'FIN']),
  ordered('no-certificate', '4.4.2', 'no Certificate at all', ['EE', 'FIN']),
  ordered('no-certificate-verify', '4.4.3', 'Finished without CertificateVerify', ['EE', 'CERT', 'FIN']),
  ordered('finished-first', '4', 'Finished before EncryptedExtensions', ['FIN']),
  ordered('verify-before-certificate', '4.4.3', 'CertificateVerify before Certificate', ['EE', 'CV', 'CERT', 'FIN']),
  ordered('extensions-twice', '4.3.1', 'EncryptedExtensions twice', ['EE', 'EE', 'CERT', 'CV', 'FIN']),
  ordered('certificate-twice', '4.4.2', 'Certificate twice', ['EE', 'CERT', 'CERT', 'CV', 'FIN']),
  ordered('verify-twice', '4.4.3', 'CertificateVerify twice', ['EE', 'CERT', 'CV', 'CV', 'FIN']),
  ordered('request-twice', '4.3.2', 'CertificateRequest twice', ['EE', 'CR', 'CR', 'CERT', 'CV', 'FIN']),
  ordered('request-late', '4.3.2', 'CertificateRequest after Certificate', ['EE', 'CERT', 'CR', 'CV', 'FIN']),
  ordered('hello-twice', '4', 'a second ServerHello under the handshake keys', [
    message(MSG.SH, Buffer.alloc(40)),
    'EE',
    'CERT',
    'CV',
    'FIN',
  ]),
  ordered('ticket-before-finished', '4.6.1', 'NewSessionTicket before Finished', ['EE', 'CERT', 'CV', TICKET, 'FIN']),
  ordered('key-update-before-finished', '4.6.3', 'KeyUpdate before Finished', [
    'EE',
    message(MSG.KU, u8(0)),
    'CERT',
    'CV',
    'FIN',
  ]),
  ...(
    [
      ['hello-request', 'HelloRequest, which TLS 1.3 has not', FOREIGN.helloRequest],
      ['client-hello', 'a ClientHello from the server', FOREIGN.clientHello],
      ['end-of-early-data', 'EndOfEarlyData, which only a client sends', FOREIGN.endOfEarlyData],
      ['server-key-exchange', 'ServerKeyExchange of TLS 1.2', FOREIGN.serverKeyExchange],
      ['server-hello-done', 'ServerHelloDone of TLS 1.2', FOREIGN.serverHelloDone],
      ['message-hash', 'message_hash, which is never sent', MESSAGE_HASH],
      ['message-unknown', 'a message of an unknown type', 99],
    ] as const
  ).map(([id, what, type]) => ordered(id, '4', what, ['EE', message(type, NOTHING), 'CERT', 'CV', 'FIN'])),
];
