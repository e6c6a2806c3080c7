/** th-secret-storage.1-.3: every path that a hostile application or a debugger has to the secrets. */

import type { BusOp } from '../../board/board.ts';
import { hex, type Region } from '../../board/flash-region.ts';
import { FLASH_BASE, REG, read, unlockBank } from '../../board/flash-registers.ts';
import type { ProbeCall } from '../../board/probe-module.ts';
import { defineChecks } from '../check.ts';
import { atLevel, deviceAtLevel, expectPortClosed, optionAttempts } from '../debugger.ts';
import type { Device } from '../device.ts';
import { contentOf, expectNativeRefused, expectUnchanged, probeAnswers } from '../flash-attack.ts';
import { type HostileStep, hostileCalls, hostileTraps, RESET } from '../hostile-app.ts';
import { expectNothingTold, hostileDevice } from '../hostile-device.ts';
import type { Lab } from '../lab.ts';
import { directed, keyInUse, makeNext } from '../rotation.ts';
import { rotateOnce } from '../secret-states.ts';
import { type SecretWindows, secretWindows } from '../secret-windows.ts';

/** Long enough for a trap's report and the reset after it, and for what a device does at its start. */
const LIFE_MS = 5_000;
const SAMPLE = 5;
/** Memory of the chip beside flash (RM0433 2.3.2): where a secret could lie while it is used. */
const RAM: readonly [name: string, start: number, bytes: number][] = [
  ['ITCM', 0, 65536],
  ['DTCM', 0x2000_0000, 131072],
  ['SRAM1', 0x3000_0000, 131072],
  ['SRAM2', 0x3002_0000, 131072],
  ['SRAM3', 0x3004_0000, 32768],
  ['SRAM4', 0x3800_0000, 65536],
  ['backup SRAM', 0x3880_0000, 4096],
];
const CHUNK = 4096;
const CHIP_CHUNKS = 5;

/** Of a device's life, behind its first key. Each tells what lies in the secret area. */
const LATER_STAGES: readonly { readonly name: string; readonly live: (device: Device) => Promise<string> }[] = [
  {
    name: 'a rotation waits',
    live: async (device) => {
      await makeNext(device);
      return 'two keys';
    },
  },
  {
    name: 'rotated',
    live: async (device) => {
      await rotateOnce(device);
      return 'the second key';
    },
  },
  {
    name: 'wiped',
    live: async (device) => {
      await directed(device, 'wipe', keyInUse(device));
      await device.board.run(LIFE_MS);
      return 'no key';
    },
  },
];

export const checks = defineChecks('th-secret-storage', (check) => {
  check(
    'th-secret-storage.1/every-path-of-a-hostile-application',
    'no HAL call, module call, instruction or native access of an application gives a byte of the secrets',
    async (lab) => {
      const region = lab.profile.data.flash.secrets;
      const calls = hostileCalls(region);
      const device = await hostileDevice(lab, calls);
      const secret = secretWindows(device, region);
      await device.boot();
      await device.board.run(LIFE_MS);
      expectRefused(device, calls, ['flash_read']);
      expectNothingTold(device, secret, 'HAL calls');
      lab.note(`${calls.length} HAL calls gave none of ${secret.size} windows`, device);

      const traps = lab.sample(hostileTraps(region), SAMPLE);
      for (const trap of traps) expectNothingTold(await trapped(lab, trap), secret, trap.name);
      const again = await hostileDevice(lab, RESET.steps);
      await again.boot();
      await again.board.run(LIFE_MS);
      const resets = again.entries.filter(({ fields }) => fields.call === 'reset' && fields.unwound === 'reset').length;
      again.expect(resets > 0, 'a reset by the application', () => 'none');
      expectNothingTold(again, secret, RESET.name);
      lab.note(
        `${traps.length} tricks with pointers and memory gave none: ${traps.map(({ name }) => name).join(', ')}`,
      );
      await expectNativeReadsNothing(lab, secret);
    },
  );

  check(
    'th-secret-storage.2/every-path-of-a-hostile-application',
    'no HAL call, module call, instruction or native access of an application changes a bit of the secret area',
    async (lab) => {
      const region = lab.profile.data.flash.secrets;
      // What changes flash comes first: whatever a later call does, these have been tried.
      const isChange = ({ name }: ProbeCall) => name === 'flash_program' || name === 'flash_erase';
      const all = hostileCalls(region);
      const calls = [...all.filter(isChange), ...all.filter((call) => !isChange(call))];
      const device = await hostileDevice(lab, calls);
      const before = contentOf(device, region);
      await device.boot();
      await device.board.run(LIFE_MS);
      const changes = expectRefused(device, calls, ['flash_program', 'flash_erase']);
      expectUnchanged(device, region, before, 'HAL calls of a hostile application');
      const traps = lab.sample(hostileTraps(region), SAMPLE);
      for (const trap of traps) expectUnchanged(await trapped(lab, trap), region, before, trap.name);
      lab.note(`${changes} programs and erases refused, ${traps.length} tricks without effect`, device);
      const native = await lab.device({ offline: true });
      await native.boot();
      await expectNativeRefused(lab, native, region, 'application');
    },
  );

  check(
    'th-secret-storage.3/debugger-cannot-read',
    'a debugger reads nothing of the secrets, whatever the read protection level',
    async (lab) => {
      const region = lab.profile.data.flash.secrets;
      const reads = lab.sample(chunksOf(region), CHIP_CHUNKS).map((addr) => ({
        name: `read ${hex(addr)}`,
        ops: [{ op: 'read' as const, addr, length: CHUNK }],
      }));
      const ram = RAM.map(([name, addr]) => ({ name, ops: [{ op: 'read' as const, addr, length: 256 }] }));
      const device = await deviceAtLevel(lab, 2);
      const secret = secretWindows(device, region);
      await expectPortClosed(lab, device, [...reads, ...ram]);

      // Level 1: the port answers, flash does not, and the way to level 0 leads over an erase.
      const attached = await deviceAtLevel(lab, 1);
      attached.expect(await attached.board.debug.connect(), 'a connection at level 1', () => 'none');
      for (const { name, ops } of reads) {
        const [result] = await attached.board.debug.access(ops);
        attached.expect(result?.ok === false, `a fault (${name}, level 1)`, () => 'the bytes');
      }
      await attached.board.debug.access(optionAttempts(attached)[0]!.ops);
      await attached.board.run(60_000);
      const left = secret.find(contentOf(attached, region));
      attached.expect(left === undefined, 'no secret after a regression', () => `one at offset ${left}`);
      lab.note('level 1: every read faults; a regression to level 0 leaves nothing', attached);

      // Level 0, as no finished device has it: there the same reads give the secrets.
      const open = await deviceAtLevel(lab, 0);
      open.expect(await open.board.debug.connect(), 'a connection at level 0', () => 'none');
      const results = await open.board.debug.access(reads.flatMap(({ ops }) => ops));
      const told = results.some((result) => result.ok && secret.find(result.bytes) !== undefined);
      open.expect(told, 'the secrets where nothing protects them: the attempt is real', () => 'nothing');
      lab.note('level 0, made by the laboratory: the same reads give the secrets', open);

      for (const { name, live } of lab.sample(LATER_STAGES, 1)) {
        const lived = await lab.device();
        await lived.connect();
        const keys = await live(lived);
        await expectPortClosed(lab, lived, [...reads, ...ram]);
        await lived.board.power(false);
        const later = await atLevel(lived, 1);
        later.expect(await later.board.debug.connect(), `a connection at level 1 (${name})`, () => 'none');
        for (const read of reads) {
          const [result] = await later.board.debug.access(read.ops);
          later.expect(result?.ok === false, `a fault (${read.name}, level 1, ${name})`, () => 'the bytes');
        }
        lab.note(`${name}: ${keys} in flash, no answer at level 2, a fault at each read at level 1`, later);
      }
    },
  );
});

const chunksOf = ({ start, end }: Region): number[] =>
  Array.from({ length: (end - start) / CHUNK }, (_, index) => start + index * CHUNK);

/** One whose application has come to its end by a trick. */
async function trapped(lab: Lab, { name, steps }: HostileStep): Promise<Device> {
  const victim = await hostileDevice(lab, steps);
  await victim.boot();
  await victim.board.run(LIFE_MS);
  const traps = victim.entries.filter(
    ({ lane, what, fields }) => lane === 'hal' && what === 'trap' && fields.module === 'app',
  );
  victim.expect(traps.length > 0, `a trap (${name})`, () => 'an application that goes on');
  return victim;
}

/** Every call of these names was made, and none was served. @returns how many */
function expectRefused(device: Device, calls: readonly ProbeCall[], names: readonly string[]): number {
  const answers = probeAnswers(device, names);
  const wanted = calls.filter(({ name }) => names.includes(name)).length;
  device.expect(answers.length >= wanted, `${wanted} answers (${names.join(', ')})`, () => `${answers.length}`);
  const served = answers.filter(({ result }) => result >= 0);
  device.expect(served.length === 0, `each refused (${names.join(', ')})`, () => `${served.length} served`);
  return wanted;
}

/** Native code that has broken out of the interpreter, at the application's privilege: area, registers, every other memory. */
async function expectNativeReadsNothing(lab: Lab, secret: SecretWindows): Promise<void> {
  const device = await lab.device({ offline: true });
  await device.boot();
  await device.board.run(LIFE_MS);
  const region = lab.profile.data.flash.secrets;
  const mustFault: BusOp[] = [
    ...lab.sample(chunksOf(region), CHIP_CHUNKS).map((addr): BusOp => ({ op: 'read', addr, length: CHUNK })),
    read(REG.OPTSR_CUR),
    ...unlockBank(region.start),
    { op: 'read32', addr: FLASH_BASE + REG.CR1 },
  ];
  for (const op of mustFault) {
    const [result] = await device.board.injectNative([op], 'application');
    device.expect(result?.ok === false, `a fault at ${hex(op.addr)} (native code, application)`, () => 'an answer');
  }
  let bytes = 0;
  for (const [name, start, size] of RAM) {
    for (const addr of lab.sample(chunksOf({ start, end: start + size }), 2)) {
      const [result] = await device.board.injectNative([{ op: 'read', addr, length: CHUNK }], 'application');
      if (!result?.ok) continue;
      bytes += CHUNK;
      const at = secret.find(result.bytes);
      device.expect(at === undefined, `no secret in ${name}`, () => `8 bytes at ${hex(addr + at!)}`);
    }
  }
  lab.note(`native code: ${mustFault.length} accesses fault; ${bytes} bytes of other memory within its reach`, device);
}
