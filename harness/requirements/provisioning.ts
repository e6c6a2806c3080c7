/** Devices made within a check: a board from the factory, a station, and the service that is told the key. */

import { hex } from '../board/flash-region.ts';
import { BANK2, OPTSR, RDP_LEVEL_2, REG, SECTOR_BYTES } from '../board/flash-registers.ts';
import { regionOf } from '../provision/differences.ts';
import { Ledger } from '../provision/ledger.ts';
import type { MadeDevice, Station } from '../provision/station.ts';
import { CheckFailure } from './check.ts';
import type { Device } from './device.ts';
import type { Blank, BlankOptions, Lab } from './lab.ts';

/** BOOT_CM7_ADD0 and _ADD1 hold the upper halves of addresses (RM0433 4.9.15). */
const BOOT_ADDRESS_UNIT = 0x1_0000;

/** A station, be it in this process or in one of its own. */
type Provisions = Pick<Station, 'provision'>;

export interface Provisioned extends Blank {
  readonly made: MadeDevice;
  readonly station: Station;
}

/** A blank board made a device; its world knows its key. */
export async function provisioned(lab: Lab, options: BlankOptions = {}, ledger = new Ledger()): Promise<Provisioned> {
  const blank = await lab.blank(options);
  const station = lab.station({ ledger });
  const made = await provisionOn(blank, station);
  return { ...blank, made, station };
}

/** What stops the station speaks of the device. @throws CheckFailure */
export async function provisionOn({ device, order }: Blank, station: Provisions): Promise<MadeDevice> {
  let made: MadeDevice;
  try {
    made = await station.provision(device.board, order);
  } catch (error) {
    throw new CheckFailure(
      'a board that the station makes a device',
      (error as Error).message,
      `at ${device.nowMs} ms`,
    );
  }
  device.world.cloud.devices.revoke(made.id);
  device.world.cloud.devices.register(made.id, made.publicKey);
  return made;
}

/** Why the station does not enter this board; undefined: it does. */
export async function refusalOf({ device, order }: Blank, station: Provisions): Promise<string | undefined> {
  try {
    await station.provision(device.board, order);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Which operations of a provisioning fall into which region, each by its number, 1-based. */
export function operationsByRegion({ entries, profile }: Device): Map<string, number[]> {
  const regions = new Map<string, number[]>();
  const changes = entries.filter(
    ({ lane, what }) => lane === 'flash' && ['program', 'erase', 'options'].includes(what),
  );
  for (const [index, { what, fields }] of changes.entries()) {
    const addr = Number(fields.addr) >>> 0;
    const name = what === 'options' ? what : regionOf(addr, profile.data.flash);
    const region = name === 'boot' && addr >= BANK2 ? "boot's copy" : name;
    regions.set(region, [...(regions.get(region) ?? []), index + 1]);
  }
  return regions;
}

/** Level 2, write protection of every sector of the bootloader, no bank swap, both boot addresses at the bootloader, the watchdog started by hardware. */
export function expectProtected(device: Device): void {
  const { board, profile } = device;
  const optsr = board.peekOption(REG.OPTSR_CUR);
  const level = (optsr >>> OPTSR.RDP_SHIFT) & 0xff;
  device.expect(level === RDP_LEVEL_2, `read protection level 2 (${hex(RDP_LEVEL_2)})`, () => hex(level));
  device.expect((optsr & OPTSR.SWAP_BANK) === 0, 'no bank swap', () => hex(optsr));
  device.expect((optsr & OPTSR.IWDG1_SW) === 0, 'a watchdog started by hardware', () => hex(optsr));
  const [first] = profile.data.flash.boot;
  const addresses = board.peekOption(REG.BOOT_CUR);
  const wanted = Math.floor(first!.start / BOOT_ADDRESS_UNIT) * (BOOT_ADDRESS_UNIT + 1);
  device.expect(addresses === wanted, `boot addresses ${hex(wanted)}`, () => hex(addresses));
  for (const { start, end } of profile.data.flash.boot) {
    for (let sector = start; sector < end; sector += SECTOR_BYTES) {
      const open = board.peekOption(sector >= BANK2 ? REG.WPSN_CUR2 : REG.WPSN_CUR1);
      const isOpen = (open >>> ((sector / SECTOR_BYTES) & 7)) & 1;
      device.expect(!isOpen, `write protection of sector ${hex(sector)}`, () => `${hex(open)}: none`);
    }
  }
}

/** Runs the board and expects it to serve nobody: no session at the service, no reading. */
export async function expectIdle(device: Device, watchMs: number, what: string): Promise<void> {
  const { connects, received } = device.world.cloud;
  const [sessions, readings] = [connects.length, received.length];
  await device.board.run(watchMs);
  device.expect(
    connects.length === sessions && received.length === readings,
    `no normal operation (${what})`,
    () => `${connects.length - sessions} sessions, ${received.length - readings} readings`,
  );
}
