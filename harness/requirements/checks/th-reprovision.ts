/** th-reprovision: a device becomes another one for another service, by authorization alone, whole or not at all, with its secret or with a new one. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { configurationPayload, signingKey, tagged } from '../../world/service/command.ts';
import { pointOf } from '../../world/service/secrets.ts';
import {
  belong,
  bothPlaces,
  change,
  expectReadings,
  identityOf,
  moved,
  type Place,
  payloadOf,
  placeOf,
} from '../another-identity.ts';
import { anotherService, expectInOneRecord, formerService, openService } from '../another-service.ts';
import { defineChecks } from '../check.ts';
import { cutDuring, erasesOf, everyCut, flashOperations, scattered } from '../cut-everywhere.ts';
import type { Device } from '../device.ts';
import { contentOf } from '../flash-attack.ts';
import { expectOfGenerator } from '../generator-states.ts';
import type { Lab } from '../lab.ts';
import { memoryOf, outside } from '../leak-places.ts';
import { LeakScan } from '../leak-scan.ts';
import { connected, expectTwin } from '../refusal.ts';
import { bootAfter, RESETS } from '../resets.ts';
import {
  expectNowhereInFlash,
  expectSession,
  keyInUse,
  makeNext,
  privateKeyOf,
  RESTARTS_WITHIN_MS,
  register,
  secretsCommand,
} from '../rotation.ts';
import { publicKeys } from '../secret-windows.ts';
import { expectSettings, factorySettings, momentOf, serveAt } from '../service-settings.ts';

const CHIP_CASES = 6;
const CHANGES_OF_A_DEVICE = 20;
/** Lengths that an Ed25519 public key has not. */
const NO_OWNERS = [31, 0, 33, 64];
const CHIP_OWNERS = 1;
const REFUSED_WITHIN_MS = 300_000;
const TAG = { deviceId: 1, owner: 12, sequence: 13, secretAuthority: 16, reprovision: 17 } as const;

export const checks = defineChecks('th-reprovision', (check) => {
  check(
    'th-reprovision.1/with-authorization-only',
    'who does not command the device gives it no other identity, service or owner; who does gives it all of them at once, and commands it no longer',
    async (lab) => {
      const device = await connected(lab);
      const owner = generateKeyPairSync('ed25519');
      const [from, to] = [placeOf(device, device.id), placeOf(device, 'second-life', owner.privateKey)];
      const key = keyInUse(device);
      const secret = privateKeyOf(device, key);
      await expectForgeriesRefused(lab, device, to, owner.publicKey);

      const first = configuration(from, 1, 2000);
      for (const bytes of [first, configuration(from, 2, 1500)]) await taken(device, from, bytes);
      const command = change(from, 2, to, owner.publicKey);
      await moved(device, command, from, to);
      device.expect(keyInUse(device).equals(key), 'the same secret', () => 'another');
      device.expect(privateKeyOf(device, key).equals(secret), 'the same private key', () => 'another');
      for (const kind of RESETS) {
        const { connects } = device.world.cloud;
        const sessions = connects.length;
        await bootAfter(device, kind);
        await expectSession(device, `after a reset by ${kind}`, sessions);
        const { clientId } = connects.at(-1)!;
        device.expect(clientId === to.id, `${to.id} after a reset by ${kind}`, () => clientId);
      }
      const again = await device.command('reprovision', command, { service: to.service });
      device.expect(again.result === 'device', 'the same command refused by who it is now', () => again.raw);
      const { private: former } = device.profile.data.service.channel!.key;
      const stale = to.service.command('configuration', 3, configurationPayload({ intervalMs: 1000 }), {
        key: signingKey(device.profile.read(former)),
      });
      const refused = await device.command('configuration', stale, { service: to.service });
      device.expect(refused.result === 'signature', 'the former owner refused', () => refused.raw);
      const kept = configuration(to, 4, 2500);
      for (const bytes of [kept, configuration(to, 5, 1000)]) await taken(device, to, bytes);
      await expectOlderRefused(device, to);
      await expectReplayed(device, to, kept, 'kept from before another reprovisioning');
      await back(device, to, from, 0x0103);
      await expectReplayed(device, from, first, 'by the former owner, for the identity that it has again');
      lab.note(`${from.id} is ${to.id}, with the same secret; its former owner is nobody to it`, device);
      await expectLateCommandVain(lab);
    },
  );

  check(
    'th-reprovision.1/another-service',
    'with its identity the device is given another host, port and time server, another name of the service and another way to prove who it is: it goes there alone, and back; an owner that can be none is refused',
    async (lab) => {
      const device = await connected(lab);
      const { cloud } = device.world;
      const [there, back] = [anotherService(device), formerService(device)];
      const from: Place = { ...placeOf(device, device.id), settings: back };
      const to: Place = { ...placeOf(device, 'second-life'), settings: there };
      for (const bytes of lab.sample(NO_OWNERS, CHIP_OWNERS)) {
        const payload = Buffer.concat([payloadOf(to), tagged(TAG.owner, Buffer.alloc(bytes, 1))]);
        const answer = await device.command('reprovision', from.service.command('reprovision', 1, payload));
        device.expect(answer.result === 'range', `an owner of ${bytes} bytes refused`, () => answer.raw);
      }

      await openService(device, there);
      const [start, tokens] = [momentOf(device), cloud.tokens.length];
      await moved(device, change(from, 1, to), from, to);
      await expectSettings(device, { ...factorySettings(device), ...there, topic: to.topic }, 'elsewhere', start);
      expectInOneRecord(device, to);
      const isByToken = cloud.tokens
        .slice(tokens)
        .some(({ claims }) => claims?.aud === there.host && claims.sub === to.id);
      device.expect(isByToken === (there.authentication === 'token'), `a session by ${there.authentication}`, () =>
        String(cloud.tokens.length - tokens),
      );
      if (there.srvName !== '') {
        await serveAt(device, there);
        device.dropConnection();
        await device.waitForRefusal('no-service-name', REFUSED_WITHIN_MS);
        await openService(device, there);
        await expectReadings(device, to, 'by a certificate that names the service');
      }

      cloud.admitBy(back.authentication, back.host);
      device.world.honest();
      const again = momentOf(device);
      await moved(device, change(to, 2, from), to, from);
      await expectSettings(device, factorySettings(device), 'back', again);
      lab.note(
        `${to.id} at ${there.host}:${there.port} by ${there.authentication}, ${there.srvName}; and back`,
        device,
      );
    },
  );

  check(
    'th-reprovision.2/new-secret-old-destroyed',
    'with the new identity comes a key that the device made itself: nothing of it is outside, and nothing of the old one is left in the device or of use at the service',
    async (lab) => {
      const device = await connected(lab);
      const { cloud } = device.world;
      const [from, to] = [placeOf(device, device.id), placeOf(device, 'second-life')];
      const old = keyInUse(device);
      const formerSecret = privateKeyOf(device, old);
      const next = await makeNext(device);
      await expectTwin(device, 'the old key');
      const newSecret = privateKeyOf(device, next);
      expectOfGenerator(device, newSecret, 'the new key');

      // The service knows the new key as the new identity's alone.
      register(device, next, to.id);
      const answer = await device.command('reprovision', change(from, 1, to));
      device.expect(answer.result === 'ok', 'another identity accepted', () => answer.raw);
      const isThere = () => cloud.connects.at(-1)?.clientId === to.id;
      await device.waitFor(`a session of ${to.id}`, REFUSED_WITHIN_MS, isThere);
      cloud.devices.revoke(from.id);
      const confirmed = await device.command('rotate', secretsCommandAs(device, to, next), { service: to.service });
      device.expect(confirmed.result === 'ok', 'the confirmation accepted', () => confirmed.raw);
      const sessions = cloud.connects.length;
      await expectSession(device, 'after the confirmation', sessions - 1);
      await device.powerCycle();
      await expectReadings(device, to, 'after a power cycle');

      device.expect(keyInUse(device).equals(next), 'the new key in use', () => 'another');
      expectNowhereInFlash(device, formerSecret, 'the old secret');
      const scan = new LeakScan();
      scan.add('new secret', newSecret);
      scan.add('old secret', formerSecret);
      for (const known of publicKeys(device, [formerSecret, newSecret])) scan.except(known);
      for (const { name, bytes } of [
        ...outside(device),
        { name: "application's memory", bytes: await memoryOf(device) },
      ]) {
        const leak = scan.find(bytes);
        device.expect(leak === undefined, `no secret in the ${name}`, () => `${leak!.secret}, ${leak!.encoding}`);
      }
      lab.note(`${to.id} has a key of its own making; of the old one nothing is left`, device);
    },
  );

  check(
    'th-reprovision.3/every-single-cut',
    'power is cut before, within and after every flash operation of a reprovisioning: the device is the old one or the new one, whole, and the same command ends in the new one',
    async (lab) => {
      let device = await connected(lab);
      let [here, there] = bothPlaces(device);
      const entries = device.entries.length;
      const answer = await moved(device, change(here, 1, there), here, there);
      const operations = flashOperations(device, entries, answer);
      const all = everyCut(operations, erasesOf(device, entries, answer));
      const seen = { old: 0, new: 0 };
      let cuts = 0;
      let sequence = 1;
      for (const [n, cut] of scattered(lab.sample(all, CHIP_CASES)).entries()) {
        if (n % CHANGES_OF_A_DEVICE === 0) {
          device = await connected(lab);
          [there, here] = bothPlaces(device);
        }
        [here, there] = [there, here];
        const what = `power cut ${cut.mode} operation ${cut.operation} of ${operations}`;
        const command = change(here, ++sequence, there);
        if (await cutDuring(device, 'reprovision', command, cut, here.service)) cuts += 1;
        const id = await identityOf(device);
        device.expect([here.id, there.id].includes(id), `one of both identities (${what})`, () => id);
        const left = id === there.id ? there : here;
        seen[left === there ? 'new' : 'old'] += 1;
        belong(device, left);
        await expectReadings(device, left, what);
        if (left === here) await moved(device, command, here, there);
      }
      device.expect(seen.old > 0 && seen.new > 0, 'both outcomes among the cases', () => JSON.stringify(seen));
      lab.note(
        `${operations} flash operations, ${cuts} of ${all.length} cuts: ${seen.old} left the old identity, ${seen.new} the new one, none a mixture`,
      );
    },
  );
});

function secretsCommandAs(device: Device, { service }: Place, point: Buffer): Buffer {
  const bytes = secretsCommand(device, 'confirm', point);
  const envelope = 16 + device.id.length;
  return service.command('rotate', 1, bytes.subarray(envelope, -64));
}

async function taken(device: Device, { id, service }: Place, configuration: Buffer): Promise<void> {
  const { result, raw } = await device.command('configuration', configuration, { service });
  device.expect(result === 'ok', `a configuration by the owner of ${id} accepted`, () => raw);
}

/** A reprovisioning does not begin the numbers anew. */
async function expectReplayed(device: Device, { service }: Place, configuration: Buffer, what: string): Promise<void> {
  const { result, raw } = await device.command('configuration', configuration, { service });
  device.expect(result === 'replayed', `replayed (an older configuration ${what})`, () => raw);
}

/** The device is given its former identity again, and its former owner. */
async function back(device: Device, here: Place, there: Place, number: number): Promise<void> {
  const { public: file } = device.profile.data.service.channel!.key;
  const owner = createPublicKey(Buffer.from(device.profile.read(file)));
  await moved(device, change(here, number, there, owner), here, there);
}

function configuration({ service }: Place, number: number, intervalMs: number): Buffer {
  return service.command('configuration', number, configurationPayload({ intervalMs }));
}

/** Who kept a command to this very identity cannot undo a later one with it: the newest number is 2. */
async function expectOlderRefused(device: Device, place: Place): Promise<void> {
  const { service, topic } = place;
  const command = (number: number, unit: string) =>
    service.command('reprovision', number, configurationPayload({ topic, unit }));
  const sessions = device.world.cloud.connects.length;
  const newer = await device.command('reprovision', command(0x0102, 'K'), { service });
  device.expect(newer.result === 'ok', 'a newer command accepted', () => newer.raw);
  await expectSession(device, 'after the newer command', sessions);
  const changed = await device.command('configuration', configuration(place, 6, 1000), { service });
  device.expect(changed.result === 'ok', 'a change of its configuration accepted', () => changed.raw);
  const cases: readonly [what: string, number: number, unit: string][] = [
    ['an older one', 0x0101, 'F'],
    ['one that is older in its high byte', 0x00ff, 'F'],
    ['another one of the same number', 0x0102, 'F'],
  ];
  for (const [what, number, unit] of cases) {
    const { result, raw } = await device.command('reprovision', command(number, unit), { service });
    device.expect(result === 'replayed', `replayed (${what})`, () => raw);
  }
}

async function expectForgeriesRefused(lab: Lab, device: Device, to: Place, owner: KeyObject): Promise<void> {
  const { service } = device;
  const good = payloadOf(to, owner);
  const foreign = generateKeyPairSync('ed25519').privateKey;
  const { secretsKey } = device.profile.data.service.channel!;
  const authority = secretsKey ? pointOf(device.profile.read(secretsKey.public)) : Buffer.alloc(64);
  const number = Buffer.of(9, 0, 0, 0);
  const with_ = (tag: number, value: Uint8Array) => Buffer.concat([good, tagged(tag, value)]);
  const command = (payload: Uint8Array, more = {}) => service.command('reprovision', 1, payload, more);
  const turned = Buffer.from(command(good));
  turned[turned.length - 1]! ^= 1;
  const forgeries: [what: string, result: string, bytes: Buffer][] = [
    ['signed by a stranger', 'signature', command(good, { key: foreign })],
    ['a bit of the signature turned', 'signature', turned],
    ['for another device', 'device', command(good, { deviceId: 'somebody-else' })],
    ['signed as a configuration', 'malformed', service.command('configuration', 1, good)],
    ['with another authority over the secrets', 'range', command(with_(TAG.secretAuthority, authority))],
    ['with a number of a configuration', 'range', command(with_(TAG.sequence, number))],
    ['with a number of its own', 'range', command(with_(TAG.reprovision, number))],
    ['with the identity twice', 'malformed', command(with_(TAG.deviceId, Buffer.from('third')))],
    ['with an identity that cannot be one', 'range', command(tagged(TAG.deviceId, Buffer.from('a b')))],
    ['without content', 'malformed', command(Buffer.alloc(0))],
    ['cut short', 'malformed', command(good.subarray(0, -1))],
  ];
  const { configuration, secrets } = device.profile.data.flash;
  const before = contentOf(device, secrets);
  const cases = lab.sample(forgeries, CHIP_CASES);
  for (const [what, result, bytes] of cases) {
    const answer = await device.command('reprovision', bytes);
    device.expect(answer.result === result, `${result} (${what})`, () => answer.raw);
  }
  await bootAfter(device, 'power-on');
  await expectTwin(device, 'a power cycle after the forgeries');
  device.expect(device.world.cloud.connects.at(-1)?.clientId === device.id, 'the same identity', () => 'another');
  device.expect(contentOf(device, secrets).equals(before), 'secrets as they were', () => 'other content');
  const held = contentOf(device, configuration).includes(to.id);
  device.expect(!held, `nothing of ${to.id} in the configuration`, () => 'its name');
  lab.note(`${cases.length} of ${forgeries.length} forgeries changed nothing`, device);
}

/** What the former owner still says to the life that is about to end takes nothing back of what was decided. */
async function expectLateCommandVain(lab: Lab): Promise<void> {
  const device = await connected(lab);
  const [from, to] = bothPlaces(device);
  const lines = device.console.length;
  from.service.publish('reprovision', change(from, 1, to));
  from.service.publish(
    'configuration',
    from.service.command('configuration', 1, configurationPayload({ intervalMs: 2000 })),
  );
  belong(device, to);
  await device.waitForConsole('handover', RESTARTS_WITHIN_MS, lines);
  const id = await identityOf(device);
  device.expect(id === to.id, `${to.id}, in spite of a command that came behind the reprovisioning`, () => id);
  lab.note(`a command to ${from.id} right behind its reprovisioning: it is ${id}`, device);
}
