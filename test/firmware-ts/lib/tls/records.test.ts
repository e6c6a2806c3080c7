/** The open connection: records that were changed, replayed, moved, cut off or made up, KeyUpdate, tickets, alerts, limits. */
import { expect } from 'chai';
import { Device, STATE, STEP } from './device.ts';
import { type Pki, pki } from './pki.ts';
import { MSG, message, Protection, REC, record, type ScriptedServer, u8, u16, vec8, vec16 } from './scripted.ts';
import { alertOnWire, connect, expectRefused } from './session.ts';

const EMPTY = Buffer.alloc(0);
const TICKET = message(MSG.NST, Buffer.concat([Buffer.alloc(8), vec8(u8(1)), vec16(Buffer.alloc(32)), vec16(EMPTY)]));
const hello = (i: number) => Buffer.from(`message ${i}`);

describe('lib/tls: records of an open connection', () => {
  let p: Pki;
  let device: Device;
  let server: ScriptedServer;

  before(async () => {
    p = await pki('Ed25519');
    device = await Device.create({ key: p.device.key });
    device.setRoots([p.root.der]);
  });

  beforeEach(() => {
    ({ server } = connect(device, p.server, [p.server.der, p.intermediate.der]));
  });

  const seal = (data: Uint8Array, padding = 0) => server.write.seal(REC.DATA, data, padding);
  /** What the server reads of the device's application data. */
  const opened = () =>
    Buffer.concat(
      server.records(device.output()).map((whole) => {
        const { type, data } = server.read.open(whole);
        expect(type).to.equal(REC.DATA);
        return data;
      }),
    );

  it('carries data both ways', () => {
    device.feed(Buffer.concat([seal(hello(1)), seal(hello(2), 100), seal(EMPTY), seal(hello(3))]));
    expect(device.data.toString()).to.equal('message 1message 2message 3');
    expect(device.send(Buffer.from('up'))).to.equal(2);
    expect(opened().toString()).to.equal('up');
  });

  it('carries records of 2^14 bytes, byte by byte', () => {
    const big = Buffer.alloc(16384, 0xa5);
    const sealed = seal(big);
    for (const byte of sealed) device.feed(u8(byte));
    expect(device.data.equals(big)).to.equal(true);
  });

  it('takes the longest record, 2^14 + 256 bytes on the wire only as padding allows', () => {
    device.feed(seal(Buffer.alloc(16384), 0));
    expect(device.data).to.have.length(16384);
    device.feed(server.write.sealInner(Buffer.concat([Buffer.alloc(1), u8(REC.DATA), Buffer.alloc(16384)])));
    expect(device.reason).to.equal('record-overflow');
    expect(alertOnWire(device, server)).to.equal(22);
  });

  it('hands data on in pieces and takes no further record before', () => {
    device.input(Buffer.concat([seal(hello(1)), seal(hello(2))]));
    expect(device.step()).to.equal(STEP.AGAIN);
    expect(device.step()).to.equal(STEP.BLOCKED);
    const pieces: string[] = [];
    for (let i = 0; i < 3; i++) pieces.push(Buffer.from(device.recv(4) as Uint8Array).toString());
    expect(pieces).to.deep.equal(['mess', 'age ', '1']);
    expect(device.recv()).to.have.length(0);
    expect(device.step()).to.equal(STEP.AGAIN);
    expect(Buffer.from(device.recv() as Uint8Array).toString()).to.equal('message 2');
  });

  it('sends only what fits, the rest after the output is drained', () => {
    const text = Buffer.from(Array.from({ length: 20_000 }, (_, i) => i % 251));
    const received: Buffer[] = [];
    for (let at = 0; at < text.length; ) {
      const taken = device.send(text.subarray(at));
      expect(taken).to.be.above(0);
      expect(device.send(text.subarray(at + taken))).to.equal(0);
      received.push(opened());
      at += taken;
    }
    expect(Buffer.concat(received).equals(text)).to.equal(true);
  });

  describe('ends with bad_record_mac and hands on no changed byte', () => {
    const refused = (bytes: Uint8Array, accepted: string) => {
      device.feed(bytes);
      expect(device.reason).to.equal('bad-record-mac');
      expect(device.data.toString()).to.equal(accepted);
      device.received.length = 0;
      expectRefused(device, server, 'bad-record-mac', 20);
    };

    it('a bit flipped at any byte of the fragment or of the version', () => {
      const size = seal(hello(1)).length;
      for (const at of [1, 2, ...Array.from({ length: size - 5 }, (_, i) => i + 5)]) {
        ({ server } = connect(device, p.server, [p.server.der, p.intermediate.der]));
        device.feed(seal(hello(0)));
        const changed = seal(hello(1));
        changed[at]! ^= 1 << (at & 7);
        refused(changed, 'message 0');
      }
    });
    it('a replayed record', () => {
      const one = seal(hello(1));
      refused(Buffer.concat([one, one]), 'message 1');
    });
    it('two records exchanged', () => {
      const [one, two] = [seal(hello(1)), seal(hello(2))];
      refused(Buffer.concat([two, one]), '');
    });
    it('a record left out', () => {
      seal(hello(1));
      refused(seal(hello(2)), '');
    });
    it('a record of another connection', () => {
      const old = seal(hello(1));
      ({ server } = connect(device, p.server, [p.server.der, p.intermediate.der]));
      refused(old, '');
    });
    it('a record of the other direction', () => {
      device.send(hello(9));
      server.read.sequence++;
      refused(device.output(), '');
    });
    it('a record cut short, its length adapted', () => {
      const whole = seal(hello(1));
      refused(record(REC.DATA, whole.subarray(5, -1)), '');
    });
    it('a made-up record', () => refused(record(REC.DATA, Buffer.alloc(48, 3)), ''));
    it('a handshake record of before Finished', () => {
      const again = new Protection(server.write.secret);
      again.sequence = 7n;
      refused(again.seal(REC.DATA, hello(1)), '');
    });
  });

  const REFUSED: [string, () => Buffer, string, number | undefined][] = [
    ['plaintext application data', () => record(REC.DATA, hello(1)), 'bad-record-mac', 20],
    ['a plaintext handshake record', () => record(REC.HANDSHAKE, TICKET), 'unexpected-record', 10],
    ['a plaintext close_notify', () => record(REC.ALERT, Buffer.of(1, 0)), 'unexpected-record', 10],
    ['change_cipher_spec after Finished', () => record(REC.CCS, u8(1)), 'unexpected-record', 10],
    ['an MQTT packet in the clear', () => Buffer.from('300a0000000000000000', 'hex'), 'unexpected-record', 10],
    ['a record longer than allowed', () => record(REC.DATA, Buffer.alloc(16641)), 'record-overflow', 22],
    ['an inner type of change_cipher_spec', () => server.write.seal(REC.CCS, u8(1)), 'unexpected-record', 10],
    ['an inner type unknown', () => server.write.seal(99, u8(1)), 'unexpected-record', 10],
    ['nothing but padding', () => server.write.sealInner(Buffer.alloc(9)), 'no-content-type', 10],
    ['an empty handshake fragment', () => server.write.seal(REC.HANDSHAKE, EMPTY), 'empty-fragment', 10],
    [
      'a renegotiation (ClientHello)',
      () => server.write.seal(REC.HANDSHAKE, message(1, EMPTY)),
      'unexpected-message',
      10,
    ],
    ['a ServerHello', () => server.write.seal(REC.HANDSHAKE, message(MSG.SH, EMPTY)), 'unexpected-message', 10],
    [
      'a second Finished',
      () => server.write.seal(REC.HANDSHAKE, message(MSG.FIN, Buffer.alloc(32))),
      'unexpected-message',
      10,
    ],
    [
      'a CertificateRequest, not offered',
      () => server.write.seal(REC.HANDSHAKE, message(MSG.CR, u16(0))),
      'unexpected-message',
      10,
    ],
    ['a KeyUpdate of 2', () => server.write.seal(REC.HANDSHAKE, message(MSG.KU, u8(2))), 'key-update-value', 47],
    ['an empty KeyUpdate', () => server.write.seal(REC.HANDSHAKE, message(MSG.KU, EMPTY)), 'decode-error', 50],
    ['a KeyUpdate of two bytes', () => server.write.seal(REC.HANDSHAKE, message(MSG.KU, u16(0))), 'decode-error', 50],
    [
      'a message behind a KeyUpdate',
      () => server.write.seal(REC.HANDSHAKE, Buffer.concat([message(MSG.KU, u8(0)), TICKET])),
      'key-boundary',
      10,
    ],
    [
      'a malformed ticket',
      () => server.write.seal(REC.HANDSHAKE, message(MSG.NST, Buffer.alloc(9))),
      'decode-error',
      50,
    ],
    [
      'data within a fragmented message',
      () => Buffer.concat([server.write.seal(REC.HANDSHAKE, TICKET.subarray(0, 9)), seal(EMPTY)]),
      'interleaved',
      10,
    ],
    ['65 empty records', () => Buffer.concat(Array.from({ length: 65 }, () => seal(EMPTY))), 'too-many-messages', 10],
    [
      '65 tickets',
      () => Buffer.concat(Array.from({ length: 65 }, () => server.write.seal(REC.HANDSHAKE, TICKET))),
      'too-many-messages',
      10,
    ],
    ['a fatal alert', () => server.write.seal(REC.ALERT, Buffer.of(2, 80)), 'peer-alert-80', undefined],
    [
      'an error alert that says warning',
      () => server.write.seal(REC.ALERT, Buffer.of(1, 49)),
      'peer-alert-49',
      undefined,
    ],
    ['an unknown alert', () => server.write.seal(REC.ALERT, Buffer.of(1, 250)), 'peer-alert-250', undefined],
    ['two alerts in a record', () => server.write.seal(REC.ALERT, Buffer.of(1, 0, 1, 0)), 'decode-error', 50],
    ['half an alert', () => server.write.seal(REC.ALERT, u8(1)), 'decode-error', 50],
  ];
  for (const [what, make, reason, alert] of REFUSED)
    it(`refuses ${what} (${reason}, alert ${alert ?? 'none'})`, () => {
      device.feed(make());
      expectRefused(device, server, reason, alert);
    });

  it('takes 64 tickets, and 64 more after data', () => {
    const tickets = () => Buffer.concat(Array.from({ length: 64 }, () => server.write.seal(REC.HANDSHAKE, TICKET)));
    device.feed(Buffer.concat([tickets(), seal(hello(1)), tickets()]));
    expect(device.reason).to.equal('none');
    expect(device.data.toString()).to.equal('message 1');
  });

  it('takes a ticket that spans records', () => {
    for (const byte of TICKET) device.feed(server.write.seal(REC.HANDSHAKE, u8(byte)));
    device.feed(seal(hello(1)));
    expect(device.data.toString()).to.equal('message 1');
  });

  describe('KeyUpdate', () => {
    const update = (request: number) => {
      device.feed(server.write.seal(REC.HANDSHAKE, message(MSG.KU, u8(request))));
      server.write = server.write.updated();
    };
    const answer = (request: number) => {
      const [whole, ...rest] = server.records(device.output());
      expect(rest).to.have.length(0);
      expect(server.read.open(whole!)).to.deep.equal({ type: REC.HANDSHAKE, data: message(MSG.KU, u8(request)) });
      server.read = server.read.updated();
    };

    it('reads with new keys', () => {
      for (let i = 0; i < 5; i++) update(0);
      device.feed(seal(hello(1)));
      expect(device.data.toString()).to.equal('message 1');
      expect(device.output()).to.have.length(0);
    });
    it('refuses the old keys afterwards', () => {
      const old = server.write;
      update(0);
      device.feed(old.seal(REC.DATA, hello(1)));
      expectRefused(device, server, 'bad-record-mac', 20);
    });
    it('answers a request once, before the next data', () => {
      update(1);
      answer(0);
      device.send(hello(1));
      expect(opened().toString()).to.equal('message 1');
    });
    it('answers several requests at once', () => {
      const requests = [0, 1, 2].map(() => {
        const sealed = server.write.seal(REC.HANDSHAKE, message(MSG.KU, u8(1)));
        server.write = server.write.updated();
        return sealed;
      });
      device.input(Buffer.concat(requests));
      // the answer waits for the step after the message
      for (let i = 0; i < 2; i++) device.step();
      expect(device.send(hello(1))).to.equal(9);
      device.run();
      const records = server.records(device.output());
      const seen = records.map((whole) => {
        const { type, data } = server.read.open(whole);
        if (type === REC.HANDSHAKE) server.read = server.read.updated();
        return type === REC.HANDSHAKE ? `update ${data[4]}` : data.toString();
      });
      expect(seen[0]).to.equal('update 0');
      expect(seen).to.include('message 1');
    });
    it('changes its own keys on demand and asks for the same', () => {
      expect(device.exports.tlsKeyUpdate!(1)).to.equal(0);
      answer(1);
      device.send(hello(1));
      expect(opened().toString()).to.equal('message 1');
    });
  });

  describe('closing', () => {
    it('sends close_notify and nothing afterwards', () => {
      expect(device.exports.tlsClose!()).to.equal(0);
      expect(device.state).to.equal(STATE.CLOSED);
      expect(device.send(hello(1))).to.be.below(0);
      const [whole, ...rest] = server.records(device.output());
      expect(rest).to.have.length(0);
      expect(server.read.open(whole!)).to.deep.equal({ type: REC.ALERT, data: Buffer.of(1, 0) });
      device.feed(seal(hello(1)));
      expect(device.data).to.have.length(0);
    });
    it('answers a close_notify, after the data before it', () => {
      device.feed(
        Buffer.concat([
          seal(hello(1)),
          server.write.seal(REC.ALERT, Buffer.of(1, 90)),
          server.write.seal(REC.ALERT, Buffer.of(1, 0)),
          seal(hello(2)),
        ]),
      );
      expect(device.state).to.equal(STATE.CLOSED);
      expect(device.reason).to.equal('none');
      expect(device.data.toString()).to.equal('message 1');
      expect(server.read.open(server.records(device.output())[0]!).data).to.deep.equal(Buffer.of(1, 0));
    });
    const truncations: [string, () => Buffer][] = [
      ['after whole records', () => seal(hello(1))],
      ['within a record', () => seal(hello(1)).subarray(0, -1)],
    ];
    for (const [what, bytes] of truncations)
      it(`takes the end of TCP without close_notify as truncation, ${what}`, () => {
        device.input(bytes());
        device.exports.tlsEof!();
        device.run();
        expect(device.reason).to.equal('truncated');
        expect(device.state).to.equal(STATE.FAILED);
        expect(device.alertSent).to.equal(-1);
      });
    it('takes the end of TCP after close_notify as the end', () => {
      device.feed(server.write.seal(REC.ALERT, Buffer.of(1, 0)));
      device.exports.tlsEof!();
      device.run();
      expect(device.state).to.equal(STATE.CLOSED);
      expect(device.reason).to.equal('none');
    });
  });

  it('leaves no secret in memory after a failure, a close or an abort', () => {
    for (const end of [
      () => device.feed(record(REC.CCS, u8(1))),
      () => device.exports.tlsClose!(),
      () => device.exports.tlsAbort!(),
    ]) {
      ({ server } = connect(device, p.server, [p.server.der, p.intermediate.der]));
      const secrets = [server.read.secret, server.write.secret, Buffer.from(device.draws.at(-1)!)];
      const memory = () => Buffer.from(device.exports.memory.buffer);
      // the traffic secrets are there while the connection lives (so that this test can fail), the private key no longer
      expect(secrets.map((secret) => memory().includes(secret))).to.deep.equal([true, true, false]);
      end();
      for (const secret of secrets)
        for (let at = 0; at + 8 <= 32; at++)
          expect(memory().includes(secret.subarray(at, at + 8)), `window ${at}`).to.equal(false);
    }
  });
});
