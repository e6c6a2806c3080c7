/** net-setup and th-conf.4: whoever holds the modem, or puts it into a network, gets no further than the network. */
import { isIPv4 } from 'node:net';
import { MODEM_ATTACKS } from '../../world/attackers/modem-attacks.ts';
import { aliasOf, setUpLines } from '../../world/attackers/set-up-lines.ts';
import { parseCommand } from '../../world/modem/at-parser.ts';
import type { HostileServer } from '../../world/world.ts';
import { defineChecks } from '../check.ts';
import { expectClock } from '../clock.ts';
import type { Device } from '../device.ts';
import { connected, expectTwin } from '../refusal.ts';
import { expectOwnTraffic, expectUntouched, securityState } from '../security-state.ts';

/** What a device does about an attack it does at once, or within one attempt. */
const ATTACK_MS = 45_000;
const REFUSED_WITHIN_MS = 200_000;
const JOINING = { inject: Buffer.from('WIFI DISCONNECT\r\nWIFI CONNECTED\r\nWIFI GOT IP\r\n') };
/** One of each kind of trust that a friendlier device might give up while it joins a network. */
const REFUSED: readonly (readonly [kind: HostileServer, reason: string])[] = [
  ['other-ca', 'unknown-issuer'],
  ['self-signed', 'self-signed'],
  ['other-name', 'name-mismatch'],
  ['expired', 'expired'],
];
const SAMPLE = 6;

export const checks = [
  ...defineChecks('net-setup', (check) => {
    check(
      'net-setup.1/no-way-around',
      'a modem that joins a network makes no server acceptable that was not, and no byte go out in the clear',
      async (lab) => {
        const device = await connected(lab);
        for (const [kind, reason] of REFUSED) {
          device.world.modemFaults = JOINING;
          device.dropConnection();
          await expectTwin(device, 'the honest service while the modem joins a network');
          await device.world.hostileServer(kind);
          const { connects, received } = device.world.cloud;
          const [sessions, messages] = [connects.length, received.length];
          device.dropConnection();
          const line = await device.waitForRefusal(reason, REFUSED_WITHIN_MS);
          await device.board.run(ATTACK_MS);
          device.expect(connects.length === sessions, `no session (${kind})`, () => 'a session');
          device.expect(received.length === messages, `nothing published (${kind})`, () => 'a publish');
          expectOwnTraffic(device, kind);
          lab.note(`${kind} while the modem joins a network: "${line}", nothing published`, device);
          device.world.honest();
        }
        device.dropConnection();
        await expectTwin(device, 'the honest service after all of them');
        device.world.plaintextServer('silence');
        device.world.modemFaults = JOINING;
        device.dropConnection();
        await device.board.run(ATTACK_MS);
        expectOwnTraffic(device, 'plaintext server while the modem joins a network');
        device.world.honest();
        device.dropConnection();
        await expectTwin(device, 'the honest service in the end');
      },
    );

    check(
      'net-setup.1/hostile-modem',
      'whatever the modem does the device neither stops nor restarts nor says anything it should not, and it comes back',
      async (lab) => {
        const device = await connected(lab);
        const before = securityState(device);
        const boots = device.lines('handover').length;
        const attacks = lab.sample(MODEM_ATTACKS, SAMPLE);
        for (const { what, faults, restarted } of attacks) {
          const mark = device.entries.length;
          device.world.modemFaults = faults;
          device.dropConnection();
          await device.board.run(ATTACK_MS);
          device.world.honest();
          if (restarted) device.world.modem.reboot(device.board.nowNs);
          const from = device.world.cloud.received.length;
          device.dropConnection();
          await expectTwin(device, `the modem after one that ${what}`);
          device.expect(
            device.world.cloud.received.length > from,
            `a reading after a modem that ${what}`,
            () => 'none',
          );
          device.expect(
            device.lines('handover').length === boots,
            `no restart by a modem that ${what}`,
            () => 'a restart',
          );
          expectOwnTraffic(device, what);
          expectAddressesOnly(device, mark, what);
        }
        expectUntouched(device, before, 'after all of them');
        await expectClock(device, 0, 'after all of them');
        lab.note(`${attacks.length} of ${MODEM_ATTACKS.length} attacks; the honest modem accepted after each`, device);
      },
    );
  }),

  ...defineChecks('th-conf', (check) => {
    check(
      'th-conf.4/set-up-path-cannot-reach',
      'nothing that comes by the modem or the time server changes roots, host, keys, update key or protection',
      async (lab) => {
        const device = await connected(lab);
        const { host } = device.world.options;
        const before = securityState(device);
        const lines = lab.sample(setUpLines(host, device.id), SAMPLE);
        for (const [what, line] of lines) {
          // In the midst of every command, of joining, and as a datagram; then the modem restarts with it on its lips.
          device.world.modemFaults = { inject: Buffer.from(`${line}\r\n+IPD,1,${line.length}:${line}\r\n`, 'latin1') };
          device.dropConnection();
          await device.board.run(ATTACK_MS);
          device.world.modemFaults = { ...device.world.modemFaults, rebootAtCommand: 1 };
          device.dropConnection();
          await device.board.run(ATTACK_MS);
          await expectSameServers(device, what);
          await device.powerCycle();
          await expectTwin(device, `the same device after ${what}`);
          expectUntouched(device, before, what);
          expectOwnTraffic(device, what);
          lab.note(`${what}: every security setting as it was`, device);
        }
        device.world.honest();
        await device.powerCycle();
        await expectSameServers(device, 'the next start');
      },
    );
  }),
];

/** What the modem says in an address's place goes into no command. */
function expectAddressesOnly(device: Device, mark: number, what: string): void {
  const { host, timeServer } = device.profile.data.service;
  const said = device.entries.slice(mark).filter(({ lane, what }) => lane === 'modem' && what === 'tx');
  const text = Buffer.concat(said.map(({ data }) => data ?? new Uint8Array())).toString('latin1');
  for (const [command] of text.matchAll(/AT\+CIPSTART=[^\r\n]*/g)) {
    const [, , address = ''] = parseCommand(command)?.args ?? [];
    const named = isIPv4(address) || [host, timeServer].includes(address);
    device.expect(named, `links to an address only (a modem that ${what})`, () => command);
  }
}

/** The configured host alone is spoken to: a server with a good certificate of another name is refused, and one of another root. */
async function expectSameServers(device: Device, what: string): Promise<void> {
  const { world } = device;
  const alias = await world.pki.server({ dnsNames: [aliasOf(world.options.host)] });
  const { received } = world.cloud;
  for (const [reason, present] of [
    ['name-mismatch', async () => world.present({ identity: alias })],
    ['unknown-issuer', () => world.hostileServer('other-ca')],
  ] as const) {
    world.honest();
    device.dropConnection();
    await expectTwin(device, `the honest service before a server refused for ${reason} (${what})`);
    await present();
    const messages = received.length;
    device.dropConnection();
    await device.waitForRefusal(reason, REFUSED_WITHIN_MS);
    device.expect(
      received.length === messages,
      `nothing published to a server refused for ${reason} (${what})`,
      () => 'a publish',
    );
  }
  world.honest();
  device.dropConnection();
}
