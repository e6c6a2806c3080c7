/**
 * An entry of the log: made, told, noted as told. The service remembers over all lives what it was told: every entry that it has stays what it was, none between two is
 * missing, and what was made before power went comes in the end, or was never there.
 */
import type { Device } from '../../../requirements/device.ts';
import { expectEntry, newestEntry } from '../../../requirements/log-entries.ts';
import { expectTwin } from '../../../requirements/refusal.ts';
import { readLog } from '../../../world/service/log.ts';
import type { WorldLife, WorldScenario } from '../world-scenario.ts';

const SETTLES_WITHIN_MS = 5_000;
const SEQUENCE = 7;

interface Known {
  /** Number of the newest entry at the start. */
  readonly newest: number;
}

export const log: WorldScenario<Known> = {
  id: 'log',
  title: 'an entry is made, told and noted as told; none is lost between others, changed, or told again without need',
  outcomes: ['old', 'new'],
  device: (lab, oneLife) => lab.device(oneLife ? { oneLife } : {}),
  prepare: async (device) => {
    await device.connect();
    await device.board.run(SETTLES_WITHIN_MS);
    const newest = newestEntry(device);
    await device.board.power(false);
    return { newest };
  },
  live: async (life) => {
    const { device, known, found } = life;
    await device.boot();
    await expectTwin(device, 'a new life');
    await device.board.run(SETTLES_WITHIN_MS);
    const before = heard(life);
    found(before.entries.some(({ value }) => value === SEQUENCE) ? 'new' : 'old');
    // Refused for its content: an entry, and nothing else in flash.
    const command = device.service.command('configuration', SEQUENCE, Buffer.of(0));
    const answer = await device.command('configuration', command);
    device.expect(answer.result === 'malformed', 'a command refused as malformed', () => answer.raw);
    await expectEntry(device, { event: 'configuration-refused', value: SEQUENCE }, 'the refused command');
    await device.board.run(SETTLES_WITHIN_MS);
    const { entries, unreadable, repeated } = heard(life);
    device.expect(unreadable.length === 0, 'entries that stay what they were', () => unreadable[0]!);
    const wrong = entries.find(({ number }, index) => number !== known.newest + 1 + index);
    device.expect(wrong === undefined, 'entries without a gap', () => `${wrong!.number} out of place`);
    const needless = repeated - life.memory.length;
    device.expect(needless <= 0, 'nothing told again without need', () => `${repeated} told again`);
  },
  remember: (life) => [...life.memory, ...told(life.device)],
};

/** The log as the service has it from all lives. */
function heard(life: WorldLife<Known>): ReturnType<typeof readLog> {
  const texts = [...life.memory, ...told(life.device)];
  return readLog(texts.map((text) => ({ ...NOWHERE, payload: Buffer.from(text) })));
}

const NOWHERE = { topic: '', clientId: '', qos: 1, dup: false, atNs: 0 };

function told(device: Device): string[] {
  return device.service.heard('log').map(({ payload }) => Buffer.from(payload).toString('utf8'));
}
