import { randomBytes } from 'node:crypto';
import { Duplex } from 'node:stream';
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { expect } from 'chai';
import { RepeatableTls } from '../../../../harness/world/cloud/repeatable-tls.ts';
import { keyFromSeed } from '../../../../harness/world/pki/keys.ts';
import { CLIENT_AUTH, honestValidity, mint } from '../../../../harness/world/pki/mint.ts';
import { type Identity, Pki } from '../../../../harness/world/pki/pki.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const HOST = 'broker.example';

type Edit = (bytes: Buffer) => Buffer;

/** Two ends of a wire. @param edit of what the first one says */
function wire(edit: Edit = (bytes) => bytes): [Duplex, Duplex] {
  const end = (other: () => Duplex, change: Edit) =>
    new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        setImmediate(() => other().push(change(chunk)));
        done();
      },
      final(done) {
        setImmediate(() => other().push(null));
        done();
      },
      destroy(error, done) {
        setImmediate(() => other().destroyed || other().readableEnded || other().push(null));
        done(error);
      },
    }).on('error', () => {});
  const left: Duplex = end(() => right, edit);
  const right: Duplex = end(
    () => left,
    (bytes) => bytes,
  );
  return [left, right];
}

describe('TLS of the honest service without randomness of its own, met by OpenSSL', () => {
  let pki: Pki;
  let identity: Identity;
  let options: ConnectionOptions;
  before(async () => {
    pki = await Pki.create({ seed: '1', nowMs: NOW_MS, host: HOST });
    identity = await pki.server();
    const key = keyFromSeed('p256', 'client', 'dev');
    const certificate = await mint({
      subject: 'CN=dev',
      key,
      serial: 1,
      ...honestValidity(NOW_MS),
      extendedKeyUsage: [CLIENT_AUTH],
    });
    options = {
      servername: HOST,
      ca: pki.root.certificate.pem,
      cert: certificate.pem,
      key: key.privateKey.export({ format: 'pem', type: 'pkcs8' }),
      // The certificates are of the scenario's time, not of the machine's.
      rejectUnauthorized: false,
    };
  });

  const meet = async (change: ConnectionOptions = {}, edit?: Edit, requestCert = true) => {
    const [near, far] = wire(edit);
    const server = new RepeatableTls(far, identity, requestCert);
    const client = tlsConnect({ ...options, ...change, socket: near });
    return { client, server };
  };
  const errorOf = (client: TLSSocket) =>
    new Promise<string>((resolve) => client.on('error', ({ message }) => resolve(message)));
  const collect = (stream: Duplex) =>
    new Promise<Buffer>((resolve) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts)));
    });

  it('shakes hands, knows the proven certificate, carries 100 KiB each way and closes both ways', async () => {
    const { client, server } = await meet();
    const [up, down] = [randomBytes(102_400), randomBytes(102_400)];
    await Promise.all([
      new Promise((resolve) => server.once('secure', resolve)),
      new Promise((resolve) => client.once('secureConnect', resolve)),
    ]);
    expect(server.peerCertificate?.subject).equal('CN=dev');
    expect(client.getProtocol()).equal('TLSv1.3');
    client.end(up);
    expect((await collect(server)).equals(up)).equal(true);
    server.end(down);
    expect((await collect(client)).equals(down)).equal(true);
  });

  it('asks for no certificate where devices show tokens', async () => {
    const { client, server } = await meet({}, undefined, false);
    await new Promise((resolve) => server.once('secure', resolve));
    expect(server.peerCertificate).equal(undefined);
    client.destroy();
  });

  it('a client without a certificate is let in, and known to have none', async () => {
    const { client, server } = await meet({ cert: undefined, key: undefined } as ConnectionOptions);
    await new Promise((resolve) => server.once('secure', resolve));
    expect(server.peerCertificate).equal(undefined);
    client.destroy();
  });

  it('refuses what an honest server must, with the alert of its own', async () => {
    const tls12 = await meet({ maxVersion: 'TLSv1.2' });
    expect(await errorOf(tls12.client)).match(/alert protocol version/);
    const aes = await meet({ ciphers: 'TLS_AES_128_GCM_SHA256' });
    expect(await errorOf(aes.client)).match(/alert handshake failure/);
    const group = await meet({ ecdhCurve: 'P-384' });
    expect(await errorOf(group.client)).match(/alert handshake failure/);
    const scheme = await meet({ sigalgs: 'ecdsa_secp256r1_sha256' });
    expect(await errorOf(scheme.client)).match(/alert handshake failure/);
  });

  it('a record that was changed on its way is refused, in the handshake and after it', async () => {
    for (const target of [1, 4]) {
      let count = 0;
      const { client, server } = await meet({}, (bytes) => {
        const records: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) {
          const whole = Buffer.from(bytes.subarray(at, at + 5 + bytes.readUInt16BE(at + 3)));
          if (whole[0] === 23 && ++count === target) whole[20]! ^= 1;
          records.push(whole);
        }
        return Buffer.concat(records);
      });
      let heard = 0;
      server.on('data', (bytes: Buffer) => (heard += bytes.length));
      client.write('a secret');
      expect(await errorOf(client), `record ${target}`).match(/alert bad record mac/);
      expect(heard, `record ${target}`).equal(0);
    }
  });

  it('what is no ClientHello is refused, and the connection is over', async () => {
    const hello = (body: Buffer) => Buffer.concat([Buffer.of(22, 3, 1, body.length >> 8, body.length & 255), body]);
    for (const first of [Buffer.from('GET / HTTP/1.1\r\n\r\n'), hello(Buffer.of(1, 0, 0, 0)), hello(randomBytes(60))]) {
      const [near, far] = wire();
      const server = new RepeatableTls(far, identity, true);
      near.end(first);
      const said = await collect(near);
      if (said.length > 0) expect([...said.subarray(0, 6)]).deep.equal([21, 3, 3, 0, 2, 2]);
      expect(server.destroyed).equal(true);
    }
  });

  it('the same ClientHello is answered with the same bytes', async () => {
    let first: Buffer | undefined;
    const { client } = await meet({}, (bytes) => {
      first ??= bytes;
      return bytes;
    });
    await new Promise((resolve) => client.once('secureConnect', resolve));
    client.destroy();
    const answers = await Promise.all(
      [0, 1].map(async () => {
        const [near, far] = wire();
        new RepeatableTls(far, identity, true);
        near.write(first!);
        return new Promise<Buffer>((resolve) => near.once('data', resolve));
      }),
    );
    expect(answers[0]!.length).greaterThan(500);
    expect(answers[0]!.equals(answers[1]!)).equal(true);
  });
});
