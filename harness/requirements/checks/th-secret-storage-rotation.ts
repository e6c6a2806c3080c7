/** th-secret-storage.6: a new secret under the service's direction, both valid until the new one is confirmed, and then no old one. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { PowerCut } from '../../board/board.ts';
import { pointOf, type SecretOperation, secretsPayload } from '../../world/service/secrets.ts';
import type { Answer } from '../../world/service/service.ts';
import { defineChecks } from '../check.ts';
import { cutDuring, erasesOf, everyCut, flashOperations, scattered } from '../cut-everywhere.ts';
import type { Device } from '../device.ts';
import { contentOf } from '../flash-attack.ts';
import { expectOfGenerator } from '../generator-states.ts';
import type { Lab } from '../lab.ts';
import { connected, expectTwin } from '../refusal.ts';
import {
  authority,
  direct,
  directed,
  expectNowhereInFlash,
  expectSession,
  expectThreeKeysAtMost,
  keyInUse,
  kindOf,
  makeNext,
  nextKey,
  privateKeyOf,
  RESTARTS_WITHIN_MS,
  register,
  registerOnly,
  secretsCommand,
} from '../rotation.ts';

const CHIP_CASES = 6;
const ROTATIONS_OF_A_DEVICE = 20;
const REFUSED_WITHIN_MS = 300_000;

type Step = 'make' | 'confirm';

export const checks = defineChecks('th-secret-storage', (check) => {
  check(
    'th-secret-storage.6/rotation-overlap',
    'while a new key waits for its confirmation the service may know either or both: the device gets through; from the confirmation on the old key is of no use to it',
    async (lab) => {
      for (const authentication of ['certificate', 'token'] as const) await overlap(lab, authentication);
    },
  );

  check(
    'th-secret-storage.6/old-secret-gone',
    'power is cut at every flash operation of a rotation: the device has one key or both, the rotation ends, and then nothing of the old one is in flash',
    async (lab) => {
      await cutEverywhere(lab);
    },
  );

  check(
    'th-secret-storage.6/authority-alone',
    'what the authority over the secrets has not signed for this operation and this key changes no bit of them, though the service commands it; each has an accepted twin',
    async (lab) => {
      await authorityAlone(lab);
      await configuredStranger(lab);
    },
  );
});

async function overlap(lab: Lab, authentication: 'certificate' | 'token'): Promise<void> {
  const device = await lab.device({ configured: { authentication } });
  await device.connect();
  const { cloud } = device.world;
  const old = keyInUse(device);
  const sessionsBefore = cloud.connects.length;
  const refusals = cloud.refusals.length;
  const next = await makeNext(device);
  device.expect(!next.equals(old), 'another key', () => 'the same');
  expectOfGenerator(device, privateKeyOf(device, next), 'the next key');
  const again = nextKey(device, await direct(device, 'make', old));
  device.expect(again.equals(next), 'the same next key when it is asked for again', () => 'another');
  await expectSession(device, 'by the old key, as the service does not know the new one yet', sessionsBefore);
  device.expect(cloud.refusals.length > refusals, 'the new key tried first', () => 'it was not');
  const early = await device.command('rotate', secretsCommand(device, 'confirm', next));
  device.expect(early.result === 'key', 'no confirmation of a key that was of no use yet', () => early.raw);

  register(device, next);
  device.dropConnection();
  await expectSession(device, 'while the service knows both keys');
  expectThreeKeysAtMost(device);
  registerOnly(device, [old]);
  device.dropConnection();
  await expectSession(device, 'by the old key alone');
  registerOnly(device, [next]);
  device.dropConnection();
  await expectSession(device, 'by the new key alone');
  await device.powerCycle();
  await expectTwin(device, 'the new key after a power cycle');

  await directed(device, 'confirm', next);
  await expectTwin(device, 'the confirmed key');
  device.expect(keyInUse(device).equals(next), 'the new key in use', () => 'another');
  registerOnly(device, [old]);
  device.dropConnection();
  const sessions = cloud.connects.length;
  const unknown = cloud.refusals.length;
  await device.waitFor('two refusals', REFUSED_WITHIN_MS, () => cloud.refusals.length > unknown + 1);
  device.expect(cloud.connects.length === sessions, 'no session by the old key after the confirmation', () => 'one');
  lab.note(
    `${authentication}: by the old key until the service knew the new one, by either alone before the confirmation, by the new one alone after it`,
    device,
  );
}

/** A device rotates once in each case: a case is a cut in the making of the key, and one in its confirmation. */
async function cutEverywhere(lab: Lab): Promise<void> {
  let device = await connected(lab);
  const clean = await rotate(device, {});
  const all = {
    make: everyCut(clean.make.operations, clean.make.erases),
    confirm: everyCut(clean.confirm.operations, clean.confirm.erases),
  };
  const cases = {
    make: scattered(lab.sample(all.make, CHIP_CASES)),
    confirm: scattered(lab.sample(all.confirm, CHIP_CASES)),
  };
  const found = { make: { old: 0, both: 0 }, confirm: { both: 0, new: 0 } };
  const cuts = { make: 0, confirm: 0 };
  for (let n = 0; n < Math.max(cases.make.length, cases.confirm.length); n++) {
    // Not for ever the same, whose trace would be endless.
    if (n % ROTATIONS_OF_A_DEVICE === 0) device = await connected(lab);
    const { make, confirm, next } = await rotate(device, { make: cases.make[n], confirm: cases.confirm[n] });
    if (cases.make[n]) found.make[make.tried ? 'both' : 'old'] += 1;
    if (cases.confirm[n]) found.confirm[confirm.found.equals(next) ? 'new' : 'both'] += 1;
    cuts.make += make.wasCut ? 1 : 0;
    cuts.confirm += confirm.wasCut ? 1 : 0;
  }
  const both = [...Object.values(found.make), ...Object.values(found.confirm)].every((count) => count > 0);
  device.expect(both, 'the outcomes before and after among the cases', () => JSON.stringify(found));
  lab.note(
    `make: ${clean.make.operations} flash operations, ${cuts.make} of ${all.make.length} cuts left the old key ${found.make.old} times, both ${found.make.both} times; ` +
      `confirm: ${clean.confirm.operations} operations, ${cuts.confirm} of ${all.confirm.length} cuts left both ${found.confirm.both} times, the new one ${found.confirm.new} times; ` +
      'each rotation ended, and nothing of its old key is in flash',
    device,
  );
}

interface Rotation {
  readonly make: Performed;
  readonly confirm: Performed;
  readonly next: Buffer;
}

/** A whole rotation, with power cut in either step or both; a step that was cut is directed again. */
async function rotate(device: Device, cuts: { readonly [step in Step]?: PowerCut | undefined }): Promise<Rotation> {
  const old = keyInUse(device);
  const secret = privateKeyOf(device, old);
  const make = await perform(device, 'make', old, cuts.make);
  const next = nextKey(device, make.answer);
  registerOnly(device, [old, next]);
  device.dropConnection();
  await expectSession(device, 'by the new key');
  const confirm = await perform(device, 'confirm', next, cuts.confirm);
  device.expect(keyInUse(device).equals(next), 'the new key in use', () => 'another');
  const where = (['make', 'confirm'] as const).flatMap((step) => {
    const cut = cuts[step];
    return cut ? [`power cut ${cut.mode} operation ${cut.operation} of ${step}`] : [];
  });
  expectNowhereInFlash(device, secret, where.join(', ') || 'a rotation');
  registerOnly(device, [next]);
  return { make, confirm, next };
}

interface Performed {
  readonly answer: Answer;
  readonly operations: number;
  /** Those of them that are erases. */
  readonly erases: readonly number[];
  readonly wasCut: boolean;
  /** After the cut the device presented a key that the service does not know. */
  readonly tried: boolean;
  /** The key in use after the cut. */
  readonly found: Buffer;
}

/** One step, by a device that is connected before it and after it. */
async function perform(device: Device, step: Step, about: Buffer, cut?: PowerCut): Promise<Performed> {
  const { refusals, connects } = device.world.cloud;
  const known = refusals.length;
  const command = secretsCommand(device, step, about);
  const wasCut = cut !== undefined && (await cutDuring(device, 'rotate', command, cut));
  if (cut) await expectSession(device, 'after the cut');
  const tried = refusals.length > known;
  const found = keyInUse(device);
  const from = device.entries.length;
  const lines = device.console.length;
  const sessions = connects.length;
  const answer = await device.command('rotate', command);
  device.expect(answer.result === 'ok', `a command to ${step} accepted`, () => answer.raw);
  const operations = flashOperations(device, from, answer);
  const erases = erasesOf(device, from, answer);
  // What the cut let happen is not done again, and takes no restart.
  if (await device.board.run(RESTARTS_WITHIN_MS, () => device.lines('handover', lines).length > 0))
    await expectSession(device, `after the restart of ${step}`, sessions);
  return { answer, operations, erases, wasCut, tried, found };
}

type Forgery = readonly [what: string, result: string, kind: 'rotate' | 'wipe', payload: Buffer];

async function authorityAlone(lab: Lab): Promise<void> {
  const device = await lab.device();
  await device.connect();
  const { secrets } = lab.profile.data.flash;
  const key = keyInUse(device);
  const signer = authority(device);
  let sequence = 0;
  const expectRefused = async (when: string, forgeries: readonly Forgery[]) => {
    const before = contentOf(device, secrets);
    const cases = lab.sample(forgeries, CHIP_CASES);
    for (const [what, result, kind, payload] of cases) {
      const answer = await device.command(kind, device.service.command(kind, ++sequence, payload));
      device.expect(answer.result === result, `${result} for a ${kind} command (${what}, ${when})`, () => answer.raw);
      const same = contentOf(device, secrets).equals(before);
      device.expect(same, `secrets as they were (${kind}, ${what}, ${when})`, () => 'other');
    }
    lab.note(`${when}: ${cases.length} of ${forgeries.length} forgeries changed no bit`, device);
  };
  await expectRefused('one key', forgeriesOf(signer, { make: key, confirm: key, wipe: key }));
  const next = await makeNext(device);
  await expectTwin(device, 'the accepted twin');

  register(device, next);
  device.dropConnection();
  await expectSession(device, 'by the new key');
  await expectRefused('a next key waits', forgeriesOf(signer, { make: key, confirm: next, wipe: key }));
  await directed(device, 'confirm', next);
  await expectTwin(device, 'the confirmed key');
  await expectRefused('confirmed', forgeriesOf(signer, { make: next, confirm: next, wipe: next }));
  const rotated = contentOf(device, secrets);
  const replayed = await device.command('rotate', secretsCommand(device, 'make', key, ++sequence));
  device.expect(replayed.result === 'signature', 'the command about the former key refused', () => replayed.raw);
  device.expect(contentOf(device, secrets).equals(rotated), 'secrets as they were (replayed)', () => 'other');
  lab.note('the command of before, after the rotation: refused, as it is about the key that is gone', device);
}

/** Whoever can write the configuration does not become the authority: that is who it was when the first key was made. */
async function configuredStranger(lab: Lab): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const device = await lab.device({ configured: { secretAuthority: pointOf(Buffer.from(pem)) } });
  await device.connect();
  const { secrets } = lab.profile.data.flash;
  const expectRefused = async (operation: SecretOperation, about: Buffer) => {
    const before = contentOf(device, secrets);
    const kind = kindOf(operation);
    const forged = device.service.command(kind, 1, secretsPayload(operation, about, privateKey));
    const answer = await device.command(kind, forged);
    device.expect(answer.result === 'signature', `the configured stranger refused (${operation})`, () => answer.raw);
    device.expect(contentOf(device, secrets).equals(before), `secrets as they were (${operation})`, () => 'other');
  };
  const key = keyInUse(device);
  await expectRefused('make', key);
  const next = await makeNext(device);
  await expectTwin(device, 'two keys');
  register(device, next);
  device.dropConnection();
  await expectSession(device, 'by the new key');
  await expectRefused('confirm', next);
  await expectRefused('wipe', key);
  await directed(device, 'confirm', next);
  await expectTwin(device, 'the confirmed key');
  await expectRefused('make', next);
  await expectRefused('wipe', next);
  lab.note(
    'a stranger written into the configuration is refused, before a rotation, in it and after it, the authority of the first key accepted',
    device,
  );
}

/** @param about the key that each operation has to be about */
function forgeriesOf(signer: KeyObject, about: Readonly<Record<SecretOperation, Buffer>>): Forgery[] {
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const operations: readonly SecretOperation[] = ['make', 'confirm', 'wipe'];
  return operations.flatMap((operation): Forgery[] => {
    const kind = kindOf(operation);
    const key = about[operation];
    const good = secretsPayload(operation, key, signer);
    const named = good.subarray(0, 1);
    return [
      [`${operation} signed by a stranger`, 'signature', kind, secretsPayload(operation, key, stranger)],
      [`${operation} of another key`, 'signature', kind, secretsPayload(operation, turned(key, 0), signer)],
      ...operations
        .filter((one) => one !== operation)
        .map((one): Forgery => {
          const signature = secretsPayload(one, key, signer).subarray(1);
          return [`${operation} by what was signed for ${one}`, 'signature', kind, Buffer.concat([named, signature])];
        }),
      [`${operation}, a bit of r turned`, 'signature', kind, turned(good, 1)],
      [`${operation}, a bit of s turned`, 'signature', kind, turned(good, good.length - 1)],
      [`${operation} without signature`, 'signature', kind, Buffer.concat([named, Buffer.alloc(64)])],
      [`${operation}, short`, 'malformed', kind, good.subarray(0, -1)],
      [`${operation}, long`, 'malformed', kind, Buffer.concat([good, Buffer.of(0)])],
      [`${operation}, empty`, 'malformed', kind, Buffer.alloc(0)],
      [`${operation} under the other kind`, 'range', kind === 'wipe' ? 'rotate' : 'wipe', good],
    ];
  });
}

function turned(bytes: Buffer, at: number): Buffer {
  const out = Buffer.from(bytes);
  out[at]! ^= 1;
  return out;
}
