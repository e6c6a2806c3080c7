/** What a device may say at all (th-all-tls.1): TLS to the service's port, DNS for its two names, SNTP questions with nothing in them but a question. */
import type { Datagram } from '../world/internet.ts';
import type { Device } from './device.ts';

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
  const others = internet.datagrams.filter((one) => one.port !== timePort || !isQuestion(one));
  device.expect(
    others.length === 0,
    `datagrams to port ${timePort} only, each an SNTP question`,
    () => `to port ${others[0]!.port}: ${Buffer.from(others[0]!.bytes).toString('hex')}`,
  );
}

/** RFC 4330 5: a client sets every field of its question to zero but mode, version and, if it likes, the transmit timestamp. */
function isQuestion({ bytes }: Datagram): boolean {
  if (bytes.length !== SNTP_BYTES || (bytes[0]! & 7) !== CLIENT || bytes[0]! >> 6 !== 0) return false;
  return bytes.subarray(ZERO_FROM, ZERO_TO).every((byte) => byte === 0);
}
