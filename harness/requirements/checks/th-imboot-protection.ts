/** th-imboot.3 and .4: neither a debugger nor time nor any code lifts the protection of the bootloader. */

import { hex, type Region } from '../../board/flash-region.ts';
import { defineChecks } from '../check.ts';
import { deviceAtLevel, expectOptions, expectPortClosed, optionAttempts, optionsOf } from '../debugger.ts';
import type { Device } from '../device.ts';
import { contentOf, expectNativeRefused, expectUnchanged, nativeAttempts } from '../flash-attack.ts';
import type { Lab } from '../lab.ts';
import { expectProtected, provisioned } from '../provisioning.ts';
import { bootAfter, RESETS } from '../resets.ts';

const POWER_CYCLES = 5;

export const checks = defineChecks('th-imboot', (check) => {
  for (const [id, title, kind] of [
    ['debugger-write-refused', 'a debugger programs no word of the bootloader', 'program'],
    ['debugger-erase-refused', 'a debugger erases no sector of the bootloader', 'erase'],
  ] as const) {
    check(`th-imboot.3/${id}`, title, async (lab) => {
      const wanted = (region: Region) => nativeAttempts(region).filter(({ name }) => name.startsWith(kind));
      const regions = lab.profile.data.flash.boot;
      const device = await deviceAtLevel(lab, 2);
      const before = regions.map((region) => contentOf(device, region));
      await expectPortClosed(lab, device, regions.flatMap(wanted));
      regions.forEach((region, index) => {
        expectUnchanged(device, region, before[index]!, 'the debugger');
      });
      await expectWriteProtection(lab, regions, wanted);
    });
  }

  check(
    'th-imboot.3/debugger-regression-refused',
    'a debugger changes no option, lowers no level and starts no mass erase',
    async (lab) => {
      const device = await deviceAtLevel(lab, 2);
      const regions = lab.profile.data.flash.boot;
      const before = regions.map((region) => contentOf(device, region));
      await expectPortClosed(lab, device, optionAttempts(device));
      regions.forEach((region, index) => {
        expectUnchanged(device, region, before[index]!, 'the debugger');
      });
      // The same at level 1, where the port answers: the attempt is real.
      const open = await deviceAtLevel(lab, 1);
      const [regression] = optionAttempts(open);
      open.expect(await open.board.debug.connect(), 'a connection at level 1', () => 'none');
      await open.board.debug.access(regression!.ops);
      await open.board.run(60_000);
      const region = lab.profile.data.flash.secrets;
      const left = contentOf(open, region).some((byte) => byte !== 0xff);
      open.expect(!left, 'a regression from level 1 that erases everything', () => 'bytes left in the secret area');
      lab.note('the same regression at level 1 is carried out, and erases everything', open);
    },
  );

  check(
    'th-imboot.4/installed-at-the-end-of-provisioning',
    'a device leaves provisioning with the whole protection in force',
    async (lab) => {
      const { device } = await provisioned(lab);
      expectProtected(device);
      await device.boot(() => device.powerCycle());
      await expectNativeRefused(lab, device, lab.profile.data.flash.boot[0]!, 'privileged');
      lab.note(`options ${optionsOf(device).map(hex).join(' ')}`, device);
    },
  );

  check(
    'th-imboot.4/survives-power-cycles',
    'the protection is the same after every power cycle and every kind of reset',
    async (lab) => {
      const device = await lab.device({ offline: true });
      const before = optionsOf(device);
      for (let cycle = 0; cycle < POWER_CYCLES; cycle++) {
        await device.boot(() => device.powerCycle());
        expectOptions(device, before, `after power cycle ${cycle + 1}`);
      }
      for (const kind of RESETS) {
        await bootAfter(device, kind);
        expectOptions(device, before, `after ${kind}`);
      }
      await expectNativeRefused(lab, device, lab.profile.data.flash.boot[0]!, 'privileged');
      lab.note(`${POWER_CYCLES} power cycles, ${RESETS.length} kinds of reset: ${before.map(hex).join(' ')}`, device);
    },
  );

  check('th-imboot.4/nothing-lifts-it', 'neither native code nor a debugger lifts the protection', async (lab) => {
    const device = await lab.device({ offline: true });
    const regions = lab.profile.data.flash.boot;
    const before = regions.map((region) => contentOf(device, region));
    const options = optionsOf(device);
    for (const kind of RESETS) {
      await bootAfter(device, kind);
      for (const { name, ops } of optionAttempts(device)) {
        await device.board.injectNative(ops, 'privileged');
        await device.board.run(100);
        expectOptions(device, options, `${name}, native code after ${kind}`);
      }
      regions.forEach((region, index) => {
        expectUnchanged(device, region, before[index]!, `native code after ${kind}`);
      });
    }
    await expectPortClosed(lab, device, optionAttempts(device));
    await device.boot(() => device.powerCycle());
    expectOptions(device, options, 'after the next power cycle');
    lab.note(`options after every attempt and the next power cycle: ${options.map(hex).join(' ')}`, device);
  });
});

/** Without the closed port write protection stands by itself: refused at level 0 with it, carried out without. */
async function expectWriteProtection(
  lab: Lab,
  regions: readonly Region[],
  attemptsOn: (region: Region) => ReturnType<typeof nativeAttempts>,
): Promise<void> {
  const device = await deviceAtLevel(lab, 0);
  await connect(device);
  let count = 0;
  for (const region of regions) {
    const before = contentOf(device, region);
    for (const { name, ops } of attemptsOn(region)) {
      await device.board.debug.access(ops);
      expectUnchanged(device, region, before, `${name}, debugger at level 0`);
      count += 1;
    }
  }
  const twin = await deviceAtLevel(lab, 0, { unprotected: true });
  await connect(twin);
  const [region] = regions;
  const before = contentOf(twin, region!);
  await twin.board.debug.access(attemptsOn(region!)[0]!.ops);
  await twin.board.run(10_000);
  twin.expect(!contentOf(twin, region!).equals(before), 'the same attempt carried out without protection', () => 'not');
  lab.note(
    `${count} attempts at level 0 refused by write protection alone; without it the first is carried out`,
    device,
  );
}

async function connect(device: Device): Promise<void> {
  device.expect(await device.board.debug.connect(), 'a debug port that answers at level 0', () => 'none');
}
