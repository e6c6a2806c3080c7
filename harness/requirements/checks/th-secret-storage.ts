/** th-secret-storage: what has no capability reaches no secret. */
import type { BusOp } from '../../board/board.ts';
import type { ProbeCall } from '../../board/probe-module.ts';
import { defineChecks } from '../check.ts';
import { bootProbe, expectModuleRefused, hex, sectorsOf } from '../flash-attack.ts';
import { probeImage } from '../images.ts';

const READ_BYTES = 64;
/** Shorter runs of a secret could be chance. */
const WINDOW_BYTES = 8;

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
      const secret = Buffer.from(device.board.peekFlash(region.start, region.end - region.start));
      device.expect(
        secret.some((byte) => byte !== 0xff),
        'a secret area that holds something',
        () => 'a blank one',
      );
      const answers = await bootProbe(device, ['flash_read'], calls.length);
      device.expect(
        answers.length === calls.length,
        `${calls.length} attempts`,
        () => `${answers.length} on the trace`,
      );
      const served = answers.filter(({ result }) => result >= 0);
      device.expect(served.length === 0, 'every read refused', () => `${served.length} served`);
      expectNoWindow(
        device.entries.flatMap((entry) => (entry.data ? [entry.data] : [])),
        secret,
        (at) => device.fail('no byte of the secret area on the trace', `8 bytes of offset ${at}`),
      );
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

/** Calls `found` with the offset of the first window of the secret that stands in any of the texts. Blank windows do not count. */
function expectNoWindow(texts: readonly Uint8Array[], secret: Buffer, found: (offset: number) => never): void {
  const all = Buffer.concat(texts);
  for (let at = 0; at + WINDOW_BYTES <= secret.length; at++) {
    const window = secret.subarray(at, at + WINDOW_BYTES);
    if (window.every((byte) => byte === window[0])) continue;
    if (all.includes(window)) found(at);
  }
}
