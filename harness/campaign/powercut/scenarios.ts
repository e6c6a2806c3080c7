/** The scenarios of the power-cut campaign: one object each. What they share: an image that runs is whole, and the counter never goes back. */
import type { Board } from '../../board/board.ts';
import { HarnessError, UsageError } from '../../errors.ts';
import { updateImage, versionAfter } from './images.ts';
import { Life, type RunningImage, type SlotImages } from './life.ts';
import type { Scenario, Workshop } from './scenario.ts';
import { store } from './store-scenario.ts';
import { configuration, roots } from './world/changes.ts';
import { download } from './world/download.ts';
import { log } from './world/log.ts';
import { provisioning } from './world/provisioning.ts';
import { reprovision } from './world/reprovision.ts';
import { rotation } from './world/rotation.ts';
import { updateInstalled, updateRefused, updateTold } from './world/update-told.ts';
import { wipe, wipeRotated, wipeWaiting } from './world/wipe.ts';
import type { WorldScenario } from './world-scenario.ts';

/** Virtual time after which a life that has not come to its end never will. */
const LIMIT_MS = 180_000;
const SECTOR_BYTES = 128 * 1024;
/** Boots that a new image has without being confirmed, with some to spare: after them the old one is back for good. */
const UNCONFIRMED_BOOTS = 6;

/** What a device runs after so many updates. */
function imageAfter({ profile, updater, fillBytes }: Workshop, steps: number, confirms = true): Uint8Array {
  const securityCounter = profile.data.securityCounter + steps;
  return updateImage(profile, updater, { version: versionAfter(profile, steps), securityCounter, fillBytes, confirms });
}

function images(workshop: Workshop, newConfirms: boolean): SlotImages {
  return { old: imageAfter(workshop, 0), new: imageAfter(workshop, 1, newConfirms) };
}

function blank({ start, end }: { readonly start: number; readonly end: number }): { addr: number; bytes: Uint8Array } {
  return { addr: start, bytes: new Uint8Array(end - start).fill(0xff) };
}

function poke(board: Board, writes: readonly { addr: number; bytes: Uint8Array }[]): void {
  for (const { addr, bytes } of writes) board.pokeFlash(addr, bytes);
}

/** What is wrong with what a life showed, whatever the scenario. */
function common(life: Life, expected: Pick<RunningImage, 'holds' | 'counter'>): string | undefined {
  const mixed = life.handovers.find(({ holds }) => holds === 'mixed');
  if (mixed) return `image ${mixed.version} was run out of a slot that holds neither image whole`;
  const back = life.handovers.find(({ counter }, index) => counter < (life.handovers[index - 1]?.counter ?? 0));
  if (back) return `the counter went back to ${back.counter}`;
  const { last } = life;
  if (!last) return `no image runs (${life.lastHalt ?? 'silent'})`;
  if (last.holds !== expected.holds || last.counter !== expected.counter) {
    return `it ends with the ${last.holds} image and counter ${last.counter}, not the ${expected.holds} one and ${expected.counter}`;
  }
  return undefined;
}

const counterOf = (life: Life, steps: number): number => life.profile.data.securityCounter + steps;

/** Runs until the image stands in the slot with the counter's final value. */
async function driveTo(life: Life, holds: RunningImage['holds'], counter: number): Promise<void> {
  await life.powerOn(LIMIT_MS, () => life.last?.holds === holds && life.last.counter === counter);
}

const install: Scenario = {
  id: 'install',
  fillBeside: 0,
  title: 'a staged image is asked for, installed, tried, confirmed, and the counter raised',
  outcomes: ['old', 'new'],
  images: (workshop) => images(workshop, true),
  prepare: async (board, { new: image }, { updater }) => poke(board, updater.stage(image)),
  drive: (life) => driveTo(life, 'new', counterOf(life, 1)),
  verdict: (life) => common(life, { holds: 'new', counter: counterOf(life, 1) }),
};

const installPadded: Scenario = {
  ...install,
  id: 'install-padded',
  title:
    'the same on a device whose first image came padded and confirmed: a status of the station is there before boot writes one',
  prepare: async (board, images, workshop) => {
    const { profile, updater } = workshop;
    if (!updater.paddedStatus)
      throw new UsageError(`${profile.file}: update.module: expected an export "paddedStatus"`);
    await install.prepare(board, images, workshop);
    poke(board, updater.paddedStatus());
  },
};

const installAgain: Scenario = {
  ...install,
  id: 'install-again',
  outcomes: ['new'],
  title:
    'a second update, asked for already, on a device where boot keeps the status of the first: that install must not count for this one',
  images: (workshop) => ({ old: imageAfter(workshop, 1), new: imageAfter(workshop, 2) }),
  prepare: async (board, { old: once, new: twice }, workshop) => {
    const { profile, updater } = workshop;
    const { appSlot, updateSlot } = profile.data.flash;
    const former = imageAfter(workshop, 0);
    poke(board, [blank(appSlot), { addr: appSlot.start, bytes: former }]);
    await install.prepare(board, { old: former, new: once }, workshop);
    const life = new Life(board, profile, { old: former, new: once });
    await driveTo(life, 'new', counterOf(life, 1));
    if (life.last?.counter !== counterOf(life, 1)) {
      throw new HarnessError('install-again: expected the first update to be installed and confirmed, it never was');
    }
    await life.powerOff();
    poke(board, [blank(updateSlot), ...updater.stage(twice), ...updater.request()]);
  },
  drive: (life) => driveTo(life, 'new', counterOf(life, 2)),
  verdict: (life) => common(life, { holds: 'new', counter: counterOf(life, 2) }),
};

const confirm: Scenario = {
  ...install,
  id: 'confirm',
  outcomes: ['new'],
  title: 'an image that has just been confirmed by the application is kept, and the counter raised',
  prepare: async (board, slots, workshop) => {
    await install.prepare(board, slots, workshop);
    const life = new Life(board, workshop.profile, slots);
    if (!(await life.powerOn(LIMIT_MS, () => life.last?.holds === 'new'))) {
      throw new HarnessError('confirm: expected the new image to be installed, it never ran');
    }
    await life.powerOff();
  },
};

const revert: Scenario = {
  id: 'revert',
  fillBeside: 0,
  outcomes: ['old', 'new'],
  title: 'an installed image that is never confirmed is taken back',
  images: (workshop) => images(workshop, false),
  prepare: confirm.prepare,
  drive: async (life) => {
    for (let boot = 0; boot < UNCONFIRMED_BOOTS; boot++) {
      const before = life.handovers.length;
      if (!(await life.powerOn(LIMIT_MS, () => life.handovers.length > before))) return;
      await life.powerOff();
    }
  },
  verdict: (life) => common(life, { holds: 'old', counter: counterOf(life, 0) }),
};

const revertLarger: Scenario = {
  ...revert,
  id: 'revert-larger',
  title: 'the same where the old image has more sectors than the new one: all of it comes back',
  images: (workshop) => ({
    ...images(workshop, false),
    old: images({ ...workshop, fillBytes: workshop.fillBytes + SECTOR_BYTES }, true).old,
  }),
};

const refuse: Scenario = {
  id: 'refuse',
  fillBeside: 0,
  outcomes: ['old'],
  title: 'a staged image with one byte turned is refused, and the app slot is not touched',
  images: (workshop) => images(workshop, true),
  prepare: async (board, { new: image }, { updater }) => {
    const damaged = Uint8Array.from(image);
    damaged[damaged.length >> 1]! ^= 0x10;
    poke(board, updater.stage(damaged));
  },
  drive: async (life) => {
    // Asked for, refused, and once more what runs then.
    await life.powerOn(LIMIT_MS, () => life.handovers.length >= 2);
  },
  verdict: (life) => {
    const wrong = life.handovers.find(({ holds }) => holds !== 'old');
    if (wrong) return `image ${wrong.version} was run, the old one was to stay`;
    if (life.slot() !== 'old') return 'the app slot was changed for an image that is damaged';
    return common(life, { holds: 'old', counter: counterOf(life, 0) });
  },
};

/** Of updates. */
export const SCENARIOS: readonly Scenario[] = [install, installPadded, installAgain, confirm, revert, refuse];
/** Of the bootloader and the journal: devices without a world. */
const BARE_SCENARIOS: readonly Scenario[] = [...SCENARIOS, revertLarger, store];
/** Of a whole device with its service. */
const WORLD_SCENARIOS = [
  configuration,
  roots,
  log,
  download,
  updateTold,
  updateRefused,
  updateInstalled,
  rotation,
  wipe,
  wipeWaiting,
  wipeRotated,
  reprovision,
  provisioning,
] as readonly WorldScenario[];
export const ALL_SCENARIOS: readonly (Scenario | WorldScenario)[] = [...BARE_SCENARIOS, ...WORLD_SCENARIOS];

/** @throws UsageError when it is none that needs no world */
export function scenarioNamed(id: string): Scenario {
  return named(BARE_SCENARIOS, id);
}

/** @returns undefined: no such scenario has a world */
export function worldScenarioNamed(id: string): WorldScenario | undefined {
  return WORLD_SCENARIOS.find((one) => one.id === id);
}

/** @throws UsageError */
export function anyScenarioNamed(id: string): Scenario | WorldScenario {
  return named(ALL_SCENARIOS, id);
}

function named<S extends { readonly id: string }>(all: readonly S[], id: string): S {
  const found = all.find((one) => one.id === id);
  if (found) return found;
  throw new UsageError(`scenario "${id}": expected one of ${all.map((one) => one.id).join(', ')}`);
}
