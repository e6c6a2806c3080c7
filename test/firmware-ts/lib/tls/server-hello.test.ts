/** ServerHello and HelloRetryRequest: everything that the device refuses in them, each beside its accepted twin in the same session. */
import { expect } from 'chai';
import { STATE } from './device.ts';
import { type Extension, type Hello, type HelloEdit, REC, record, u8, u16, vec8, vec16 } from './scripted.ts';
import { begin, expectRefused, fixture, type Refusal, refuses } from './session.ts';

const EMPTY = Buffer.alloc(0);
/** Bytes of our ClientHello before its extensions: header, version, random, session id, suites, compression. */
const HELLO_HEAD = 4 + 2 + 32 + 33 + 4 + 2;
const sentinel = (last: number) => Buffer.concat([Buffer.alloc(24, 7), Buffer.from('DOWNGRD'), u8(last)]);
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
const SERVER_HELLO: Refusal[] = [
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
  [
    'answers in secp256r1 without having asked for a share',
    { hello: keyShare(Buffer.concat([u16(23), vec16(Buffer.alloc(65, 4))])) },
    'key-share',
    47,
  ],
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

describe('lib/tls: ServerHello', () => {
  const made = fixture();

  refuses(made, SERVER_HELLO);

  it('answers a HelloRetryRequest with its cookie, once', () => {
    const server = begin(made.device, made.p.server, made.chain);
    const cookie = Buffer.alloc(512, 0x5a);
    const first = server.clientHello;
    made.device.feed(
      server.retry([
        [43, u16(0x0304)],
        [44, vec16(cookie)],
      ]),
    );
    const [ccs, hello] = server.records(made.device.output());
    expect(ccs).to.deep.equal(record(REC.CCS, u8(1)));
    server.accept(hello!);
    expect(server.clientExtensions.find(([type]) => type === 44)![1]).to.deep.equal(vec16(cookie));
    // 4.1.2: the same but for the cookie
    expect(server.clientHello.subarray(4, HELLO_HEAD)).to.deep.equal(first.subarray(4, HELLO_HEAD));
    const before = first.subarray(HELLO_HEAD + 2);
    expect(server.clientHello.subarray(HELLO_HEAD + 2)).to.deep.equal(
      Buffer.concat([before, u16(44), vec16(vec16(cookie))]),
    );
    made.device.feed(server.flight());
    expect(made.device.reason).to.equal('none');
    expect(made.device.state).to.equal(STATE.OPEN);
    server.finish(server.records(made.device.output()));
  });

  const RETRIES: [string, Extension[], string, number][] = [
    [
      'secp384r1, which was not offered',
      [
        [43, u16(0x0304)],
        [51, u16(24)],
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
      const server = begin(made.device, made.p.server, made.chain);
      made.device.feed(server.retry(list));
      expectRefused(made.device, server, reason, alert);
    });

  it('answers a HelloRetryRequest for secp256r1 with a share in it alone, and agrees on it', () => {
    const { device, p, chain } = made;
    const server = begin(device, p.server, chain);
    const first = server.clientHello;
    device.feed(
      server.retry([
        [43, u16(0x0304)],
        [51, u16(23)],
        [44, vec16(u8(7))],
      ]),
    );
    server.accept(server.records(device.output())[1]!);
    expect(server.clientHello.subarray(4, HELLO_HEAD)).to.deep.equal(first.subarray(4, HELLO_HEAD));
    const [, share] = server.clientExtensions.find(([type]) => type === 51)!;
    expect(Buffer.from(share.subarray(0, 7)).toString('hex')).to.equal('00450017004104');
    expect(server.clientExtensions.map(([type]) => type)).to.deep.equal([0, 10, 13, 50, 43, 51, 44]);
    device.feed(server.flight());
    expect(device.reason).to.equal('none');
    expect(device.state).to.equal(STATE.OPEN);
    server.finish(server.records(device.output()));
    // the next connection prefers X25519 again
    const again = begin(device, p.server, chain);
    const [, other] = again.clientExtensions.find(([type]) => type === 51)!;
    expect(Buffer.from(other.subarray(0, 6)).toString('hex')).to.equal('0024001d0020');
  });

  it('makes the secp256r1 key of a fourth draw from the vault', () => {
    const { device, p, chain } = made;
    const from = device.draws.length;
    const server = begin(device, p.server, chain);
    device.feed(
      server.retry([
        [43, u16(0x0304)],
        [51, u16(23)],
      ]),
    );
    expect(device.draws.length - from).to.equal(4);
  });

  it('refuses a second HelloRetryRequest', () => {
    const server = begin(made.device, made.p.server, made.chain);
    made.device.feed(
      server.retry([
        [43, u16(0x0304)],
        [44, vec16(u8(1))],
      ]),
    );
    server.accept(server.records(made.device.output())[1]!);
    made.device.feed(
      server.retry([
        [43, u16(0x0304)],
        [44, vec16(u8(2))],
      ]),
    );
    expectRefused(made.device, server, 'second-retry', 10);
  });
});
