/** th-entropy: the generator is seeded from the SoC's source and from nothing else. */
import { clientHello } from '../../observe/tls-records.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import type { Lab } from '../lab.ts';

const WORDS = 64;
/** Fixed words that pass the health tests; their values mean nothing. */
const FED = Array.from({ length: WORDS }, (_, index) => Math.imul(index + 1, 0x9e37_79b1) >>> 0);

export const checks = defineChecks('th-entropy', (check) => {
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
    for (let boot = 0; boot < 3; boot++) {
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
});

async function firstHello(lab: Lab, words: readonly number[]) {
  const device = await lab.device();
  device.board.entropy.feed(words);
  await device.board.power(true);
  return { device, ...(await helloAfter(device, 0)) };
}

/** Random and key share of the first ClientHello to the service from the n-th connection on, hex. */
async function helloAfter(device: Device, connection: number): Promise<{ random: string; share: string }> {
  const find = () => {
    const sent = device.serviceConnections()[connection]?.sent ?? [];
    return clientHello(Buffer.concat(sent));
  };
  await device.waitFor('a ClientHello', device.profile.data.connectWithinMs, () => find() !== undefined);
  const hello = find()!;
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  return { random: hex(hello.random), share: hex(hello.keyShares[0]!.key) };
}
