/** Every row of the harness's table of violations against the client itself: its twin is accepted, then the right alert and not one byte of application data. */
import { expect } from 'chai';
import { VIOLATIONS, type Violation } from '../../../../harness/world/attackers/tls13/violations.ts';
import { type Device, STATE } from './device.ts';
import { MSG, REC, type Script, type ScriptedServer, u8 } from './scripted.ts';
import { begin, expectRefused, fixture } from './session.ts';

/** The least that one may call the client hardened with. */
const AT_LEAST = 180;

describe('lib/tls: table of violations', () => {
  const made = fixture('Ed25519');

  /** Plays the script as far as the device goes along. */
  const play = (script: Script): ScriptedServer => {
    const { device, p, chain } = made;
    const server = begin(device, p.server, chain);
    for (const { extensions, edit } of script.retries ?? []) {
      device.feed(server.retry(extensions, edit));
      if (device.state !== STATE.HANDSHAKE) return server;
      server.accept(server.records(device.output()).at(-1)!);
    }
    device.feed(server.flight(script));
    if (device.state !== STATE.OPEN || !script.after) return server;
    server.finish(server.records(device.output()));
    expect(device.send(Buffer.from('CONNECT'))).to.equal(7);
    const heard = server.records(device.output()).at(-1)!;
    server.read.open(heard);
    const keys = { write: server.write, handshake: server.handshake, heard };
    const sent = script.after(keys);
    server.write = keys.write;
    device.feed(Buffer.concat([sent, server.write.seal(REC.DATA, Buffer.from('CONNACK'))]));
    return server;
  };

  const expectAccepted = (device: Device, script: Script) => {
    const server = play(script);
    expect(device.reason).to.equal('none');
    expect(device.state).to.equal(STATE.OPEN);
    if (script.after) expect(device.data.toString()).to.equal('CONNACK');
    else server.finish(server.records(device.output()));
  };

  it(`has at least ${AT_LEAST} rows, each with a section and a twin of its own kind`, () => {
    expect(VIOLATIONS).to.have.length.at.least(AT_LEAST);
    expect(new Set(VIOLATIONS.map(({ id }) => id)).size).to.equal(VIOLATIONS.length);
    for (const { section, twin, script, open } of VIOLATIONS) {
      expect(section).to.match(/^[\dD](\.\d+)*$/);
      expect(twin).to.not.equal(script);
      expect(open).to.equal(twin.after !== undefined);
    }
  });

  for (const { id, section, what, script, twin, reason, alert } of VIOLATIONS as Violation[])
    it(`${id}: ${what} (RFC 8446 ${section}): ${reason}, alert ${alert}`, () => {
      const { device } = made;
      expectAccepted(device, twin);
      const server = play(script);
      expectRefused(device, server, reason, alert);
    });

  it('a KeyUpdate that asks for one is answered before the next data, under the new keys', () => {
    const { device } = made;
    const server = play({
      after: (keys) => {
        const sent = keys.write.seal(REC.HANDSHAKE, Buffer.of(MSG.KU, 0, 0, 1, 1));
        keys.write = keys.write.updated();
        return sent;
      },
    });
    expect(device.data.toString()).to.equal('CONNACK');
    expect(device.send(Buffer.from('PUBLISH'))).to.equal(7);
    const [update, data] = server.records(device.output());
    expect(server.read.open(update!).data).to.deep.equal(Buffer.concat([Buffer.of(MSG.KU, 0, 0, 1), u8(0)]));
    server.read = server.read.updated();
    expect(server.read.open(data!).data.toString()).to.equal('PUBLISH');
  });
});
