/**
 * Changes of the configuration that a device must refuse, each with the reason that it must give and one step away from a good one. Every bad one names a topic of its own,
 * so that readings show whether any of it came into force; the good twin under the same number follows, so that a refused one has not used up its number either.
 */
import { generateKeyPairSync } from 'node:crypto';
import { configurationPayload, SIGNATURE_BYTES, tagged } from '../world/service/command.ts';
import type { Service } from '../world/service/service.ts';
import type { Device } from './device.ts';
import type { Lab } from './lab.ts';
import { follows, messages, momentOf, SETTLES_WITHIN_MS } from './service-settings.ts';

const INTERVAL_MS = 1000;
const CHIP_CASES = 8;
/** Its bytes are all small: who compares some of them is found. */
const FIRST_NUMBER = 0x0101_0001;
const FORGED_TOPIC = 'forged/topic';
const COMMAND_MAX = 8192;
const TAG = {
  deviceId: 1,
  host: 2,
  port: 3,
  timeHost: 4,
  interval: 5,
  topic: 6,
  mode: 7,
  timePort: 8,
  unit: 9,
} as const;
const MORE = {
  network: 10,
  password: 11,
  key: 12,
  sequence: 13,
  check: 14,
  authority: 16,
  reprovision: 17,
} as const;

interface Maker {
  readonly service: Service;
  readonly deviceId: string;
  readonly sequence: number;
  /** The forged change, with or without more. */
  good(payload?: Uint8Array): Buffer;
  /** Commands that were accepted before, oldest first. */
  readonly accepted: readonly Buffer[];
}

type Case = readonly [what: string, reason: string, make: (maker: Maker) => Uint8Array];

const forged = configurationPayload({ topic: FORGED_TOPIC });
const text = (value: string) => Buffer.from(value, 'latin1');
const number = (value: number, bytes: number) => {
  const out = Buffer.alloc(bytes);
  out.writeUIntLE(value, 0, bytes);
  return out;
};
/** The forged topic along with one entry that must not be. */
const entry = (what: string, tag: number, value: Uint8Array, reason = 'range'): Case => [
  what,
  reason,
  ({ good }) => good(Buffer.concat(tag === TAG.topic ? [tagged(tag, value)] : [forged, tagged(tag, value)])),
];
/** Signed after the change: the signature is not what is wrong. */
const edited = (what: string, reason: string, edit: (unsigned: Buffer) => Uint8Array): Case => [
  what,
  reason,
  ({ service, sequence }) => service.command('configuration', sequence, forged, { beforeSigning: edit }),
];
const patched = (what: string, reason: string, at: number, value: number): Case =>
  edited(what, reason, (unsigned) => {
    unsigned[at] = value;
    return unsigned;
  });

const CASES: readonly Case[] = [
  // Who says it.
  ['unsigned: the signature is zeros', 'signature', ({ good }) => good().fill(0, good().length - SIGNATURE_BYTES)],
  ['unsigned: no signature at all', 'malformed', ({ good }) => good().subarray(0, -SIGNATURE_BYTES)],
  [
    "another party's key",
    'signature',
    ({ service, sequence }) =>
      service.command('configuration', sequence, forged, { key: generateKeyPairSync('ed25519').privateKey }),
  ],
  ['content changed behind the signature', 'signature', ({ good }) => turned(good(), -SIGNATURE_BYTES - 1)],
  ['number changed behind the signature', 'signature', ({ good }) => turned(good(), 11)],
  ['first byte of the signature turned', 'signature', ({ good }) => turned(good(), -SIGNATURE_BYTES)],
  ['last byte of the signature turned', 'signature', ({ good }) => turned(good(), -1)],
  [
    'the signature of another command',
    'signature',
    ({ good, accepted }) =>
      Buffer.concat([good().subarray(0, -SIGNATURE_BYTES), accepted.at(-1)!.subarray(-SIGNATURE_BYTES)]),
  ],
  // To whom.
  ...(['another-device', 'x'] as const).map(
    (id): Case => [
      `signed for ${id}`,
      'device',
      ({ service, sequence }) => service.command('configuration', sequence, forged, { deviceId: id }),
    ],
  ),
  [
    'signed for a longer name',
    'device',
    ({ service, deviceId, sequence }) =>
      service.command('configuration', sequence, forged, { deviceId: `${deviceId}0` }),
  ],
  [
    'signed for a shorter name',
    'device',
    ({ service, deviceId, sequence }) =>
      service.command('configuration', sequence, forged, { deviceId: deviceId.slice(0, -1) }),
  ],
  // When.
  ['the change before the last, byte for byte', 'replayed', ({ accepted }) => accepted.at(-2)!],
  ['the first change, byte for byte', 'replayed', ({ accepted }) => accepted[0]!],
  [
    'an older number, newly signed',
    'replayed',
    ({ service, sequence }) => service.command('configuration', sequence - 2, forged),
  ],
  [
    'the number in force with other content',
    'replayed',
    ({ service, sequence }) => service.command('configuration', sequence - 1, forged),
  ],
  ...[0xff, 0xffff].map(
    (low): Case => [
      `an older number whose last bits are greater: ${low}`,
      'replayed',
      ({ service }) => service.command('configuration', low, forged),
    ],
  ),
  ['number 0', 'replayed', ({ service }) => service.command('configuration', 0, forged)],
  // Its form.
  patched('another magic', 'malformed', 0, 0x51),
  patched('kind 0', 'malformed', 4, 0),
  patched('kind 7', 'malformed', 4, 7),
  patched("another kind's envelope", 'malformed', 4, 2),
  patched('a reserved byte set', 'malformed', 5, 1),
  patched('the last reserved byte set', 'malformed', 7, 0x80),
  patched('no device id', 'malformed', 12, 0),
  patched('a device id beyond the end', 'malformed', 13, 0xff),
  patched('a payload beyond the end', 'malformed', 15, 0xff),
  edited('a byte missing', 'malformed', (unsigned) => unsigned.subarray(0, -1)),
  edited('a byte too many', 'malformed', (unsigned) => Buffer.concat([unsigned, Buffer.alloc(1)])),
  ['one byte', 'malformed', () => Uint8Array.of(0x50)],
  ['the head alone', 'malformed', ({ good }) => good().subarray(0, 16)],
  ['another format: JSON', 'malformed', () => text(`{"topic":"${FORGED_TOPIC}"}`.repeat(5))],
  ['a command within a command', 'malformed', ({ good }) => good(good())],
  [
    `more than ${COMMAND_MAX} bytes`,
    'malformed',
    ({ good }) => good(Buffer.concat([forged, tagged(TAG.unit, Buffer.alloc(COMMAND_MAX, 0x61))])),
  ],
  ['20 KiB', 'malformed', ({ good }) => good(Buffer.concat([forged, tagged(TAG.unit, Buffer.alloc(20_000, 0x61))]))],
  ['no entry', 'malformed', ({ good }) => good(Buffer.alloc(0))],
  ['an entry that is cut off', 'malformed', ({ good }) => good(forged.subarray(0, -1))],
  ['the head of an entry that is cut off', 'malformed', ({ good }) => good(Buffer.concat([forged, Buffer.alloc(2)]))],
  ['an entry twice', 'malformed', ({ good }) => good(Buffer.concat([forged, forged]))],
  ['an entry beyond the end', 'malformed', ({ good }) => good(Buffer.concat([forged, number(0x00ffff05, 3)]))],
  // Its content.
  entry('an interval of 99 ms', TAG.interval, number(99, 4)),
  entry('an interval of 0', TAG.interval, number(0, 4)),
  entry('an interval of more than a day', TAG.interval, number(86_400_001, 4)),
  entry('an interval of two bytes', TAG.interval, number(5000, 2)),
  entry('port 0', TAG.port, number(0, 2)),
  entry('a port of four bytes', TAG.port, number(8883, 4)),
  entry('port 0 of the time server', TAG.timePort, number(0, 2)),
  entry('no host', TAG.host, text('')),
  entry('a host of 254 characters', TAG.host, text('h'.repeat(254))),
  entry('a host with a quote', TAG.host, text('a"b')),
  entry('a host with a line end', TAG.host, text('a\r\nAT')),
  entry('a host with a byte beyond ASCII', TAG.host, text('h\u00e4')),
  entry('a time server with a blank', TAG.timeHost, text('a b')),
  entry('no topic', TAG.topic, text('')),
  entry('a wildcard in the topic', TAG.topic, text('a/+')),
  entry('another wildcard in the topic', TAG.topic, text('a/#')),
  entry('a topic of 129 characters', TAG.topic, text('t'.repeat(129))),
  entry('a time server of 254 characters', TAG.timeHost, text('h'.repeat(254))),
  entry('a unit of 65 characters', TAG.unit, text('u'.repeat(65))),
  entry('a unit with a backslash', TAG.unit, text('a\\')),
  entry('a network of 33 bytes', MORE.network, text('n'.repeat(33))),
  entry('a network with a line end', MORE.network, text('a\nb')),
  entry('a password of 65 bytes', MORE.password, text('p'.repeat(65))),
  entry('a password with a line of its own', MORE.password, text('a"\r\nAT+RST\r\n')),
  entry('a password with a delete', MORE.password, text('a\x7f')),
  entry('a check interval of 9 s', MORE.check, number(9, 4)),
  entry('a check interval of more than a week', MORE.check, number(604_801, 4)),
  // What no command may change.
  entry('the identity', TAG.deviceId, text('another-device')),
  entry('the way to authenticate', TAG.mode, number(2, 1)),
  entry('the authorization key', MORE.key, Buffer.alloc(32, 1)),
  entry('the number itself', MORE.sequence, number(5, 4)),
  entry('the authority over the secrets', MORE.authority, Buffer.alloc(64, 1)),
  entry('the number of another identity', MORE.reprovision, number(5, 4)),
  entry('an entry that does not exist', 15, number(1, 4)),
  entry('another that does not exist', 200, number(1, 4)),
];

export async function expectRefusedCommands(lab: Lab): Promise<void> {
  const device = await lab.device({ configured: { intervalMs: INTERVAL_MS } });
  const { service } = device;
  await device.connect();
  let sequence = FIRST_NUMBER;
  const accepted: Buffer[] = [];
  const accept = async (what: string) => {
    const twin = configurationPayload({ topic: topicOf(sequence) });
    const command = service.command('configuration', sequence, twin);
    await expectAnswer(device, command, 'ok', `the twin of ${what}`);
    accepted.push(command);
    await expectTopic(device, topicOf(sequence), `the twin of ${what}`);
    sequence += 1;
  };
  for (const what of ['the first', 'the second', 'the third']) await accept(what);
  const cases = lab.sample(CASES, CHIP_CASES);
  const reasons = new Map<string, number>();
  for (const [what, reason, make] of cases) {
    const good = (payload: Uint8Array = forged) => service.command('configuration', sequence, payload);
    const bytes = make({ service, deviceId: device.id, sequence, good, accepted });
    await expectAnswer(device, bytes, reason, what);
    await expectTopic(device, topicOf(sequence - 1), `nothing changed: ${what}`);
    await accept(what);
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  await device.boot(() => device.powerCycle());
  await expectTopic(device, topicOf(sequence - 1), 'after the power cycle');
  // The number in force outlives the power as well as what it brought.
  await expectAnswer(device, accepted.at(-2)!, 'replayed', 'the change before the last, after the power cycle');
  await expectTopic(device, topicOf(sequence - 1), 'nothing changed: a replay after the power cycle');
  await accept('a replay after the power cycle');
  const stray = messages(device, { received: 0, connections: 0, queries: 0 }).find(
    ({ topic }) => topic === FORGED_TOPIC,
  );
  device.expect(!stray, 'no reading on a forged topic', () => JSON.stringify(stray));
  const counts = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(', ');
  lab.note(
    `${cases.length} of ${CASES.length} bad changes refused (${counts}), each followed by its accepted twin under the same number`,
    device,
  );
}

const topicOf = (sequence: number): string => `twin/${sequence}`;

async function expectAnswer(device: Device, bytes: Uint8Array, result: string, what: string): Promise<void> {
  const answer = await device.command('configuration', bytes);
  const wanted = result === 'ok' ? ['ok'] : device.profile.reasons(result);
  device.expect(wanted.includes(answer.result), `the answer ${wanted.join(' or ')} (${what})`, () => answer.raw);
}

/** The next two readings are on this topic, at the interval. */
async function expectTopic(device: Device, topic: string, what: string): Promise<void> {
  const from = momentOf(device);
  await device.waitFor(`readings on ${topic} (${what})`, SETTLES_WITHIN_MS, () =>
    follows(device, { topic, intervalMs: INTERVAL_MS }, from),
  );
}

function turned(bytes: Buffer, at: number): Buffer {
  const index = at < 0 ? bytes.length + at : at;
  bytes[index]! ^= 1;
  return bytes;
}
