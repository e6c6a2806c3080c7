/** th-secret-storage: what has no capability reaches no secret. */
import type { BusOp } from '../../board/board.ts';
import { hex, sectorsOf } from '../../board/flash-region.ts';
import type { ProbeCall } from '../../board/probe-module.ts';
import type { TraceEntry } from '../../trace/trace.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import { bootProbe, expectModuleRefused } from '../flash-attack.ts';
import { probeImage } from '../images.ts';
import { type SecretWindows, secretWindows } from '../secret-windows.ts';

const READ_BYTES = 64;

export const checks = defineChecks('th-secret-storage', (check) => {
  check(
    'th-secret-storage.1/module-cannot-read',
    'an application without the capability reads nothing of the secret area',
    async (lab) => {
      const region = lab.profile.data.flash.secrets;
      const calls: ProbeCall[] = sectorsOf(region).flatMap((sector) => [
        { name: 'flash_read', args: [sector, { outBytes: READ_BYTES }, READ_BYTES] },
        // A range that starts before the area and ends in it.
        { name: 'flash_read', args: [sector - 32, { outBytes: READ_BYTES }, READ_BYTES] },
      ]);
      const image = probeImage(lab.profile, calls, { without: region });
      const device = await lab.device({ image, offline: true });
      const secret = secretWindows(device, region);
      const answers = await bootProbe(device, ['flash_read'], calls.length);
      device.expect(
        answers.length === calls.length,
        `${calls.length} attempts`,
        () => `${answers.length} on the trace`,
      );
      const served = answers.filter(({ result }) => result >= 0);
      device.expect(served.length === 0, 'every read refused', () => `${served.length} served`);
      expectNoSecret(device, device.entries, secret);
      lab.note(
        `${calls.length} reads of ${hex(region.start)} refused (${[...new Set(answers.map((a) => a.result))].join(', ')})`,
        device,
      );
    },
  );

  check(
    'th-secret-storage.1/native-code-cannot-read',
    "native code at the application's privilege reads nothing of the secret area",
    async (lab) => {
      const device = await lab.device({ offline: true });
      await device.boot();
      const region = lab.profile.data.flash.secrets;
      const ops: BusOp[] = sectorsOf(region).flatMap((addr): BusOp[] => [
        { op: 'read32', addr },
        { op: 'read', addr, length: READ_BYTES },
      ]);
      for (const op of ops) {
        const [result] = await device.board.injectNative([op], 'application');
        device.expect(result !== undefined && !result.ok, `a fault on reading ${hex(op.addr)}`, () => 'the bytes');
      }
      lab.note(`${ops.length} loads from ${hex(region.start)} by native code faulted`, device);
    },
  );

  check(
    'th-secret-storage.2/module-cannot-write-or-erase',
    'an application without the capability changes nothing in the secret area',
    async (lab) => {
      const region = lab.profile.data.flash.secrets;
      await expectModuleRefused(lab, region, { without: region });
    },
  );
});

function expectNoSecret(device: Device, entries: readonly TraceEntry[], secret: SecretWindows): void {
  const texts = entries.flatMap(({ data }) => (data ? [data] : []));
  const found = texts.some((text) => secret.find(text) !== undefined);
  device.expect(!found, 'no eight bytes of the secret area on the trace', () => 'eight of them');
}
