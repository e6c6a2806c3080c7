/** A device whose application is the attacker's, and what none of its entries may hold. */

import type { Device } from './device.ts';
import { otherModules } from './hostile-app.ts';
import { probeImage } from './images.ts';
import type { Lab } from './lab.ts';
import type { SecretWindows } from './secret-windows.ts';

/** A powered-off device whose application takes these steps, beside the device's own other modules. */
export async function hostileDevice(lab: Lab, steps: Parameters<typeof probeImage>[1]): Promise<Device> {
  const others = otherModules(await lab.device({ offline: true }));
  const image = probeImage(lab.profile, steps, { without: lab.profile.data.flash.secrets, others });
  return lab.device({ image, offline: true });
}

/** Nothing that came to the application, or left the device, holds a window. What the vault itself does is none of it. */
export function expectNothingTold(device: Device, secret: SecretWindows, what: string): void {
  for (const { lane, fields, data } of device.entries) {
    const others = lane === 'hal' && typeof fields.module === 'string' && fields.module !== 'app';
    if (!data || others || lane === 'flash') continue;
    const at = secret.find(data);
    device.expect(at === undefined, `no secret told (${what})`, () => `8 bytes in a ${lane} entry, offset ${at}`);
  }
}
