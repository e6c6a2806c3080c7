/**
 * What a station programs on a blank board: a list of writes, each an address and its bytes. Write protection and read protection come afterwards, by the station.
 *
 * `input` says what this device is to be: deviceId, host, port, sntpHost, sntpPort, topic, intervalMs, roots (DER), auth, unit; where a check wants them
 * authorizationKey, secretAuthority, srvName, checkIntervalS, and boot and image in place of those of the profile.
 */
import { readFileSync } from 'node:fs';

const BOOT = 0x08000000;
const BOOT_COPY = 0x08100000;
const APP_SLOT = 0x08040000;

const file = (name) => readFileSync(new URL(name, import.meta.url));

export function provision(input) {
  const boot = input.boot ?? file('out/boot.bin');
  const image = input.image ?? file('out/app.signed.bin');
  return {
    writes: [
      { addr: BOOT, bytes: boot },
      { addr: BOOT_COPY, bytes: boot },
      { addr: APP_SLOT, bytes: image },
      // To add: boot's parameters and counter, and the configuration, as your device lays them out.
    ],
  };
}
