/** The server's messages after ServerHello: order, contents, signatures; each refusal with its reason and alert beside its accepted twin. */
import { expect } from 'chai';
import { STATE } from './device.ts';
import { make } from './pki.ts';
import { type Extension, MSG, message, REQUEST, type Script, u8, u16, u24, vec8, vec16 } from './scripted.ts';
import { begin, connect, expectRefused, fixture, type Refusal, refuses } from './session.ts';

const EMPTY = Buffer.alloc(0);
const flipped = (at: number) => (bytes: Buffer) => Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)));
const extra = (list: Extension[]): Script => ({ encryptedExtensions: list });
const MESSAGES: Refusal[] = [
  ['EncryptedExtensions: not offered', extra([[16, vec16(vec8(Buffer.from('mqtt')))]]), 'unsupported-extension', 110],
  ['EncryptedExtensions: max_fragment_length, not offered', extra([[1, u8(1)]]), 'unsupported-extension', 110],
  ['EncryptedExtensions: early_data, not offered', extra([[42, EMPTY]]), 'unsupported-extension', 110],
  ['EncryptedExtensions: key_share', extra([[51, u16(29)]]), 'misplaced-extension', 47],
  ['EncryptedExtensions: server_name with contents', extra([[0, u8(0)]]), 'decode-error', 50],
  [
    'EncryptedExtensions: repeated server_name',
    extra([
      [0, EMPTY],
      [0, EMPTY],
    ]),
    'repeated-extension',
    47,
  ],
  ['EncryptedExtensions: odd supported_groups', extra([[10, vec16(Buffer.alloc(3))]]), 'decode-error', 50],
  ['EncryptedExtensions: cut', { order: [message(MSG.EE, u16(5)), 'CERT', 'CV', 'FIN'] }, 'decode-error', 50],
  ['no EncryptedExtensions', { order: ['CERT', 'CV', 'FIN'] }, 'unexpected-message', 10],
  ['no Certificate', { order: ['EE', 'CV', 'FIN'] }, 'unexpected-message', 10],
  ['no Certificate, no CertificateVerify', { order: ['EE', 'FIN'] }, 'unexpected-message', 10],
  ['no CertificateVerify', { order: ['EE', 'CERT', 'FIN'] }, 'unexpected-message', 10],
  ['CertificateVerify before Certificate', { order: ['EE', 'CV', 'CERT', 'FIN'] }, 'unexpected-message', 10],
  ['Certificate twice', { order: ['EE', 'CERT', 'CERT', 'CV', 'FIN'] }, 'unexpected-message', 10],
  ['CertificateRequest twice', { order: ['EE', 'CR', 'CR', 'CERT', 'CV', 'FIN'] }, 'unexpected-message', 10],
  ['CertificateRequest after Certificate', { order: ['EE', 'CERT', 'CR', 'CV', 'FIN'] }, 'unexpected-message', 10],
  ['ServerHello again', { order: [message(MSG.SH, EMPTY), 'EE'] }, 'unexpected-message', 10],
  ['a NewSessionTicket within the handshake', { order: ['EE', message(MSG.NST, EMPTY)] }, 'unexpected-message', 10],
  ['a KeyUpdate within the handshake', { order: ['EE', message(MSG.KU, u8(0))] }, 'unexpected-message', 10],
  ['a HelloRequest of old', { order: [message(0, EMPTY), 'EE'] }, 'unexpected-message', 10],
  ['end_of_early_data', { order: ['EE', message(5, EMPTY)] }, 'unexpected-message', 10],
  ['a message of 16 MiB', { order: ['EE', Buffer.concat([u8(MSG.CERT), u24(0xffffff)])] }, 'message-too-long', 50],
  ['a message one byte too long', { order: ['EE', Buffer.concat([u8(MSG.CERT), u24(16385)])] }, 'message-too-long', 50],
  ['a CertificateRequest with a context', { request: REQUEST, requestContext: u8(7) }, 'request-context', 47],
  ['a CertificateRequest without signature_algorithms', { request: [[47, vec16(EMPTY)]] }, 'missing-extension', 109],
  ['a CertificateRequest with key_share', { request: [...REQUEST, [51, EMPTY]] }, 'misplaced-extension', 47],
  ['a CertificateRequest with odd schemes', { request: [[13, vec16(Buffer.alloc(3))]] }, 'decode-error', 50],
  ['a Certificate with a context', { certificateContext: u8(7) }, 'request-context', 47],
  ['a Certificate with no certificate', { chain: [] }, 'empty-certificate-message', 50],
  ['a Certificate with an empty entry', { chain: [EMPTY] }, 'decode-error', 50],
  [
    'a Certificate with an OCSP answer not asked for',
    { certificateExtensions: [[5, u8(1)]] },
    'unsupported-extension',
    110,
  ],
  [
    'a Certificate with lying lengths',
    { order: ['EE', message(MSG.CERT, Buffer.concat([u8(0), u24(900), u24(3)]))] },
    'decode-error',
    50,
  ],
  ['a CertificateVerify of RSA-PSS', { verify: { scheme: 0x0804 } }, 'signature-scheme', 47],
  ['a CertificateVerify of ECDSA with SHA-1', { verify: { scheme: 0x0203 } }, 'signature-scheme', 47],
  ["a CertificateVerify of the other key's kind", { verify: { scheme: 0x0807 } }, 'signature-scheme', 47],
  [
    'a CertificateVerify over other contents',
    { verify: { context: 'TLS 1.3, client CertificateVerify' } },
    'certificate-verify',
    51,
  ],
  ['a flipped CertificateVerify', { verify: { edit: flipped(20) } }, 'certificate-verify', 51],
  ['a CertificateVerify that is no DER', { verify: { edit: () => Buffer.alloc(70, 0x30) } }, 'certificate-verify', 51],
  ['an empty CertificateVerify', { verify: { edit: () => EMPTY } }, 'certificate-verify', 51],
  ['r = s = 0', { verify: { edit: () => Buffer.from('3006020100020100', 'hex') } }, 'certificate-verify', 51],
  ['a flipped Finished', { finished: flipped(31) }, 'finished', 51],
  ['a zero Finished', { finished: () => Buffer.alloc(32) }, 'finished', 51],
  ['a short Finished', { finished: (mac) => mac.subarray(0, 31) }, 'decode-error', 50],
  ['a long Finished', { finished: (mac) => Buffer.concat([mac, u8(0)]) }, 'decode-error', 50],
  [
    'a changed certificate',
    {
      tamper: (type, w) =>
        type === MSG.CERT ? Buffer.concat([w.subarray(0, -3), u8(w.at(-3)! ^ 1), w.subarray(-2)]) : w,
    },
    'signature-invalid',
    42,
  ],
];

describe("lib/tls: the server's messages", () => {
  const made = fixture();

  refuses(made, MESSAGES);

  it('refuses a chain whose key the server does not hold', async () => {
    const thief = await make({ name: 'thief', issuer: made.p.root });
    connect(made.device, made.p.server, made.chain);
    const server = begin(made.device, made.p.server, made.chain);
    made.device.feed(server.flight({ verify: { key: thief.key } }));
    expectRefused(made.device, server, 'certificate-verify', 51);
  });

  it('refuses a replayed handshake', () => {
    const honest = begin(made.device, made.p.server, made.chain);
    const recorded = honest.flight();
    made.device.feed(recorded);
    expect(made.device.state).to.equal(STATE.OPEN);
    made.device.output();
    const server = begin(made.device, made.p.server, made.chain);
    made.device.feed(recorded);
    expect(made.device.reason).to.equal('session-id');
    expectRefused(made.device, server, 'session-id', 47);
  });
});
