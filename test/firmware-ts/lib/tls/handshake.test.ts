/** The handshake against a scripted server: every refusal with its reason and alert, each beside its accepted twin in the same session. */
import { expect } from 'chai';
import { AUTH, Device, STATE, STEP } from './device.ts';
import { make, type Pki, pki } from './pki.ts';
import {
  type Extension,
  type Hello,
  type HelloEdit,
  MSG,
  message,
  REC,
  REQUEST,
  record,
  type Script,
  u8,
  u16,
  u24,
  vec8,
  vec16,
  vec24,
} from './scripted.ts';
import { begin, connect, expectRefused } from './session.ts';

const EMPTY = Buffer.alloc(0);
/** Bytes of our ClientHello before its extensions: header, version, random, session id, suites, compression. */
const HELLO_HEAD = 4 + 2 + 32 + 33 + 4 + 2;
const sentinel = (last: number) => Buffer.concat([Buffer.alloc(24, 7), Buffer.from('DOWNGRD'), u8(last)]);
const flipped = (at: number) => (bytes: Buffer) => Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)));
const set =
  (edit: Partial<Hello>): HelloEdit =>
  (hello) =>
    void Object.assign(hello, edit);
const extend =
  (...added: Extension[]): HelloEdit =>
  (hello) =>
    void hello.extensions!.push(...added);
const keyShare =
  (share: Uint8Array): HelloEdit =>
  (hello) => {
    hello.extensions = hello.extensions!.map(([type, data]) => [type, type === 51 ? share : data]);
  };
const without =
  (type: number): HelloEdit =>
  (hello) => {
    hello.extensions = hello.extensions!.filter(([other]) => other !== type);
  };
const version =
  (value: number): HelloEdit =>
  (hello) => {
    hello.extensions = hello.extensions!.map(([type, data]) => [type, type === 43 ? u16(value) : data]);
  };
/** All messages in one protected record. */
const inOneRecord: Script['pack'] = (hello, messages, keys) =>
  Buffer.concat([record(REC.HANDSHAKE, hello), keys.seal(REC.HANDSHAKE, Buffer.concat(messages))]);
/** n bytes a record. */
const fragments =
  (size: number): NonNullable<Script['pack']> =>
  (hello, messages, keys) => {
    const all = Buffer.concat(messages);
    const parts = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
      all.subarray(i * size, (i + 1) * size),
    );
    return Buffer.concat([record(REC.HANDSHAKE, hello), ...parts.map((part) => keys.seal(REC.HANDSHAKE, part))]);
  };

/** [what the server does, script, reason, alert] */
const SERVER_HELLO: [string, Script, string, number][] = [
  ['has no supported_versions (TLS 1.2)', { hello: without(43) }, 'protocol-version', 70],
  ['has no extensions at all (TLS 1.2)', { hello: set({ extensions: undefined }) }, 'protocol-version', 70],
  ['is TLS 1.1', { hello: set({ extensions: undefined, legacyVersion: 0x0302 }) }, 'protocol-version', 70],
  ['is TLS 1.2 with the sentinel', { hello: set({ extensions: undefined, random: sentinel(1) }) }, 'downgrade', 47],
  ['is TLS 1.1 with the sentinel', { hello: set({ extensions: undefined, random: sentinel(0) }) }, 'downgrade', 47],
  ['selects TLS 1.2 by supported_versions', { hello: version(0x0303) }, 'downgrade', 47],
  ['selects a draft version', { hello: version(0x7f1c) }, 'downgrade', 47],
  ['has another legacy_version', { hello: set({ legacyVersion: 0x0304 }) }, 'legacy-version', 47],
  ['echoes another session id', { hello: set({ sessionId: Buffer.alloc(32) }) }, 'session-id', 47],
  ['echoes an empty session id', { hello: set({ sessionId: EMPTY }) }, 'session-id', 47],
  ['has a session id of 33 bytes', { hello: set({ sessionId: Buffer.alloc(33) }) }, 'decode-error', 50],
  ['picks TLS_AES_128_GCM_SHA256', { hello: set({ cipherSuite: 0x1301 }) }, 'cipher-suite', 47],
  ['picks a TLS 1.2 suite', { hello: set({ cipherSuite: 0xcca9 }) }, 'cipher-suite', 47],
  ['picks the null suite', { hello: set({ cipherSuite: 0 }) }, 'cipher-suite', 47],
  ['picks a compression', { hello: set({ compression: 1 }) }, 'compression', 47],
  [
    'has an extension that was not offered',
    { hello: extend([16, vec16(vec8(Buffer.from('mqtt')))]) },
    'unsupported-extension',
    110,
  ],
  ['picks a PSK', { hello: extend([41, u16(0)]) }, 'unsupported-extension', 110],
  ['has an unknown extension', { hello: extend([0xfafa, EMPTY]) }, 'unsupported-extension', 110],
  ['has an extension of another message', { hello: extend([10, vec16(u16(29))]) }, 'misplaced-extension', 47],
  ['repeats an extension', { hello: extend([43, u16(0x0304)]) }, 'repeated-extension', 47],
  ['has no key_share', { hello: without(51) }, 'missing-extension', 109],
  ['answers in secp256r1', { hello: keyShare(Buffer.concat([u16(23), vec16(Buffer.alloc(65, 4))])) }, 'key-share', 47],
  [
    'has a share of 31 bytes',
    { hello: keyShare(Buffer.concat([u16(29), vec16(Buffer.alloc(31, 9))])) },
    'key-share',
    47,
  ],
  [
    'has a share of 33 bytes',
    { hello: keyShare(Buffer.concat([u16(29), vec16(Buffer.alloc(33, 9))])) },
    'key-share',
    47,
  ],
  [
    'has bytes behind the share',
    { hello: keyShare(Buffer.concat([u16(29), vec16(Buffer.alloc(32, 9)), u8(0)])) },
    'decode-error',
    50,
  ],
  ['has the share 0', { share: Buffer.alloc(32) }, 'zero-shared-secret', 47],
  ['has the share 1, of low order', { share: Buffer.concat([u8(1), Buffer.alloc(31)]) }, 'zero-shared-secret', 47],
  ['has a byte too many', { helloBody: (body) => Buffer.concat([body, u8(0)]) }, 'decode-error', 50],
  ['has a byte too few', { helloBody: (body) => body.subarray(0, -1) }, 'decode-error', 50],
  ['is empty', { helloBody: () => EMPTY }, 'decode-error', 50],
];

const extra = (list: Extension[]): Script => ({ encryptedExtensions: list });
const MESSAGES: [string, Script, string, number][] = [
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

const PACKING: [string, NonNullable<Script['pack']>, string, number][] = [
  [
    'something behind ServerHello in its record',
    (h, m, k) =>
      Buffer.concat([record(REC.HANDSHAKE, Buffer.concat([h, m[0]!])), ...m.slice(1).map((x) => k.seal(22, x))]),
    'key-boundary',
    10,
  ],
  [
    'something behind Finished in its record',
    (h, m, k) => Buffer.concat([record(REC.HANDSHAKE, h), k.seal(22, Buffer.concat([...m, message(MSG.NST, EMPTY)]))]),
    'key-boundary',
    10,
  ],
  [
    'EncryptedExtensions in the clear',
    (h, m) => Buffer.concat([record(REC.HANDSHAKE, h), record(REC.HANDSHAKE, m[0]!)]),
    'unexpected-record',
    10,
  ],
  [
    'an alert in the clear after ServerHello',
    (h) => Buffer.concat([record(REC.HANDSHAKE, h), record(REC.ALERT, Buffer.of(2, 40))]),
    'unexpected-record',
    10,
  ],
  [
    'application data before Finished',
    (h, m, k) =>
      Buffer.concat([record(REC.HANDSHAKE, h), k.seal(REC.DATA, Buffer.from('early')), ...m.map((x) => k.seal(22, x))]),
    'unexpected-record',
    10,
  ],
  [
    'application data between Certificate and CertificateVerify',
    (h, m, k) =>
      Buffer.concat([
        record(REC.HANDSHAKE, h),
        ...m.slice(0, 2).map((x) => k.seal(22, x)),
        k.seal(REC.DATA, Buffer.from('early')),
      ]),
    'unexpected-record',
    10,
  ],
  [
    'application data in the clear',
    (h) => Buffer.concat([record(REC.DATA, Buffer.from('early')), record(REC.HANDSHAKE, h)]),
    'unexpected-record',
    10,
  ],
  [
    'application data in a fragmented message',
    (h, m, k) => Buffer.concat([record(REC.HANDSHAKE, h), k.seal(22, m[0]!.subarray(0, 2)), k.seal(REC.DATA, u8(1))]),
    'interleaved',
    10,
  ],
  [
    'change_cipher_spec in a fragmented message',
    (h) => Buffer.concat([record(REC.HANDSHAKE, h.subarray(0, 5)), record(REC.CCS, u8(1))]),
    'interleaved',
    10,
  ],
  [
    'change_cipher_spec with another value',
    (h) => Buffer.concat([record(REC.HANDSHAKE, h), record(REC.CCS, u8(2))]),
    'unexpected-record',
    10,
  ],
  [
    'change_cipher_spec of two bytes',
    (h) => Buffer.concat([record(REC.HANDSHAKE, h), record(REC.CCS, Buffer.of(1, 1))]),
    'unexpected-record',
    10,
  ],
  [
    'change_cipher_spec, protected',
    (h, _, k) => Buffer.concat([record(REC.HANDSHAKE, h), k.seal(REC.CCS, u8(1))]),
    'unexpected-record',
    10,
  ],
  ['an empty handshake record', () => record(REC.HANDSHAKE, EMPTY), 'empty-fragment', 10],
  [
    'an empty protected handshake record',
    (h, _, k) => Buffer.concat([record(REC.HANDSHAKE, h), k.seal(22, EMPTY)]),
    'empty-fragment',
    10,
  ],
  ['an empty alert', () => record(REC.ALERT, EMPTY), 'empty-fragment', 10],
  ['an alert of three bytes', () => record(REC.ALERT, Buffer.of(2, 40, 2)), 'decode-error', 50],
  ['a record of an unknown type', () => record(24, u8(1)), 'unexpected-record', 10],
  ['a plaintext record of 2^14 + 1', () => record(REC.HANDSHAKE, Buffer.alloc(16385)), 'record-overflow', 22],
  [
    'a protected record of 2^14 + 257',
    (h) => Buffer.concat([record(REC.HANDSHAKE, h), record(REC.DATA, Buffer.alloc(16641))]),
    'record-overflow',
    22,
  ],
  [
    'a record shorter than its tag',
    (h) => Buffer.concat([record(REC.HANDSHAKE, h), record(REC.DATA, Buffer.alloc(15))]),
    'bad-record-mac',
    20,
  ],
  [
    'a record of padding alone',
    (h, _, k) => Buffer.concat([record(REC.HANDSHAKE, h), k.sealInner(Buffer.alloc(40))]),
    'no-content-type',
    10,
  ],
  [
    'a record without its key',
    (h) => Buffer.concat([record(REC.HANDSHAKE, h), record(REC.DATA, Buffer.alloc(64))]),
    'bad-record-mac',
    20,
  ],
  ['plaintext MQTT (CONNACK)', () => Buffer.from('2002000000', 'hex'), 'unexpected-record', 10],
  ['plaintext HTTP', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'unexpected-record', 10],
];

describe('lib/tls: handshake with a scripted server', () => {
  let p: Pki;
  let device: Device;
  let chain: Uint8Array[];

  before(async function () {
    this.timeout(120_000);
    p = await pki();
    chain = [p.server.der, p.intermediate.der];
    device = await Device.create({ key: p.device.key });
    expect(device.setRoots([p.root.der])).to.equal(0);
    expect(device.setCertificate(p.device.der)).to.equal(0);
  });

  const refuses = (rows: [string, Script, string, number][]) => {
    for (const [what, script, reason, alert] of rows) {
      it(`refuses: ${what} (${reason}, alert ${alert})`, () => {
        connect(device, p.server, chain); // the twin
        const server = begin(device, p.server, chain);
        device.feed(server.flight(script));
        expectRefused(device, server, reason, alert);
      });
    }
  };

  describe('ServerHello', () => refuses(SERVER_HELLO));
  describe('messages', () => refuses(MESSAGES));
  describe('records', () => refuses(PACKING.map(([what, pack, reason, alert]) => [what, { pack }, reason, alert])));

  const accepts: [string, Script][] = [
    ['all messages in one record', { pack: inOneRecord }],
    ['messages in records of 1 byte', { pack: fragments(1) }],
    ['messages in records of 100 bytes', { pack: fragments(100) }],
    ['padding', { pack: (h, m, k) => Buffer.concat([record(22, h), ...m.map((x, i) => k.seal(22, x, i * 1000))]) }],
    [
      'a ServerHello in two records',
      {
        pack: (h, m, k) =>
          Buffer.concat([record(22, h.subarray(0, 7)), record(22, h.subarray(7)), ...m.map((x) => k.seal(22, x))]),
      },
    ],
    [
      'other legacy_record_versions in the clear',
      { pack: (h, m, k) => Buffer.concat([record(22, h, 0x0301), ...m.map((x) => k.seal(22, x))]) },
    ],
    [
      'change_cipher_spec before and after each record',
      {
        pack: (h, m, k) =>
          Buffer.concat([record(20, u8(1)), record(22, h), ...m.flatMap((x) => [record(20, u8(1)), k.seal(22, x)])]),
      },
    ],
    [
      'server_name and supported_groups answered',
      {
        encryptedExtensions: [
          [0, EMPTY],
          [10, vec16(Buffer.concat([u16(23), u16(29)]))],
        ],
      },
    ],
    [
      'a CertificateRequest with unknown extensions',
      { request: [...REQUEST, [0xfafa, u8(1)], [47, vec16(vec16(u8(0)))]] },
    ],
  ];
  for (const [what, script] of accepts)
    it(`accepts: ${what}`, () => {
      connect(device, p.server, chain, script);
    });

  it('accepts a Certificate message of 16 KiB and refuses one that needs more', async () => {
    const padding = (size: number) => Buffer.concat([vec24(p.server.der), u16(0), vec24(Buffer.alloc(size)), u16(0)]);
    const body = (size: number) => message(MSG.CERT, Buffer.concat([u8(0), vec24(padding(size))]));
    const rest = 16384 - (body(0).length - 4);
    const server = begin(device, p.server, chain);
    device.feed(server.flight({ order: ['EE', body(rest), 'CV', 'FIN'], pack: fragments(16000) }));
    // it was read: what is refused is the second certificate, which is none
    expectRefused(device, server, 'certificate-malformed', 42);
    const other = begin(device, p.server, chain);
    device.feed(other.flight({ order: ['EE', body(rest + 1)], pack: fragments(16000) }));
    expectRefused(device, other, 'message-too-long', 50);
  });

  it('refuses a chain whose key the server does not hold', async () => {
    const thief = await make({ name: 'thief', issuer: p.root });
    connect(device, p.server, chain);
    const server = begin(device, p.server, chain);
    device.feed(server.flight({ verify: { key: thief.key } }));
    expectRefused(device, server, 'certificate-verify', 51);
  });

  it('refuses a replayed handshake', () => {
    const honest = begin(device, p.server, chain);
    const recorded = honest.flight();
    device.feed(recorded);
    expect(device.state).to.equal(STATE.OPEN);
    device.output();
    const server = begin(device, p.server, chain);
    device.feed(recorded);
    expect(device.reason).to.equal('session-id');
    expectRefused(device, server, 'session-id', 47);
  });

  it('answers a HelloRetryRequest with its cookie, once', () => {
    const server = begin(device, p.server, chain);
    const cookie = Buffer.alloc(512, 0x5a);
    const first = server.clientHello;
    device.feed(
      server.retry([
        [43, u16(0x0304)],
        [44, vec16(cookie)],
      ]),
    );
    const [ccs, hello] = server.records(device.output());
    expect(ccs).to.deep.equal(record(REC.CCS, u8(1)));
    server.accept(hello!);
    expect(server.clientExtensions.find(([type]) => type === 44)![1]).to.deep.equal(vec16(cookie));
    // 4.1.2: the same but for the cookie
    expect(server.clientHello.subarray(4, HELLO_HEAD)).to.deep.equal(first.subarray(4, HELLO_HEAD));
    const before = first.subarray(HELLO_HEAD + 2);
    expect(server.clientHello.subarray(HELLO_HEAD + 2)).to.deep.equal(
      Buffer.concat([before, u16(44), vec16(vec16(cookie))]),
    );
    device.feed(server.flight());
    expect(device.reason).to.equal('none');
    expect(device.state).to.equal(STATE.OPEN);
    server.finish(server.records(device.output()));
  });

  const RETRIES: [string, Extension[], string, number][] = [
    [
      'secp256r1, which was not offered',
      [
        [43, u16(0x0304)],
        [51, u16(23)],
      ],
      'retry-unoffered',
      47,
    ],
    [
      'x25519, which it has',
      [
        [43, u16(0x0304)],
        [51, u16(29)],
      ],
      'retry-unoffered',
      47,
    ],
    ['nothing', [[43, u16(0x0304)]], 'retry-no-change', 47],
    [
      'an empty cookie',
      [
        [43, u16(0x0304)],
        [44, vec16(EMPTY)],
      ],
      'decode-error',
      50,
    ],
    [
      'a cookie of 513 bytes',
      [
        [43, u16(0x0304)],
        [44, vec16(Buffer.alloc(513))],
      ],
      'decode-error',
      50,
    ],
    [
      'an extension that was not offered',
      [
        [43, u16(0x0304)],
        [44, vec16(u8(1))],
        [16, EMPTY],
      ],
      'unsupported-extension',
      110,
    ],
  ];
  for (const [what, list, reason, alert] of RETRIES)
    it(`refuses a HelloRetryRequest that asks for ${what} (${reason}, alert ${alert})`, () => {
      const server = begin(device, p.server, chain);
      device.feed(server.retry(list));
      expectRefused(device, server, reason, alert);
    });

  it('refuses a second HelloRetryRequest', () => {
    const server = begin(device, p.server, chain);
    device.feed(
      server.retry([
        [43, u16(0x0304)],
        [44, vec16(u8(1))],
      ]),
    );
    server.accept(server.records(device.output())[1]!);
    device.feed(
      server.retry([
        [43, u16(0x0304)],
        [44, vec16(u8(2))],
      ]),
    );
    expectRefused(device, server, 'second-retry', 10);
  });

  it('offers exactly what it accepts', () => {
    const server = begin(device, p.server, chain);
    const body = server.clientHello.subarray(4);
    expect(body.subarray(0, 2)).to.deep.equal(u16(0x0303));
    expect(server.sessionId).to.have.length(32);
    expect(body.subarray(67, 73)).to.deep.equal(Buffer.from('000213030100', 'hex'));
    const offered = Object.fromEntries(
      server.clientExtensions.map(([type, data]) => [type, Buffer.from(data).toString('hex')]),
    );
    expect(Object.keys(offered).map(Number)).to.have.members([0, 10, 13, 43, 51]);
    expect(offered[0]).to.equal(`001300${Buffer.from(vec16(Buffer.from('mqtt.example.org'))).toString('hex')}`);
    expect(offered[10]).to.equal('0002001d');
    expect(offered[13]).to.equal('000404030807');
    expect(offered[43]).to.equal('020304');
    expect(offered[51]).to.match(/^0024001d0020[0-9a-f]{64}$/);
  });

  it('takes random, session id and private key from the vault, in this order', () => {
    const from = device.draws.length;
    const server = begin(device, p.server, chain);
    const draws = device.draws.slice(from).map((draw) => Buffer.from(draw));
    expect(draws).to.have.length(3);
    expect(server.random).to.deep.equal(draws[0]);
    expect(server.sessionId).to.deep.equal(draws[1]);
    expect(server.clientHello.includes(draws[2]!)).to.equal(false);
  });

  describe('client authentication', () => {
    const types = (flight: Buffer[]) => flight.map((whole) => whole[0]);

    it('sends its certificate and a signature of the vault', () => {
      const { flight } = connect(device, p.server, chain, { request: REQUEST });
      expect(types(flight)).to.deep.equal([MSG.CERT, MSG.CV, MSG.FIN]);
      expect(flight[0]!.includes(Buffer.from(p.device.der))).to.equal(true);
      expect(device.authenticated).to.equal(true);
      expect(device.signatures.at(-1)).to.equal(1);
    });

    it('sends neither when not asked', () => {
      const before = device.signatures.length;
      const { flight } = connect(device, p.server, chain);
      expect(types(flight)).to.deep.equal([MSG.FIN]);
      expect(device.authenticated).to.equal(false);
      expect(device.signatures).to.have.length(before);
    });

    const declines = (what: string, request: Extension[], auth: number) =>
      it(`declines with an empty list ${what}`, () => {
        const server = begin(device, p.server, chain, auth);
        device.feed(server.flight({ request }));
        const flight = server.finish(server.records(device.output()));
        expect(types(flight)).to.deep.equal([MSG.CERT, MSG.FIN]);
        expect(flight[0]).to.deep.equal(message(MSG.CERT, Buffer.alloc(4)));
        expect(device.state).to.equal(STATE.OPEN);
        expect(device.authenticated).to.equal(false);
      });
    declines('in token mode', REQUEST, AUTH.TOKEN);
    declines('when the server does not take P-256', [[13, vec16(u16(0x0804))]], AUTH.CERTIFICATE);

    it('ends with internal_error when the vault does not sign', async () => {
      const broken = await Device.create({ broken: 'sign', key: p.device.key });
      broken.setRoots([p.root.der]);
      broken.setCertificate(p.device.der);
      const server = begin(broken, p.server, chain);
      broken.feed(server.flight({ request: REQUEST }));
      expect(broken.reason).to.equal('vault');
      expect(broken.alertSent).to.equal(80);
    });

    it('says nothing at all when the vault gives no random numbers', async () => {
      const broken = await Device.create({ broken: 'random' });
      broken.setRoots([p.root.der]);
      expect(broken.open('mqtt.example.org', Date.UTC(2026, 0, 1))).to.equal(0);
      broken.run();
      expect(broken.reason).to.equal('vault');
      expect(broken.output()).to.have.length(0);
    });
  });

  it('does one public-key operation a step', () => {
    device.steps.length = 0;
    connect(device, p.server, chain, { request: REQUEST });
    // key share, ECDH, two signatures of the chain, CertificateVerify, own signature
    expect(device.steps.filter((step) => step === STEP.YIELD)).to.have.length(6);
  });

  it('takes a peer alert as the end and answers nothing', () => {
    const server = begin(device, p.server, chain);
    device.feed(record(REC.ALERT, Buffer.of(2, 40)));
    expectRefused(device, server, 'peer-alert-40', undefined);
    expect(device.alertReceived).to.equal(40);
  });

  it('takes a close_notify within the handshake as a failure', () => {
    const server = begin(device, p.server, chain);
    device.feed(record(REC.ALERT, Buffer.of(1, 0)));
    expectRefused(device, server, 'closed-early', undefined);
  });

  it('takes the end of TCP within the handshake as truncation', () => {
    const server = begin(device, p.server, chain);
    device.feed(server.flight().subarray(0, 300));
    device.exports.tlsEof!();
    device.run();
    expectRefused(device, server, 'truncated', undefined);
  });
});
