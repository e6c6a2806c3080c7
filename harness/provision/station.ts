/**
 * The station: makes a device out of a blank board. Programs through the debug port, installs write protection and read protection level 2, cycles the power,
 * waits until the device has made its key, and registers its public half with the service. No secret passes through the station.
 *
 * This is the plain sequence; interruption, re-provisioning and transcripts are not part of it.
 */
import type { Board } from '../board/board.ts';
import { FlashProgrammer, type FlashWrite, type OptionChange } from '../board/flash-programmer.ts';
import { BANK2, OPTSR, RDP_LEVEL_2, REG, SECTOR_BYTES } from '../board/flash-registers.ts';
import { FirmwareError, HarnessError } from '../errors.ts';
import type { Profile } from '../profile/profile.ts';

/** Virtual time from the first power-on to the device's public key. */
const IDENTITY_WITHIN_MS = 120_000;
/** OPTSR.IWDG1_SW clear: the watchdog is started by hardware (RM0433 4.9.8). */
const IWDG1_SW = 2 ** 4;
const RDP_MASK = 0xff * 2 ** OPTSR.RDP_SHIFT;
/** BOOT_CM7_ADD0 and _ADD1 both at the bootloader (RM0433 4.9.15). */
const BOOT_ADDRESSES = 0x0800_0800;

export interface MadeDevice {
  readonly id: string;
  /** Uncompressed P-256 point, 65 bytes. */
  readonly publicKey: Uint8Array;
}

/** @throws FirmwareError when the device does not come up; HarnessError or EnvironmentError when it cannot be programmed */
export async function makeDevice(board: Board, profile: Profile, writes: readonly FlashWrite[]): Promise<MadeDevice> {
  await board.power(true);
  const programmer = new FlashProgrammer(board);
  await programmer.connect();
  await programmer.program(writes);
  await programmer.setOptions(protection(board, profile));
  await programmer.disconnect();
  await board.power(false);
  await board.power(true);
  return identityOf(board, profile);
}

/** The option bytes of a finished device. */
export function protection(board: Board, profile: Profile): OptionChange[] {
  const sectors = profile.data.flash.boot.flatMap(({ start, end }) =>
    Array.from({ length: (end - start) / SECTOR_BYTES }, (_, index) => start + index * SECTOR_BYTES),
  );
  const open = (bank2: boolean) =>
    sectors
      .filter((sector) => sector >= BANK2 === bank2)
      .reduce((mask, sector) => mask & ~(1 << ((sector / SECTOR_BYTES) & 7)), 0xff);
  const status = board.peekOption(REG.OPTSR_CUR);
  const locked = ((status & ~RDP_MASK & ~IWDG1_SW) | (RDP_LEVEL_2 << OPTSR.RDP_SHIFT)) >>> 0;
  return [
    [REG.WPSN_PRG1, open(false), REG.WPSN_CUR1],
    [REG.WPSN_PRG2, open(true), REG.WPSN_CUR2],
    [REG.BOOT_PRG, BOOT_ADDRESSES, REG.BOOT_CUR],
    [REG.OPTSR_PRG, locked, REG.OPTSR_CUR],
  ];
}

async function identityOf(board: Board, profile: Profile): Promise<MadeDevice> {
  const find = () =>
    board.console.lines.map((line) => profile.match('identity', line)).find((groups) => groups !== undefined);
  if (!(await board.run(IDENTITY_WITHIN_MS, () => find() !== undefined))) {
    const lines = board.console.lines.slice(-5).join('\n') || '(silent)';
    throw new FirmwareError(
      `provisioning: expected the device's identity on the console within ${IDENTITY_WITHIN_MS / 1000} s, got:\n${lines}`,
    );
  }
  const { device, key } = find()!;
  if (!device || !key)
    throw new HarnessError(`${profile.file}: console.identity: expected the groups "device" and "key"`);
  const point = Buffer.from(key, 'hex');
  return { id: device, publicKey: point.length === 64 ? Buffer.concat([Uint8Array.of(4), point]) : point };
}
