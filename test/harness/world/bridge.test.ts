import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import { expect } from 'chai';
import { connectAsync } from 'mqtt';
import { EnvironmentError, PeerError, UsageError } from '../../../harness/errors.ts';
import { Bridge } from '../../../harness/world/bridge.ts';
import { cloudTarget } from '../../../harness/world/cloud-target.ts';
import { Pki } from '../../../harness/world/pki/pki.ts';
import { World } from '../../../harness/world/world.ts';
import { clientIdentity, TestDevice } from './device.ts';
import { hasMosquitto, mosquitto } from './mosquitto.ts';

const HOST = 'localhost';
const TOPIC = 'sensors/1';

describe('--cloud: a broker outside', () => {
  let pki: Pki;
  let closers: (() => Promise<unknown> | unknown)[];
  const wallMs = Date.now();

  before(async () => {
    pki = await Pki.create({ seed: '1', nowMs: wallMs, host: HOST, keyType: 'p256' });
  });
  beforeEach(() => {
    closers = [];
  });
  afterEach(async () => {
    for (const close of closers.reverse()) await close();
  });

  const target = (port: number, roots = pki.root.certificate.pem) =>
    cloudTarget(`mqtts://${HOST}:${port}`, 'ca.pem', Buffer.from(roots));
  const listening = async (server: Server): Promise<number> => {
    const open = new Set<Socket>();
    server.on('connection', (socket: Socket) => open.add(socket));
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    closers.push(() => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    });
    return (server.address() as AddressInfo).port;
  };
  const serverOptions = async () => {
    const { key, chain } = await pki.serverUnderIntermediate();
    return {
      key: key.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
      cert: chain.map((one) => one.pem).join(''),
    };
  };
  const aedes = async (): Promise<number> => {
    const broker = await Aedes.createBroker();
    const server = createTlsServer(
      { ...(await serverOptions()), requestCert: true, rejectUnauthorized: false },
      (socket) => broker.handle(socket),
    );
    const port = await listening(server);
    closers.push(() => new Promise<void>((resolve) => broker.close(() => resolve())));
    return port;
  };
  const startMosquitto = async (): Promise<number> => {
    const { key, cert } = await serverOptions();
    return mosquitto({ key, chain: cert }, closers);
  };

  const session = async (port: number) => {
    const bridge = await Bridge.open(target(port), { topic: TOPIC, graceMs: 300 });
    closers.push(() => bridge.close());
    const world = await World.create({
      seed: '1',
      host: HOST,
      port,
      timeHost: 'time.example',
      timePort: 123,
      startMs: wallMs,
      bridge,
    });
    closers.push(() => world.close());
    const identity = await clientIdentity('dev-1', wallMs);
    const device = new TestDevice({ modem: world, host: HOST, port, ca: pki.root.certificate.pem, identity });
    closers.push(() => device.close());
    return { bridge, world, device };
  };

  for (const [name, start, present] of [
    ['aedes', aedes, true],
    ['Mosquitto', startMosquitto, hasMosquitto],
  ] as const) {
    it(`${name} receives what the device says over the modem, and so does a plain mqtt client`, async function () {
      if (!present) this.skip();
      const port = await start();
      const plain = await connectAsync({ protocol: 'mqtts', host: HOST, port, ca: pki.root.certificate.pem });
      closers.push(() => plain.endAsync(true));
      const heard: string[] = [];
      plain.on('message', (_topic, payload) => heard.push(String(payload)));
      await plain.subscribeAsync(TOPIC, { qos: 1 });

      const { bridge, world, device } = await session(port);
      expect(bridge.problem).to.equal(undefined);
      expect(world.roots.map((one) => Buffer.from(one))).to.deep.equal([Buffer.from(pki.root.certificate.der)]);
      expect(await device.connect()).to.equal(true);
      expect(device.tls.authorized, String(device.tls.authorizationError)).to.equal(true);
      expect(await device.greet('dev-1')).to.equal(true);
      const said = Array.from({ length: 5 }, (_, index) => `{"seq":${index},"value":"23.0625"}`);
      for (const text of said) expect(await device.publish(TOPIC, text)).to.equal(true);
      await device.link.pump(1000, () => heard.length === said.length && world.cloud.received.length === said.length);
      expect(heard).to.deep.equal(said);
      expect(world.cloud.received.map(({ payload }) => String(Buffer.from(payload)))).to.deep.equal(said);
      expect(world.reproducible).to.equal(false);
    });
  }

  it('lets a lull pass at once', async () => {
    const port = await aedes();
    const { device } = await session(port);
    await device.connect();
    await device.greet('dev-1');
    // Virtually an hour; the test's time limit is a minute.
    await device.at.run(3_600_000);
    expect(device.at.nowNs).to.be.at.least(3_600e9);
  });

  it('says that nobody answers', async () => {
    const server = createTcpServer();
    const port = await listening(server);
    await closers.pop()!();
    const error = await Bridge.open(target(port), { topic: TOPIC }).catch((one: unknown) => one);
    expect(error).to.be.instanceOf(EnvironmentError);
    expect((error as Error).message)
      .to.contain(`${HOST}:${port}`)
      .and.contain('ECONNREFUSED');
  });

  it('says that the certificate is not under the given roots', async () => {
    const port = await aedes();
    const other = await pki.authority('another');
    const error = await Bridge.open(target(port, other.certificate.pem), { topic: TOPIC }).catch((one: unknown) => one);
    expect(error).to.be.instanceOf(PeerError);
    expect((error as Error).message).to.contain('--ca');
  });

  it('says that it is no TLS', async () => {
    const port = await listening(createTcpServer((socket) => socket.on('error', () => {}).end('SSH-2.0-x\r\n')));
    const error = await Bridge.open(target(port), { topic: TOPIC }).catch((one: unknown) => one);
    expect(error).to.be.instanceOf(PeerError);
  });

  it('goes on unwatched with a broker that wants a client certificate', async () => {
    const options = { ...(await serverOptions()), requestCert: true, ca: pki.root.certificate.pem };
    const port = await listening(createTlsServer(options, (socket) => socket.on('error', () => {})));
    const bridge = await Bridge.open(target(port), { topic: TOPIC });
    closers.push(() => bridge.close());
    expect(bridge.problem).to.be.a('string');
  });

  it('says that the broker ends every connection at once', async () => {
    const options = await serverOptions();
    let refuse = false;
    const broker = await Aedes.createBroker();
    closers.push(() => new Promise<void>((resolve) => broker.close(() => resolve())));
    const server = createTlsServer(options, (socket) => (refuse ? socket.destroy() : broker.handle(socket)));
    const port = await listening(server);
    const { device } = await session(port);
    refuse = true;
    let error: unknown;
    for (let attempt = 0; attempt < 5 && !error; attempt++) {
      try {
        await device.connect();
        await device.link.pump(2000);
      } catch (one) {
        error = one;
      }
    }
    expect(error).to.be.instanceOf(PeerError);
  });

  for (const [url, problem] of [
    ['broker', 'no URL'],
    ['mqtt://broker.example', 'TLS'],
    ['mqtts://192.0.2.1:8883', 'IP address'],
    ['mqtts://[::1]:8883', 'IP address'],
    ['mqtts://user:secret@broker.example', 'host and port'],
    ['mqtts://broker.example/topic', 'host and port'],
  ] as const) {
    it(`refuses --cloud ${url}`, () => {
      expect(() => cloudTarget(url, 'ca.pem', Buffer.from(pki.root.certificate.pem))).to.throw(UsageError, problem);
    });
  }

  it('refuses more roots than the device holds', () => {
    const many = pki.root.certificate.pem.repeat(9);
    expect(() => cloudTarget('mqtts://a.example', 'ca.pem', Buffer.from(many))).to.throw(UsageError, 'ca.pem');
  });
});
