/** A device and a scripted server on one wire, and what a refused handshake must look like. */
import { expect } from 'chai';
import { AUTH, Device, STATE } from './device.ts';
import { type Algorithm, HOST, NOW, type Party, type Pki, pki } from './pki.ts';
import { REC, type Script, ScriptedServer } from './scripted.ts';

export interface Session {
  server: ScriptedServer;
  /** Handshake messages of the client's second flight. */
  flight: Buffer[];
}

/** Opens a connection up to the ClientHello. */
export function begin(
  device: Device,
  party: Party,
  chain: readonly Uint8Array[],
  auth: number = AUTH.CERTIFICATE,
): ScriptedServer {
  expect(device.open(HOST, NOW, auth)).to.equal(0);
  device.received.length = 0;
  device.run();
  const server = new ScriptedServer(party, chain);
  const [hello, ...rest] = server.records(device.output());
  expect(rest).to.have.length(0);
  server.accept(hello!);
  return server;
}

/** An honest session up to the open connection. */
export function connect(device: Device, party: Party, chain: readonly Uint8Array[], script: Script = {}): Session {
  const server = begin(device, party, chain);
  device.feed(server.flight(script));
  expect(device.reason).to.equal('none');
  expect(device.state).to.equal(STATE.OPEN);
  return { server, flight: server.finish(server.records(device.output())) };
}

/** The alert that the device put on the wire, as the server reads it: under handshake or application keys, or in the clear. */
export function alertOnWire(device: Device, server: ScriptedServer): number | undefined {
  const last = server.records(device.output()).filter((whole) => whole[0] !== REC.CCS);
  expect(last.length, 'records after the failure').to.be.at.most(1);
  if (last.length === 0) return undefined;
  const { type, data } =
    last[0]![0] === REC.ALERT ? { type: REC.ALERT, data: last[0]!.subarray(5) } : server.read.open(last[0]!);
  expect(type).to.equal(REC.ALERT);
  expect(data).to.have.length(2);
  expect(data[0], 'level').to.equal(2);
  return data[1];
}

/** The connection has ended for this reason, with this alert, and no application byte has passed in any direction. */
export function expectRefused(device: Device, server: ScriptedServer, reason: string, alert: number | undefined): void {
  expect(device.reason).to.equal(reason);
  expect(device.state).to.equal(STATE.FAILED);
  expect(alertOnWire(device, server), 'alert on the wire').to.equal(alert);
  expect(device.alertSent).to.equal(alert ?? -1);
  expect(device.data).to.have.length(0);
  expect(device.send(Buffer.from('secret')), 'tlsSend after a failure').to.be.below(0);
  expect(device.exports.tlsOutputPending!()).to.equal(0);
}

export interface Fixture {
  p: Pki;
  device: Device;
  /** Server, intermediate. */
  chain: Uint8Array[];
}

/** A PKI and a device that trusts its root and holds its device certificate. Filled before the tests run. */
export function fixture(algorithm: Algorithm = 'P-256'): Fixture {
  const made = {} as Fixture;
  before(async () => {
    const p = await pki(algorithm);
    const device = await Device.create({ key: p.device.key });
    expect(device.setRoots([p.root.der])).to.equal(0);
    expect(device.setCertificate(p.device.der)).to.equal(0);
    Object.assign(made, { p, device, chain: [p.server.der, p.intermediate.der] });
  });
  return made;
}

/** What the server does, the script, the reason, the alert. */
export type Refusal = [what: string, script: Script, reason: string, alert: number];

/** A test for each row: the twin connects, then the script is refused. */
export function refuses(made: Fixture, rows: readonly Refusal[]): void {
  for (const [what, script, reason, alert] of rows) {
    it(`refuses: ${what} (${reason}, alert ${alert})`, () => {
      const { device, p, chain } = made;
      connect(device, p.server, chain);
      const server = begin(device, p.server, chain);
      device.feed(server.flight(script));
      expectRefused(device, server, reason, alert);
    });
  }
}
