/**
 * Keywords that hand the provisioned device's protection, and the attacker's list, to Renode's own keywords: as monitor commands for the C# flash interface of
 * platforms/nucleo_h753zi, so that the same attack meets the register-level model, with the chip's firmware on the core or without.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BusOp } from '../../board/board.ts';
import { hex } from '../../board/flash-region.ts';
import { changeOptions, FLASH_BASE, OPTSR, REG, unlockOptions } from '../../board/flash-registers.ts';
import { UsageError } from '../../errors.ts';
import { nativeAttempts } from '../../requirements/flash-attack.ts';
import { type Keyword, keyword } from '../keyword.ts';
import { regionName, regionOf } from './flash.ts';

const OPTIONS = [REG.OPTSR_CUR, REG.BOOT_CUR, REG.WPSN_CUR1, REG.WPSN_CUR2];

export const chipKeywords: readonly Keyword[] = [
  keyword({
    name: 'Get Protection Commands',
    doc: "Monitor commands that give Renode's flash interface the option bytes of the provisioned device.",
    args: {},
    run: ({ device }) => ({
      value: OPTIONS.map((register) => `flash PokeOption ${register} ${device.board.peekOption(register)}`),
    }),
  }),
  keyword({
    name: 'Get Loading Commands',
    doc: "Monitor commands that put into the chip's flash what a station programs on a blank board: bootloader, application, configuration.",
    args: {},
    run: async (session) => {
      const writes = await session.chipWrites();
      if (!writes) throw new UsageError('the profile names no images for nucleo_h753zi (boards.nucleo_h753zi)');
      const value = writes.map(({ addr, bytes }) => {
        const file = join(session.folder, `flash-${hex(addr)}.bin`);
        writeFileSync(file, bytes);
        return `sysbus LoadBinary @${file} ${hex(addr)}`;
      });
      return {
        value,
        text: `${writes.length} pieces of flash, ${writes.reduce((sum, one) => sum + one.bytes.length, 0)} bytes`,
      };
    },
  }),
  keyword({
    name: 'Get Attack Commands',
    doc: "The attacker's accesses to the region, program and erase of words, sectors and bank, as monitor commands for Renode's flash interface.",
    args: { region: regionName },
    run: ({ device }, { region }) => {
      const attempts = nativeAttempts(regionOf(device, region));
      return {
        value: attempts.flatMap(({ ops }) => [...ops.map(commandOf), 'flash Drain']),
        text: `${attempts.length} attempts on ${region}`,
      };
    },
  }),
  keyword({
    name: 'Get Region Start',
    doc: "The region's first address, as the profile places it.",
    args: { region: regionName },
    run: ({ device }, { region }) => ({ value: regionOf(device, region).start }),
  }),
  keyword({
    name: 'Get Option Attack Commands',
    doc: 'Accesses that swap the banks and lift write protection through the option registers, as monitor commands.',
    args: {},
    run: ({ device }) => {
      const options = device.board.peekOption(REG.OPTSR_CUR);
      const changes = changeOptions([
        [REG.OPTSR_PRG, (options ^ OPTSR.SWAP_BANK) >>> 0],
        [REG.WPSN_PRG1, 0xff],
        [REG.WPSN_PRG2, 0xff],
      ]);
      return { value: [...[...unlockOptions(), ...changes].map(commandOf), 'flash Drain'] };
    },
  }),
];

/** A bus access of a master other than the core: same registers, same rules. */
function commandOf(op: BusOp): string {
  switch (op.op) {
    case 'write32':
      return `flash TryWriteRegister ${op.addr - FLASH_BASE} ${op.value} 4`;
    case 'read32':
      return `flash TryReadRegister ${op.addr - FLASH_BASE}`;
    case 'write':
      return `flash TryWrite ${op.addr} "${Buffer.from(op.bytes).toString('hex')}"`;
    case 'read':
      return `flash TryRead ${op.addr} ${op.length}`;
  }
}
