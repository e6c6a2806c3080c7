/** th-all-tls.1: what goes over the wires at all, in a busy device and an idle one, when all is well and when nothing works. */
import { CONTENT, clientHello, tlsRecords } from '../../observe/tls-records.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import type { Lab } from '../lab.ts';
import { connected, expectTwin } from '../refusal.ts';
import { expectNoOtherTraffic } from '../traffic.ts';

/** Long enough between two readings that a device has to keep its connection alive by other means. */
const IDLE_INTERVAL_MS = 600_000;
const IDLE_MS = 300_000;
/** Covers several attempts, with the pauses between them. */
const TROUBLE_MS = 400_000;
/** Nobody is there. */
const NOBODY = '203.0.113.99';

/** Each kind of trouble that could make a device try another way. */
const TROUBLES: readonly { readonly what: string; readonly begin: (device: Device) => Promise<void> | void }[] = [
  { what: 'the service refuses connections', begin: (device) => device.world.dns.set(hostOf(device), NOBODY) },
  { what: 'the service has no address', begin: (device) => device.world.dns.remove(hostOf(device)) },
  { what: 'a server of another CA', begin: ({ world }) => world.hostileServer('other-ca') },
  { what: 'a server without TLS 1.3', begin: ({ world }) => world.hostileServer('tls12') },
  { what: 'a server that never answers', begin: ({ world }) => world.plaintextServer('silence') },
];

const TROUBLES_ON_A_CHIP = 2;

const hostOf = ({ profile }: Pick<Device, 'profile'>) => profile.data.service.host;

export const checks = defineChecks('th-all-tls', (check) => {
  check(
    'th-all-tls.1/only-tls-records-to-the-service',
    'every byte to and from the service is part of a TLS record',
    async (lab) => {
      const device = await connected(lab);
      await device.board.run(device.profile.data.telemetry.intervalMs * 3);
      device.dropConnection();
      await expectTwin(device, 'a second connection');
      expectRecordsOnly(lab, device, 2);
      const idle = await lab.device({ configured: { intervalMs: IDLE_INTERVAL_MS } });
      await idle.connect();
      await idle.board.run(IDLE_MS);
      expectRecordsOnly(lab, idle, 1);
      lab.note(`so it is with nothing to report for ${IDLE_MS / 1000} s`, idle);
    },
  );

  check(
    'th-all-tls.1/only-dns-and-sntp-beside',
    'beside the service there is DNS and the time server alone',
    async (lab) => {
      const device = await connected(lab);
      await device.board.run(device.profile.data.telemetry.intervalMs * 3);
      expectNoOtherTraffic(device);
      const { internet, dns } = device.world;
      device.expect(internet.datagrams.length > 0 && dns.queries.length > 0, 'DNS and SNTP seen', () => 'none');
      lab.note(
        `${dns.queries.length} DNS queries, ${internet.datagrams.length} SNTP datagrams, ${internet.connections.length} TLS connections, nothing else`,
        device,
      );
    },
  );

  check(
    'th-all-tls.1/no-other-way-in-trouble',
    'a device that cannot reach its service, or its time server, tries no other port, name or server',
    async (lab) => {
      const device = await connected(lab);
      const troubles = lab.sample(TROUBLES, TROUBLES_ON_A_CHIP);
      for (const { what, begin } of troubles) {
        const attempts = attemptsOf(device);
        await begin(device);
        device.dropConnection();
        await device.board.run(TROUBLE_MS);
        device.expect(attemptsOf(device) > attempts + 1, `several attempts (${what})`, () => 'one or none');
        expectNoOtherTraffic(device);
        lab.note(`${what}: ${attemptsOf(device) - attempts} questions for an address, all to the same service`, device);
        device.world.honest();
        await expectTwin(device, `the honest service (after: ${what})`);
      }
      const timeless = await lab.device();
      timeless.world.sntp = { silent: true };
      await timeless.board.power(true);
      await timeless.board.run(TROUBLE_MS);
      timeless.expect(timeless.world.internet.datagrams.length > 1, 'several questions for the time', () => 'one');
      timeless.expect(timeless.serviceConnections().length === 0, 'no connection without the time', () => 'one');
      expectNoOtherTraffic(timeless);
      lab.note(`${troubles.length} of ${TROUBLES.length} kinds of trouble`);
      lab.note(`a silent time server: ${timeless.world.internet.datagrams.length} questions, all to it`, timeless);
    },
  );
});

function attemptsOf(device: Device): number {
  return device.world.dns.queries.filter((name) => name.toLowerCase() === hostOf(device)).length;
}

function expectRecordsOnly(lab: Lab, device: Device, atLeast: number): void {
  const connections = device.serviceConnections();
  device.expect(connections.length >= atLeast, `${atLeast} connections`, () => String(connections.length));
  for (const connection of connections) {
    for (const [direction, bytes] of [
      ['device', connection.sent],
      ['service', connection.received],
    ] as const) {
      const stream = tlsRecords(Buffer.concat(bytes));
      device.expect(
        stream.problem === undefined,
        `nothing but TLS records from the ${direction}`,
        () => `${stream.problem} at the end of ${stream.records.length} records`,
      );
      device.expect(stream.records.length > 2, `records from the ${direction}`, () => String(stream.records.length));
    }
    const sent = Buffer.concat(connection.sent);
    const plain = tlsRecords(sent)
      .records.map(({ type }) => type)
      .filter((type) => type !== CONTENT.applicationData);
    // In the clear: the ClientHello and the compatibility change_cipher_spec (RFC 8446 D.4), nothing else.
    const { handshake, changeCipherSpec } = CONTENT;
    device.expect(
      plain.every((type) => type === handshake || type === changeCipherSpec) && plain.length <= 2,
      'one plain handshake record',
      () => plain.join(' '),
    );
    device.expect(clientHello(sent) !== undefined, 'a ClientHello first', () => 'none');
  }
  lab.note(`${connections.length} connections, every byte in TLS records`, device);
}
