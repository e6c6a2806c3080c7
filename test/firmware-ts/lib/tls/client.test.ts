/** What the device itself sends and does: its offer, its certificate, its steps, its reaction to alerts and ends. */
import { expect } from 'chai';
import { AUTH, Device, STATE, STEP } from './device.ts';
import { type Extension, MSG, message, REC, REQUEST, record, u16, vec16 } from './scripted.ts';
import { begin, connect, expectRefused, fixture } from './session.ts';

const _EMPTY = Buffer.alloc(0);

describe('lib/tls: the client', () => {
  const made = fixture();

  it('offers exactly what it accepts', () => {
    const server = begin(made.device, made.p.server, made.chain);
    const body = server.clientHello.subarray(4);
    expect(body.subarray(0, 2)).to.deep.equal(u16(0x0303));
    expect(server.sessionId).to.have.length(32);
    expect(body.subarray(67, 73)).to.deep.equal(Buffer.from('000213030100', 'hex'));
    const offered = Object.fromEntries(
      server.clientExtensions.map(([type, data]) => [type, Buffer.from(data).toString('hex')]),
    );
    expect(Object.keys(offered).map(Number)).to.have.members([0, 10, 13, 43, 50, 51]);
    expect(offered[0]).to.equal(`001300${Buffer.from(vec16(Buffer.from('mqtt.example.org'))).toString('hex')}`);
    expect(offered[10]).to.equal('0004001d0017');
    expect(offered[13]).to.equal('00080403080708040809');
    expect(offered[50]).to.equal('000e0403080708040809040105010601');
    expect(offered[43]).to.equal('020304');
    expect(offered[51]).to.match(/^0024001d0020[0-9a-f]{64}$/);
  });

  it('takes random, session id and private key from the vault, in this order', () => {
    const from = made.device.draws.length;
    const server = begin(made.device, made.p.server, made.chain);
    const draws = made.device.draws.slice(from).map((draw) => Buffer.from(draw));
    expect(draws).to.have.length(3);
    expect(server.random).to.deep.equal(draws[0]);
    expect(server.sessionId).to.deep.equal(draws[1]);
    expect(server.clientHello.includes(draws[2]!)).to.equal(false);
  });

  describe('client authentication', () => {
    const types = (flight: Buffer[]) => flight.map((whole) => whole[0]);

    it('sends its certificate and a signature of the vault', () => {
      const { flight } = connect(made.device, made.p.server, made.chain, { request: REQUEST });
      expect(types(flight)).to.deep.equal([MSG.CERT, MSG.CV, MSG.FIN]);
      expect(flight[0]!.includes(Buffer.from(made.p.device.der))).to.equal(true);
      expect(made.device.authenticated).to.equal(true);
      expect(made.device.signatures.at(-1)).to.equal(1);
    });

    it('sends neither when not asked', () => {
      const before = made.device.signatures.length;
      const { flight } = connect(made.device, made.p.server, made.chain);
      expect(types(flight)).to.deep.equal([MSG.FIN]);
      expect(made.device.authenticated).to.equal(false);
      expect(made.device.signatures).to.have.length(before);
    });

    const declines = (what: string, request: Extension[], auth: number) =>
      it(`declines with an empty list ${what}`, () => {
        const server = begin(made.device, made.p.server, made.chain, auth);
        made.device.feed(server.flight({ request }));
        const flight = server.finish(server.records(made.device.output()));
        expect(types(flight)).to.deep.equal([MSG.CERT, MSG.FIN]);
        expect(flight[0]).to.deep.equal(message(MSG.CERT, Buffer.alloc(4)));
        expect(made.device.state).to.equal(STATE.OPEN);
        expect(made.device.authenticated).to.equal(false);
      });
    declines('in token mode', REQUEST, AUTH.TOKEN);
    declines('when the server does not take P-256', [[13, vec16(u16(0x0804))]], AUTH.CERTIFICATE);

    it('ends with internal_error when the vault does not sign', async () => {
      const broken = await Device.create({ broken: 'sign', key: made.p.device.key });
      broken.setRoots([made.p.root.der]);
      broken.setCertificate(made.p.device.der);
      const server = begin(broken, made.p.server, made.chain);
      broken.feed(server.flight({ request: REQUEST }));
      expect(broken.reason).to.equal('vault');
      expect(broken.alertSent).to.equal(80);
    });

    it('says nothing at all when the vault gives no random numbers', async () => {
      const broken = await Device.create({ broken: 'random' });
      broken.setRoots([made.p.root.der]);
      expect(broken.open('mqtt.example.org', Date.UTC(2026, 0, 1))).to.equal(0);
      broken.run();
      expect(broken.reason).to.equal('vault');
      expect(broken.output()).to.have.length(0);
    });
  });

  it('does one public-key operation a step', () => {
    made.device.steps.length = 0;
    connect(made.device, made.p.server, made.chain, { request: REQUEST });
    // key share, ECDH, two signatures of the made.chain, CertificateVerify, own signature
    expect(made.device.steps.filter((step) => step === STEP.YIELD)).to.have.length(6);
  });

  it('takes a peer alert as the end and answers nothing', () => {
    const server = begin(made.device, made.p.server, made.chain);
    made.device.feed(record(REC.ALERT, Buffer.of(2, 40)));
    expectRefused(made.device, server, 'peer-alert-40', undefined);
    expect(made.device.alertReceived).to.equal(40);
  });

  it('takes a close_notify within the handshake as a failure', () => {
    const server = begin(made.device, made.p.server, made.chain);
    made.device.feed(record(REC.ALERT, Buffer.of(1, 0)));
    expectRefused(made.device, server, 'closed-early', undefined);
  });

  it('takes the end of TCP within the handshake as truncation', () => {
    const server = begin(made.device, made.p.server, made.chain);
    made.device.feed(server.flight().subarray(0, 300));
    made.device.exports.tlsEof!();
    made.device.run();
    expectRefused(made.device, server, 'truncated', undefined);
  });
});
