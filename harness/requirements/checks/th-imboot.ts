/** th-imboot: the immutable bootloader. */
import { createHash } from 'node:crypto';
import { hex, sectorsOf } from '../../board/flash-region.ts';
import { changeOptions, OPTSR, RDP_LEVEL_2, REG, unlockOptions, withRdp } from '../../board/flash-registers.ts';
import { afterEachOutcome } from '../boot-outcomes.ts';
import { defineChecks } from '../check.ts';
import { expectOptions, optionAttempts, optionsOf } from '../debugger.ts';
import type { Device } from '../device.ts';
import { expectModuleRefused, expectNativeRefused } from '../flash-attack.ts';
import type { Lab } from '../lab.ts';
import { bootAfter, RESETS } from '../resets.ts';

/** A device that halts is watched for this long: it would hand over within a fraction of it. */
const WATCH_MS = 60_000;
/** Less than the watchdog's period: the halt is this reset's. */
const HALT_WITHIN_MS = 15_000;
/** RM0433 4.5.3: level 1 is every value but two. Those that are the fewest bits from level 2 first. */
const OTHER_LEVELS = Array.from({ length: 0x100 }, (_, level) => level)
  .filter((level) => level !== RDP_LEVEL_2)
  .sort((a, b) => bitsOf(a ^ RDP_LEVEL_2) - bitsOf(b ^ RDP_LEVEL_2));
const CHIP_LEVELS = 5;

export const checks = defineChecks('th-imboot', (check) => {
  check(
    'th-imboot.1/first-fetch-after-every-reset',
    'the first fetch after every kind of reset is from the protected region',
    async (lab) => {
      const device = await lab.device();
      const [region] = lab.profile.data.flash.boot;
      await device.boot();
      for (const kind of RESETS) {
        const from = device.entries.length;
        const line = device.console.length;
        await bootAfter(device, kind);
        const fetches = device.entries.slice(from).filter((entry) => entry.lane === 'power' && entry.what === 'fetch');
        const first = fetches[0] ?? device.fail(`a fetch after the ${kind} reset`, 'none on the trace');
        const addr = Number(first.fields.address);
        device.expect(addr === region!.start, `first fetch at ${hex(region!.start)} after ${kind}`, () => hex(addr));
        const size = Number(first.fields.bytes);
        const code = createHash('sha256').update(device.board.peekFlash(addr, size)).digest('hex');
        device.expect(first.fields.sha256 === code, `the code of the protected region (${code})`, () =>
          String(first.fields.sha256),
        );
        lab.note(
          `${kind}: first fetch ${hex(addr)}, ${size} bytes, SHA-256 ${code.slice(0, 16)}..., "${device.console[line]}"`,
          device,
        );
      }
    },
  );

  check(
    'th-imboot.2/module-cannot-program-or-erase',
    'an application that claims every capability cannot change the bootloader',
    async (lab) => {
      for (const region of lab.profile.data.flash.boot) await expectModuleRefused(lab, region);
    },
  );

  check(
    'th-imboot.2/native-code-cannot-program-or-erase',
    'native code, privileged too, cannot change the bootloader',
    async (lab) => {
      const device = await lab.device({ offline: true });
      await device.boot();
      for (const region of lab.profile.data.flash.boot) {
        for (const privilege of ['application', 'privileged'] as const) {
          await expectNativeRefused(lab, device, region, privilege);
        }
      }
    },
  );

  check(
    'th-imboot.5/missing-protection-halts',
    'a device without protection does not take up normal operation',
    async (lab) => {
      await expectHalt(lab, 'protection-missing', 'no protection at all', (device) => {
        setRdp(device, 0xaa);
        device.board.pokeOption(REG.WPSN_CUR1, 0xff);
        device.board.pokeOption(REG.WPSN_CUR2, 0xff);
      });
      const device = await lab.device({ offline: true });
      setRdp(device, 0xaa);
      await device.board.power(true);
      for (const kind of RESETS) {
        const before = device.lines('halt').length;
        if (kind !== 'power-on') await device.board.reset(kind);
        await device.board.run(HALT_WITHIN_MS);
        const halts = device.lines('halt').length - before;
        const handovers = device.lines('handover');
        device.expect(handovers.length === 0, `no hand-over after ${kind}`, () => `"${handovers[0]?.line}"`);
        device.expect(halts > 0, `a halt after ${kind}`, () => device.console.at(-1) ?? 'silence');
      }
      lab.note(`halts after each of ${RESETS.join(', ')}`, device);
    },
  );

  check(
    'th-imboot.5/every-partial-protection-halts',
    'each single missing part of the protection stops the device',
    async (lab) => {
      for (const [register, sector] of protectedSectors(lab)) {
        await expectHalt(lab, 'protection-partial', `sector ${hex(sector)} not write-protected`, (device) => {
          const bit = 1 << ((sector >>> 17) & 7);
          device.board.pokeOption(register, device.board.peekOption(register) | bit);
        });
      }
      for (const [name, level] of [
        ['level 0', 0xaa],
        ['level 1', 0x55],
      ] as const) {
        await expectHalt(lab, 'protection-partial', `RDP ${name}`, (device) => setRdp(device, level));
      }
    },
  );

  check(
    'th-imboot.5/every-other-level-halts',
    'with each value of the read protection but that of level 2 the device stops',
    async (lab) => {
      const device = await lab.device({ offline: true });
      await device.boot();
      const levels = lab.sample(OTHER_LEVELS, CHIP_LEVELS);
      for (const level of levels) {
        const from = device.console.length;
        await device.board.power(false);
        setRdp(device, level);
        await device.board.power(true);
        await device.board.run(
          HALT_WITHIN_MS,
          () => device.lines('halt', from).length + device.lines('handover', from).length > 0,
        );
        const [halt] = device.lines('halt', from);
        const reasons = lab.profile.reasons('protection-partial');
        device.expect(
          reasons.includes(halt?.groups.reason ?? '') && device.lines('handover', from).length === 0,
          `a halt with the reason ${reasons.join(' or ')} and no hand-over (RDP ${hex(level)})`,
          () => `"${device.console.at(-1) ?? ''}"`,
        );
      }
      await device.board.power(false);
      setRdp(device, RDP_LEVEL_2);
      await device.boot();
      lab.note(`${levels.length} of ${OTHER_LEVELS.length} values halt; with level 2 it hands over again`, device);
    },
  );

  check(
    'th-imboot.6/bank-swap-runs-the-bootloader-and-halts',
    'with the banks swapped the bootloader runs still, and halts',
    async (lab) => {
      await expectHalt(lab, 'bank-swapped', 'banks swapped, bank 1 without a bootloader', (device) => {
        // What runs can only be the copy in the other bank: the first bank's bootloader is gone.
        const [first] = lab.profile.data.flash.boot;
        device.board.pokeFlash(first!.start, new Uint8Array(first!.end - first!.start).fill(0xff));
        device.board.pokeOption(REG.OPTSR_CUR, (device.board.peekOption(REG.OPTSR_CUR) | OPTSR.SWAP_BANK) >>> 0);
      });
    },
  );

  check(
    'th-imboot.6/foreign-boot-address-halts',
    'a boot address that is not the bootloader stops the device',
    async (lab) => {
      const { updateSlot } = lab.profile.data.flash;
      for (const [name, address] of [
        ['update slot', updateSlot.start],
        ['ITCM RAM', 0],
        ['AXI SRAM', 0x2400_0000],
        // As it comes from the factory.
        ['system memory', 0x1ff0_0000],
      ] as const) {
        await expectHalt(lab, 'boot-address', `second boot address in the ${name}`, (device) => {
          // BOOT_CM7_ADD1, taken when the boot pin is high: RM0433 4.4.7. The first address is still the bootloader's.
          const first = device.board.peekOption(REG.BOOT_CUR) & 0xffff;
          device.board.pokeOption(REG.BOOT_CUR, (first | ((address >>> 16) << 16)) >>> 0);
        });
      }
    },
  );

  check('th-imboot.6/options-locked-after-hand-over', 'after hand-over no code can change an option', async (lab) => {
    const device = await lab.device({ offline: true });
    await device.boot();
    const registers = [REG.OPTSR_CUR, REG.BOOT_CUR, REG.WPSN_CUR1, REG.WPSN_CUR2];
    const before = registers.map((register) => device.board.peekOption(register));
    const changes: [name: string, register: number, value: number][] = [
      ['SWAP_BANK', REG.OPTSR_PRG, (before[0]! ^ OPTSR.SWAP_BANK) >>> 0],
      ['boot addresses', REG.BOOT_PRG, 0x0812_0812],
      ['WRP of bank 1', REG.WPSN_PRG1, 0xff],
      ['WRP of bank 2', REG.WPSN_PRG2, 0xff],
    ];
    for (const kind of RESETS) {
      await bootAfter(device, kind);
      for (const privilege of ['application', 'privileged'] as const) {
        for (const [name, register, value] of changes) {
          await device.board.injectNative([...unlockOptions(), ...changeOptions([[register, value]])], privilege);
          await device.board.run(100);
          const after = registers.map((one) => device.board.peekOption(one));
          device.expect(String(after) === String(before), `${name} unchanged after ${kind} (${privilege})`, () =>
            after.map(hex).join(' '),
          );
        }
        lab.note(`after ${kind}: ${changes.length} option changes by native code (${privilege}) refused`, device);
      }
    }
    await device.boot(() => device.powerCycle());
    const after = registers.map((one) => device.board.peekOption(one));
    device.expect(String(after) === String(before), 'options unchanged after the next power-on', () =>
      after.map(hex).join(' '),
    );
    lab.note(`options after the next power-on: ${after.map(hex).join(' ')}`, device);
  });

  check(
    'th-imboot.6/options-locked-whatever-boot-did',
    'after an install, a confirmation, a refusal and a taken-back update no code can change an option either',
    async (lab) => {
      await afterEachOutcome(lab, async (device, outcome) => {
        const before = optionsOf(device);
        const attempts = optionAttempts(device);
        for (const { name, ops } of attempts) {
          await device.board.injectNative(ops, 'privileged');
          await device.board.run(100);
          expectOptions(device, before, `${name}, after ${outcome}`);
        }
        lab.note(`after ${outcome}: ${attempts.length} changes by privileged native code refused`, device);
      });
    },
  );
});

/** An untouched twin hands over; the same device with the one defect halts with the reason and runs nothing else. */
async function expectHalt(lab: Lab, reason: string, what: string, defect: (device: Device) => void): Promise<void> {
  const twin = await lab.device({ offline: true });
  await twin.boot();
  const device = await lab.device({ offline: true });
  defect(device);
  await device.board.power(true);
  await device.board.run(WATCH_MS);
  const handovers = device.lines('handover');
  device.expect(handovers.length === 0, `no hand-over (${what})`, () => `"${handovers[0]?.line}"`);
  const halt = device.lines('halt')[0] ?? device.fail(`a halt with its reason (${what})`, 'no such line');
  const reasons = lab.profile.reasons(reason);
  device.expect(
    reasons.includes(halt.groups.reason ?? ''),
    `reason ${reasons.join(' or ')} (${what})`,
    () => `"${halt.line}"`,
  );
  lab.note(`${what}: "${halt.line}"; the twin handed over`, device);
}

function bitsOf(value: number): number {
  return value.toString(2).replaceAll('0', '').length;
}

function setRdp(device: Device, level: number): void {
  device.board.pokeOption(REG.OPTSR_CUR, withRdp(device.board.peekOption(REG.OPTSR_CUR), level));
}

function protectedSectors(lab: Lab): [register: number, sector: number][] {
  return lab.profile.data.flash.boot.flatMap((region) =>
    sectorsOf(region).map((sector): [number, number] => [
      sector >= 0x0810_0000 ? REG.WPSN_CUR2 : REG.WPSN_CUR1,
      sector,
    ]),
  );
}
