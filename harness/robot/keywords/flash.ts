/** Keywords of the flash attacker: native code on the core, and a laboratory that changes flash behind the protection's back. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { hex, type Region } from '../../board/flash-region.ts';
import {
  changeOptions,
  clearFlags,
  eraseSector,
  lockBank,
  OPTSR,
  programWord,
  REG,
  unlockBank,
  unlockOptions,
} from '../../board/flash-registers.ts';
import type { Device } from '../../requirements/device.ts';
import { contentOf, expectNativeRefused } from '../../requirements/flash-attack.ts';
import { type Keyword, keyword } from '../keyword.ts';

const regionName = z.enum([
  'bootloader',
  'bootloader-copy',
  'application',
  'update',
  'boot-state',
  'secrets',
  'configuration',
]);
const privilege = z.enum(['application', 'privileged']);
const address = z.number().int().min(0).max(0xffff_ffff);
const WORD = 32;

export const flashKeywords: readonly Keyword[] = [
  keyword({
    name: 'Native Code Should Not Change',
    doc: 'Every attempt of native code at this privilege to program or erase the region leaves each bit as it was.',
    args: { region: regionName, privilege: privilege.prefault('privileged') },
    run: async (session, args) => {
      const region = regionOf(session.device, args.region);
      await expectNativeRefused(session.lab, session.device, region, args.privilege);
      return { text: `${args.region}: every bit as before (${args.privilege})` };
    },
  }),
  keyword({
    name: 'Native Code Should Not Change Options',
    doc: 'Every attempt of native code at this privilege to change protection, bank swap or boot addresses leaves the options as they were.',
    args: { privilege: privilege.prefault('privileged') },
    run: async ({ device }, args) => {
      const watched = [REG.OPTSR_CUR, REG.BOOT_CUR, REG.WPSN_CUR1, REG.WPSN_CUR2];
      const look = () => watched.map((register) => device.board.peekOption(register));
      const before = look();
      const changes: [name: string, register: number, value: number][] = [
        ['SWAP_BANK', REG.OPTSR_PRG, (before[0]! ^ OPTSR.SWAP_BANK) >>> 0],
        ['boot addresses', REG.BOOT_PRG, 0x0812_0812],
        ['write protection of bank 1', REG.WPSN_PRG1, 0xff],
        ['write protection of bank 2', REG.WPSN_PRG2, 0xff],
      ];
      for (const [name, register, value] of changes) {
        await device.board.injectNative([...unlockOptions(), ...changeOptions([[register, value]])], args.privilege);
        await device.board.run(100);
        const after = look();
        device.expect(String(after) === String(before), `${name} unchanged (${args.privilege})`, () =>
          after.map(hex).join(' '),
        );
      }
      return { text: `${changes.length} option changes by native code refused (${args.privilege})` };
    },
  }),
  keyword({
    name: 'Native Code Should Not Read',
    doc: 'A load by native code from the first and last word of the region ends in a fault, at this privilege.',
    args: { region: regionName, privilege: privilege.prefault('application') },
    run: async ({ device }, args) => {
      const { start, end } = regionOf(device, args.region);
      const results = await device.board.injectNative(
        [start, end - 4].map((addr) => ({ op: 'read32', addr })),
        args.privilege,
      );
      const read = results.findIndex((result) => result.ok);
      device.expect(
        read < 0,
        `a fault at ${hex(start)} and ${hex(end - 4)} (${args.privilege})`,
        () => `load ${read + 1} went through`,
      );
      return { text: `${args.region}: loads refused (${args.privilege})` };
    },
  }),
  keyword({
    name: 'Native Code Programs Word',
    doc: 'Native code unlocks the bank of the address, programs one flash word of 32 equal bytes there, and locks the bank.',
    args: { address, byte: z.number().int().min(0).max(255), privilege: privilege.prefault('privileged') },
    run: async ({ device }, args) => {
      const bytes = new Uint8Array(WORD).fill(args.byte);
      await device.board.injectNative(guarded(args.address, programWord(args.address, bytes)), args.privilege);
      return { text: `native code (${args.privilege}) programmed ${hex(args.address)}` };
    },
  }),
  keyword({
    name: 'Native Code Erases Sector',
    doc: 'Native code unlocks the bank of the address, erases the sector there, and locks the bank.',
    args: { address, privilege: privilege.prefault('privileged') },
    run: async ({ device }, args) => {
      await device.board.injectNative(guarded(args.address, eraseSector(args.address)), args.privilege);
      return { text: `native code (${args.privilege}) erased the sector of ${hex(args.address)}` };
    },
  }),
  keyword({
    name: 'Native Code Reads',
    doc: 'What native code loads from the address: the word in hex, or the kind of fault (bus, mpu).',
    args: { address, privilege: privilege.prefault('privileged') },
    run: async ({ device }, args) => {
      const [result] = await device.board.injectNative([{ op: 'read32', addr: args.address }], args.privilege);
      const value = result!.ok ? hex(result!.value) : result!.fault;
      return { value, text: `${hex(args.address)} reads ${value}` };
    },
  }),
  keyword({
    name: 'Flip Flash Bit',
    doc: "Turns one bit behind the protection's back: bit 0 to 7 of the byte at this offset of the region.",
    args: { region: regionName, offset: z.number().int().min(0), bit: z.number().int().min(0).max(7).prefault(0) },
    run: ({ device }, args) => {
      const at = placeOf(device, args.region, args.offset);
      const byte = device.board.peekFlash(at, 1)[0]!;
      device.board.pokeFlash(at, Uint8Array.of(byte ^ (1 << args.bit)));
      return { text: `bit ${args.bit} of ${hex(at)} turned` };
    },
  }),
  keyword({
    name: 'Get Flash Byte',
    doc: 'The byte at this offset of the region, as a decapped chip shows it.',
    args: { region: regionName, offset: z.number().int().min(0) },
    run: ({ device }, args) => ({ value: device.board.peekFlash(placeOf(device, args.region, args.offset), 1)[0]! }),
  }),
  keyword({
    name: 'Get Flash Hash',
    doc: 'SHA-256 of the region, as a decapped chip shows it.',
    args: { region: regionName },
    run: ({ device }, { region }) => {
      const value = createHash('sha256')
        .update(contentOf(device, regionOf(device, region)))
        .digest('hex');
      return { value, text: `${region}: ${value}` };
    },
  }),
  keyword({
    name: 'Lift Write Protection',
    doc: 'Clears the write protection of all sectors behind the chip: a device that was not provisioned to the end.',
    args: {},
    run: ({ device }) => {
      device.board.pokeOption(REG.WPSN_CUR1, 0xff);
      device.board.pokeOption(REG.WPSN_CUR2, 0xff);
      return { text: 'no sector is write-protected' };
    },
  }),
];

export function regionOf({ profile }: Device, name: z.infer<typeof regionName>): Region {
  const { flash } = profile.data;
  switch (name) {
    case 'bootloader':
      return flash.boot[0]!;
    case 'bootloader-copy':
      return flash.boot.at(-1)!;
    case 'application':
      return flash.appSlot;
    case 'update':
      return flash.updateSlot;
    case 'boot-state':
      return flash.bootState;
    case 'secrets':
      return flash.secrets;
    case 'configuration':
      return flash.configuration;
  }
}

export { regionName };

function placeOf(device: Device, name: z.infer<typeof regionName>, offset: number): number {
  const { start, end } = regionOf(device, name);
  device.expect(start + offset < end, `an offset below ${end - start}`, () => String(offset));
  return start + offset;
}

/** A second unlock of an open bank would seal it until reset (RM0433 4.5.1): lock it again. */
function guarded(addr: number, work: ReturnType<typeof programWord>): ReturnType<typeof programWord> {
  return [...unlockBank(addr), ...work, lockBank(addr), clearFlags(addr)];
}
