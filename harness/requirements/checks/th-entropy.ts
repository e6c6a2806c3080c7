/** th-entropy: the generator is SP 800-90A's, seeded from the SoC's source and from nothing else, and silent when that source fails. */
import { ENTROPY_FAULTS, type EntropyFault } from '../../board/board.ts';
import { UsageError } from '../../errors.ts';
import { type Predicted, type Prediction, predict } from '../../observe/generator.ts';
import { repetitionCutoff } from '../../observe/health-cutoffs.ts';
import { privateKeyIn } from '../../observe/key-shares.ts';
import { type ClientHello, clientHello } from '../../observe/tls-records.ts';
import { uncompressed } from '../../provision/point.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import { edgesOf, noise } from '../entropy-words.ts';
import { deviceWithoutKey, firstIdentity, secretWords } from '../first-key.ts';
import type { Lab } from '../lab.ts';
import { connected, expectTwin } from '../refusal.ts';

const BOOTS = 3;
const MINUTE = 60_000;
/** A failure is told within a boot; the next attempt of a device that waits is not far behind. */
const TOLD_WITHIN_MS = 5 * MINUTE;
const SILENCE_MS = 5 * MINUTE;
/** One request per attempt at the longest pause between two: more than the time to any reseeding. */
const ATTEMPT_MS = 2 * MINUTE;
const WORDS = 64;
/** Fixed words that pass the health tests; their values mean nothing. */
const FED = Array.from({ length: WORDS }, (_, index) => Math.imul(index + 1, 0x9e37_79b1) >>> 0);

export const checks = defineChecks('th-entropy', (check) => {
  check(
    'th-entropy.1/nist-vectors',
    'every output is what an independent HMAC_DRBG of SP 800-90A makes of the same entropy words',
    async (lab) => {
      for (const [what, words] of [
        ["the board's words", []],
        ['words of the check', vectorWords(lab.seed, 256)],
        ['other words of the check', vectorWords(lab.seed + 1, 300)],
      ] as const) {
        const device = await lab.device();
        device.board.entropy.feed(words);
        await device.connect();
        const { answers, requests } = expectPredicted(device, what);
        device.expect(answers.length >= 4, `four outputs or more (${what})`, () => String(answers.length));
        expectDrawnHello(device, answers, what);
        lab.note(
          `${what}: ${answers.length} outputs of ${requests} requests as predicted, the first ClientHello made of them`,
          device,
        );
      }
    },
  );

  check(
    'th-entropy.2/same-entropy-same-output',
    'with the same entropy words the device draws the same random values',
    async (lab) => {
      const first = await firstHello(lab, FED);
      const second = await firstHello(lab, FED);
      first.device.expect(
        first.random === second.random && first.share === second.share,
        'the same ClientHello twice',
        () => `${first.random} and ${second.random}`,
      );
      lab.note(
        `twice ClientHello.random ${first.random.slice(0, 16)}..., key share ${first.share.slice(0, 16)}...`,
        second.device,
      );
    },
  );

  check(
    'th-entropy.2/one-word-changes-all',
    'with one entropy word changed every random value is another',
    async (lab) => {
      const base = await firstHello(lab, FED);
      for (const index of [0, 1, 11]) {
        const words = [...FED];
        words[index]! ^= 1;
        const other = await firstHello(lab, words);
        other.device.expect(
          other.random !== base.random,
          `another ClientHello.random (bit 0 of word ${index})`,
          () => 'the same',
        );
        other.device.expect(other.share !== base.share, `another key share (bit 0 of word ${index})`, () => 'the same');
        lab.note(
          `bit 0 of word ${index} turned: random ${other.random.slice(0, 16)}..., share ${other.share.slice(0, 16)}...`,
          other.device,
        );
      }
    },
  );

  check('th-entropy.2/seeded-at-every-boot', 'the generator is seeded anew at every boot', async (lab) => {
    const device = await lab.device();
    const seen = new Set<string>();
    for (let boot = 0; boot < BOOTS; boot++) {
      const from = device.serviceConnections().length;
      const mark = device.entries.length;
      await device.powerCycle();
      const hello = await helloAfter(device, from);
      const words = device.entries
        .slice(mark)
        .filter((entry) => entry.lane === 'hal' && entry.fields.call === 'entropy_word');
      device.expect(
        words.length >= 8,
        `at least 256 bits of entropy drawn in boot ${boot + 1}`,
        () => `${words.length} words`,
      );
      device.expect(!seen.has(hello.random), 'a random value not seen before', () => hello.random);
      seen.add(hello.random);
      lab.note(`boot ${boot + 1}: ${words.length} entropy words drawn, random ${hello.random.slice(0, 16)}...`, device);
    }
  });

  check(
    'th-entropy.2/reseeded',
    'the generator takes fresh words from the source before its interval is over',
    async (lab) => {
      const device = await connected(lab);
      // That there is a second one shows that the count begins anew with each; each takes hours.
      const wanted = lab.isSampled ? 1 : 2;
      await burnRequests(device, () => prediction(device).reseedings >= wanted, wanted);
      const { reseedings, requests, answers } = expectPredicted(device, 'with a reseeding');
      device.expect(
        reseedings >= wanted,
        `a reseeding within each of ${wanted} intervals`,
        () => `${reseedings} in ${requests} requests`,
      );
      lab.note(
        `${requests} requests, ${reseedings} reseedings, ${answers.length} outputs as predicted before and after`,
        device,
      );
      device.world.honest();
      await expectTwin(device, 'the same generator after its reseeding');
    },
  );

  check(
    'th-entropy.3/faulty-source-stops-the-device',
    'with a source that fails its tests there is no key, no connection, and a line in the log',
    async (lab) => {
      for (const fault of ENTROPY_FAULTS) {
        await withoutKey(lab, fault);
        await withKey(lab, fault);
      }
    },
  );

  check(
    'th-entropy.3/tests-at-their-cutoffs',
    'each health test bears what stands one sample below its cutoff, at the start and over a reseeding, and fails at it',
    async (lab) => {
      const { assessed } = lab.profile.data.generator ?? {};
      if (!assessed) return lab.note('the profile does not say what its tests assess: no cutoff to look at');
      for (const { test, cutoff, words } of edgesOf(assessed)) {
        const below = await fedFromTheStart(lab, words(cutoff - 1));
        await expectTwin(below, `${cutoff - 1} ${test}`);
        below.expect(told(below, 0).length === 0, `no failure (${cutoff - 1} ${test})`, () => told(below, 0)[0]!);
        const at = await fedFromTheStart(lab, words(cutoff));
        await at.waitFor(`the failure in the log (${cutoff} ${test})`, TOLD_WITHIN_MS, () => told(at, 0).length > 0);
        at.expect(at.serviceConnections().length === 0, `no connection (${cutoff} ${test})`, () => 'one');
        lab.note(`${test}: ${cutoff - 1} borne, ${cutoff} refused: "${told(at, 0)[0]}"`, at);
      }
      await expectRepetitionOverReseeding(lab, repetitionCutoff(assessed.word));
    },
  );

  check(
    'th-entropy.3/failing-later-stops-the-device',
    'a source that fails while the device runs stops it at the next reseeding',
    async (lab) => {
      const device = await connected(lab);
      device.board.entropy.fault('stuck');
      const mark = device.console.length;
      await burnRequests(device, () => told(device, mark).length > 0);
      const before = device.serviceConnections().length;
      device.world.honest();
      await expectSilence(device, before, 'after the failed reseeding');
      lab.note(`stuck while running: "${told(device, mark)[0]}", no connection any more`, device);
      device.board.entropy.fault(undefined);
      await expectTwin(device, 'a source that works again');
      expectPredicted(device, 'after the source has recovered');
    },
  );
});

/** A device that has no key yet makes none. */
async function withoutKey(lab: Lab, fault: EntropyFault): Promise<void> {
  const device = await deviceWithoutKey(lab);
  device.board.entropy.fault(fault);
  const mark = device.console.length;
  await device.board.power(true);
  await device.waitFor(`the failure in the log (${fault})`, TOLD_WITHIN_MS, () => told(device, mark).length > 0);
  await expectSilence(device, 0, `${fault}, no key yet`);
  device.expect(device.lines('identity', mark).length === 0, `no identity (${fault})`, () => 'one');
  device.expect(secretWords(device).length === 0, `nothing in the secret store (${fault})`, () => 'a record');
  lab.note(`${fault}, no key yet: "${told(device, mark)[0]}", no key, no connection`, device);
  device.board.entropy.fault(undefined);
  const point = Buffer.from(await firstIdentity(device, mark), 'hex');
  const { devices } = device.world.cloud;
  devices.revoke(device.id);
  devices.register(device.id, uncompressed(point));
  await expectTwin(device, `the same source without its fault (${fault})`);
}

/** A device with a key stays away. */
async function withKey(lab: Lab, fault: EntropyFault): Promise<void> {
  const device = await lab.device();
  device.board.entropy.fault(fault);
  const mark = device.console.length;
  await device.board.power(true);
  await device.waitFor(`the failure in the log (${fault})`, TOLD_WITHIN_MS, () => told(device, mark).length > 0);
  await expectSilence(device, 0, fault);
  lab.note(`${fault}: "${told(device, mark)[0]}", no connection`, device);
  device.board.entropy.fault(undefined);
  await expectTwin(device, `the same source without its fault (${fault})`);
}

async function fedFromTheStart(lab: Lab, words: readonly number[]): Promise<Device> {
  const device = await lab.device();
  device.board.entropy.feed(words);
  await device.board.power(true);
  return device;
}

/** The tests go on from one drawing to the next: equal words at the end of the seed and at the beginning of the reseeding are in a row. */
async function expectRepetitionOverReseeding(lab: Lab, cutoff: number): Promise<void> {
  const device = await lab.device();
  const { entropyWords, nonceWords } = shapeOf(device);
  const word = 0x1234_abcd;
  const seed = noise(entropyWords + nonceWords - 1);
  device.board.entropy.feed([...seed, ...Array.from({ length: cutoff }, () => word)]);
  await device.connect();
  const mark = device.console.length;
  await burnRequests(device, () => told(device, mark).length > 0);
  lab.note(
    `the same word at the end of the seed and ${cutoff - 1} times in the reseeding: "${told(device, mark)[0]}"`,
    device,
  );
}

async function expectSilence(device: Device, connections: number, what: string): Promise<void> {
  await device.board.run(SILENCE_MS);
  device.expect(device.serviceConnections().length === connections, `no connection (${what})`, () => 'a connection');
}

/** Lines that tell of a failing source; a profile without a pattern for them has none. */
function told(device: Device, from: number): string[] {
  return device.lines('noEntropy', from).map(({ line }) => line);
}

/** Without TCP each attempt costs a request or two and little time. */
async function burnRequests(device: Device, until: () => boolean, intervals = 1): Promise<void> {
  const { reseed } = shapeOf(device);
  device.world.modemFaults = { refuseTcp: true };
  device.dropConnection();
  await device.waitFor(
    `the generator's interval of ${reseed.afterRequests} requests to be over (${intervals} in all)`,
    intervals * (reseed.afterRequests + 8) * ATTEMPT_MS,
    eachTime(64, until),
  );
}

/** Asks a question that costs much at every n-th opportunity. */
function eachTime(n: number, question: () => boolean): () => boolean {
  let times = 0;
  return () => times++ % n === 0 && question();
}

function shapeOf(device: Device) {
  const shape = device.profile.data.generator;
  if (!shape)
    throw new UsageError(`${device.profile.file}: expected "generator", which th-entropy predicts outputs by`);
  return shape;
}

function prediction(device: Device): Prediction {
  return predict(device.entries, shapeOf(device), Buffer.from(device.id));
}

function expectPredicted(device: Device, what: string): Prediction {
  const found = prediction(device);
  device.expect(found.unseeded === 0, `every request after a seeding (${what})`, () => `${found.unseeded} before`);
  const wrong = found.answers.findIndex(({ expected, answer }) => !expected.equals(answer));
  device.expect(
    wrong < 0,
    `output ${wrong + 1} to be ${found.answers[wrong]?.expected.toString('hex')} (${what})`,
    () => `${found.answers[wrong]?.answer.toString('hex')}`,
  );
  return found;
}

/** RFC 8446 4.1.2, 4.2.8: random, session id and the secret of each key share are bytes of the generator, each of its own, whatever it was asked for at once. */
function expectDrawnHello(device: Device, answers: readonly Predicted[], what: string): void {
  const { random, sessionId, keyShares } = helloOf(device, 0) ?? device.fail(`a ClientHello (${what})`, 'none');
  let parts = [Buffer.concat(answers.map(({ expected }) => expected))];
  for (const [name, bytes] of [
    ['random', Buffer.from(random)],
    ['session id', Buffer.from(sessionId)],
  ] as const) {
    const from = parts.find((part) => part.includes(bytes));
    if (!from) device.fail(`a ${name} as drawn (${what})`, bytes.toString('hex'));
    // What was told in the clear is no secret.
    const at = from.indexOf(bytes);
    const left = [from.subarray(0, at), from.subarray(at + bytes.length)];
    parts = parts.flatMap((part) => (part === from ? left : [part]));
  }
  for (const { group, key } of keyShares) {
    device.expect(
      parts.some((part) => privateKeyIn(part, group, key)),
      `a key share of group ${group} whose secret was drawn whole (${what})`,
      () => Buffer.from(key).toString('hex'),
    );
  }
}

/** Words for a vector: a SplitMix-like sequence that passes the health tests; where they come from does not matter. */
function vectorWords(seed: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    let word = (Math.imul(seed + 1, 0x9e37_79b1) + Math.imul(index + 1, 0x85eb_ca6b)) >>> 0;
    for (const shift of [15, 13, 16]) word = Math.imul(word ^ (word >>> shift), 0xc2b2_ae35) >>> 0;
    return word;
  });
}

async function firstHello(lab: Lab, words: readonly number[]) {
  const device = await lab.device();
  device.board.entropy.feed(words);
  await device.board.power(true);
  return { device, ...(await helloAfter(device, 0)) };
}

/** Random and key share of the first ClientHello to the service from the n-th connection on, hex. */
async function helloAfter(device: Device, connection: number): Promise<{ random: string; share: string }> {
  const find = () => helloOf(device, connection);
  await device.waitFor('a ClientHello', device.profile.data.connectWithinMs, () => find() !== undefined);
  const hello = find()!;
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  return { random: hex(hello.random), share: hex(hello.keyShares[0]!.key) };
}

function helloOf(device: Device, connection: number): ClientHello | undefined {
  return clientHello(Buffer.concat(device.serviceConnections()[connection]?.sent ?? []));
}
