/**
 * The station: makes a device out of a blank board. Programs through the debug port, reads back, installs write protection and read protection level 2, looks that the port
 * is closed, lets the device make its key, and enters its public half. No secret passes through the station: the key is made after the port has closed.
 *
 * Interrupted at any step it is started over: while the port answers, from the beginning; from then on, at the device's first run. The bootloader runs nothing before
 * the protection is whole, so what is left behind by an interruption does not work.
 */

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlashProgrammer, type FlashWrite, type OptionChange } from '../board/flash-programmer.ts';
import { hex, sectorsOf } from '../board/flash-region.ts';
import { BANK2, OPTSR, RDP_LEVEL_2, REG, read, SECTOR_BYTES, withRdp } from '../board/flash-registers.ts';
import { FirmwareError, HarnessError } from '../errors.ts';
import type { Profile } from '../profile/profile.ts';
import type { Bench } from './bench.ts';
import { FLASH_BYTES, FLASH_START } from './differences.ts';
import { Ledger, type MadeDevice } from './ledger.ts';
import { uncompressed } from './point.ts';

export type { MadeDevice } from './ledger.ts';

/** Virtual time from the first power-on to the device's public key. */
const IDENTITY_WITHIN_MS = 120_000;
/** BOOT_CM7_ADD0 and _ADD1 both at the bootloader (RM0433 4.9.15). */
const BOOT_ADDRESSES = 0x0800_0800;
const FLASH_SECTORS = sectorsOf({ start: FLASH_START, end: FLASH_START + FLASH_BYTES });

export const STEPS = ['connect', 'clear', 'program', 'protect', 'lock', 'first-run', 'enter'] as const;
export type Step = (typeof STEPS)[number];

/** Sabotaged stations, for negative controls. */
export const STATION_DEFECTS = [
  /** The second bank stays without write protection. */
  'station-forgets-a-bank',
  /** The watchdog is left for software to start. */
  'station-leaves-the-watchdog-to-software',
  /** Whether the debug port has closed is not looked at. */
  'station-trusts-the-lock',
  /** A key that another device has is entered all the same. */
  'station-takes-any-key',
  /** A number of the board's own goes into a region that is to be equal on all boards. */
  'station-marks-boards',
  /** The same among the configuration, where the identity differs anyway. */
  'station-marks-configurations',
  /** A device whose provisioning was interrupted behind the lock is not entered when it is started over. */
  'station-enters-nothing-started-over',
  /** The print of the source of such a device is not looked at. */
  'station-takes-no-print-started-over',
  /** The secret area is read out and written down, with a laboratory's means. */
  'station-keeps-a-copy',
  /** The same, into the memory of its process alone. */
  'station-keeps-the-secret-in-memory',
  /** The same, into a file among its temporary ones. */
  'station-writes-a-temporary-file',
  /** What a former attempt has left is not erased. */
  'station-erases-nothing',
  /** Of a board's former life the secret area stays. */
  'station-keeps-the-former-secret',
  /** Its configuration stays, where nothing is programmed. */
  'station-keeps-the-former-configuration',
  /** Sectors that the device has no region for stay as they are. */
  'station-clears-regions-alone',
  /** Whether an erase left anything is not looked at. */
  'station-trusts-erases',
  /** What was programmed is not read back. */
  'station-verifies-nothing',
] as const;
export type StationDefect = (typeof STATION_DEFECTS)[number];

export function isStationDefect(name: string): name is StationDefect {
  return (STATION_DEFECTS as readonly string[]).includes(name);
}

export interface TranscriptLine {
  readonly step: Step;
  readonly atMs: number;
  readonly text: string;
}

export interface StationOptions {
  readonly profile: Profile;
  readonly ledger: Ledger;
  readonly defect?: StationDefect | undefined;
  /** Called before each step; what it throws interrupts the station. */
  readonly onStep?: (step: Step) => void;
}

export interface Order {
  /** Identity that the device is to say it has; undefined: whatever it says. */
  readonly id?: string;
  /** Name in the ledger. Default: the identity. */
  readonly enteredAs?: string;
  readonly writes: readonly FlashWrite[];
}

export class Station {
  readonly transcript: TranscriptLine[] = [];
  /** What a sabotaged station keeps to itself. */
  kept: Uint8Array | undefined;

  constructor(private readonly options: StationOptions) {}

  /**
   * @throws FirmwareError when the device does not come up, has another identity or another device's key; HarnessError or EnvironmentError when it cannot be
   *   programmed
   */
  async provision(board: Bench, { id, enteredAs, writes }: Order): Promise<MadeDevice> {
    const { profile, ledger, defect } = this.options;
    await board.power(true);
    this.note(board, 'connect', '');
    const startedOver = !(await board.debug.connect());
    if (!startedOver) {
      await this.load(board, writes, id);
      const [status] = await board.debug.access([read(REG.OPTSR_CUR)]);
      if (!status?.ok)
        throw new HarnessError('provisioning: expected FLASH_OPTSR_CUR from the debug port, got a fault');
      const changes = installed(protection(status.value, profile), defect);
      this.note(board, 'protect', `options ${changes.map(([, value]) => hex(value)).join(' ')}`);
      await new FlashProgrammer(board).setOptions(changes);
      await board.debug.disconnect();
    }
    await board.power(false);
    await board.power(true);
    this.note(board, 'lock', 'the debug port is closed');
    if ((await board.debug.connect()) && defect !== 'station-trusts-the-lock') {
      throw new HarnessError(
        'provisioning: expected a closed debug port after the options were installed, got an answer',
      );
    }
    this.note(board, 'first-run', 'the device makes its key');
    const told = await identityOf(board, profile);
    // One that had its key already tells the print too: a twin whose station was cut off behind the making of its key is a twin all the same.
    if (profile.data.console.source !== undefined && told.source === undefined)
      throw new FirmwareError('provisioning: expected the print of the entropy source before the identity, got none');
    const isPrintTaken = !(startedOver && defect === 'station-takes-no-print-started-over');
    const made = { ...told, source: isPrintTaken ? told.source : undefined, startedOver };
    if (id !== undefined && made.id !== id) {
      throw new FirmwareError(
        `provisioning: expected the device ${id}, got ${made.id}: this board is another finished device`,
      );
    }
    const key = Buffer.from(made.publicKey).toString('hex');
    this.note(board, 'enter', `${made.id} ${key} source ${made.source ?? 'not told'}`);
    const isEntered =
      defect !== 'station-takes-any-key' && !(startedOver && defect === 'station-enters-nothing-started-over');
    if (isEntered) ledger.add({ ...made, id: enteredAs ?? made.id });
    if (defect === 'station-keeps-a-copy')
      this.note(board, 'enter', `backup ${(await secretsOf(board, profile)).toString('hex')}`);
    if (defect === 'station-writes-a-temporary-file')
      writeFileSync(join(tmpdir(), 'station-backup.bin'), await secretsOf(board, profile));
    if (defect === 'station-keeps-the-secret-in-memory') this.kept = await secretsOf(board, profile);
    return made;
  }

  private async load(board: Bench, writes: readonly FlashWrite[], id: string | undefined): Promise<void> {
    const { profile, defect } = this.options;
    this.note(board, 'clear', 'every sector that is not programmed');
    if (defect !== 'station-erases-nothing') await clear(board, profile, writes, defect);
    const programmer = new FlashProgrammer(board);
    const { updateSlot, configuration } = profile.data.flash;
    const mark = createHash('sha256').update(String(id)).digest();
    const marks: FlashWrite[] = [
      ...(defect === 'station-marks-boards' ? [{ addr: updateSlot.start, bytes: mark }] : []),
      ...(defect === 'station-marks-configurations' ? [{ addr: configuration.end - mark.length, bytes: mark }] : []),
    ];
    for (const write of [...writes, ...marks]) {
      const digest = createHash('sha256').update(write.bytes).digest('hex');
      this.note(board, 'program', `${hex(write.addr)} ${write.bytes.length} bytes, SHA-256 ${digest}`);
      await programmer.program([write], {
        erase: defect !== 'station-erases-nothing',
        verify: defect !== 'station-verifies-nothing',
      });
    }
  }

  private note(board: Bench, step: Step, text: string): void {
    this.options.onStep?.(step);
    this.transcript.push({ step, atMs: Math.floor(board.nowNs / 1e6), text });
  }
}

/** The plain case: one device, nobody else's keys known. */
export function makeDevice(board: Bench, profile: Profile, writes: readonly FlashWrite[]): Promise<MadeDevice> {
  return new Station({ profile, ledger: new Ledger() }).provision(board, { writes });
}

/** The option bytes of a finished device. @param status FLASH_OPTSR_CUR as it is: what is not protection stays */
export function protection(status: number, profile: Profile): OptionChange[] {
  const sectors = profile.data.flash.boot.flatMap(sectorsOf);
  const open = (bank2: boolean) =>
    sectors
      .filter((sector) => sector >= BANK2 === bank2)
      .reduce((mask, sector) => mask & ~(1 << ((sector / SECTOR_BYTES) & 7)), 0xff);
  const locked = withRdp(status & ~OPTSR.IWDG1_SW, RDP_LEVEL_2);
  return [
    [REG.WPSN_PRG1, open(false), REG.WPSN_CUR1],
    [REG.WPSN_PRG2, open(true), REG.WPSN_CUR2],
    [REG.BOOT_PRG, BOOT_ADDRESSES, REG.BOOT_CUR],
    [REG.OPTSR_PRG, locked, REG.OPTSR_CUR],
  ];
}

/** What a sabotaged station installs of it. */
function installed(changes: readonly OptionChange[], defect?: StationDefect): readonly OptionChange[] {
  switch (defect) {
    case 'station-forgets-a-bank':
      return changes.filter(([one]) => one !== REG.WPSN_PRG2);
    case 'station-leaves-the-watchdog-to-software':
      return changes.map(([one, value, current]) => [
        one,
        one === REG.OPTSR_PRG ? value + OPTSR.IWDG1_SW : value,
        current,
      ]);
    default:
      return changes;
  }
}

/** Erases what is not blank of the sectors that no write covers: a former attempt, a board's former life. */
async function clear(
  board: Bench,
  profile: Profile,
  writes: readonly FlashWrite[],
  defect?: StationDefect,
): Promise<void> {
  const programmer = new FlashProgrammer(board);
  const covered = writes.flatMap(({ addr, bytes }) => sectorsOf({ start: addr, end: addr + bytes.length }));
  const left = new Set([...covered, ...leftAlone(profile, defect)]);
  for (const sector of FLASH_SECTORS.filter((one) => !left.has(one)))
    if (!(await programmer.isBlank(sector)))
      await programmer.erase(sector, { verify: defect !== 'station-trusts-erases' });
}

/** Sectors that a sabotaged station does not clear. */
function leftAlone(profile: Profile, defect?: StationDefect): readonly number[] {
  const { boot, ...regions } = profile.data.flash;
  const { secrets, configuration } = regions;
  switch (defect) {
    case 'station-keeps-the-former-secret':
      return sectorsOf(secrets);
    case 'station-keeps-the-former-configuration':
      return sectorsOf(configuration);
    case 'station-clears-regions-alone': {
      const own = [...boot, ...Object.values(regions)].flatMap(sectorsOf);
      return FLASH_SECTORS.filter((sector) => !own.includes(sector));
    }
    default:
      return [];
  }
}

/** The secret area up to its blank rest, by a laboratory's means. */
async function secretsOf(board: Bench, profile: Profile): Promise<Buffer> {
  const { start, end } = profile.data.flash.secrets;
  const area = await board.peekFlash(start, end - start);
  return Buffer.from(area.subarray(0, area.findLastIndex((byte) => byte !== 0xff) + 1));
}

async function identityOf(board: Bench, profile: Profile): Promise<MadeDevice> {
  const from = board.console.lines.length;
  const find = () =>
    board.console.lines
      .slice(from)
      .map((line) => profile.match('identity', line))
      .find((groups) => groups !== undefined);
  if (!(await board.run(IDENTITY_WITHIN_MS, () => find() !== undefined))) {
    const lines = board.console.lines.slice(-5).join('\n') || '(silent)';
    throw new FirmwareError(
      `provisioning: expected the device's identity on the console within ${IDENTITY_WITHIN_MS / 1000} s, got:\n${lines}`,
    );
  }
  const { device, key } = find()!;
  const source = board.console.lines.slice(from).findLast((line) => profile.match('source', line));
  if (!device || !key)
    throw new HarnessError(`${profile.file}: console.identity: expected the groups "device" and "key"`);
  const point = Buffer.from(key, 'hex');
  return {
    id: device,
    publicKey: uncompressed(point),
    source: source === undefined ? undefined : profile.match('source', source)?.print,
  };
}
