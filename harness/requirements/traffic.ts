/** What a device may say at all (th-all-tls.1): TLS to the service's port, from the first byte of each connection on, DNS for its two names, SNTP questions with nothing in them but a question. */
import { CONTENT, tlsRecords } from '../observe/tls-records.ts';
import type { Datagram } from '../world/internet.ts';
import type { Device } from './device.ts';

/** RFC 8446 4. */
const CLIENT_HELLO = 1;
const SNTP_BYTES = 48;
const CLIENT = 3;
/** RFC 4330 4: leap, version and mode before, the transmit timestamp behind. */
const ZERO_FROM = 1;
const ZERO_TO = 40;

/** Of all that the device did so far: names asked for, TCP connections made or tried, datagrams. */
export function expectNoOtherTraffic(device: Device): void {
  const { host, timeServer, port, timePort } = device.profile.data.service;
  const { internet, dns } = device.world;
  const strangers = dns.queries.filter((name) => ![host, timeServer].includes(name.toLowerCase()));
  device.expect(strangers.length === 0, `queries for ${host} and ${timeServer} only`, () => strangers.join(' '));
  const tcp = [...internet.connections, ...internet.refused].filter((one) => one.port !== port);
  device.expect(tcp.length === 0, `TCP to port ${port} only`, () =>
    tcp.map((one) => `${one.address}:${one.port}`).join(' '),
  );
  expectTlsOnly(device);
  const others = internet.datagrams.filter((one) => one.port !== timePort || !isQuestion(one));
  device.expect(
    others.length === 0,
    `datagrams to port ${timePort} only, each an SNTP question`,
    () => `to port ${others[0]!.port}: ${Buffer.from(others[0]!.bytes).toString('hex')}`,
  );
}

/** Every byte of every connection to the service so far is of a TLS record, the first of them a ClientHello. Undelivered ends of records are no breach. */
export function expectTlsOnly(device: Device, what = 'all connections'): void {
  for (const { sent } of device.serviceConnections()) {
    const { records, problem } = tlsRecords(Buffer.concat(sent));
    device.expect(problem === undefined, `nothing but TLS records to the service (${what})`, () => String(problem));
    const [first] = records;
    device.expect(
      !first || (first.type === CONTENT.handshake && first.fragment[0] === CLIENT_HELLO),
      `a ClientHello first (${what})`,
      () => `content type ${first!.type}, message ${first!.fragment[0]}`,
    );
  }
}

/** RFC 4330 5: a client sets every field of its question to zero but mode, version and, if it likes, the transmit timestamp. */
function isQuestion({ bytes }: Datagram): boolean {
  if (bytes.length !== SNTP_BYTES || (bytes[0]! & 7) !== CLIENT || bytes[0]! >> 6 !== 0) return false;
  return bytes.subarray(ZERO_FROM, ZERO_TO).every((byte) => byte === 0);
}
