/**
 * `proofboard authorize OPERATION`: makes a command to a device (SPEC 25, 31) as whoever has the keys may: rotation of its secret, its confirmation, wipe, another identity, configuration. The file is
 * what a service publishes, retained and at QoS 1, on the topic that is printed; any MQTT client can.
 */
import type { KeyObject } from 'node:crypto';
import { Argument, type Command } from 'commander';
import { UsageError } from '../errors.ts';
import { readInput, writeOutput } from '../image/files.ts';
import { Profile } from '../profile/profile.ts';
import { Ledger } from '../provision/ledger.ts';
import { entryOf, ledgerText, readLedger } from '../provision/ledger-file.ts';
import { isOnCurve, uncompressed } from '../provision/point.ts';
import { type CommandKind, makeCommand, signingKey } from '../world/service/command.ts';
import { identityPayload } from '../world/service/identity.ts';
import { type SecretOperation, secretsPayload } from '../world/service/secrets.ts';
import { changesOf, expectId, SETTINGS, SETTINGS_OF_IDENTITY } from './authorize-settings.ts';
import { DEFAULT_DEVICE } from './defaults.ts';
import { integer } from './options.ts';

const OPERATIONS = ['rotate', 'confirm', 'wipe', 'reprovision', 'configuration'] as const;
type Operation = (typeof OPERATIONS)[number];

/** Those on the device's keys, which the authority over the secrets signs as well. */
const ON_KEYS: Partial<Record<Operation, SecretOperation>> = { rotate: 'make', confirm: 'confirm', wipe: 'wipe' };
const KINDS: Record<Operation, CommandKind> = {
  rotate: 'rotate',
  confirm: 'rotate',
  wipe: 'wipe',
  reprovision: 'reprovision',
  configuration: 'configuration',
};
interface Options {
  device: string;
  id: string;
  key: string;
  number: number;
  authority?: string;
  publicKey?: string;
  devices?: string;
  set?: string[];
  out: string;
}

export function registerAuthorize(program: Command): void {
  program
    .command('authorize')
    .description(
      'sign a command to a device: rotate or confirm its secret, wipe it, give it another identity, configure it',
    )
    .addArgument(new Argument('<operation>').choices(OPERATIONS))
    .requiredOption('--id <id>', 'identity of the device')
    .requiredOption('--key <file>', 'private key of who commands it (Ed25519, PEM)')
    .requiredOption('--out <file>', 'the command')
    .option(
      '--number <n>',
      'its number; configuration and reprovision: greater than the last',
      integer(1, 0xffff_ffff),
      1,
    )
    .option('--authority <file>', 'rotate, confirm, wipe: private key of the authority over the secrets (P-256, PEM)')
    .option(
      '--public-key <hex>',
      'rotate, wipe: the key in use; confirm: the next one, which the device told in its answer',
    )
    .option(
      '--devices <file>',
      'devices.json: rotate, wipe: where the key in use is looked up; confirm: where the next key is entered as it; reprovision: where another name is',
    )
    .option('--set <name=value...>', `${SETTINGS.join(', ')}; reprovision: ${SETTINGS_OF_IDENTITY.join(', ')} too`)
    .option('--device <file>', 'profile of the device, for the topic', DEFAULT_DEVICE)
    .action(authorize);
}

function authorize(operation: Operation, options: Options): void {
  const { channel } = Profile.load(options.device).data.service;
  if (!channel) throw new UsageError(`${options.device}: expected service.channel, which commands need, got none`);
  expectId(operation, options.id);
  const kind = KINDS[operation];
  const command = makeCommand({
    kind,
    sequence: options.number,
    deviceId: options.id,
    payload: payloadOf(operation, options),
    key: keyOf(options.key, 'ed25519'),
  });
  if (operation === 'confirm' && options.devices !== undefined) enterNext(options.devices, options);
  if (operation === 'reprovision' && options.devices !== undefined) enterName(options.devices, options);
  writeOutput(options.out, command);
  const topic = channel.command.replace('{device}', options.id).replace('{kind}', kind);
  process.stdout.write(`${topic}\n`);
  process.stderr.write(`${options.out}: ${command.length} bytes, to be published there retained, at QoS 1\n`);
}

function payloadOf(operation: Operation, options: Options): Buffer {
  const onKeys = ON_KEYS[operation];
  if (!onKeys) return identityPayload(changesOf(operation, options.set ?? []));
  if (options.set) throw new UsageError(`authorize ${operation}: --set is for configuration and reprovision`);
  if (options.authority === undefined) throw new UsageError(`authorize ${operation}: expected --authority`);
  return secretsPayload(onKeys, pointFor(operation, options), keyOf(options.authority, 'ec'));
}

/**
 * The list follows the device: what is signed about the key in use later is about the next one, and the former one is never another's. Written before the command, which then
 * can be made again; without the list nobody knows of a command that was made.
 */
function enterNext(devices: string, options: Options): void {
  const entries = readLedger(devices);
  entryOf(entries, options.id, devices);
  const ledger = new Ledger(entries);
  ledger.rotate(options.id, uncompressed(pointFor('confirm', options)));
  writeOutput(devices, ledgerText(ledger.devices));
  process.stderr.write(`${devices}: ${options.id} has its next key; the service has to take it in again\n`);
}

/** The same of another name, where the command gives one. */
function enterName(devices: string, { id, set = [] }: Options): void {
  const { deviceId } = changesOf('reprovision', set);
  if (deviceId === undefined || deviceId === id) return;
  const entries = readLedger(devices);
  if (!entries.some((entry) => entry.id === deviceId)) entryOf(entries, id, devices);
  const ledger = new Ledger(entries);
  ledger.rename(id, deviceId);
  writeOutput(devices, ledgerText(ledger.devices));
  process.stderr.write(`${devices}: ${id} is ${deviceId} now; the service has to take it in under that name\n`);
}

/** x and y of the key that it is about. */
function pointFor(operation: Operation, { publicKey, devices, id }: Options): Buffer {
  if (publicKey !== undefined) {
    const found = /^(?:04)?([0-9a-fA-F]{128})$/.exec(publicKey);
    if (!found)
      throw new UsageError(`authorize ${operation}: --public-key: expected x and y of a P-256 key, 128 hex digits`);
    return onCurve(Buffer.from(found[1]!, 'hex'), `authorize ${operation}: --public-key`);
  }
  if (devices === undefined || operation === 'confirm')
    throw new UsageError(
      `authorize ${operation}: expected --public-key${operation === 'confirm' ? ', the key of the answer to "rotate"' : ' or --devices'}`,
    );
  return onCurve(Buffer.from(entryOf(readLedger(devices), id, devices).publicKey.slice(2), 'hex'), `${devices}: ${id}`);
}

/** A command about a point that is no key would be refused by every device. */
function onCurve(point: Buffer, where: string): Buffer {
  if (isOnCurve(point)) return point;
  throw new UsageError(`${where}: expected a P-256 key, got a point that is not on the curve`);
}

function keyOf(file: string, type: 'ed25519' | 'ec'): KeyObject {
  const what = type === 'ec' ? 'a private P-256 key (PEM)' : 'a private Ed25519 key (PEM)';
  let key: KeyObject;
  try {
    key = signingKey(readInput(file));
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`${file}: expected ${what}`, { cause });
  }
  const fits =
    key.asymmetricKeyType === type && (type !== 'ec' || key.asymmetricKeyDetails?.namedCurve === 'prime256v1');
  if (!fits) throw new UsageError(`${file}: expected ${what}, got ${key.asymmetricKeyType}`);
  return key;
}
