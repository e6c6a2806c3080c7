import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { Duplex } from 'node:stream';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { expect } from 'chai';
import { MqttClient } from 'mqtt';
import type { Connection } from '../../../harness/world/internet.ts';
import { keyFromSeed } from '../../../harness/world/pki/keys.ts';
import { CLIENT_AUTH, honestValidity, mint } from '../../../harness/world/pki/mint.ts';
import { ADDRESS, World } from '../../../harness/world/world.ts';

const START_MS = Date.UTC(2026, 0, 1);
const OPTIONS = {
  seed: '1',
  host: 'broker.example',
  port: 8883,
  timeHost: 'time.example',
  timePort: 123,
  startMs: START_MS,
};

/** A stream over a connection, as a device's TCP socket would be. */
function socketOf(connection: Connection, world: World): Duplex {
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      connection.send(chunk);
      void pump();
      done();
    },
  });
  const pump = async () => {
    await world.internet.tasks.drained();
    for (const bytes of connection.take()) socket.push(Buffer.from(bytes));
    if (connection.closedByServer) socket.push(null);
  };
  return socket;
}

async function clientIdentity(name: string) {
  const key = keyFromSeed('p256', 'client', name);
  const certificate = await mint({
    subject: `CN=${name}`,
    key,
    serial: 1,
    ...honestValidity(START_MS),
    extendedKeyUsage: [CLIENT_AUTH],
  });
  const point = Buffer.from(key.publicKey.export({ format: 'der', type: 'spki' })).subarray(-65);
  return { key, certificate, point };
}

async function openTls(world: World, name: string): Promise<TLSSocket> {
  const { key, certificate } = await clientIdentity(name);
  const connection = world.internet.connect(ADDRESS.service, OPTIONS.port)!;
  return tlsConnect({
    socket: socketOf(connection, world),
    servername: OPTIONS.host,
    ca: world.pki.root.certificate.pem,
    cert: certificate.pem,
    key: key.privateKey.export({ format: 'pem', type: 'pkcs8' }),
    checkServerIdentity: () => undefined,
    // The scenario's certificates are minted for the scenario's time, not for the machine's.
    rejectUnauthorized: false,
  });
}

describe('the service', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.create(OPTIONS);
  });
  afterEach(() => world.close());

  const mqttOver = async (name: string, clientId = name): Promise<MqttClient> => {
    const tls = await openTls(world, name);
    return new MqttClient(() => tls, { clientId, reconnectPeriod: 0, connectTimeout: 5000, protocolVersion: 4 });
  };

  it('accepts a registered device and records what it publishes', async () => {
    world.cloud.devices.register('dev-1', (await clientIdentity('dev-1')).point);
    const client = await mqttOver('dev-1');
    await new Promise<void>((resolve, reject) => {
      client.on('connect', () => resolve());
      client.on('error', reject);
    });
    await client.publishAsync('t/1', 'hello', { qos: 1 });
    expect(world.cloud.received[0]!.packetId).to.be.above(0);
    expect(
      world.cloud.received.map(({ topic, payload, clientId, qos }) => [
        topic,
        String(Buffer.from(payload)),
        clientId,
        qos,
      ]),
    ).to.deep.equal([['t/1', 'hello', 'dev-1', 1]]);
    expect(world.cloud.connects.map((one) => one.clientId)).to.deep.equal(['dev-1']);
    expect(world.reproducible).to.equal(false);
    client.end(true);
  });

  it('refuses a key that no device is registered with', async () => {
    const tls = await openTls(world, 'stranger');
    tls.on('error', () => {});
    await new Promise((resolve) => tls.once('secureConnect', resolve));
    tls.write('a byte that must not reach the broker');
    await world.internet.tasks.drained();
    expect(world.cloud.refusals.map((one) => one.reason)).to.deep.equal(['unknown-key']);
    expect(world.cloud.connects).to.have.length(0);
    expect(world.internet.connections[0]!.stream.destroyed).to.equal(true);
    tls.destroy();
  });

  it("refuses a registered device under another's client id", async () => {
    world.cloud.devices.register('dev-1', (await clientIdentity('dev-1')).point);
    const client = await mqttOver('dev-1', 'dev-2');
    client.on('error', () => {});
    await new Promise((resolve) => client.on('close', () => resolve(undefined)));
    expect(world.cloud.refusals.map((one) => one.reason)).to.deep.equal(['identity-mismatch']);
    client.end(true);
  });

  it('ends the session of an identity that is removed, and of no other', async () => {
    for (const name of ['dev-1', 'dev-2']) {
      world.cloud.devices.register(name, (await clientIdentity(name)).point);
      const client = await mqttOver(name);
      await new Promise((resolve) => client.on('connect', () => resolve(undefined)));
      client.end(true);
    }
    world.cloud.revoke('dev-1');
    await world.internet.tasks.drained();
    expect(world.internet.connections.map(({ stream }) => stream.destroyed)).to.deep.equal([true, false]);
  });

  it('holds at most three keys per device', () => {
    const point = () =>
      Buffer.from(
        generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' }),
      ).subarray(-65);
    for (let index = 0; index < 3; index++) world.cloud.devices.register('dev', point());
    expect(() => world.cloud.devices.register('dev', point())).to.throw(RangeError);
  });

  it('mints the same certificates from the same seed', async () => {
    const again = await World.create(OPTIONS);
    expect(again.identity.chain[0]!.pem).to.equal(world.identity.chain[0]!.pem);
    const other = await World.create({ ...OPTIONS, seed: '2' });
    expect(other.identity.chain[0]!.pem).not.to.equal(world.identity.chain[0]!.pem);
    await again.close();
    await other.close();
  });

  it("presents certificates that OpenSSL finds valid on the scenario's date", () => {
    const leaf = new X509Certificate(world.identity.chain[0]!.pem);
    const root = new X509Certificate(world.pki.root.certificate.pem);
    expect(leaf.verify(createPublicKey(root.publicKey.export({ format: 'pem', type: 'spki' })))).to.equal(true);
    expect(leaf.checkHost(OPTIONS.host)).to.equal(OPTIONS.host);
    expect(Date.parse(leaf.validFrom)).to.be.below(START_MS);
    expect(Date.parse(leaf.validTo)).to.be.above(START_MS);
  });
});
