import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Command } from 'commander';
import { registerAuthorize } from '../../../harness/cli/authorize.ts';
import { DEFAULT_DEVICE } from '../../../harness/cli/defaults.ts';
import { registerRevoke } from '../../../harness/cli/revoke.ts';
import { FirmwareError, UsageError } from '../../../harness/errors.ts';
import { Profile } from '../../../harness/profile/profile.ts';
import { Ledger } from '../../../harness/provision/ledger.ts';
import { readLedger } from '../../../harness/provision/ledger-file.ts';
import { LabFactory } from '../../../harness/requirements/lab-factory.ts';
import { expectSession, keyInUse, register } from '../../../harness/requirements/rotation.ts';
import { type CommandKind, signingKey } from '../../../harness/world/service/command.ts';
import { type SecretOperation, secretsPayload } from '../../../harness/world/service/secrets.ts';

const KEYS = 'firmware-ts/keys';
const KEY = ['--key', `${KEYS}/dev-service-ed25519.pem`];
const AUTHORITY = ['--authority', `${KEYS}/dev-secrets-p256.pem`];
const POINT = ['--public-key', pointHex()];

/** x and y of a new key. */
function pointHex(): string {
  const { x, y } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
  return Buffer.concat([x, y].map((one) => Buffer.from(one!, 'base64url'))).toString('hex');
}

/** Whether a command is about this key. */
function isAbout(command: Buffer, operation: SecretOperation, point: string): boolean {
  return command.includes(
    secretsPayload(operation, Buffer.from(point, 'hex'), signingKey(readFileSync(AUTHORITY[1]!))),
  );
}

/** Quietly: topics are for whoever publishes. */
async function run(...args: string[]): Promise<void> {
  const program = new Command().exitOverride().configureOutput({ writeErr() {} });
  registerAuthorize(program);
  registerRevoke(program);
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr() {} });
  const outputs = [process.stdout, process.stderr].map((stream) => [stream, stream.write] as const);
  for (const [stream] of outputs) stream.write = () => true;
  try {
    await program.parseAsync(['node', 'proofboard', ...args]);
  } finally {
    for (const [stream, write] of outputs) stream.write = write;
  }
}

describe('proofboard authorize', () => {
  let folder: string;
  let out: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'authorize-'));
    out = join(folder, 'command.bin');
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('makes what the device takes: another configuration, a rotation, its confirmation, another identity, a wipe', async () => {
    const profile = Profile.load(DEFAULT_DEVICE);
    const factory = await LabFactory.create({ profile, board: 'native_sim', seed: 1, recordTo: undefined });
    const lab = await factory.open('authorize');
    const device = await lab.device();
    await device.connect();
    const say = async (kind: CommandKind, operation: string, ...args: string[]) => {
      await run('authorize', operation, '--id', device.id, ...KEY, '--out', out, ...args);
      const sessions = device.world.cloud.connects.length;
      const answer = await device.command(kind, readFileSync(out));
      expect(answer.result, operation).equal('ok');
      return { answer, sessions };
    };
    await say('configuration', 'configuration', '--number', '7', '--set', 'intervalMs=5000', 'unit=K');
    const devices = join(folder, 'devices.json');
    writeFileSync(devices, JSON.stringify([{ id: device.id, publicKey: `04${keyInUse(device).toString('hex')}` }]));
    const { answer, sessions } = await say('rotate', 'rotate', ...AUTHORITY, '--devices', devices);
    register(device, answer.key!);
    await expectSession(device, 'after the making of a key', sessions);
    device.dropConnection();
    await expectSession(device, 'by the new key');
    const next = ['--public-key', answer.key!.toString('hex')];
    const confirmed = await say('rotate', 'confirm', ...AUTHORITY, ...next, '--devices', devices);
    await expectSession(device, 'after the confirmation', confirmed.sessions);
    expect(readLedger(devices)[0]!.publicKey, 'what the device is known by').equal(
      `04${keyInUse(device).toString('hex')}`,
    );
    device.world.cloud.devices.revoke(device.id);
    register(device, answer.key!, 'second');
    const moved = await say('reprovision', 'reprovision', '--set', 'deviceId=second', 'host=mqtt.cloud.example');
    device.renamed('second');
    await expectSession(device, 'of the new identity', moved.sessions);
    await say('wipe', 'wipe', ...AUTHORITY, ...next);
    await lab.close();
  });

  const refused: [title: string, args: string[], complaint: RegExp][] = [
    ['a rotation without the authority', ['rotate', ...POINT], /expected --authority/],
    ['a rotation about no key', ['rotate', ...AUTHORITY], /expected --public-key or --devices/],
    [
      'a confirmation by the ledger, which does not know the key',
      ['confirm', ...AUTHORITY, '--devices', 'x'],
      /the key of the answer/,
    ],
    ['a key that is none', ['wipe', ...AUTHORITY, '--public-key', '12'], /128 hex digits/],
    [
      'an authority with another kind of key',
      ['wipe', ...POINT, '--authority', KEY[1]!],
      /expected a private P-256 key .* got ed25519/,
    ],
    ['a file that holds no key', ['wipe', ...POINT, '--authority', 'package.json'], /expected a private P-256 key/],
    ['settings in a wipe', ['wipe', ...AUTHORITY, ...POINT, '--set', 'host=x'], /--set is for/],
    ['no setting', ['configuration'], /expected --set/],
    ['a setting that nobody knows', ['configuration', '--set', 'colour=red'], /expected name=value with host/],
    ['an identity in a configuration', ['configuration', '--set', 'deviceId=x'], /expected name=value/],
    ['a port that is no number', ['configuration', '--set', 'port=mqtt'], /expected a number/],
    ['another mode', ['reprovision', '--set', 'authentication=none'], /certificate or token/],
    ['a key that is not on the curve', ['wipe', ...AUTHORITY, '--public-key', '0'.repeat(128)], /not on the curve/],
    ['a port beyond 65535', ['configuration', '--set', 'port=70000'], /from 1 to 65535/],
    ['an interval that the device refuses', ['configuration', '--set', 'intervalMs=1'], /from 100 to 86400000/],
    ['a topic of 70000 characters', ['configuration', '--set', `topic=${'t'.repeat(70_000)}`], /1 to 128 .*/],
    ['an identity with a blank', ['reprovision', '--set', 'deviceId=a b'], /without blank/],
    ['a setting twice', ['reprovision', '--set', 'deviceId=a', 'deviceId=b'], /once, got it twice/],
    ['an owner by its private key', ['reprovision', '--set', `owner=${KEY[1]}`], /got a private key/],
    ['an owner without a key', ['reprovision', '--set', 'owner=package.json'], /Ed25519 public key/],
  ];
  for (const [title, [operation, ...args], complaint] of refused) {
    it(`${title} => refused`, async () => {
      const error = await run('authorize', operation!, '--id', 'd', ...KEY, '--out', out, ...args).catch((one) => one);
      expect(error).instanceOf(UsageError);
      expect((error as Error).message).match(complaint);
    });
  }

  for (const id of ['../x/#', 'a b', '', 'd'.repeat(70_000)])
    it(`the identity "${id.slice(0, 10)}" of ${id.length} characters => refused`, async () => {
      const args = ['--id', id, ...KEY, '--out', out, '--set', 'port=1'];
      const error = await run('authorize', 'configuration', ...args).catch((one) => one);
      expect(error).instanceOf(UsageError);
      expect((error as Error).message)
        .match(/--id .*1 to 64 printable/)
        .length.below(300);
    });

  it('a confirmation with the list enters the next key there and keeps the former; what comes later is about the next', async () => {
    const file = join(folder, 'rotated.json');
    const entry = (id: string, publicKey: string) => ({ id, publicKey: `04${publicKey}` });
    const [first, next, of2] = [pointHex(), pointHex(), pointHex()];
    writeFileSync(file, JSON.stringify([entry('unit-1', first), entry('unit-2', of2)]));
    const say = (operation: string, ...args: string[]) =>
      run('authorize', operation, '--id', 'unit-1', ...KEY, ...AUTHORITY, '--out', out, '--devices', file, ...args);
    const told = ['--public-key', next.toUpperCase()];
    for (let time = 1; time <= 2; time++) {
      await say('confirm', ...told);
      const rotated = { ...entry('unit-1', next), formerKeys: [`04${first}`] };
      expect(readLedger(file), `time ${time}`).deep.equal([rotated, entry('unit-2', of2)]);
    }
    await say('rotate');
    expect(isAbout(readFileSync(out), 'make', next)).equal(true);
    expect(isAbout(readFileSync(out), 'make', first)).equal(false);
    rmSync(out);
    for (const taken of [first, of2]) {
      const error = await say('confirm', '--public-key', taken).catch((one) => one);
      expect(error).instanceOf(FirmwareError);
      expect((error as Error).message).match(/no device has had, got one of unit-/);
    }
    const before = readFileSync(file);
    for (const args of [
      ['--id', 'unit-9', ...told],
      ['--key', `${KEYS}/dev-secrets-p256.pem`, ...told],
      ['--authority', 'package.json', ...told],
      [],
    ])
      expect(await say('confirm', ...args).catch((one) => one), args.join(' ')).instanceOf(UsageError);
    expect(readFileSync(file).equals(before), 'the list as it was').equal(true);
    expect(existsSync(out), 'no command').equal(false);
    await run('revoke', 'unit-1', '--devices', file);
    expect(await say('confirm', ...told).catch((one) => one)).instanceOf(UsageError);
    for (const formerKeys of [[`04${of2}`], [`04${first}`, `04${first}`], ['04']]) {
      writeFileSync(file, JSON.stringify([{ ...entry('unit-1', next), formerKeys }, entry('unit-2', of2)]));
      expect(() => readLedger(file), formerKeys.join(' ')).throw(UsageError);
    }
  });

  it('another identity with the list enters the next name there; what comes later is about it', async () => {
    const file = join(folder, 'renamed.json');
    const [first, of2] = [pointHex(), pointHex()];
    const entry = (id: string, publicKey: string) => ({ id, publicKey: `04${publicKey}` });
    writeFileSync(file, JSON.stringify([entry('unit-1', first), entry('unit-2', of2)]));
    const say = (id: string, ...set: string[]) =>
      run('authorize', 'reprovision', '--id', id, ...KEY, '--out', out, '--devices', file, '--set', ...set);
    await say('unit-1', 'unit=K');
    expect(readLedger(file)[0]).deep.equal(entry('unit-1', first));
    for (let time = 1; time <= 2; time++) {
      await say('unit-1', 'deviceId=unit-3');
      expect(readLedger(file)[0], `time ${time}`).deep.equal({ ...entry('unit-3', first), formerNames: ['unit-1'] });
    }
    rmSync(out);
    const before = readFileSync(file);
    expect(await say('unit-3', 'deviceId=unit-1').catch((one) => one)).instanceOf(FirmwareError);
    expect(await say('unit-3', 'deviceId=unit-2').catch((one) => one)).instanceOf(FirmwareError);
    expect(await say('unit-9', 'deviceId=unit-8').catch((one) => one)).instanceOf(UsageError);
    expect(readFileSync(file).equals(before), 'the list as it was').equal(true);
    expect(existsSync(out), 'no command').equal(false);
    await run('revoke', 'unit-3', '--devices', file);
    expect(await say('unit-3', 'deviceId=unit-4').catch((one) => one)).instanceOf(UsageError);
    writeFileSync(file, JSON.stringify([{ ...entry('unit-3', first), formerNames: ['unit-2'] }, entry('unit-2', of2)]));
    expect(() => readLedger(file)).throw(UsageError, 'comes twice');
  });

  it('revoke marks a device in the list; its name and key do not come again', async () => {
    const file = join(folder, 'list.json');
    const entries = [1, 2].map((n) => ({ id: `unit-${n}`, publicKey: `04${`${n}${n}`.repeat(64)}` }));
    writeFileSync(file, JSON.stringify(entries));
    await run('revoke', 'unit-1', '--devices', file);
    const left = readLedger(file);
    expect(left).deep.equal([{ ...entries[0], revoked: true }, entries[1]]);
    const ledger = new Ledger(left);
    const publicKey = Buffer.from(entries[0]!.publicKey, 'hex');
    expect(() => ledger.add({ id: 'unit-1', publicKey })).throw(FirmwareError, 'revoked');
    expect(() => ledger.add({ id: 'unit-3', publicKey })).throw(FirmwareError, 'that of unit-1');
    for (const id of ['unit-1', 'unit-9']) {
      const error = await run('revoke', id, '--devices', file).catch((one) => one);
      expect(error).instanceOf(UsageError);
    }
    writeFileSync(file, '[{"id":"x"}]');
    expect(() => readLedger(file)).throw(UsageError, 'publicKey');
    for (const more of [{ id: 'unit-2' }, { publicKey: entries[1]!.publicKey }]) {
      writeFileSync(file, JSON.stringify([...entries, { id: 'unit-3', publicKey: `04${'33'.repeat(64)}`, ...more }]));
      expect(() => readLedger(file)).throw(UsageError, 'comes twice');
    }
  });
});
