/** th-initial-provision: from a blank board to a locked device, whatever comes between. */

import type { PowerCut } from '../../board/board.ts';
import type { FlashWrite } from '../../board/flash-programmer.ts';
import { hex } from '../../board/flash-region.ts';
import { REG, WORD_BYTES } from '../../board/flash-registers.ts';
import { MODES } from '../../campaign/powercut/case.ts';
import { differences, FLASH_BYTES, FLASH_START, regionOf } from '../../provision/differences.ts';
import { Ledger } from '../../provision/ledger.ts';
import { uncompressed } from '../../provision/point.ts';
import { protection, STEPS } from '../../provision/station.ts';
import { defineChecks } from '../check.ts';
import { withBadWord, withOpenPort, withStuckSector, wordWithin } from '../defective-boards.ts';
import type { Device } from '../device.ts';
import { formerLife } from '../former-life.ts';
import type { Lab } from '../lab.ts';
import {
  expectIdle,
  expectProtected,
  operationsByRegion,
  provisioned,
  provisionOn,
  refusalOf,
} from '../provisioning.ts';

const WATCH_MS = 60_000;
const BLANK = 0xff;
/** The last operations of flash, each with its own cut. */
const LAST = 6;
const SAMPLE = 4;
/** Cases on the chip: of the words that fail, and of what is half there (the bootloader's copy is among three). */
const DEFECTIVE = 2;
const HALVES = 3;
const DEVICES = 4;
/** Check sum of the record that holds the identity. */
const CHECK_SUM_BYTES = 8;

interface Cut extends PowerCut {
  readonly region: string;
}

export const checks = defineChecks('th-initial-provision', (check) => {
  check(
    'th-initial-provision.1/blank-board-to-locked-device',
    'a blank board becomes a device: everything programmed, a secret made, the protection whole, the service served',
    async (lab) => {
      const { device, order } = await lab.blank();
      const blank = flashOf(device).every((byte) => byte === BLANK);
      device.expect(blank, 'a blank board', () => 'bytes in flash');
      const station = lab.station();
      const made = await provisionOn({ device, order }, station);
      for (const { addr, bytes } of order.writes) {
        const got = Buffer.from(device.board.peekFlash(addr, bytes.length));
        device.expect(got.equals(Buffer.from(bytes)), `${bytes.length} bytes at ${hex(addr)}`, () => 'other bytes');
      }
      const { start, end } = lab.profile.data.flash.secrets;
      const secret = device.board.peekFlash(start, end - start).some((byte) => byte !== BLANK);
      device.expect(secret, 'a secret in the secret area', () => 'a blank area');
      expectProtected(device);
      device.expect(!(await device.board.debug.connect()), 'a closed debug port', () => 'an answer');
      await device.powerCycle();
      await device.waitForReading(() => true, lab.profile.data.connectWithinMs, 'a first reading at the service');
      for (const { step, text } of station.transcript) lab.note(`${step}: ${text}`, device);
      lab.note(`${made.id} serves the service`, device);
    },
  );

  check(
    'th-initial-provision.1/defective-flash-refused',
    'a board of whose flash one word does not hold what it is given is refused by the station, which says where',
    async (lab) => {
      const { writes } = (await lab.blank()).order;
      for (const addr of lab.sample(writes.map(wordWithin), DEFECTIVE)) {
        const blank = await lab.blank();
        const station = lab.station();
        const why = await refusalOf(blank, {
          provision: (bench, order) => station.provision(withBadWord(bench, addr), order),
        });
        blank.device.expect(why?.includes(hex(addr)) === true, `a refusal that names ${hex(addr)}`, () => String(why));
        blank.device.expect(blank.device.lines('handover').length === 0, 'a device that does not run', () => 'it ran');
        lab.note(`${hex(addr)}: ${why}`, blank.device);
      }
      const { device, order } = await lab.blank();
      const { start } = lab.profile.data.flash.updateSlot;
      device.board.pokeFlash(start, writes[0]!.bytes);
      const station = lab.station();
      const why = await refusalOf(
        { device, order },
        { provision: (bench) => station.provision(withStuckSector(bench, start), order) },
      );
      device.expect(why?.includes(hex(start)) === true, `a refusal that names ${hex(start)}`, () => String(why));
      lab.note(`a sector that is not erased: ${why}`, device);
    },
  );

  check(
    'th-initial-provision.1/former-life-gone',
    'a board with a former life in every sector of its flash is made a device: what the station programs is there, and all else is blank before it first runs',
    async (lab) => {
      const { device, order } = await lab.blank();
      const flash = await formerLife(lab);
      device.board.pokeFlash(FLASH_START, flash);
      let programmed: Uint8Array = flash;
      const station = lab.station({
        ledger: new Ledger(),
        onStep: (step) => {
          if (step === 'protect') programmed = flashOf(device).slice();
        },
      });
      await provisionOn({ device, order }, station);
      const wanted = Buffer.alloc(FLASH_BYTES, BLANK);
      for (const { addr, bytes } of order.writes) wanted.set(bytes, addr - FLASH_START);
      const left = wanted.findIndex((byte, at) => byte !== programmed[at]);
      device.expect(
        left < 0,
        'flash that holds what was programmed, and nothing else',
        () => `another byte at ${hex(FLASH_START + left)} (${regionOf(FLASH_START + left, lab.profile.data.flash)})`,
      );
      expectProtected(device);
      await device.powerCycle();
      await device.waitForReading(() => true, lab.profile.data.connectWithinMs, 'a reading of the new device');
      lab.note(`${order.id}: nothing of a former life in ${FLASH_BYTES} bytes of flash`, device);
    },
  );

  check(
    'th-initial-provision.1/open-port-refused',
    'a board whose debug port answers after the lock does not leave the station: it is refused, and not entered',
    async (lab) => {
      const { device, order } = await lab.blank();
      const ledger = new Ledger();
      const station = lab.station({ ledger });
      const why = await refusalOf(
        { device, order },
        { provision: (bench) => station.provision(withOpenPort(bench), order) },
      );
      device.expect(/expected a closed debug port/.test(String(why)), 'a refusal of the open port', () => String(why));
      device.expect(ledger.devices.length === 0, 'no entry in the ledger', () => 'one');
      lab.note(`refused: ${why}`, device);
    },
  );

  check(
    'th-initial-provision.2/incomplete-device-halts',
    'a board that lacks any one part of the whole, or has half of one, does not take up normal operation',
    async (lab) => {
      const { writes: whole } = (await lab.blank()).order;
      for (let missing = 0; missing < whole.length; missing++) {
        const { device, order } = await lab.blank();
        const writes = order.writes.filter((_, index) => index !== missing);
        await handMade(device, writes, { protect: true });
        await expectIdle(device, WATCH_MS, `nothing at ${hex(order.writes[missing]!.addr)}`);
        lab.note(`without what belongs to ${hex(order.writes[missing]!.addr)}: ${last(device)}`, device);
      }
      const divisible = [...whole.keys()].filter((index) => whole[index]!.bytes.length > WORD_BYTES);
      for (const half of lab.sample(divisible, HALVES)) {
        const { device, order } = await lab.blank();
        const writes = order.writes.map((write, index) => (index === half ? firstHalf(write) : write));
        await handMade(device, writes, { protect: true });
        await expectIdle(device, WATCH_MS, `half of what belongs to ${hex(order.writes[half]!.addr)}`);
        lab.note(`with half of what belongs to ${hex(order.writes[half]!.addr)}: ${last(device)}`, device);
      }
      const { device, order } = await lab.blank();
      await handMade(device, order.writes, { protect: false });
      await expectIdle(device, WATCH_MS, 'no protection');
      lab.note(`without protection: ${last(device)}`, device);
      const twin = await lab.blank();
      await handMade(twin.device, twin.order.writes, { protect: true });
      await twin.device.waitForReading(() => true, lab.profile.data.connectWithinMs, 'a reading of the twin');
      lab.note('the twin that lacks nothing works', twin.device);
    },
  );

  check(
    'th-initial-provision.2/restart-of-provisioning',
    'interrupted at any step, or by a power cut before, within or after a flash operation of any region, provisioning is started over and ends well',
    async (lab) => {
      const clean = await provisioned(lab);
      const regions = operationsByRegion(clean.device);
      const operations = [...regions.values()].flat().length;
      clean.device.expect(operations > LAST, 'flash operations on the trace', () => `${operations}`);
      const steps = lab.sample(STEPS, SAMPLE);
      for (const step of steps) await restart(lab, `before "${step}"`, { step });
      const all = cutsOf(regions, operations);
      const cuts = lab.sample(all, SAMPLE);
      for (const { region, ...cut } of cuts)
        await restart(lab, `power cut ${cut.mode} operation ${cut.operation} (${region})`, { cut });
      const named = [...new Set(cuts.map(({ region }) => region))].join(', ');
      lab.note(
        `${steps.length} of ${STEPS.length} steps and ${cuts.length} cuts at ${operations} flash operations (${named}): started over, each ended well; every cut at every operation: proofboard powercut provisioning`,
      );
    },
  );

  check(
    'th-initial-provision.3/not-entered-again',
    'a finished device is not provisioned again: the station is refused and nothing changes',
    async (lab) => {
      const { device, order } = await provisioned(lab);
      const before = flashOf(device);
      const other = await lab.blank({ id: `${order.id}-again` });
      const why = await refusalOf({ device, order: other.order }, lab.station());
      device.expect(/another finished device/.test(String(why)), 'a station that is refused', () => String(why));
      // The station's probe resets the device, which goes on with its journal: behind what was programmed, in words that were blank.
      const isProgrammed = (at: number) =>
        other.order.writes.some(({ addr, bytes }) => at >= addr && at < addr + bytes.length);
      const isJournal = (at: number) => regionOf(at, lab.profile.data.flash) === 'configuration' && !isProgrammed(at);
      const changed = flashOf(device).findIndex(
        (byte, index) => byte !== before[index] && !(before[index] === BLANK && isJournal(FLASH_START + index)),
      );
      device.expect(changed < 0, 'every byte as before', () => `another one at ${hex(FLASH_START + changed)}`);
      expectProtected(device);
      await device.powerCycle();
      await device.waitForReading(() => true, lab.profile.data.connectWithinMs, 'a reading of the device as it was');
      lab.note(`the station was refused: ${why}`, device);
    },
  );

  check(
    'th-initial-provision.4/only-secret-and-identity-differ',
    'the flash of devices differs in the secret area and in the identity, and nowhere else',
    async (lab) => {
      const ledger = new Ledger();
      const ids = Array.from({ length: DEVICES }, (_, index) => `unit-${index + 1}`);
      const made = [];
      for (const id of ids) made.push(await provisioned(lab, { id, entropy: id }, ledger));
      const [first, ...others] = made;
      const { flash } = lab.profile.data;
      for (const { device, order } of others) {
        const found = differences(flashOf(first!.device), flashOf(device), flash);
        for (const { start, end, region, bytes } of found) {
          const ofIdentity = CHECK_SUM_BYTES + lettersApart(order.id, first!.order.id);
          const fits = region === 'secrets' || (region === 'configuration' && bytes <= ofIdentity);
          device.expect(
            fits,
            'differences in secret and identity alone',
            () => `${bytes} bytes at ${hex(start)} (${region})`,
          );
          lab.note(`${order.id}: ${hex(start)} to ${hex(end)}, ${bytes} bytes, ${region}`, device);
        }
        const secret = found.some(({ region }) => region === 'secrets');
        device.expect(secret, 'another secret', () => `the same as of ${ids[0]}`);
        const options = (one: Device) =>
          [REG.OPTSR_CUR, REG.WPSN_CUR1, REG.WPSN_CUR2, REG.BOOT_CUR].map((register) => one.board.peekOption(register));
        device.expect(String(options(device)) === String(options(first!.device)), 'the same options', () =>
          options(device).map(hex).join(' '),
        );
      }
    },
  );
});

/** In each region the first, a middle and the last operation, each in another mode; then the last of all, within. */
function cutsOf(regions: ReadonlyMap<string, readonly number[]>, operations: number): Cut[] {
  const spread = [...regions].flatMap(([region, numbers]) =>
    MODES.map((mode, index) => ({ region, mode, operation: numbers[Math.floor((index * (numbers.length - 1)) / 2)]! })),
  );
  const tail = Array.from({ length: LAST }, (_, index) => operations - index);
  const of = (operation: number) => [...regions].find(([, numbers]) => numbers.includes(operation))![0];
  return [...spread, ...tail.map((operation) => ({ region: of(operation), mode: 'torn' as const, operation }))];
}

const firstHalf = ({ addr, bytes }: FlashWrite): FlashWrite => {
  const words = Math.floor(bytes.length / WORD_BYTES / 2);
  return { addr, bytes: bytes.subarray(0, words * WORD_BYTES) };
};

/** In how many places two identities of one length differ. */
const lettersApart = (a: string, b: string): number => [...a].filter((letter, at) => letter !== b[at]).length;

/** The parts put on a board with a laboratory's means, then power. */
async function handMade(
  device: Device,
  writes: readonly { addr: number; bytes: Uint8Array }[],
  { protect }: { protect: boolean },
): Promise<void> {
  const { board, profile, world } = device;
  for (const { addr, bytes } of writes) board.pokeFlash(addr, bytes);
  if (protect)
    for (const [, value, current] of protection(board.peekOption(REG.OPTSR_CUR), profile))
      board.pokeOption(current, value);
  await board.power(true);
  // The service would take whatever key it makes.
  await board.run(WATCH_MS, () => device.lines('identity').length > 0);
  const key = device.lines('identity')[0]?.groups.key;
  if (key) world.cloud.devices.register(device.id, uncompressed(Buffer.from(key, 'hex')));
}

/** Interrupts the station, looks that what is left does not work without protection, and starts over with a new station. */
async function restart(lab: Lab, what: string, at: { step?: string; cut?: PowerCut }): Promise<void> {
  const blank = await lab.blank();
  const { device } = blank;
  const ledger = new Ledger();
  let interrupted = false;
  const first = lab.station({
    ledger,
    onStep: (step) => {
      if (step !== at.step) return;
      interrupted = true;
      throw new Error(`interrupted before ${step}`);
    },
  });
  device.board.cutPower(at.cut);
  const why = await refusalOf(blank, first);
  device.board.cutPower(undefined);
  if (at.step) device.expect(interrupted, `an interruption ${what}`, () => String(why));
  await device.board.power(false);
  await device.board.power(true);
  await device.board.run(WATCH_MS);
  if (device.world.cloud.connects.length > 0 || device.lines('handover').length > 0) expectProtected(device);
  await device.board.power(false);
  const { id, publicKey } = await provisionOn(blank, lab.station({ ledger }));
  const entered = ledger.devices.find((entry) => entry.id === id)?.publicKey;
  const isEntered = entered === Buffer.from(publicKey).toString('hex');
  device.expect(isEntered, `its key in the ledger (${what})`, () => String(entered));
  expectProtected(device);
  await device.powerCycle();
  await device.waitForReading(() => true, lab.profile.data.connectWithinMs, `a reading after a restart (${what})`);
  lab.note(`${what}: started over, ${last(device)}`, device);
}

function flashOf(device: Device): Uint8Array {
  return device.board.peekFlash(FLASH_START, FLASH_BYTES);
}

const last = (device: Device): string => `"${device.console.at(-1) ?? 'a silent console'}"`;
