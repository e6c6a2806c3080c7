/**
 * What becomes of an update is told once: each step stands in the log once, in order, and the service hears how it ended. The service remembers what it was told over all
 * lives. What is announced is no image, so power is cut from the announcement to the note that the answer was heard; the bootloader's part of an install is `install`'s.
 */
import type { Device } from '../../../requirements/device.ts';
import { expectTwin } from '../../../requirements/refusal.ts';
import { offerStub, STUBS, type Stub, storyOf } from '../../../requirements/stub-update.ts';
import { readLog } from '../../../world/service/log.ts';
import type { WorldLife, WorldScenario } from '../world-scenario.ts';

const SETTLES_WITHIN_MS = 5_000;
const DECIDED_WITHIN_MS = 600_000;
const SEQUENCE = 1;

interface Message {
  readonly on: 'log' | 'answer';
  readonly text: string;
}

function toldScenario(id: string, title: string, stub: Stub): WorldScenario<void> {
  return {
    id,
    title,
    outcomes: ['untold', 'told'],
    device: (lab, oneLife) => lab.device(oneLife ? { oneLife } : {}),
    prepare: async (device) => {
      await device.connect();
      await device.board.run(SETTLES_WITHIN_MS);
      await device.board.power(false);
    },
    live: async (life) => {
      const { device, found, over } = life;
      const words = device.profile.reasons(stub.reason);
      const answered = () =>
        heard(life).some(({ on, text }) => on === 'answer' && words.some((word) => says(text, word)));
      found(answered() ? 'told' : 'untold');
      offerStub(device, SEQUENCE, stub);
      await device.boot();
      await expectTwin(device, 'a new life');
      await device.waitFor(`an answer ${words.join(' or ')}`, DECIDED_WITHIN_MS, answered);
      await device.board.run(SETTLES_WITHIN_MS);
      over();
      const texts = heard(life).flatMap(({ on, text }) => (on === 'log' ? [text] : []));
      const log = readLog(texts.map((text) => ({ ...NOWHERE, payload: Buffer.from(text) })));
      device.expect(log.unreadable.length === 0, 'entries that stay what they were', () => log.unreadable[0]!);
      const story = storyOf(log, SEQUENCE).join(', ');
      device.expect(story === stub.story.join(', '), `in the log, each once: ${stub.story.join(', ')}`, () => story);
    },
    remember: (life) => heard(life).map((message) => JSON.stringify(message)),
  };
}

const [asAnnounced, mixed] = STUBS;

export const updateTold = toldScenario(
  'update-told',
  'what was downloaded as announced is refused by boot; log and service hear of each step once',
  asAnnounced!,
);

export const updateRefused = toldScenario(
  'update-refused',
  'an update of mixed pieces is refused by the device; log and service hear of each step once',
  mixed!,
);

const NOWHERE = { topic: '', clientId: '', qos: 1, dup: false, atNs: 0 };

/** What the service has heard in all lives. */
function heard({ device, memory }: WorldLife<void>): Message[] {
  return [...memory.map((text) => JSON.parse(text) as Message), ...now(device)];
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
