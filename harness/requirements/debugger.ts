/**
 * What a person with a probe tries: accesses through the debug port, option changes, at every read protection level (RM0433 4.5.3).
 *
 * A device's own level is 2. Levels 0 and 1 are made by the laboratory: they show that the same attempts are real where the port answers, and what holds there without
 * the closed port.
 */
import type { BusOp } from '../board/board.ts';
import { hex } from '../board/flash-region.ts';
import {
  changeOptions,
  eraseEverything,
  OPTSR,
  RDP_LEVEL_0,
  RDP_LEVEL_2,
  REG,
  unlockOptions,
  withRdp,
} from '../board/flash-registers.ts';
import type { Device } from './device.ts';
import type { Lab } from './lab.ts';

export const RDP_BYTE = { 0: RDP_LEVEL_0, 1: 0x55, 2: RDP_LEVEL_2 } as const;
const OPTION_REGISTERS = [REG.OPTSR_CUR, REG.BOOT_CUR, REG.WPSN_CUR1, REG.WPSN_CUR2] as const;

export interface Attempt {
  readonly name: string;
  readonly ops: readonly BusOp[];
}

/** A powered device at a level. It runs at level 2 alone: at the others its bootloader halts. */
export async function deviceAtLevel(
  lab: Lab,
  level: 0 | 1 | 2,
  options: { unprotected?: boolean } = {},
): Promise<Device> {
  return atLevel(await lab.device({ offline: true }), level, options);
}

/** The same with a device that has lived, and is without power now. */
export async function atLevel(
  device: Device,
  level: 0 | 1 | 2,
  options: { unprotected?: boolean } = {},
): Promise<Device> {
  const { board } = device;
  if (level !== 2) board.pokeOption(REG.OPTSR_CUR, withLevel(board.peekOption(REG.OPTSR_CUR), level));
  if (options.unprotected) for (const register of [REG.WPSN_CUR1, REG.WPSN_CUR2]) board.pokeOption(register, 0xff);
  if (level === 2) await device.boot();
  else {
    await board.power(true);
    await device.waitForConsole('halt', 20_000, 0);
  }
  return device;
}

/** Every change of options that would lift the protection, and the erase that would take everything along. */
export function optionAttempts(device: Device): Attempt[] {
  const now = device.board.peekOption(REG.OPTSR_CUR);
  const change = (name: string, register: number, value: number): Attempt => ({
    name,
    ops: [...unlockOptions(), ...changeOptions([[register, value >>> 0]])],
  });
  return [
    change('read protection to level 0', REG.OPTSR_PRG, withLevel(now, 0)),
    change('read protection to level 1', REG.OPTSR_PRG, withLevel(now, 1)),
    change('bank swap', REG.OPTSR_PRG, now ^ OPTSR.SWAP_BANK),
    change('boot addresses', REG.BOOT_PRG, 0x0812_0812),
    change('write protection of bank 1', REG.WPSN_PRG1, 0xff),
    change('write protection of bank 2', REG.WPSN_PRG2, 0xff),
    { name: 'mass erase', ops: [...unlockOptions(), ...eraseEverything()] },
  ];
}

/** Each attempt after a connection that has to fail: no access is answered, and the options are as they were. */
export async function expectPortClosed(lab: Lab, device: Device, attempts: readonly Attempt[]): Promise<void> {
  const before = optionsOf(device);
  for (const { name, ops } of attempts) {
    const answers = await device.board.debug.connect();
    device.expect(!answers, `a debug port that does not answer (${name})`, () => 'a connection');
    const results = await device.board.debug.access(ops);
    const served = results.findIndex((result) => result.ok);
    device.expect(served < 0, `a fault at every access (${name})`, () => `access ${served + 1} was answered`);
    await device.board.debug.disconnect();
  }
  await device.board.run(100);
  expectOptions(device, before, 'the attempts through the debug port');
  lab.note(`read protection level 2: ${attempts.length} attempts, the port answered none`, device);
}

export function optionsOf(device: Device): number[] {
  return OPTION_REGISTERS.map((register) => device.board.peekOption(register));
}

export function expectOptions(device: Device, before: readonly number[], attempt: string): void {
  const after = optionsOf(device);
  device.expect(String(after) === String(before), `options as before ${attempt} (${before.map(hex).join(' ')})`, () =>
    after.map(hex).join(' '),
  );
}

export function withLevel(optsr: number, level: 0 | 1 | 2): number {
  return withRdp(optsr, RDP_BYTE[level]);
}
