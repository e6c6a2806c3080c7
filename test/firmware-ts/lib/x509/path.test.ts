import { expect } from 'chai';
import { Device, STATE } from '../tls/device.ts';
import { Openssl } from '../tls/openssl.ts';
import { HOST, keyPair, make, NOW, type Party, type Pki, pki, type Wish } from '../tls/pki.ts';
import { ACCEPTED, REFUSED, type Row } from './path-cases.ts';
import { verify } from './verifier.ts';

describe('lib/x509: path validation', () => {
  let p: Pki;
  let device: Device;

  before(async () => {
    p = await pki();
    device = await Device.create({ key: p.device.key });
  });

  async function build(row: Row): Promise<{ chain: Party[]; roots: Party[] }> {
    const stranger = await keyPair();
    const honest = (wish: Partial<Wish>) => (wish.signer ? { ...wish, signer: stranger } : wish);
    const root = row.root ? await make({ name: 'Root', ca: true, ...row.root }) : p.root;
    const above = row.root || row.intermediate;
    const intermediate = above
      ? await make({ name: 'Intermediate', issuer: root, ca: true, ...honest(row.intermediate ?? {}) })
      : p.intermediate;
    const server =
      above || row.server
        ? await make({ name: 'server', issuer: intermediate, ...honest(row.server ?? {}) })
        : p.server;
    const made = { ...p, root, intermediate, server };
    return {
      chain: (await row.chain?.(made)) ?? [server, intermediate],
      roots: (await row.roots?.(made)) ?? [root],
    };
  }

  const ders = (parties: readonly Party[]) => parties.map(({ der }) => der);

  for (const row of ACCEPTED)
    it(`accepts ${row.what}`, async () => {
      const { chain, roots } = await build(row);
      expect(verify(device, { roots: ders(roots), chain: ders(chain) }).reason).to.equal('trusted');
    });

  for (const row of REFUSED)
    it(`refuses ${row.what} (${row.reason}, alert ${row.alert})`, async () => {
      const { chain, roots } = await build(row);
      // the twin, one change away, in the same instance
      expect(verify(device, { roots: [p.root.der], chain: ders([p.server, p.intermediate]) }).reason).to.equal(
        'trusted',
      );
      const verdict = verify(device, { roots: ders(roots), chain: ders(chain) });
      expect(verdict.reason).to.equal(row.reason);
      if (row.section) expect(verdict.section).to.equal(row.section);

      // and over TLS: OpenSSL presents the chain and reads the alert
      device.setRoots(ders(roots));
      device.setCertificate(p.device.der);
      expect(device.open(HOST, NOW)).to.equal(0);
      const server = new Openssl({ chain, requestCert: true, rejectUnauthorized: false });
      await server.exchange(device);
      expect(device.state).to.equal(STATE.FAILED);
      expect(device.reason).to.equal(row.reason);
      expect(device.alertSent).to.equal(row.alert);
      expect(server.socket, 'OpenSSL has no connection').to.equal(undefined);
      expect(server.complaint).to.match(ALERT_WORDS[row.alert!]!);
      expect(device.send(Buffer.from('x'))).to.be.below(0);
      server.close();
    });

  it('takes time from its caller alone, to the second', async () => {
    const question = { roots: [p.root.der], chain: ders([p.server, p.intermediate]) };
    const day = 86_400_000;
    const [first, last] = [NOW - 30 * day, NOW + 365 * day];
    const reasons = [first - 1, first, last + 999, last + 1000].map(
      (nowMs) => verify(device, { ...question, nowMs }).reason,
    );
    expect(reasons).to.deep.equal(['not-yet-valid', 'trusted', 'trusted', 'expired']);
    expect(verify(device, { ...question, nowMs: 0 }).reason).to.equal('no-time');
  });

  it('pays for at most 16 signatures, whatever is presented', async () => {
    // eight certificates of one name, each with another key: every one is a candidate issuer of every other
    const keys = await Promise.all(Array.from({ length: 7 }, () => keyPair()));
    const self = await make({ name: 'Maze', ca: true });
    const maze = await Promise.all(
      keys.map((pair) => make({ name: 'Maze', issuer: self, ca: true, keys: pair, signer: keys[0]! })),
    );
    const leaf = await make({ name: 'server', issuer: self, signer: keys[0]! });
    const verdict = verify(device, { roots: [p.root.der], chain: ders([leaf, ...maze]) });
    expect(verdict.signatures).to.be.at.most(16);
    expect(verdict.reason).to.not.equal('trusted');
  });

  describe('root list', () => {
    const status = (payload: Buffer) => device.nameOf(-device.setRootList(payload));
    it('is refused when malformed, and then no root is in force', () => {
      const der = Buffer.from(p.root.der);
      const u16 = (value: number) => Buffer.of(value & 255, value >> 8);
      const whole = Buffer.concat([u16(1), u16(der.length), der]);
      expect(status(whole)).to.equal('none');
      const bad = [
        Buffer.alloc(0),
        whole.subarray(0, -1),
        Buffer.concat([whole, Buffer.alloc(1)]),
        Buffer.concat([u16(2), whole.subarray(2)]),
        Buffer.concat([u16(9), whole.subarray(2)]),
        Buffer.concat([u16(1), u16(der.length - 1), der]),
        Buffer.concat([u16(1), u16(1025), Buffer.alloc(1025)]),
        Buffer.concat([u16(1), u16(3), Buffer.from('abc')]),
      ];
      for (const payload of bad) {
        expect(status(payload)).to.equal('roots-malformed');
        expect(-device.open(HOST, NOW)).to.be.above(0);
        expect(device.reason).to.equal('no-roots');
      }
      expect(status(u16(0))).to.equal('no-roots');
      expect(status(whole)).to.equal('none');
    });
    it('takes eight roots and finds the right one', async () => {
      const others = await Promise.all(Array.from({ length: 7 }, (_, i) => make({ name: `Root ${i}` })));
      const question = { chain: ders([p.server, p.intermediate]) };
      expect(verify(device, { ...question, roots: ders([...others, p.root]) }).reason).to.equal('trusted');
      expect(verify(device, { ...question, roots: ders(others) }).reason).to.equal('unknown-issuer');
    });
  });
});

/** OpenSSL's words for an alert that it received. */
const ALERT_WORDS: Record<number, RegExp> = {
  42: /alert bad certificate/,
  43: /alert unsupported certificate/,
  45: /alert certificate expired/,
  46: /alert certificate unknown/,
  48: /alert unknown ca/,
};
