/** th-tls-ciphers: what the device offers, and what it takes. */
import { clientHello } from '../../observe/tls-records.ts';
import { VIOLATIONS } from '../../world/attackers/tls13/violations.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import { connected, expectViolationRefused } from '../refusal.ts';

/** IANA's TLS registries: recommended, with forward secrecy. */
const SECURE = {
  versions: [0x0304],
  suites: [0x1301, 0x1302, 0x1303],
  groups: [0x001d, 0x0017, 0x0018, 0x001e],
  schemes: [0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b],
} as const;

const BY_CHECK: Readonly<Record<string, readonly string[]>> = {
  'cipher-not-offered-refused': ['cipher-not-offered', 'cipher-of-tls12', 'cipher-null'],
  'group-not-offered-refused': ['group-not-offered', 'share-short', 'no-key-share'],
  'low-order-share-refused': ['share-zero', 'share-low-order'],
  'downgrade-sentinel-refused': [
    'downgrade-sentinel',
    'downgrade-sentinel-11',
    'tls12-hello',
    'tls12-by-extension',
    'legacy-version',
  ],
};

const TITLES: Readonly<Record<string, string>> = {
  'cipher-not-offered-refused': 'a cipher suite that was not offered is refused',
  'group-not-offered-refused': 'a key share in a group that was not offered, or of the wrong size, is refused',
  'low-order-share-refused': 'a share of low order is refused',
  'downgrade-sentinel-refused': 'a server that bears the marks of a downgrade is refused',
};

export const checks = defineChecks('th-tls-ciphers', (check) => {
  check(
    'th-tls-ciphers.1/offer-is-on-the-list',
    'the ClientHello offers nothing that is not on the list',
    async (lab) => {
      const device = await connected(lab);
      const hello = offerOf(device, 0);
      const { service } = lab.profile.data;
      const stray = (offered: readonly number[], allowed: readonly number[]) =>
        offered.filter((one) => !allowed.includes(one));
      const lists: [what: string, offered: readonly number[], allowed: readonly number[]][] = [
        ['versions', hello.supportedVersions, SECURE.versions],
        ['cipher suites', hello.cipherSuites, SECURE.suites],
        ['groups', hello.supportedGroups, SECURE.groups],
        ['signature schemes', hello.signatureAlgorithms, SECURE.schemes],
      ];
      for (const [what, offered, allowed] of lists) {
        const wrong = stray(offered, allowed);
        device.expect(offered.length > 0 && wrong.length === 0, `${what} on the list only`, () =>
          hexList(wrong.length ? wrong : offered),
        );
        lab.note(`${what}: ${hexList(offered)}`, device);
      }
      device.expect(String(hello.compressionMethods) === '0', 'no compression', () => String(hello.compressionMethods));
      device.expect(hello.serverName === service.host, `server name ${service.host}`, () => String(hello.serverName));
      const shares = hello.keyShares.map((share) => share.group);
      device.expect(
        shares.length > 0 && stray(shares, hello.supportedGroups).length === 0,
        'key shares of offered groups',
        () => hexList(shares),
      );
    },
  );

  for (const [name, ids] of Object.entries(BY_CHECK)) {
    check(`th-tls-ciphers.2/${name}`, TITLES[name]!, async (lab) => {
      const device = await connected(lab);
      for (const id of ids) await expectViolationRefused(lab, device, VIOLATIONS.find((one) => one.id === id)!);
    });
  }
});

function offerOf(device: Device, connection: number) {
  const sent = device.serviceConnections()[connection]?.sent ?? [];
  return clientHello(Buffer.concat(sent)) ?? device.fail('a ClientHello', 'none that can be read');
}

function hexList(values: readonly number[]): string {
  return values.map((value) => `0x${value.toString(16).padStart(4, '0')}`).join(' ');
}
