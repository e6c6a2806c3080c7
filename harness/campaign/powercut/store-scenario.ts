/**
 * The journal's campaign: an application counts a record up to a goal while another record lies beside it, and the sector is nearly full, so that the journal must make
 * room on the way, for the second time: both sectors have been in use. Whatever is cut, the count is there and goes on to the goal, the other record is whole, and after a
 * power cycle the goal is still there.
 *
 * Left out: that the count never falls behind what was acknowledged; that a single change is the old or the new is th-conf.3's and th-logs.4's.
 */
import { HarnessError, UsageError } from '../../errors.ts';
import { updateImage, versionAfter } from './images.ts';
import { Life } from './life.ts';
import type { Scenario } from './scenario.ts';

const LIMIT_MS = 180_000;

interface Said {
  readonly when: string;
  readonly value: number;
  readonly goal: number;
  readonly whole: boolean;
}

export const store: Scenario = {
  id: 'store',
  outcomes: ['old'],
  title: 'a record is counted up while the journal makes room; it is never lost, nor the record beside it',
  images: ({ profile, updater, fillBytes, rebuilt }) => {
    if (!updater.storeModule || profile.data.console.storeCampaign === undefined) {
      throw new UsageError(
        `${profile.file}: campaigns of the journal need storeModule of update.module and console.storeCampaign`,
      );
    }
    const { name, ...built } = updater.storeModule();
    const application = { ...built, wasm: rebuilt?.[name] ?? built.wasm };
    const { securityCounter } = profile.data;
    const image = (steps: number) =>
      updateImage(profile, updater, {
        version: versionAfter(profile, steps),
        securityCounter: securityCounter + steps,
        fillBytes,
        application,
      });
    return { old: image(0), new: image(1) };
  },
  prepare: async (board, slots, { profile }) => {
    const { start, end } = profile.data.flash.configuration;
    board.pokeFlash(start, new Uint8Array(end - start).fill(0xff));
    const life = new Life(board, profile, slots);
    if (!(await life.powerOn(LIMIT_MS, () => said(life).some(({ when }) => when === 'end')))) {
      throw new HarnessError('store: expected the first life to fill the journal, it never said so');
    }
    await life.powerOff();
  },
  drive: async (life) => {
    const ends = () => said(life).filter(({ when }) => when === 'end').length;
    for (const n of [1, 2]) {
      if (!(await life.powerOn(LIMIT_MS, () => ends() >= n))) return;
      await life.powerOff();
    }
  },
  verdict: (life) => {
    const [begin, end] = [said(life).at(0), said(life).at(-1)];
    if (!begin || end?.when !== 'end') return `the application does not end (${life.lastHalt ?? 'silent'})`;
    if (begin.value < 1) return 'the count is gone';
    if (!begin.whole) return 'the record beside the count is gone';
    if (end.value !== end.goal || !end.whole)
      return `it ends with ${end.value}, other record ${end.whole ? 'whole' : 'gone'}, not ${end.goal}`;
    const again = said(life).findLast(({ when }) => when === 'begin')!;
    if (again.value !== again.goal) return `after a power cycle the count is ${again.value}, it was ${end.goal}`;
    return undefined;
  },
};

function said({ profile, lines }: Life): Said[] {
  return lines.flatMap((line) => {
    const groups = profile.match('storeCampaign', line);
    if (!groups) return [];
    return [
      { when: groups.when!, value: Number(groups.value), goal: Number(groups.goal), whole: groups.large === '1' },
    ];
  });
}
