/**
 * Seeded, bounded fuzzing: whatever comes, the device neither traps nor runs on, and no changed handshake opens a connection.
 * A trap is an exception here; `run` of device.ts bounds the steps.
 */
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { verify } from '../x509/verifier.ts';
import { STATE } from './device.ts';
import { REC, record, u8 } from './scripted.ts';
import { begin, connect, fixture } from './session.ts';

/** A stream of bytes from a seed: SHA-256 in counter mode. */
class Chance {
  private counter = 0;
  private pool: Buffer = Buffer.alloc(0);

  constructor(private readonly seed: string) {}

  bytes(length: number): Buffer {
    while (this.pool.length < length) {
      const more = createHash('sha256')
        .update(`${this.seed} ${this.counter++}`)
        .digest();
      this.pool = Buffer.concat([this.pool, more]);
    }
    const taken = this.pool.subarray(0, length);
    this.pool = this.pool.subarray(length);
    return Buffer.from(taken);
  }

  below(limit: number): number {
    return this.bytes(4).readUInt32LE() % limit;
  }

  /** One to three edits: a bit, a byte, a cut, an insertion, a repetition, an extreme length byte. */
  mutate(original: Uint8Array): Buffer {
    let data = Buffer.from(original);
    for (let edits = 1 + this.below(3); edits > 0 && data.length > 0; edits--) {
      const at = this.below(data.length);
      const kind = this.below(6);
      if (kind === 0) data[at]! ^= 1 << this.below(8);
      else if (kind === 1) data[at] = this.below(256);
      else if (kind === 2) data = Buffer.concat([data.subarray(0, at), data.subarray(at + 1 + this.below(8))]);
      else if (kind === 3)
        data = Buffer.concat([data.subarray(0, at), this.bytes(1 + this.below(8)), data.subarray(at)]);
      else if (kind === 4) data = Buffer.concat([data.subarray(0, at), data.subarray(at, at + 16), data.subarray(at)]);
      else data[at] = [0, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xff][this.below(7)]!;
    }
    return data;
  }
}

describe('lib/tls, lib/x509: fuzzing', () => {
  const made = fixture('Ed25519');

  it('3,000 changed certificates: none traps, none is trusted', () => {
    const { device, p } = made;
    const chance = new Chance('certificates');
    const question = { roots: [p.root.der], chain: [p.server.der, p.intermediate.der] };
    const reasons = new Set<string>();
    for (let i = 0; i < 3000; i++) {
      const which = chance.below(2);
      const chain = question.chain.map((der, at) => (at === which ? chance.mutate(der) : der));
      if (chain.every((der, at) => Buffer.from(der).equals(question.chain[at]!))) continue;
      const { reason } = verify(device, { ...question, chain });
      reasons.add(reason);
      expect(reason, `round ${i}`).to.not.equal('trusted');
    }
    expect(reasons.size, [...reasons].join()).to.be.above(8);
    expect(verify(device, question).reason).to.equal('trusted');
  });

  it('1,000 changed root lists and random ones: none traps', () => {
    const { device, p } = made;
    const chance = new Chance('roots');
    const list = Buffer.concat([Buffer.of(1, 0, p.root.der.length & 255, p.root.der.length >> 8), p.root.der]);
    for (let i = 0; i < 1000; i++)
      expect(device.setRootList(i % 4 ? chance.mutate(list) : chance.bytes(chance.below(64)))).to.be.at.most(0);
    expect(device.setRootList(list)).to.equal(0);
  });

  it('600 handshakes with one message changed: none opens', () => {
    const { device, p, chain } = made;
    device.setRoots([p.root.der]);
    const chance = new Chance('messages');
    const reasons = new Set<string>();
    for (let i = 0; i < 600; i++) {
      const target = [8, 11, 15, 20][i % 4]!;
      let same = false;
      const server = begin(device, p.server, chain);
      const tamper = (type: number, whole: Buffer) => {
        if (type !== target) return whole;
        const changed = chance.mutate(whole);
        same = changed.equals(whole);
        return changed;
      };
      device.feed(server.flight({ tamper }));
      reasons.add(device.reason);
      expect(device.state === STATE.OPEN, `round ${i}, ${device.reason}`).to.equal(same);
      expect(device.data).to.have.length(0);
    }
    expect(reasons.size, [...reasons].join()).to.be.above(6);
  });

  it('400 changed ServerHellos: none opens', () => {
    const { device, p, chain } = made;
    const chance = new Chance('hello');
    for (let i = 0; i < 400; i++) {
      const server = begin(device, p.server, chain);
      let changed = true;
      device.feed(
        server.flight({
          pack: (hello, messages, keys) => {
            const other = chance.mutate(hello);
            changed = !other.equals(hello);
            return Buffer.concat([
              record(REC.HANDSHAKE, other),
              ...messages.map((whole) => keys.seal(REC.HANDSHAKE, whole)),
            ]);
          },
        }),
      );
      expect(device.state === STATE.OPEN, `round ${i}`).to.equal(!changed);
    }
  });

  it('1,000 streams of noise and of half-true records: none opens', () => {
    const { device, p, chain } = made;
    const chance = new Chance('records');
    begin(device, p.server, chain);
    for (let i = 0; i < 1000; i++) {
      if (device.state !== STATE.HANDSHAKE) begin(device, p.server, chain);
      const noise = chance.bytes(chance.below(200));
      device.feed(i % 2 ? noise : record(20 + chance.below(4), noise));
      expect(device.state).to.be.oneOf([STATE.HANDSHAKE, STATE.FAILED]);
      expect(device.data).to.have.length(0);
    }
  });

  it('400 records of noise with the right keys: nothing but application data is handed on', () => {
    const { device, p, chain } = made;
    const chance = new Chance('inner');
    let { server } = connect(device, p.server, chain);
    for (let i = 0; i < 400; i++) {
      if (device.state !== STATE.OPEN) ({ server } = connect(device, p.server, chain));
      device.received.length = 0;
      const type = [REC.HANDSHAKE, REC.ALERT, REC.CCS, chance.below(256)][i % 4]!;
      const content =
        i % 8 === 0 ? Buffer.concat([u8([4, 24][chance.below(2)]!), chance.bytes(20)]) : chance.bytes(chance.below(80));
      device.feed(server.write.seal(type, content));
      // a byte 0 for the type is padding: what counts is the last byte that is not zero
      if (type !== REC.DATA && type !== 0) expect(device.data, `round ${i}`).to.have.length(0);
    }
  });
});
