import { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { expect } from 'chai';
import fc from 'fast-check';
import { CONTENT, clientHello, tlsRecords } from '../../../harness/observe/tls-records.ts';

/** What OpenSSL sends first. */
async function opensslHello(): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = new Duplex({
      read() {},
      write(chunk: Buffer) {
        resolve(chunk);
        setImmediate(() => client.destroy());
      },
    });
    const client = connect({
      socket,
      servername: 'broker.example',
      minVersion: 'TLSv1.3',
      ciphers: 'TLS_CHACHA20_POLY1305_SHA256',
    });
    client.on('error', () => {});
  });
}

describe("an observer's view of TLS", () => {
  it("reads OpenSSL's ClientHello", async () => {
    const hello = clientHello(await opensslHello())!;
    expect(hello.legacyVersion).to.equal(0x0303);
    expect(hello.random).to.have.length(32);
    expect(hello.cipherSuites).to.include(0x1303);
    expect(hello.serverName).to.equal('broker.example');
    expect(hello.supportedVersions).to.deep.equal([0x0304]);
    expect(hello.supportedGroups).to.include(0x001d);
    expect(hello.keyShares[0]!.group).to.equal(0x001d);
    expect(hello.keyShares[0]!.key).to.have.length(32);
    expect(hello.signatureAlgorithms).to.include(0x0403);
  });

  const cases: [title: string, bytes: number[], records: number, rest: number, problem: RegExp | undefined][] = [
    ['nothing', [], 0, 0, undefined],
    ['one record', [23, 3, 3, 0, 1, 9], 1, 0, undefined],
    ['two records of two kinds', [22, 3, 1, 0, 1, 9, 20, 3, 3, 0, 1, 1], 2, 0, undefined],
    ['half a record', [23, 3, 3, 0, 2, 9], 0, 6, undefined],
    ['half a head', [23, 3], 0, 2, undefined],
    ['an MQTT CONNECT', [0x10, 0x1a, 0x00, 0x04], 0, 4, /content type 16/],
    ['a record, then plaintext', [23, 3, 3, 0, 1, 9, 0x47, 0x45, 0x54], 1, 3, /content type 71/],
    ['an SSL 3.0 record', [22, 3, 0, 0, 1, 1], 0, 6, /version 3.0/],
    ['an SSL 2 hello', [0x80, 0x2e, 1, 0, 2], 0, 5, /content type 128/],
    ['an empty record', [23, 3, 3, 0, 0], 0, 5, /record of 0 bytes/],
    ['a record that is too long', [23, 3, 3, 0x41, 1], 0, 5, /record of 16641 bytes/],
  ];
  for (const [title, bytes, records, rest, problem] of cases) {
    it(`${title} => ${records} records, ${rest} bytes of rest`, () => {
      const stream = tlsRecords(Uint8Array.from(bytes));
      expect(stream.records).to.have.length(records);
      expect(stream.rest).to.have.length(rest);
      if (problem) expect(stream.problem).to.match(problem);
      else expect(stream.problem).to.equal(undefined);
    });
  }

  it('never throws, whatever the bytes, and loses none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const { records, rest } = tlsRecords(bytes);
        const total = records.reduce((sum, record) => sum + 5 + record.fragment.length, 0) + rest.length;
        clientHello(bytes);
        return total === bytes.length;
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('gives no ClientHello for a truncated or changed one, at any byte', async () => {
    const hello = await opensslHello();
    for (let length = 0; length < hello.length; length++) {
      expect(clientHello(hello.subarray(0, length)), String(length)).to.equal(undefined);
    }
    const other = Buffer.from(hello);
    other[5] = 2;
    expect(clientHello(other)).to.equal(undefined);
    expect(tlsRecords(hello).records[0]!.type).to.equal(CONTENT.handshake);
  });
});
