/**
 * What the scripted server can do wrong: a table of violations of RFC 8446, each with the section that forbids it and the alert that a client must answer with.
 */
export type { Violation } from './violation.ts';

import { keyFromSeed } from '../../pki/keys.ts';
import { RECORD_VIOLATIONS } from './record-violations.ts';
import { type Extension, type Hello, MSG, message, u8, u16, vec8, vec16 } from './scripted-server.ts';
import { ALERT, flipLast, row, type Violation } from './violation.ts';

const EXTENSION = { alpn: 16, supportedVersions: 43, keyShare: 51 } as const;
const TLS_AES_128_GCM_SHA256 = 0x1301;
const TLS12_ECDHE_ECDSA_CHACHA20 = 0xcca9;
const SECP256R1 = 23;
/** An extension that the client must accept (RFC 6066 3): server_name, empty. */
const SERVER_NAME_TAKEN = Buffer.alloc(4);
const THIEF = keyFromSeed('ed25519', 'attacker', 'thief').privateKey;
/** RFC 8446 4.1.3: the last eight bytes of a downgraded server's random. */
const downgradeRandom = (last: number) => Buffer.concat([Buffer.alloc(24, 7), Buffer.from('DOWNGRD'), u8(last)]);

const set =
  (change: Partial<Hello>) =>
  (hello: Hello): void => {
    Object.assign(hello, change);
  };
const add =
  (...added: Extension[]) =>
  (hello: Hello): void => {
    hello.extensions!.push(...added);
  };
const without =
  (type: number) =>
  (hello: Hello): void => {
    hello.extensions = hello.extensions!.filter(([other]) => other !== type);
  };
const replace =
  (type: number, data: Uint8Array) =>
  (hello: Hello): void => {
    hello.extensions = hello.extensions!.map(([other, old]): Extension => [other, other === type ? data : old]);
  };

export const VIOLATIONS: readonly Violation[] = [
  row(
    'tls12-hello',
    '4.2.1',
    'no supported_versions: TLS 1.2',
    { hello: without(EXTENSION.supportedVersions) },
    ALERT.protocolVersion,
    'protocol-version',
  ),
  row(
    'tls12-by-extension',
    '4.2.1',
    'TLS 1.2 selected by supported_versions',
    { hello: replace(EXTENSION.supportedVersions, u16(0x0303)) },
    ALERT.illegalParameter,
    'downgrade',
  ),
  row(
    'downgrade-sentinel',
    '4.1.3',
    'TLS 1.2 with the downgrade sentinel',
    { hello: set({ extensions: undefined, random: downgradeRandom(1) }) },
    ALERT.illegalParameter,
    'downgrade',
  ),
  row(
    'downgrade-sentinel-11',
    '4.1.3',
    'TLS 1.1 with the downgrade sentinel',
    { hello: set({ extensions: undefined, random: downgradeRandom(0) }) },
    ALERT.illegalParameter,
    'downgrade',
  ),
  row(
    'legacy-version',
    '4.1.3',
    'legacy_version is not TLS 1.2',
    { hello: set({ legacyVersion: 0x0304 }) },
    ALERT.illegalParameter,
    'legacy-version',
  ),
  row(
    'session-id',
    '4.1.3',
    'legacy_session_id is not echoed',
    { hello: set({ sessionId: Buffer.alloc(32) }) },
    ALERT.illegalParameter,
    'session-id',
  ),
  row(
    'cipher-not-offered',
    '4.1.3',
    'TLS_AES_128_GCM_SHA256, which was not offered',
    { hello: set({ cipherSuite: TLS_AES_128_GCM_SHA256 }) },
    ALERT.illegalParameter,
    'cipher-suite',
  ),
  row(
    'cipher-of-tls12',
    '4.1.3',
    'a cipher suite of TLS 1.2',
    { hello: set({ cipherSuite: TLS12_ECDHE_ECDSA_CHACHA20 }) },
    ALERT.illegalParameter,
    'cipher-suite',
  ),
  row(
    'cipher-null',
    '4.1.3',
    'the null cipher suite',
    { hello: set({ cipherSuite: 0 }) },
    ALERT.illegalParameter,
    'cipher-suite',
  ),
  row(
    'compression',
    '4.1.3',
    'a compression method',
    { hello: set({ compression: 1 }) },
    ALERT.illegalParameter,
    'compression',
  ),
  row(
    'extension-not-offered',
    '4.2',
    'ALPN, which was not offered',
    { hello: add([EXTENSION.alpn, vec16(vec8(Buffer.from('mqtt')))]) },
    ALERT.unsupportedExtension,
    'unsupported-extension',
  ),
  row(
    'extension-repeated',
    '4.2',
    'an extension twice',
    { hello: add([EXTENSION.supportedVersions, u16(0x0304)]) },
    ALERT.illegalParameter,
    'repeated-extension',
  ),
  row(
    'no-key-share',
    '9.2',
    'no key_share',
    { hello: without(EXTENSION.keyShare) },
    ALERT.missingExtension,
    'missing-extension',
  ),
  row(
    'group-not-offered',
    '4.2.8',
    'a share in secp256r1, which was not offered',
    { hello: replace(EXTENSION.keyShare, Buffer.concat([u16(SECP256R1), vec16(Buffer.alloc(65, 4))])) },
    ALERT.illegalParameter,
    'key-share',
  ),
  row(
    'share-zero',
    '7.4.2',
    'the all-zero share',
    { share: Buffer.alloc(32) },
    ALERT.illegalParameter,
    'zero-shared-secret',
  ),
  row(
    'share-low-order',
    '7.4.2',
    'a share of low order',
    { share: Buffer.concat([u8(1), Buffer.alloc(31)]) },
    ALERT.illegalParameter,
    'zero-shared-secret',
  ),
  row(
    'share-short',
    '4.2.8.2',
    'a share of 31 bytes',
    { hello: replace(EXTENSION.keyShare, Buffer.concat([u16(29), vec16(Buffer.alloc(31, 9))])) },
    ALERT.illegalParameter,
    'key-share',
  ),
  row(
    'hello-too-long',
    '4.1.3',
    'a byte after the ServerHello',
    { helloBody: (body) => Buffer.concat([body, u8(0)]) },
    ALERT.decodeError,
    'decode-error',
  ),
  row(
    'verify-corrupted',
    '4.4.3',
    'a corrupted CertificateVerify',
    { verify: { edit: flipLast } },
    ALERT.decryptError,
    'certificate-verify',
  ),
  row(
    'verify-other-context',
    '4.4.3',
    "a CertificateVerify made with the client's context string",
    { verify: { context: 'TLS 1.3, client CertificateVerify' } },
    ALERT.decryptError,
    'certificate-verify',
  ),
  row(
    'verify-scheme',
    '4.4.3',
    'a signature scheme with SHA-1, which was not offered',
    { verify: { scheme: 0x0203 } },
    ALERT.illegalParameter,
    'signature-scheme',
  ),
  row('finished-wrong', '4.4.4', 'a wrong Finished', { finished: flipLast }, ALERT.decryptError, 'finished'),
  row(
    'no-certificate-verify',
    '4.4.3',
    'Finished without CertificateVerify',
    { order: ['EE', 'CERT', 'FIN'] },
    ALERT.unexpectedMessage,
    'unexpected-message',
  ),
  row(
    'no-certificate',
    '4.4.2',
    'no Certificate at all',
    { order: ['EE', 'FIN'] },
    ALERT.unexpectedMessage,
    'unexpected-message',
  ),
  row(
    'empty-certificate',
    '4.4.2.4',
    'an empty Certificate message',
    { chain: [] },
    ALERT.decodeError,
    'empty-certificate-message',
  ),
  row(
    'finished-first',
    '4',
    'Finished before EncryptedExtensions',
    { order: ['FIN'] },
    ALERT.unexpectedMessage,
    'unexpected-message',
  ),
  ...RECORD_VIOLATIONS,
  row(
    'encrypted-extension-not-offered',
    '4.3.1',
    'ALPN in EncryptedExtensions, which was not offered',
    { encryptedExtensions: [[EXTENSION.alpn, vec16(vec8(Buffer.from('mqtt')))]] },
    ALERT.unsupportedExtension,
    'unsupported-extension',
  ),
  row(
    'encrypted-extension-misplaced',
    '4.2',
    'a key share in EncryptedExtensions',
    { encryptedExtensions: [[EXTENSION.keyShare, Buffer.concat([u16(29), vec16(Buffer.alloc(32, 9))])]] },
    ALERT.illegalParameter,
    'misplaced-extension',
  ),
  row(
    'verify-other-key',
    '4.4.3',
    'a CertificateVerify made with another key: the chain is stolen',
    { verify: { key: THIEF } },
    ALERT.decryptError,
    'certificate-verify',
  ),
  row(
    'verify-other-transcript',
    '4.4.3',
    'a CertificateVerify over another transcript',
    { tamper: (type, whole) => (type === MSG.EE ? message(MSG.EE, vec16(SERVER_NAME_TAKEN)) : whole) },
    ALERT.decryptError,
    'certificate-verify',
  ),
  row(
    'hello-twice',
    '4',
    'a second ServerHello under the handshake keys',
    { order: [message(MSG.SH, Buffer.alloc(40)), 'EE', 'CERT', 'CV', 'FIN'] },
    ALERT.unexpectedMessage,
    'unexpected-message',
  ),
];
