/** th-root-certs.2: the list of roots is replaced over the service. Which root is in force shows by which server the device talks to. */

import { rootsPayload } from '../../world/service/command.ts';
import { expectServer, type Root, rootsChange, threeRoots } from '../changes/roots.ts';
import { defineChecks } from '../check.ts';
import { cutEverywhere } from '../cut-everywhere.ts';
import type { Device } from '../device.ts';
import type { Lab } from '../lab.ts';
import { ALERT, expectIdentityRefused } from '../refusal.ts';

const ACCEPTED_WITHIN_MS = 300_000;
const CHIP_CASES = 6;
const ROOT_MAX = 1024;

export const checks = defineChecks('th-root-certs', (check) => {
  check(
    'th-root-certs.2/update-accepted',
    'an authorized list of a higher number is in force, over resets too: a server under the new root is accepted, one under the old refused',
    async (lab) => {
      const device = await lab.device();
      const [first, second, third] = await threeRoots(device.world.pki);
      await device.connect();
      const answer = await device.command('roots', device.service.command('roots', 5, rootsPayload([second.der])));
      device.expect(answer.result === 'ok' && answer.sequence === 5, 'list 5 accepted', () => answer.raw);
      device.world.present({ identity: second.server });
      const sessions = device.world.cloud.connects.length;
      const isBack = () => device.world.cloud.connects.length > sessions;
      await device.waitFor('a connection of its own to a server under the new root', ACCEPTED_WITHIN_MS, isBack);
      await expectServer(device, second, 'the new list in force');
      await expectOldRefused(lab, device, first, second);
      device.world.present({ identity: second.server });
      await device.boot(() => device.powerCycle());
      await expectServer(device, second, 'the new list after a power cycle');
      // Versioned: neither the number in force nor a lower one brings the old list back.
      for (const number of [5, 4, 0]) {
        const older = await device.command('roots', device.service.command('roots', number, rootsPayload([first.der])));
        device.expect(older.result === 'replayed', `list ${number} refused after list 5`, () => older.raw);
      }
      await expectOldRefused(lab, device, first, second);
      const all = await device.command(
        'roots',
        device.service.command('roots', 6, rootsPayload([second.der, third.der, first.der])),
      );
      device.expect(all.result === 'ok', 'list 6 accepted', () => all.raw);
      for (const root of [first, second, third]) await expectServer(device, root, `${root.name} on list 6`);
      lab.note(
        'list 5: the new root vouches, the old does not; numbers 5, 4, 0 are replayed; list 6 holds all three',
        device,
      );
    },
  );

  check(
    'th-root-certs.2/bad-update-keeps-the-old',
    'a list that is malformed, empty, too large, of no certificates, unsigned or older is refused with a reason, and the old one stays in force',
    async (lab) => {
      const device = await lab.device();
      const [first, second] = await threeRoots(device.world.pki);
      await device.connect();
      // Its bytes are all small: who compares some of them is found.
      let sequence = 0x0101_0001;
      await expectTaken(device, ++sequence, [first], 'the first twin');
      const all = badLists(device, second);
      const cases = lab.sample(all, CHIP_CASES);
      for (const [what, reason, make] of cases) {
        const answer = await device.command('roots', make(sequence + 1));
        const words = device.profile.reasons(reason);
        device.expect(words.includes(answer.result), `the answer ${words.join(' or ')} (${what})`, () => answer.raw);
        device.dropConnection();
        await expectServer(device, first, `the old list after: ${what}`);
        await expectTaken(device, ++sequence, [first], `the twin of ${what}`);
      }
      await expectOldRefused(lab, device, second, first);
      await device.boot(() => device.powerCycle());
      await expectServer(device, first, 'the old list after a power cycle');
      lab.note(
        `${cases.length} of ${all.length} bad lists refused with a reason, the old one in force after each; their twins under the same number accepted`,
        device,
      );
    },
  );

  check(
    'th-root-certs.2/update-atomic',
    'power is cut before, within and after every flash operation of an update of the list: the old or the new one is in force',
    async (lab) => {
      const device = await lab.device();
      await device.connect();
      const change = await rootsChange(device);
      const start = await device.command('roots', change.make('a', 1));
      device.expect(start.result === 'ok', 'the list accepted', () => start.raw);
      await cutEverywhere(lab, device, change);
    },
  );
});

type BadList = readonly [what: string, reason: string, make: (sequence: number) => Uint8Array];

function badLists(device: Device, { der, server }: Root): BadList[] {
  const { service } = device;
  const list = (what: string, payload: Uint8Array, reason = 'malformed'): BadList => [
    what,
    reason,
    (sequence) => service.command('roots', sequence, payload),
  ];
  const good = rootsPayload([der]);
  const counted = (count: number) => {
    const copy = Buffer.from(good);
    copy.writeUInt16LE(count, 0);
    return copy;
  };
  const edited = (at: number) => {
    const copy = Buffer.from(good);
    copy[at]! ^= 0x20;
    return copy;
  };
  return [
    list('empty', rootsPayload([])),
    list('no payload', Buffer.alloc(0)),
    list('half a count', good.subarray(0, 1)),
    list('a count of two, one certificate', counted(2)),
    list('a count of none, one certificate', counted(0)),
    list('nine certificates', rootsPayload(Array.from({ length: 9 }, () => der))),
    list('a count of 65535', counted(0xffff)),
    list('cut off within the certificate', good.subarray(0, -1)),
    list('a byte behind the list', Buffer.concat([good, Buffer.alloc(1)])),
    list('a certificate of no bytes', rootsPayload([new Uint8Array()])),
    list('no certificate: zeros', rootsPayload([new Uint8Array(300)])),
    list('no certificate: text', rootsPayload([Buffer.from('-----BEGIN CERTIFICATE-----\n'.repeat(8))])),
    list('a certificate whose outer tag is wrong', edited(4)),
    list('a certificate that ends early', rootsPayload([der.subarray(0, -1)])),
    list('a good certificate, then a bad one', rootsPayload([der, der.subarray(0, -10)])),
    list('a certificate of more than 1 KiB', rootsPayload([Buffer.concat([der, Buffer.alloc(ROOT_MAX)])])),
    list("a server's certificate, which vouches for nobody", rootsPayload([server.chain[0]!.der])),
    list('more than a record holds', Buffer.concat([good, Buffer.alloc(4096)]), 'range'),
    ["another party's signature", 'signature', (sequence) => turned(service.command('roots', sequence, good))],
    [
      "another device's list",
      'device',
      (sequence) => service.command('roots', sequence, good, { deviceId: 'another' }),
    ],
    ['an older list', 'replayed', (sequence) => service.command('roots', sequence - 2, good)],
    ['an older list, whose number ends in greater bits', 'replayed', () => service.command('roots', 0xffff, good)],
    ['the number in force with another list', 'replayed', (sequence) => service.command('roots', sequence - 1, good)],
  ];
}

function turned(bytes: Buffer): Buffer {
  bytes[bytes.length - 1]! ^= 1;
  return bytes;
}

async function expectTaken(device: Device, sequence: number, list: readonly Root[], what: string): Promise<void> {
  const command = device.service.command('roots', sequence, rootsPayload(list.map(({ der }) => der)));
  const answer = await device.command('roots', command);
  device.expect(answer.result === 'ok', `list ${sequence} accepted (${what})`, () => answer.raw);
  await expectServer(device, list[0]!, what);
}

async function expectOldRefused(lab: Lab, device: Device, off: Root, listed: Root): Promise<void> {
  device.world.present({ identity: listed.server });
  await expectIdentityRefused(
    lab,
    device,
    off.server,
    { what: `a server under ${off.name}, which is off the list`, reason: 'unknown-issuer', alerts: [ALERT.unknownCa] },
    listed.server,
  );
  await expectServer(device, listed, 'the listed root again');
}
