/** How the handshake lies in records: what is accepted in any cut, what is refused in each. */
import { MSG, message, REC, REQUEST, record, type Script, u8, u16, vec16, vec24 } from './scripted.ts';
import { begin, connect, expectRefused, fixture, refuses } from './session.ts';

const EMPTY = Buffer.alloc(0);
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

describe('lib/tls: handshake in records', () => {
  const made = fixture();

  refuses(
    made,
    PACKING.map(([what, pack, reason, alert]) => [what, { pack }, reason, alert]),
  );

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
      connect(made.device, made.p.server, made.chain, script);
    });

  it('accepts a Certificate message of 16 KiB and refuses one that needs more', async () => {
    const padding = (size: number) =>
      Buffer.concat([vec24(made.p.server.der), u16(0), vec24(Buffer.alloc(size)), u16(0)]);
    const body = (size: number) => message(MSG.CERT, Buffer.concat([u8(0), vec24(padding(size))]));
    const rest = 16384 - (body(0).length - 4);
    const server = begin(made.device, made.p.server, made.chain);
    made.device.feed(server.flight({ order: ['EE', body(rest), 'CV', 'FIN'], pack: fragments(16000) }));
    // it was read: what is refused is the second certificate, which is none
    expectRefused(made.device, server, 'certificate-malformed', 42);
    const other = begin(made.device, made.p.server, made.chain);
    made.device.feed(other.flight({ order: ['EE', body(rest + 1)], pack: fragments(16000) }));
    expectRefused(made.device, other, 'message-too-long', 50);
  });
});
