import { expect } from 'chai';
import { Resolver } from '../../../harness/world/dns.ts';
import { type SntpBehaviour, sntpService } from '../../../harness/world/sntp.ts';

const TRUE_MS = Date.UTC(2026, 0, 1, 12, 34, 56, 250);
const ERA_MS = 2_208_988_800_000;

const request = (() => {
  const packet = Buffer.alloc(48);
  packet[0] = 0x23; // version 4, mode 3
  packet[2] = 6;
  packet.write('TRANSMIT', 40, 'latin1');
  return packet;
})();

function ask(behaviour: SntpBehaviour = {}, packet: Uint8Array = request): Buffer[] {
  return sntpService(
    () => TRUE_MS,
    () => behaviour,
  )(packet).map((bytes) => Buffer.from(bytes));
}

/** RFC 4330 3: seconds since 1900 and a 32-bit fraction. */
const unixMs = (packet: Buffer, at: number) =>
  packet.readUInt32BE(at) * 1000 - ERA_MS + Math.round((packet.readUInt32BE(at + 4) / 2 ** 32) * 1000);

describe('time server (RFC 4330 5)', () => {
  it('answers with true time, version 4, mode 4, and the originate timestamp of the question', () => {
    const [answer] = ask();
    expect(answer).to.have.length(48);
    expect([answer![0]! >> 6, (answer![0]! >> 3) & 7, answer![0]! & 7, answer![1], answer![2]]).to.deep.equal([
      0, 4, 4, 2, 6,
    ]);
    expect(answer!.toString('latin1', 24, 32)).to.equal('TRANSMIT');
    for (const at of [16, 32, 40]) expect(unixMs(answer!, at)).to.equal(TRUE_MS);
  });

  for (const [what, behaviour, see] of [
    ['an offset', { offsetMs: -3_600_000 }, (a: Buffer) => expect(unixMs(a, 40)).to.equal(TRUE_MS - 3_600_000)],
    ['a leap indicator', { leap: 3 }, (a: Buffer) => expect(a[0]! >> 6).to.equal(3)],
    ['a version', { version: 3 }, (a: Buffer) => expect((a[0]! >> 3) & 7).to.equal(3)],
    ['a mode', { mode: 5 }, (a: Buffer) => expect(a[0]! & 7).to.equal(5)],
    ['a stratum', { stratum: 16 }, (a: Buffer) => expect(a[1]).to.equal(16)],
    [
      'a kiss of death (RFC 4330 8)',
      { stratum: 0, reference: 'RATE' },
      (a: Buffer) => expect([a[1], a.toString('latin1', 12, 16)]).to.deep.equal([0, 'RATE']),
    ],
    [
      'a wrong originate timestamp',
      { wrongOriginate: true },
      (a: Buffer) => expect(a.toString('latin1', 24, 32)).not.to.equal('TRANSMIT'),
    ],
  ] as const) {
    it(`lies about one thing: ${what}`, () => {
      const honest = ask()[0]!;
      const [answer] = ask(behaviour);
      see(answer!);
      expect(answer!.equals(honest)).to.equal(false);
    });
  }

  it('repeats itself, or is silent', () => {
    expect(ask({ copies: 3 })).to.have.length(3);
    expect(ask({ silent: true })).to.have.length(0);
  });

  it('does not answer what is no question', () => {
    expect(ask({}, request.subarray(0, 47))).to.have.length(0);
    expect(ask({}, Buffer.concat([Buffer.of(0x24), request.subarray(1)]))).to.have.length(0);
    expect(ask({}, new Uint8Array(0))).to.have.length(0);
  });
});

describe('resolver', () => {
  it('answers what it was told, whatever the case, and forgets', () => {
    const resolver = new Resolver();
    resolver.set('Broker.Example', '203.0.113.1');
    expect(resolver.resolve('bROKER.example')).to.equal('203.0.113.1');
    resolver.remove('broker.EXAMPLE');
    expect(resolver.resolve('broker.example')).to.equal(undefined);
    expect(resolver.queries).to.deep.equal(['bROKER.example', 'broker.example']);
  });
});
