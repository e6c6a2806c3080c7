/**
 * What becomes of an update is told once: each step stands in the log once, in order, and the service hears how it ended. The service remembers what it was told over all
 * lives. Of updates that are no images power is cut from the announcement to the note that the answer was heard; of a good one, whose install `install` cuts, once its
 * image has started.
 */
import type { Device } from '../../../requirements/device.ts';
import { newerImage, offer, runs } from '../../../requirements/offered-update.ts';
import { expectTwin } from '../../../requirements/refusal.ts';
import { versionOf } from '../../../requirements/staged-update.ts';
import { expectStory, offerStub, STUBS, type Stub } from '../../../requirements/stub-update.ts';
import { readLog } from '../../../world/service/log.ts';
import type { WorldLife, WorldScenario } from '../world-scenario.ts';

const SETTLES_WITHIN_MS = 5_000;
const DECIDED_WITHIN_MS = 600_000;
const SEQUENCE = 1;

interface Message {
  readonly on: 'log' | 'answer';
  readonly text: string;
}

/** What the service heard before the first life that is cut. */
type Known = readonly Message[];

interface Update {
  readonly id: string;
  readonly title: string;
  readonly story: readonly string[];
  /** Of its answer. */
  words(device: Device): readonly string[];
  /** Before the first life that is cut. */
  begin?(device: Device): Promise<void>;
  /** In each life. */
  offer?(device: Device): void;
}

function toldScenario({ id, title, story, words: wordsOf, begin, offer: offerIt }: Update): WorldScenario<Known> {
  return {
    id,
    title,
    outcomes: ['untold', 'told'],
    device: (lab, oneLife) => lab.device(oneLife ? { oneLife } : {}),
    prepare: async (device) => {
      await device.connect();
      await device.board.run(SETTLES_WITHIN_MS);
      await begin?.(device);
      await device.board.power(false);
      return now(device);
    },
    live: async (life) => {
      const { device, found, over } = life;
      const words = wordsOf(device);
      const answered = () =>
        heard(life).some(({ on, text }) => on === 'answer' && words.some((word) => says(text, word)));
      found(answered() ? 'told' : 'untold');
      offerIt?.(device);
      await device.boot();
      await expectTwin(device, 'a new life');
      await device.waitFor(`an answer ${words.join(' or ')}`, DECIDED_WITHIN_MS, answered);
      await device.board.run(SETTLES_WITHIN_MS);
      over();
      const texts = heard(life).flatMap(({ on, text }) => (on === 'log' ? [text] : []));
      const log = readLog(texts.map((text) => ({ ...NOWHERE, payload: Buffer.from(text) })));
      device.expect(log.unreadable.length === 0, 'entries that stay what they were', () => log.unreadable[0]!);
      expectStory(device, log, SEQUENCE, story, id);
    },
    remember: (life) => [...life.memory.map(parsed), ...now(life.device)].map((message) => JSON.stringify(message)),
  };
}

const [asAnnounced, mixed] = STUBS;

const ofStub = (stub: Stub): Pick<Update, 'story' | 'words' | 'offer'> => ({
  story: stub.story,
  words: ({ profile }) => profile.reasons(stub.reason),
  offer: (device) => offerStub(device, SEQUENCE, stub),
});

export const updateTold = toldScenario({
  id: 'update-told',
  title: 'what was downloaded as announced is refused by boot; log and service hear of each step once',
  ...ofStub(asAnnounced!),
});

export const updateRefused = toldScenario({
  id: 'update-refused',
  title: 'an update of mixed pieces is refused by the device; log and service hear of each step once',
  ...ofStub(mixed!),
});

export const updateInstalled = toldScenario({
  id: 'update-installed',
  title: 'an installed image has started and confirms itself; log and service hear of each step once',
  story: ['update-announced', 'update-downloaded', 'update-installed'],
  words: () => ['installed'],
  begin: async (device) => {
    const image = newerImage(device);
    offer(device, SEQUENCE, image);
    await runs(device, versionOf(image), DECIDED_WITHIN_MS, 'the update');
  },
});

const NOWHERE = { topic: '', clientId: '', qos: 1, dup: false, atNs: 0 };

/** What the service has heard in all lives. */
function heard({ device, known, memory }: WorldLife<Known>): Message[] {
  return [...known, ...memory.map(parsed), ...now(device)];
}

function parsed(text: string): Message {
  return JSON.parse(text) as Message;
}

function now({ service }: Device): Message[] {
  return (['log', 'answer'] as const).flatMap((on) =>
    service.heard(on).map(({ payload }) => ({ on, text: Buffer.from(payload).toString('utf8') })),
  );
}

function says(text: string, word: string): boolean {
  const { seq, result } = JSON.parse(text) as Record<string, unknown>;
  return seq === SEQUENCE && result === word;
}
